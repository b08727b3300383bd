package outbox

import (
	"context"
	"time"

	"requestd/intake"
	"requestd/store"
)

// look decides about a letter in doubt. It looks for the letter in the Sent
// folder, if there is one; if it is not there the letter is sent once more,
// byte for byte the same; if that leaves doubt again, a person decides. If
// somebody changed the letter during the search, they have decided already.
func (l *Loop) look(ctx context.Context, d due) error {
	lim := l.Limits()
	found, looked := false, false
	if l.Find != nil {
		var err error
		if found, err = l.Find(ctx, d.messageID); err != nil {
			return l.later(d, lim, err)
		}
		looked = true
	}
	var letter intake.Letter
	overtaken := false
	err := l.Store.Update(func(tx *store.Tx) (err error) {
		if letter, err = tx.Letter(d.id); err != nil {
			return err
		}
		if overtaken = !d.still(&letter); overtaken {
			return nil
		}
		now := tx.Now()
		letter.Looks++
		switch {
		case found:
			letter.State, letter.Settled, letter.Next = intake.LetterSent, now, time.Time{}
			letter.Response = "found in the Sent folder"
			return l.settle(tx, &letter)
		case looked && letter.Looks < len(lim.InDoubt):
			letter.Next = now.Add(waitAt(lim.InDoubt, letter.Looks))
			return tx.PutLetter(letter)
		case letter.Doubts >= 2:
			letter.State, letter.Next = intake.LetterHeld, time.Time{}
			letter.Response = "in doubt twice: " + letter.Response
			return l.settle(tx, &letter)
		}
		letter.State, letter.Next = intake.LetterWaiting, now
		return tx.PutLetter(letter)
	})
	switch {
	case err != nil || overtaken:
		return err
	case letter.State == intake.LetterSent:
		l.Log.Info("a letter in doubt was found in the Sent folder", "letter", letter.ID, "ref", letter.Ref)
	case letter.State == intake.LetterHeld:
		l.Log.Error("a letter is in doubt for the second time: a person decides; see requestd outbox", "letter", letter.ID, "ref", letter.Ref)
	}
	return nil
}

// later puts off a look because the mailbox could not be searched.
func (l *Loop) later(d due, lim Limits, why error) error {
	l.Log.Warn("the Sent folder could not be searched for a letter in doubt, to be tried again", "letter", d.id, "ref", d.ref, "error", why)
	return l.Store.Update(func(tx *store.Tx) error {
		letter, err := tx.Letter(d.id)
		if err != nil || !d.still(&letter) {
			return err
		}
		letter.Next = tx.Now().Add(waitAt(lim.InDoubt, len(lim.InDoubt)-1))
		return tx.PutLetter(letter)
	})
}
