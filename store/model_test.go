package store_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// model is what a store must hold, kept in maps.
type model struct {
	db       *store.DB
	arrivals map[uint64]intake.Arrival
	cases    map[string]*intake.Case
	sorted   map[string]intake.Index
	letters  map[uint64]intake.Letter
	erased   map[string]bool
	uid      uint32
}

func (m *model) update(t *rapid.T, f func(*store.Tx) error) {
	if err := m.db.Update(f); err != nil {
		t.Fatal(err)
	}
}

func (m *model) ref(t *rapid.T) string {
	if len(m.cases) == 0 {
		t.Skip("no case yet")
	}
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.cases))).Draw(t, "ref")
}

func (m *model) letter(t *rapid.T) intake.Letter {
	if len(m.letters) == 0 {
		t.Skip("no letter yet")
	}
	return m.letters[rapid.SampledFrom(slices.Sorted(maps.Keys(m.letters))).Draw(t, "letter")]
}

func drawTime(t *rapid.T) time.Time {
	return start.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "hours")) * time.Hour)
}

func drawIndex(t *rapid.T) intake.Index {
	ix := intake.Index{Open: rapid.Bool().Draw(t, "open")}
	if ix.Open {
		ix.State = rapid.SampledFrom([]intake.CaseState{intake.StateTriage, intake.StateOpen, intake.StateWaiting}).Draw(t, "state")
	}
	if rapid.Bool().Draw(t, "dated") {
		ix.Due, ix.NextReminder = deadlines.DayOf(drawTime(t)), drawTime(t)
	}
	return ix
}

func (m *model) Request(t *rapid.T) {
	m.uid++
	from := fmt.Sprintf("person%d@example.com", rapid.IntRange(1, 4).Draw(t, "person"))
	m.update(t, func(tx *store.Tx) error {
		c, err := register(tx, m.uid, fmt.Sprintf("m%d@example.com", m.uid), from)
		if err != nil {
			return err
		}
		a, _ := tx.Arrival(c.Messages[0])
		m.arrivals[a.ID], m.cases[c.Ref] = a, c
		_, m.sorted[c.Ref], _ = tx.CaseIndex(c.Ref)
		for _, l := range tx.LettersOf(c.Ref) {
			m.letters[l.ID], _ = tx.Letter(l.ID)
		}
		return nil
	})
}

func (m *model) OtherMail(t *rapid.T) {
	m.uid++
	a := intake.Arrival{MailLocation: intake.MailLocation{Mailbox: "cafcass-cymru", Folder: "INBOX", UIDValidity: 3, UID: m.uid}, Registered: start,
		Decision: intake.DidPass, Kind: intake.Other, Fingerprint: []byte{byte(m.uid)}}
	m.update(t, func(tx *store.Tx) error {
		tx.CountAttempt(a.MailLocation)
		return tx.AddArrival(&a)
	})
	m.arrivals[a.ID] = a
}

func (m *model) Attach(t *rapid.T) {
	ref := m.ref(t)
	for _, id := range slices.Sorted(maps.Keys(m.arrivals)) {
		if a := m.arrivals[id]; a.Ref == "" && !m.erased[ref] {
			a.Ref, a.Decision = ref, intake.DidFollowup
			c := *m.cases[ref]
			c.Messages = append(slices.Clone(c.Messages), id)
			m.update(t, func(tx *store.Tx) error {
				return errors.Join(tx.PutArrival(a), tx.PutCase(&c, m.sorted[ref]))
			})
			m.arrivals[id], m.cases[ref] = a, &c
			return
		}
	}
}

func (m *model) Event(t *rapid.T) {
	ref := m.ref(t)
	c, ix := *m.cases[ref], drawIndex(t)
	c.Events = slices.Clone(c.Events)
	c.Append(intake.Event{At: drawTime(t), Actor: "local:clerk", Name: intake.Extended, Day: deadlines.DayOf(start)}, nil)
	m.update(t, func(tx *store.Tx) error { return tx.PutCase(&c, ix) })
	m.cases[ref], m.sorted[ref] = &c, ix
}

func (m *model) Letter(t *rapid.T) {
	l := m.letter(t)
	l.State = rapid.SampledFrom([]intake.LetterState{intake.LetterWaiting, intake.LetterSending, intake.LetterSent, intake.LetterInDoubt,
		intake.LetterHeld, intake.LetterFailed, intake.LetterBounced}).Draw(t, "state")
	l.Next, l.Attempts = drawTime(t), l.Attempts+1
	was := m.letters[l.ID].State
	gone := was == intake.LetterSent || was == intake.LetterBounced
	if settled := l.State == intake.LetterSent || l.State == intake.LetterBounced; gone && !settled || m.erased[l.Ref] {
		return // its bytes are gone
	} else if settled {
		l.Raw, l.Next = nil, time.Time{}
	}
	m.update(t, func(tx *store.Tx) error { return tx.PutLetter(l) })
	m.letters[l.ID] = l
}

func (m *model) Rewrite(t *rapid.T) {
	l := m.letter(t)
	if l.Attempts > 0 || m.erased[l.Ref] {
		return
	}
	l.Raw, l.MessageID = []byte(rapid.StringN(1, 20, -1).Draw(t, "raw")), fmt.Sprintf("rewritten%d@example.org", rapid.IntRange(1, 1000).Draw(t, "id"))
	m.update(t, func(tx *store.Tx) error { return tx.RewriteLetter(&l) })
	m.letters[l.ID] = l
}

func (m *model) SameLetterAgain(t *rapid.T) {
	l := m.letter(t)
	if m.erased[l.Ref] {
		return
	}
	m.update(t, func(tx *store.Tx) error {
		if added, err := tx.Enqueue(&intake.Letter{Key: l.Key, Ref: l.Ref, Raw: []byte("other")}); added || err != nil {
			t.Fatalf("Enqueue of a known key = %t, %v", added, err)
		}
		return nil
	})
}

func (m *model) Erase(t *rapid.T) {
	ref := m.ref(t)
	c := *m.cases[ref]
	for _, l := range m.letters {
		if l.Ref == ref && l.State != intake.LetterSent && l.State != intake.LetterHeld {
			return
		}
	}
	m.update(t, func(tx *store.Tx) error { return tx.Erase(&c, intake.Index{}) })
	m.erased[ref], m.sorted[ref], m.cases[ref] = true, intake.Index{}, &c
	for id, a := range m.arrivals {
		if a.Ref == ref {
			a.From, a.Subject, a.MessageID, a.Attachments, a.Why = intake.Address{}, "", "", nil, "erased"
			m.arrivals[id] = a
		}
	}
	for id, l := range m.letters {
		if l.Ref == ref {
			l.Key, l.To, l.MessageID, l.Response, l.Raw = "", "", "", "", nil
			m.letters[id] = l
		}
	}
}

func (m *model) Compact(t *rapid.T) {
	if err := m.db.Compact(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Check compares everything that can be read with the model.
func (m *model) Check(t *rapid.T) {
	same := func(what string, got, want any) {
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s (-want +got):\n%s", what, d)
		}
	}
	through := m.db.View
	if rapid.Bool().Draw(t, "writable") { // a writing transaction iterates in another way
		through = m.db.Update
	}
	err := through(func(tx *store.Tx) error {
		cases, sorted := map[string]*intake.Case{}, map[string]intake.Index{}
		for c, ix := range tx.Cases("") {
			cases[c.Ref], sorted[c.Ref] = c, ix
		}
		same("cases", cases, m.cases)
		same("order", sorted, m.sorted)
		arrivals := map[uint64]intake.Arrival{}
		for a := range tx.Arrivals(store.ArrivalFilter{Newest: true}) {
			arrivals[a.ID] = a
		}
		same("arrivals", arrivals, m.arrivals)
		letters := map[uint64]intake.Letter{}
		for l := range tx.Letters(store.LetterFilter{}) {
			letters[l.ID], _ = tx.Letter(l.ID)
		}
		same("letters", letters, m.letters)
		m.checkTimes(t, tx, same)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *model) checkTimes(t *rapid.T, tx *store.Tx, same func(string, any, any)) {
	now := start.Add(200 * time.Hour)
	var due, woken []string
	for ref, ix := range m.sorted {
		if ix.Open && ix.Due != 0 && ix.Due <= deadlines.DayOf(now) {
			due = append(due, ref)
		}
		if ix.Open && !ix.NextReminder.IsZero() && !ix.NextReminder.After(now) {
			woken = append(woken, ref)
		}
	}
	var gotDue, gotWoken []string
	last := deadlines.Day(0)
	for day, ref := range tx.DueThrough(deadlines.DayOf(now)) {
		if day < last {
			t.Fatal("DueThrough is out of order")
		}
		last, gotDue = day, append(gotDue, ref)
	}
	for _, ref := range tx.WakeThrough(now) {
		gotWoken = append(gotWoken, ref)
	}
	slices.Sort(due)
	slices.Sort(gotDue)
	slices.Sort(woken)
	slices.Sort(gotWoken)
	same("DueThrough", gotDue, due)
	same("WakeThrough", gotWoken, woken)
	var waiting, got []uint64
	for _, l := range m.letters {
		if (l.State == intake.LetterWaiting || l.State == intake.LetterInDoubt) && !l.Next.After(now) {
			waiting = append(waiting, l.ID)
		}
	}
	for _, l := range tx.DueLetters(now, 1000) {
		got = append(got, l.ID)
	}
	slices.Sort(waiting)
	slices.Sort(got)
	same("DueLetters", got, waiting)
}

// TestRandomWorkMatchesAModel does things in random order, compares the store
// with maps after each, and verifies it at the end.
func TestRandomWorkMatchesAModel(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
		if err := f.Value.Set("20"); err != nil { // -rapid.checks sets more
			t.Fatal(err)
		}
	}
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		db, err := storetest.Opened(t, filepath.Join(dir, fmt.Sprint(n, ".db")), store.Fresh(store.Unsynced(store.Options{Now: clock()}), 1+n%4))
		if err != nil {
			rt.Fatal(err)
		}
		defer db.Close()
		m := &model{db: db, arrivals: map[uint64]intake.Arrival{}, cases: map[string]*intake.Case{}, sorted: map[string]intake.Index{},
			letters: map[uint64]intake.Letter{}, erased: map[string]bool{}}
		rt.Repeat(map[string]func(*rapid.T){"request": m.Request, "other": m.OtherMail, "attach": m.Attach, "event": m.Event,
			"letter": m.Letter, "rewrite": m.Rewrite, "again": m.SameLetterAgain, "erase": m.Erase, "compact": m.Compact, "": m.Check})
		storetest.Verify(t, db, func(c *intake.Case) intake.Index { return m.sorted[c.Ref] })
		if t.Failed() {
			rt.Fatal("the store is not sound")
		}
	})
}
