package outbox

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"requestd/intake"
	"requestd/store"
)

// Restored says that the register is a copy that was put back. It cannot know
// which letters went out after it was made, so letters about what came in
// before that moment are held until a person releases them.
type Restored struct {
	At       time.Time `json:"at"`    // when it was put back
	LastMail time.Time `json:"knows"` // when the last mail in it was registered; zero for none
	By       string    `json:"by"`
}

const restoredKey = "restored"

// RestoredWhy is why such a letter is held.
const RestoredWhy = "restored: it may have gone since the copy of the register was made"

// RestoredFrom tells whether letters are held since a copy was put back.
func RestoredFrom(tx *store.Tx) (r Restored, ok bool) { return store.Fact[Restored](tx, restoredKey) }

// HoldRestored marks the register as a copy that was put back and holds the
// letters to people outside that stand in it. No daemon may run.
func HoldRestored(db *store.DB, by string, settled func(*store.Tx, *intake.Letter) error) error {
	err := db.Update(func(tx *store.Tx) error {
		r := Restored{At: tx.Now(), By: by}
		if a, err := tx.Arrival(tx.LastArrival()); err == nil {
			r.LastMail = a.Registered
		}
		var held []intake.Letter
		for _, state := range []intake.LetterState{intake.LetterWaiting, intake.LetterSending, intake.LetterInDoubt} {
			for l := range tx.InState(state) {
				if l.Purpose.Outside() {
					held = append(held, l)
				}
			}
		}
		for _, l := range held {
			l.State, l.Next, l.Response = intake.LetterHeld, time.Time{}, RestoredWhy
			if err := tx.PutLetter(l); err != nil {
				return err
			}
			if err := settled(tx, &l); err != nil {
				return err
			}
		}
		return tx.SetFact(restoredKey, r)
	})
	if err != nil {
		return fmt.Errorf("hold what may have gone since the copy: %w", err)
	}
	return nil
}

// HeldByRestore gives the letters that are held since a copy was put back.
func HeldByRestore(tx *store.Tx) iter.Seq[intake.Letter] {
	return func(yield func(intake.Letter) bool) {
		for l := range tx.InState(intake.LetterHeld) {
			if strings.HasPrefix(l.Response, RestoredWhy) && !yield(l) {
				return
			}
		}
	}
}

// EndRestoreHold stops new letters from being held. Those already held are released
// one by one.
func EndRestoreHold(tx *store.Tx) error { return tx.DeleteFact(restoredKey) }

// heldByRestore reports whether a letter is about what came in before a copy
// was put back.
func heldByRestore(tx *store.Tx, letter *intake.Letter) bool {
	if !letter.Purpose.Outside() || !letter.Released.IsZero() || letter.Ref == "" {
		return false
	}
	r, ok := RestoredFrom(tx)
	if !ok {
		return false
	}
	c, err := tx.Case(letter.Ref)
	if err != nil {
		return true // a case that cannot be read answers for nothing
	}
	o := c.Opening()
	return o == nil || !o.Received.After(r.At)
}
