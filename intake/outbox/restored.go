package outbox

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"requestd/intake"
	"requestd/store"
)

// Restored says that the register is a copy that was restored. The copy cannot
// know which letters were sent after it was made, so letters about mail that
// came in before it was restored are held until a person releases them.
type Restored struct {
	At       time.Time `json:"at"`    // when it was restored
	LastMail time.Time `json:"knows"` // when the last mail in it was registered; zero for none
	By       string    `json:"by"`
}

const restoredKey = "restored"

// RestoredWhy is why such a letter is held.
const RestoredWhy = "restored: it may have gone since the copy of the register was made"

// RestoredFrom tells whether letters are held since a copy was put back.
func RestoredFrom(tx *store.Tx) (r Restored, ok bool) { return store.Fact[Restored](tx, restoredKey) }

// HoldRestored marks the register as a restored copy and holds the letters to
// people outside that are in it. No daemon may be running.
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

// HeldByRestore returns the letters that are held because a copy was restored.
func HeldByRestore(tx *store.Tx) iter.Seq[intake.Letter] {
	return func(yield func(intake.Letter) bool) {
		for l := range tx.InState(intake.LetterHeld) {
			if strings.HasPrefix(l.Response, RestoredWhy) && !yield(l) {
				return
			}
		}
	}
}

// EndRestoreHold stops new letters from being held. Those already held are
// released one by one.
func EndRestoreHold(tx *store.Tx) error { return tx.DeleteFact(restoredKey) }

// heldByRestore reports whether a letter is about mail that came in before a
// copy was restored.
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
		return true // a case that cannot be read proves nothing
	}
	o := c.Opening()
	return o == nil || !o.Received.After(r.At)
}
