package store_test

import (
	"errors"
	"testing"

	"requestd/intake"
	"requestd/store"
)

// What is remembered of the open cases is valid as long as their version stays
// the same. It changes when an open case comes, changes or goes, also within a
// transaction that has read it, and not with anything else that is recorded.
func TestOpenVersion(t *testing.T) {
	db := open(t)
	version := func() (v uint64) {
		t.Helper()
		if err := db.View(func(tx *store.Tx) error { v = tx.OpenVersion(); return nil }); err != nil {
			t.Fatal(err)
		}
		return v
	}
	var c *intake.Case
	note := func(ix intake.Index) func(*store.Tx) error {
		return func(tx *store.Tx) (err error) {
			if c, err = tx.Case("CAF26-00001"); err != nil {
				return err
			}
			c.Append(intake.Event{At: tx.Now(), Actor: "local:clerk", Name: intake.Note}, nil)
			return tx.PutCase(c, ix)
		}
	}
	failed := errors.New("it is not to be recorded")
	last := version()
	for _, x := range []struct {
		what    string
		f       func(*store.Tx) error
		changes bool
	}{
		{"a case that comes", func(tx *store.Tx) error { _, err := register(tx, 1, "a@example.org", "jo@example.org"); return err }, true},
		{"a fact", func(tx *store.Tx) error { return tx.SetFact("page/looks/CAF26-00001", 1) }, false},
		{"a case that changes", note(intake.Index{Open: true}), true},
		{"a step that fails", func(tx *store.Tx) error { return errors.Join(note(intake.Index{})(tx), failed) }, false},
		{"a fact again", func(tx *store.Tx) error { return tx.SetFact("page/looks/CAF26-00001", 2) }, false},
		{"a case that goes", note(intake.Index{}), true},
		{"a case among those that went", note(intake.Index{}), false},
	} {
		if err := db.Update(x.f); err != nil && !errors.Is(err, failed) {
			t.Fatal(x.what, err)
		}
		is := version()
		if is == last && x.changes || is != last && !x.changes && !db.InDatabase() {
			t.Errorf("%s: the version was %d and is %d", x.what, last, is)
		}
		last = is
	}
}
