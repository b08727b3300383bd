package daemon

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"requestd/intake/config"
	"requestd/store"
	"requestd/store/storetest"
)

// turnOf gives one daemon's place at the register of the test's own name, with
// beats that a test need not wait for. However slow the machine is, one that
// lives is not taken for dead.
func turnOf(t *testing.T, create bool, cfg *config.Config) *turn {
	t.Helper()
	db, err := store.OpenURL(storetest.URL(t, t.Name()), "", create, store.Options{Rehearse: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		storetest.Verify(t, db, nil)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	p := newTurn(db, cfg, slog.New(slog.DiscardHandler))
	p.every, p.look, p.dead = 20*time.Millisecond, 10*time.Millisecond, time.Hour
	return p
}

func (t *turn) has(tt *testing.T) (ours bool) {
	tt.Helper()
	if err := t.db.View(func(tx *store.Tx) error { ours = t.holds(tx); return nil }); err != nil {
		tt.Error(err)
	}
	return ours
}

// beats is how many signs of life the one at work has given.
func (t *turn) beats(tt *testing.T) uint64 {
	tt.Helper()
	var is atWork
	if err := t.db.View(func(tx *store.Tx) error { _, err := tx.Get(turnKey, &is); return err }); err != nil {
		tt.Error(err)
	}
	return is.Beat
}

// beating has a daemon give signs until the function given is called, which
// tells how that ended.
func beating(p *turn) (stop func() error) {
	ctx, end := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.beat(ctx, func() {}) }()
	return func() error { end(); return <-done }
}

func TestOneDaemonWorksUntilItHandsOver(t *testing.T) {
	ctx, cfg := context.Background(), &config.Config{}
	one, other := turnOf(t, true, cfg), turnOf(t, false, cfg)
	if err := one.await(ctx, 0, func(string) {}); err != nil {
		t.Fatal(err)
	}
	stop := beating(one)
	watch, enough := context.WithCancel(ctx)
	defer enough()
	err := other.await(watch, 0, func(string) {
		if one.beats(t) >= 3 {
			enough()
		}
	})
	if !errors.Is(err, context.Canceled) || other.has(t) || !one.has(t) {
		t.Errorf("beside one that lives: %v, want that it waits until it is told to stop", err)
	}
	if err := other.await(ctx, time.Nanosecond, func(string) {}); !errors.Is(err, ErrElsewhere) {
		t.Errorf("one without patience: %v, want ErrElsewhere", err)
	}
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("the beats ended with %v", err)
	}
	if err := one.handOver(); err != nil {
		t.Fatal(err)
	}
	if err := other.await(ctx, 0, func(string) {}); err != nil || !other.has(t) || one.has(t) {
		t.Errorf("after the handing over: %v", err)
	}
}

// One that was stopped for longer than the others wait must find that it is
// not its turn any more, before it sends and at its next beat.
func TestAnotherTakesOverWhenTheFirstGivesNoSign(t *testing.T) {
	ctx, cfg := context.Background(), &config.Config{}
	one, other := turnOf(t, true, cfg), turnOf(t, false, cfg)
	if err := one.await(ctx, 0, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if err := beating(one)(); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	other.dead = 50 * time.Millisecond
	if err := other.await(ctx, 0, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if one.has(t) || !other.has(t) {
		t.Error("it is not the other's turn")
	}
	if err := one.beat(ctx, func() {}); !errors.Is(err, ErrElsewhere) {
		t.Errorf("the first one's next beat: %v, want ErrElsewhere", err)
	}
	if err := one.handOver(); err != nil || !other.has(t) {
		t.Errorf("the first handed over what is not its own: %v", err)
	}
}

func TestAnotherConfigurationIsRefusedWithWhatDiffers(t *testing.T) {
	ctx := context.Background()
	one := turnOf(t, true, &config.Config{})
	other := turnOf(t, false, &config.Config{Staff: []config.Staff{{Address: "foi.officer@example.org"}}})
	if err := one.await(ctx, 0, func(string) {}); err != nil {
		t.Fatal(err)
	}
	stop := beating(one)
	err := other.await(ctx, 0, func(string) {})
	if !errors.Is(err, ErrElsewhere) || !strings.HasSuffix(err.Error(), "the same on both, staff") {
		t.Errorf("err = %v, want that staff differs", err)
	}
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	other.dead = 50 * time.Millisecond
	if err := other.await(ctx, 0, func(string) {}); err != nil {
		t.Errorf("once the one with another configuration is dead: %v", err)
	}
}

// What another process records wakes the daemon at work.
func TestADaemonNoticesWhatOthersRecorded(t *testing.T) {
	ctx, cfg := context.Background(), &config.Config{}
	one, command := turnOf(t, true, cfg), turnOf(t, false, cfg)
	if err := one.await(ctx, 0, func(string) {}); err != nil {
		t.Fatal(err)
	}
	woken := make(chan struct{}, 100)
	ctx, end := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- one.beat(ctx, func() { woken <- struct{}{} }) }()
	<-woken // by what was recorded before
	if err := command.db.Update(func(tx *store.Tx) error { return tx.Set("a letter", 1) }); err != nil {
		t.Fatal(err)
	}
	<-woken
	end()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
