package outbox

import (
	"time"

	"requestd/intake"
	"requestd/store"
)

const (
	// longestSleep bounds how long a loop sleeps, so that a machine whose clock
	// was set notices soon.
	longestSleep = time.Minute
	// undoMargin is beyond what a decision by mail may keep a letter waiting
	// for its undoing.
	undoMargin = 24 * time.Hour
)

// longest is the longest wait that a failure of any kind brings about.
func (l Limits) longest() time.Duration {
	most := max(l.RetryEvery, l.Pause)
	for _, d := range l.Retry {
		most = max(most, d)
	}
	for _, d := range l.InDoubt {
		most = max(most, d)
	}
	return most
}

// forward brings letters on whose time lies further ahead than any wait could
// put it: the clock ran ahead when it was set, and is right again.
func (l *Loop) forward() error {
	limit := l.Now().Add(l.Limits().longest() + undoMargin)
	far := false
	err := l.Store.View(func(tx *store.Tx) error {
		for range tx.LettersAfter(limit, l.Mailbox) {
			far = true
			break
		}
		return nil
	})
	if err != nil || !far {
		return err
	}
	l.Log.Warn("letters waited for a time that lies far ahead: the clock was wrong when it was set, and they are tried now", "mailbox", l.Mailbox)
	return l.Store.Update(func(tx *store.Tx) error {
		var stuck []intake.Letter
		for x := range tx.LettersAfter(limit, l.Mailbox) {
			stuck = append(stuck, x)
		}
		for _, x := range stuck {
			x.Next = tx.Now()
			if err := tx.PutLetter(x); err != nil {
				return err
			}
		}
		return nil
	})
}
