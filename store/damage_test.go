package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"requestd/intake"
)

// TestOneRecordThatCannotBeReadStopsNothingElse damages one record of each
// sort. Lists still return the others, and Damaged names each.
func TestOneRecordThatCannotBeReadStopsNothingElse(t *testing.T) {
	path := filled(t)
	db := reopen(t, path, Options{})
	rubbish := []byte{0xff, 0xff, 0xff}
	type count struct{ cases, open, messages, unsent, letters, due, waking int }
	counted := func(tx *Tx) (n count) {
		for range tx.Cases("") {
			n.cases++
		}
		for range tx.OpenCases() {
			n.open++
		}
		for range tx.Arrivals(ArrivalFilter{}) {
			n.messages++
		}
		for range tx.Letters(LetterFilter{}) {
			n.letters++
		}
		for range tx.Letters(LetterFilter{Unsent: true}) {
			n.unsent++
		}
		n.due = len(tx.DueLetters(time.Now().Add(1000*time.Hour), 10_000))
		for _, ref := range tx.WakeThrough(time.Now().AddDate(50, 0, 0)) {
			if _, err := tx.Case(ref); err == nil {
				n.waking++
			}
		}
		return n
	}
	var before, after count
	var c *intake.Case
	var first intake.Letter
	if err := db.Update(func(tx *Tx) error {
		before = counted(tx)
		for x, ix := range tx.OpenCases() {
			if !ix.NextReminder.IsZero() {
				c = x
				break
			}
		}
		first, _ = tx.NextDue(time.Now().Add(1000*time.Hour), "cafcass", nil)
		if c == nil || first.ID == 0 {
			return errors.New("the sample has no case that wakes, or no letter that is due")
		}
		tx.put(bOpen, refKey(c.Ref), rubbish)
		tx.put(bArrivals, idKey(5), rubbish)
		tx.put(bQueue, idKey(first.ID), rubbish)
		tx.put(bFacts, []byte("a fact"), []byte("{"))
		tx.put(bTokens, []byte("0123456789abcdef"), []byte("{"))
		return tx.err
	}); err != nil {
		t.Fatal(err)
	}
	reading := func(tx *Tx) error {
		after = counted(tx)
		if _, err := tx.Case(c.Ref); !errors.Is(err, ErrUnreadable) {
			t.Errorf("the case: %v", err)
		}
		if _, err := tx.Arrival(5); !errors.Is(err, ErrUnreadable) {
			t.Errorf("the message: %v", err)
		}
		if next, ok := tx.NextDue(time.Now().Add(1000*time.Hour), "cafcass", nil); !ok || next.ID == first.ID {
			t.Errorf("the letter due first of the others is %d, %t", next.ID, ok)
		}
		if l, ok := tx.LetterByKey(first.Key); !ok || l.State != intake.LetterHeld {
			t.Errorf("the letter that cannot be read: %+v, %t; want it there and held", l, ok)
		}
		var v any
		if ok, err := tx.GetFact("a fact", &v); ok || err != nil {
			t.Errorf("the fact: %t, %v", ok, err)
		}
		tx.FirstArrivalSince(time.Now())
		for _, ref := range tx.WakeThrough(time.Now().AddDate(50, 0, 0)) {
			if ref == c.Ref {
				t.Error("a case that is known as unreadable wakes again and again")
			}
		}
		return nil
	}
	want := count{before.cases - 1, before.open - 1, before.messages - 1, before.unsent - 1, before.letters - 1, before.due - 1, before.waking - 1}
	for name, run := range map[string]func(func(*Tx) error) error{"reading": db.View, "writing": db.Update} {
		if err := run(reading); err != nil || after != want {
			t.Errorf("%s: %+v, %v; want %+v", name, after, err, want)
		}
	}
	if err := db.Update(func(tx *Tx) error { return errors.Join(tx.ExpireTokens(time.Now()), tx.FixFutureSends()) }); err != nil {
		t.Error(err)
	}
	var told []string
	for _, f := range db.Damaged() {
		told = append(told, f.Where)
	}
	if all := []string{"case " + c.Ref, "fact a fact", fmt.Sprintf("letter %d", first.ID), "message 5", "token"}; !slices.Equal(told, all) {
		t.Errorf("told are %q, want %q", told, all)
	}
}
