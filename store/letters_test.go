package store_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// TestALetterStaysTheLetterThatItIs: the fields that say whose letter it is
// never change, and its key begins with its case.
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

// TestALetterGoesWhenItsTimeComes: at once where none was set.
func TestALetterGoesWhenItsTimeComes(t *testing.T) {
	now := start
	db := storetest.OpenAt(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: func() time.Time { return now }}, nil)
	update(t, db, func(tx *store.Tx) error {
		for _, l := range []intake.Letter{
			{Key: "later/1", Mailbox: "cafcass", Purpose: intake.ForCorrection, To: "jo@example.org", Raw: []byte("x"), Next: now.Add(10 * time.Minute)},
			{Key: "now/1", Mailbox: "cafcass", Purpose: intake.ForReminder, To: "officer@example.org", Raw: []byte("x")},
		} {
			if _, err := tx.Enqueue(&l); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		after time.Duration
		want  uint64
	}{{0, 2}, {0, 0}, {9 * time.Minute, 0}, {time.Minute, 1}} {
		now = now.Add(c.after)
		update(t, db, func(tx *store.Tx) error {
			l, ok := tx.NextDue(now, "cafcass", nil)
			if l.ID != c.want || ok != (c.want != 0) {
				t.Errorf("at %s letter %d is due, want %d", now.Format(time.TimeOnly), l.ID, c.want)
			}
			if !ok {
				return nil
			}
			l.State = intake.LetterHeld
			return tx.PutLetter(l)
		})
	}
}
