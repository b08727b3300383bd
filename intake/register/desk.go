package register

import (
	"context"
	"slices"
	"sync"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// OpenCase is one open case as a list of work shows it. Callers must not change
// it.
type OpenCase struct {
	*intake.View
	Due     deadlines.Day // the earliest date of its parts, promised ones included
	Events  int           // how many events it has
	Replied *intake.Event // a colleague's own reply, the last one found in the Sent folder
	Back    []uint64      // its letters that came back and that somebody may still have to deal with
	first   uint64        // the mail that opened it; 0 if none did
}

// desks remembers the state of the open cases, since lists of work are asked
// for far more often than cases change. While no open case changes the whole
// list is reused; afterwards each case is reused whose record is the same.
type desks struct {
	mu    sync.Mutex
	of    counted
	list  []OpenCase
	basis counted         // without the version: what known was derived from
	known map[string]desk // by reference
}

type desk struct {
	OpenCase
	sum uint64 // of the record
}

// OpenCases returns every open case of some mailboxes, by reference; nil means all
// mailboxes.
func (rg *Register) OpenCases(_ context.Context, mailboxes []string) (list []OpenCase, err error) {
	err = rg.store.View(func(tx *store.Tx) error {
		for _, d := range rg.open(tx) {
			if among(d.Mailbox, mailboxes) {
				list = append(list, d)
			}
		}
		return nil
	})
	return list, err
}

// OpenCasesIn is OpenCases over all mailboxes within a transaction.
func (rg *Register) OpenCasesIn(tx *store.Tx) []OpenCase { return rg.open(tx) }

// basisOf returns what the open cases are derived from at present.
func (rg *Register) basisOf(tx *store.Tx) counted {
	return counted{day: tx.Today(), cal: rg.cases.Calendar(), rules: rg.cases.Rules()}
}

func (rg *Register) open(tx *store.Tx) []OpenCase {
	ds := &rg.desks
	ds.mu.Lock()
	defer ds.mu.Unlock()
	of := rg.basisOf(tx)
	of.version = tx.OpenVersion()
	if of == ds.of && !tx.Writes() {
		return ds.list
	}
	known := ds.knownBy(rg.basisOf(tx))
	list := make([]OpenCase, 0, len(known))
	ds.known = make(map[string]desk, len(known))
	for r := range tx.OpenRecords() {
		d, ok := known[r.Key]
		if !ok || d.sum != r.Sum {
			if d, ok = rg.desk(tx, r); !ok {
				continue
			}
		}
		ds.known[r.Key] = d
		list = append(list, d.OpenCase)
	}
	if !tx.Writes() { // what a writing transaction sees may never be committed
		ds.of, ds.list = of, list
	}
	return list
}

// knownBy returns the cases that are remembered; none if they were derived from
// something else.
func (ds *desks) knownBy(basis counted) map[string]desk {
	if ds.basis != basis {
		ds.basis, ds.known = basis, map[string]desk{}
	}
	return ds.known
}

func (rg *Register) desk(tx *store.Tx, r store.Record) (desk, bool) {
	c, ix, ok := r.Case()
	if !ok {
		return desk{}, false
	}
	v := rg.cases.View(tx, c)
	d := OpenCase{View: v, Due: ix.Due, Events: len(c.Events), Replied: replied(c), Back: cameBack(c, v, tx.Today())}
	if len(c.Messages) > 0 {
		d.first = c.Messages[0]
	}
	return desk{d, r.Sum}, true
}

// BackDays is for how many days a letter that came back is shown; an
// acknowledgement that has still to be made is shown longer.
const BackDays = 30

func cameBack(c *intake.Case, v *intake.View, today deadlines.Day) (letters []uint64) {
	for _, e := range c.Live() {
		ack := e.Name == intake.AckBounced
		if (ack || e.Name == intake.StepBounced) && (deadlines.DayOf(e.At) >= today-BackDays || ack && v.Ack.At.IsZero()) {
			letters = append(letters, e.Letter)
		}
	}
	return letters
}

// standing returns the state of a case by its reference, however spelt. An open
// case whose record is unchanged is returned from memory: callers must not
// change it.
func (rg *Register) standing(tx *store.Tx, ref string) (*intake.View, bool) {
	r, open := tx.OpenRecord(ref)
	if !open {
		c, ok := tx.CaseReadOnly(ref)
		if !ok {
			return nil, false
		}
		return rg.cases.View(tx, c), true
	}
	ds := &rg.desks
	ds.mu.Lock()
	defer ds.mu.Unlock()
	known := ds.knownBy(rg.basisOf(tx))
	d, ok := known[r.Key]
	if !ok || d.sum != r.Sum {
		if d, ok = rg.desk(tx, r); ok {
			known[r.Key] = d
		}
	}
	return d.View, ok
}

func replied(c *intake.Case) *intake.Event {
	for _, e := range slices.Backward(c.Live()) {
		if e.Name == intake.ReplySeen {
			return &e
		}
	}
	return nil
}
