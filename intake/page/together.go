package page

import (
	"errors"
	"sync"

	"requestd/store"
)

// together records small things of several people in one transaction, which
// waits for the disk only once: what comes while one transaction is running
// goes into the next.
type together struct {
	write   func(func(*store.Tx) error) error
	mu      sync.Mutex
	busy    bool
	waiting []waiting
}

type waiting struct {
	do   func(*store.Tx) error // fails only as the disk does
	done chan error
}

var errBrokeOff = errors.New("it broke off while it was being recorded")

// record returns once do is recorded, or could not be.
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

// next records what is waiting, and lets another goroutine go on with what came
// meanwhile.
func (t *together) next() {
	t.mu.Lock()
	all := t.waiting
	t.waiting, t.busy = nil, len(all) > 0
	t.mu.Unlock()
	if len(all) == 0 {
		return
	}
	err := errBrokeOff // so that nobody waits for ever if it panics
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
