package clock

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/notices"
	"requestd/store"
	"requestd/templates"
)

// digested says up to where the list has told the staff of a mailbox.
type digested struct {
	Day     deadlines.Day `json:"day"`
	Through uint64        `json:"through"` // the last arrival that was listed
	At      time.Time     `json:"at,omitzero"`
}

// toldSoFar says up to where one person has been told on a morning when others
// have still to be. It is deleted once everybody has been told.
type toldSoFar struct {
	digested
	Boxes []string `json:"boxes"`
}

const (
	digestPrefix = "digest/"      // by mailbox: digested
	toldPrefix   = "digest-told/" // by person: toldSoFar
	morningKey   = "digest-begun" // the digested of the morning whose lists are being written
)

// digest mails each member of staff one list on working mornings, covering all
// their mailboxes, and one to whoever cases are passed up to. Each list is made
// and recorded in its own transaction, so that nothing else waits long. If a
// morning is broken off it goes on with those who have not been told.
func (cl *Clock) digest(ctx context.Context) error {
	m, due, err := cl.beginMorning()
	if err != nil || !due {
		return err
	}
	if err := cl.dropStale(ctx); err != nil {
		return err
	}
	if err := cl.askAgain(ctx); err != nil {
		return err
	}
	mail, err := cl.mailOf(m)
	if err != nil {
		return err
	}
	for _, to := range cl.readers() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := cl.tellMorning(m, mail, to); err != nil {
			return fmt.Errorf("to %s: %w", to, err)
		}
	}
	return cl.endMorning(m)
}

// beginMorning notes which mail today's lists cover, if they are due.
func (cl *Clock) beginMorning() (m digested, due bool, err error) {
	err = cl.store.View(func(tx *store.Tx) error { due = len(cl.untold(tx)) > 0; return nil })
	if err != nil || !due {
		return m, false, err
	}
	err = cl.store.Update(func(tx *store.Tx) error {
		if m, _ = store.Fact[digested](tx, morningKey); m.Day == tx.Today() {
			return nil
		}
		m = digested{tx.Today(), tx.LastArrival(), tx.Now()}
		return tx.SetFact(morningKey, m)
	})
	return m, true, err
}

// untold returns the mailboxes of which the staff are still to be told today.
func (cl *Clock) untold(tx *store.Tx) (names []string) {
	day := tx.Today()
	if !cl.cases.Calendar().IsWorkingDay(deadlines.EnglandAndWales, day) || tx.Now().Before(cl.cases.Settings().Digest.At.On(day)) {
		return nil
	}
	for _, box := range cl.cases.Settings().Mailboxes {
		if lastDigest(tx, box.Name).Day != day { // a later one is of a clock that ran ahead
			names = append(names, box.Name)
		}
	}
	return names
}

func lastDigest(tx *store.Tx, mailbox string) digested {
	last, _ := store.Fact[digested](tx, digestPrefix+mailbox)
	return last
}

// mailOf returns the numbers of the mails that the lists of a morning may
// contain.
func (cl *Clock) mailOf(m digested) (ids []uint64, err error) {
	err = cl.store.View(func(tx *store.Tx) error {
		first := m.Through
		for _, name := range cl.untold(tx) {
			first = min(first, lastDigest(tx, name).Through)
		}
		for a := range tx.Arrivals(store.ArrivalFilter{After: first}) {
			if a.ID > m.Through {
				break
			}
			if _, ok := cl.sectionOf(&a); ok {
				ids = append(ids, a.ID)
			}
		}
		return nil
	})
	return ids, err
}

// readers returns everybody who may get a list.
func (cl *Clock) readers() (list []string) {
	for _, s := range cl.cases.Settings().Staff {
		for _, a := range []string{s.Address, s.EscalateTo} {
			if a != "" && !slices.ContainsFunc(list, func(o string) bool { return intake.SameAddress(o, a) }) {
				list = append(list, a)
			}
		}
	}
	slices.Sort(list)
	return list
}

// tellMorning mails one person their list, if there is anything on it. The list
// is made before the transaction that records it, and made again in it, with
// the cases as they are then.
func (cl *Clock) tellMorning(m digested, mail []uint64, to string) error {
	nothing := false
	err := cl.store.View(func(tx *store.Tx) error {
		l, _, err := cl.morningList(tx, m, mail, to)
		nothing = err == nil && l.nothing()
		return err
	})
	if err != nil || nothing {
		return err
	}
	return cl.store.Update(func(tx *store.Tx) error {
		l, was, err := cl.morningList(tx, m, mail, to)
		if err != nil || l.nothing() {
			return err
		}
		if err := l.send(); err != nil {
			return err
		}
		if was.Day != m.Day {
			was.Boxes = nil
		}
		return tx.SetFact(toldPrefix+tx.Pseudonym(to), toldSoFar{m, append(was.Boxes, l.names...)})
	})
}

// morningList returns what one person has still to be told this morning, and up
// to where they were told before.
func (cl *Clock) morningList(tx *store.Tx, m digested, mail []uint64, to string) (*list, toldSoFar, error) {
	l := cl.newList(tx, to)
	was, _ := store.Fact[toldSoFar](tx, toldPrefix+tx.Pseudonym(to))
	if m.Day != tx.Today() { // of the next day the next tick tells
		return l, was, nil
	}
	for _, name := range cl.untold(tx) {
		last := lastDigest(tx, name)
		if slices.Contains(was.Boxes, name) {
			if was.Day == m.Day {
				continue
			}
			if was.Through >= last.Through { // of a morning that was broken off and never finished
				last = was.digested
			}
		}
		l.add(name, last)
	}
	if len(l.names) == 0 {
		return l, was, nil
	}
	l.cases()
	if err := l.arrivals(mail); err != nil {
		return l, was, err
	}
	return l, was, l.letters()
}

// endMorning notes that everybody has been told.
func (cl *Clock) endMorning(m digested) error {
	return cl.store.Update(func(tx *store.Tx) error {
		if m.Day != tx.Today() {
			return nil
		}
		for _, name := range cl.untold(tx) {
			if err := tx.SetFact(digestPrefix+name, m); err != nil {
				return err
			}
		}
		for name := range tx.FactNames(toldPrefix) {
			if err := tx.DeleteFact(name); err != nil {
				return err
			}
		}
		return tx.DeleteFact(morningKey)
	})
}

// send mails the list, in several mails if it is long: every passed mail must
// be seen.
func (l *list) send() error {
	pages := paged(l.lists())
	if len(pages) == 0 {
		pages = [][]templates.List{nil}
	}
	for i, page := range pages {
		n := notices.News{
			Purpose: intake.ForDigest, Kind: templates.Digest, Code: fmt.Sprintf("%s/%s/%d", strings.Join(l.names, "+"), l.tx.Today(), i+1),
			Notice: templates.Notice{Lists: page, Sum: l.sum()},
		}
		if err := l.cl.notices.NotifyOne(l.tx, l.cl.via(l.to), nil, n, l.to); err != nil {
			return err
		}
	}
	return nil
}

// via returns the mailbox in whose name a person's list is sent: one whose
// staff they are, preferably one that accepts answers.
func (cl *Clock) via(address string) string {
	boxes := cl.cases.Settings().Mailboxes
	best, rank := boxes[0].Name, -1
	for _, b := range boxes {
		n := 0
		if cl.cases.Rules().StaffOf(b.Name, address) {
			n++
			if len(b.Trust.Officers) > 0 {
				n++
			}
		}
		if n > rank {
			best, rank = b.Name, n
		}
	}
	return best
}

// nextDigest is when the next list is due: a moment gone by while today's is
// still to be written.
func (cl *Clock) nextDigest(tx *store.Tx) time.Time {
	day := tx.Today()
	at := cl.cases.Settings().Digest.At
	tomorrow := at.On(cl.cases.Calendar().NextWorkingDay(deadlines.EnglandAndWales, day))
	if !cl.cases.Calendar().IsWorkingDay(deadlines.EnglandAndWales, day) {
		return tomorrow
	}
	for _, box := range cl.cases.Settings().Mailboxes {
		if lastDigest(tx, box.Name).Day != day {
			return at.On(day)
		}
	}
	return tomorrow
}
