package store_test

import (
	"strings"
	"testing"

	"requestd/intake"
	"requestd/store"
)

// TestALetterStaysTheLetterThatItIs: what says whose letter it is never changes,
// and its key begins with its case.
func TestALetterStaysTheLetterThatItIs(t *testing.T) {
	db := open(t)
	var was intake.Letter
	update(t, db, func(tx *store.Tx) error {
		c, err := register(tx, 1, "a@example.com", "jo@example.com")
		if err != nil {
			return err
		}
		was = tx.LettersOf(c.Ref)[0]
		return nil
	})
	for name, change := range map[string]func(*intake.Letter){
		"key":        func(l *intake.Letter) { l.Key += "/2" },
		"case":       func(l *intake.Letter) { l.Ref = "CAF26-00009" },
		"purpose":    func(l *intake.Letter) { l.Purpose = intake.ForCorrection },
		"Message-ID": func(l *intake.Letter) { l.MessageID = "other@example.com" },
		"hash":       func(l *intake.Letter) { l.Hash = make([]byte, len(l.Hash)) },
	} {
		l := was
		change(&l)
		if err := db.Update(func(tx *store.Tx) error { return tx.PutLetter(l) }); err == nil || !strings.Contains(err.Error(), "never change") {
			t.Errorf("another %s is recorded: %v", name, err)
		}
	}
	for _, key := range []string{"digest", "/digest", "CAF26-00002/correction", "-/correction"} {
		l := intake.Letter{Key: key, Ref: was.Ref, Purpose: intake.ForCorrection, Raw: []byte("x")}
		if !strings.Contains(key, "-") {
			l.Ref = ""
		}
		if err := db.Update(func(tx *store.Tx) error { _, err := tx.Enqueue(&l); return err }); err == nil || !strings.Contains(err.Error(), "must begin") {
			t.Errorf("a letter of the key %q is recorded on case %q: %v", key, l.Ref, err)
		}
	}
}
