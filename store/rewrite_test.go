package store_test

import (
	"testing"

	"requestd/intake"
	"requestd/store"
	"requestd/store/storetest"
)

// TestRewriteOnlyWhatCannotHaveLeft: a letter that was refused by a server's
// answer may be rewritten; one whose outcome was ever unknown may not.
func TestRewriteOnlyWhatCannotHaveLeft(t *testing.T) {
	for name, c := range map[string]struct {
		state    intake.LetterState
		attempts int
		doubts   int
		refused  bool
	}{
		"held, never tried":         {intake.LetterHeld, 0, 0, false},
		"refused for good":          {intake.LetterFailed, 1, 0, false},
		"given up after many tries": {intake.LetterHeld, 9, 0, false},
		"in doubt twice":            {intake.LetterHeld, 2, 2, true},
		"refused after a doubt":     {intake.LetterFailed, 2, 1, true},
		"sent":                      {intake.LetterSent, 1, 0, true},
		"returned":                  {intake.LetterBounced, 1, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.Open(t)
			err := db.Update(func(tx *store.Tx) error {
				l := &intake.Letter{
					Key: "topic/x", Mailbox: "m", Purpose: intake.ForDigest, To: "jo@example.com",
					MessageID: "a@example.org", Raw: []byte("first"),
				}
				if _, err := tx.Enqueue(l); err != nil {
					return err
				}
				was := *l
				was.State, was.Attempts, was.Doubts = c.state, c.attempts, c.doubts
				if err := tx.PutLetter(was); err != nil {
					return err
				}
				l.MessageID, l.Raw, l.State = "b@example.org", []byte("second"), intake.LetterWaiting
				if err := tx.RewriteLetter(l); (err != nil) != c.refused {
					t.Errorf("refused %t (%v), want %t", err != nil, err, c.refused)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
