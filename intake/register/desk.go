package register

import (
	"context"
	"slices"
	"sync"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// Desk is one open case as a list of work shows it. It may not be changed.
type Desk struct {
	*intake.View
	Due     deadlines.Day // the earliest date of its parts, promised ones included
	Events  int           // how many events it has
	Replied *intake.Event // a colleague's own reply, seen last among the sent mail
}

// desks remembers how the open cases stood, since lists of work are asked for
// far more often than cases change. While nothing was recorded the whole list
// holds; afterwards each case does that has no further event or mail.
type desks struct {
	mu    sync.Mutex
	of    counted
	list  []Desk
	known map[string]desk
}

type desk struct {
	Desk
	last     string // the chain of the last event
	messages int
}

// Open gives every open case of some mailboxes, nil being all, by reference.
func (rg *Register) Open(_ context.Context, mailboxes []string) (list []Desk, err error) {
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

// OpenIn is Open over all mailboxes within a transaction.
func (rg *Register) OpenIn(tx *store.Tx) []Desk { return rg.open(tx) }

func (rg *Register) open(tx *store.Tx) []Desk {
	ds := &rg.desks
	ds.mu.Lock()
	defer ds.mu.Unlock()
	of := counted{tx.Version(), tx.Today(), rg.cases.Calendar(), rg.cases.Rules()}
	if of == ds.of {
		return ds.list
	}
	same := of.day == ds.of.day && of.cal == ds.of.cal && of.rules == ds.of.rules
	known, list := make(map[string]desk, len(ds.known)), make([]Desk, 0, len(ds.list))
	for c, ix := range tx.OpenCases() {
		last := ""
		if n := len(c.Events); n > 0 {
			last = string(c.Events[n-1].Chain)
		}
		d, ok := ds.known[c.Ref]
		if !same || !ok || d.last != last || d.Events != len(c.Events) || d.messages != len(c.Messages) {
			d = desk{Desk{View: rg.cases.View(tx, c), Due: ix.Due, Events: len(c.Events), Replied: replied(c)}, last, len(c.Messages)}
		}
		known[c.Ref] = d
		list = append(list, d.Desk)
	}
	ds.of, ds.known, ds.list = of, known, list
	return list
}

func replied(c *intake.Case) *intake.Event {
	for _, e := range slices.Backward(c.Live()) {
		if e.Name == intake.ReplySeen {
			return &e
		}
	}
	return nil
}
