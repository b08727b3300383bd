package page

import (
	"errors"
	"sync"

	"requestd/store"
)

// together records small things of several people in one transaction, for which
// the disk is waited for once: what comes while one is being recorded is
// recorded with the next.
type together struct {
	write   func(func(*store.Tx) error) error
	mu      sync.Mutex
	busy    bool
	waiting []waiting
}

type waiting struct {
	do   func(*store.Tx) error // fails as the disk does, and in no other way
	done chan error
}

var errBrokeOff = errors.New("it broke off while it was being recorded")

// record returns once it is recorded, or could not be.
func (t *together) record(do func(*store.Tx) error) error {
	w := waiting{do, make(chan error, 1)}
	t.mu.Lock()
	t.waiting = append(t.waiting, w)
	first := !t.busy
	t.busy = true
	t.mu.Unlock()
	if first {
		t.next()
	}
	return <-w.done
}

// next records what waits, and has somebody else go on with what came meanwhile.
func (t *together) next() {
	t.mu.Lock()
	all := t.waiting
	t.waiting, t.busy = nil, len(all) > 0
	t.mu.Unlock()
	if len(all) == 0 {
		return
	}
	err := errBrokeOff // nobody waits for ever for what panicked
	defer func() {
		for _, w := range all {
			w.done <- err
		}
		go t.next()
	}()
	err = t.write(func(tx *store.Tx) error {
		for _, w := range all {
			if err := w.do(tx); err != nil {
				return err
			}
		}
		return nil
	})
}
