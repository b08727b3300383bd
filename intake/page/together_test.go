package page

import (
	"errors"
	"sync"
	"testing"

	"requestd/store"
)

// What comes while one thing is being recorded goes into the next transaction,
// all at once, and each caller gets the result.
func TestRecordedTogether(t *testing.T) {
	const people = 10
	begun, goOn := make(chan int, people), make(chan error)
	var recorded []int // how many at once; there is only one writer
	all := &together{}
	all.write = func(f func(*store.Tx) error) error {
		begun <- len(recorded)
		err := <-goOn
		recorded = append(recorded, 0)
		return errors.Join(err, f(nil))
	}
	one := func(*store.Tx) error { recorded[len(recorded)-1]++; return nil }
	failed := errors.New("the disk")
	var wait sync.WaitGroup
	errs := make(chan error, people)
	wait.Go(func() { errs <- all.record(one) })
	<-begun
	for range people - 1 {
		wait.Go(func() { errs <- all.record(one) })
	}
	for n := 0; n < people-1; {
		all.mu.Lock()
		n = len(all.waiting)
		all.mu.Unlock()
	}
	goOn <- nil
	<-begun
	goOn <- failed
	wait.Wait()
	close(errs)
	n := 0
	for err := range errs {
		if errors.Is(err, failed) {
			n++
		}
	}
	if len(recorded) != 2 || recorded[0] != 1 || recorded[1] != people-1 || n != people-1 {
		t.Errorf("recorded at once were %v, and %d were told that it failed", recorded, n)
	}
}

// If recording panics, which net/http survives, later things are still
// recorded.
func TestRecordingTogetherOutlivesAPanic(t *testing.T) {
	all := &together{write: func(func(*store.Tx) error) error { panic("in a handler") }}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = all.record(func(*store.Tx) error { return nil })
	}()
	all.mu.Lock()
	all.write = func(f func(*store.Tx) error) error { return f(nil) }
	all.mu.Unlock()
	if err := all.record(func(*store.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}
