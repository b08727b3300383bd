package outbox

import (
	"slices"
	"time"

	"requestd/store"
)

const (
	// longestSleep limits how long a loop sleeps, so that a machine whose clock
	// was set notices soon.
	longestSleep = time.Minute
	// undoMargin is more than a decision by mail may delay a letter so that it can
	// be undone.
	undoMargin = 24 * time.Hour
)

// longest returns the longest wait that any kind of failure causes.
func (l Limits) longest() time.Duration {
	return slices.Max(slices.Concat(l.Retry, l.InDoubt, []time.Duration{l.RetryEvery, l.Pause}))
}

// forward corrects letters whose time is further ahead than any wait could put
// it: it was set by a clock that ran ahead and is right again.
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
		for _, x := range slices.Collect(tx.LettersAfter(limit, l.Mailbox)) {
			x.Next = tx.Now()
			if err := tx.PutLetter(x); err != nil {
				return err
			}
		}
		return nil
	})
}
