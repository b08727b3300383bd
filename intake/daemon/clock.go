package daemon

import (
	"context"
	"time"
)

// longestSleep bounds how long the clock sleeps, so that a machine that was
// suspended or whose clock was set notices soon.
const longestSleep = time.Minute

// runClock does what the clock asks for, when it asks for it.
func (d *Daemon) runClock(ctx context.Context) error {
	for {
		d.beats()
		if err := d.Engine.Tick(ctx); err != nil {
			return err
		}
		if err := d.sleep(ctx); err != nil {
			return err // that of the context, which is how the clock ends
		}
	}
}

// beats notes that the clock came round.
func (d *Daemon) beats() {
	now := time.Now()
	d.beat.Store(&now)
}

// sleep ends when the clock asks for something or a commit may have moved
// what it asks for.
func (d *Daemon) sleep(ctx context.Context) error {
	for {
		d.beats()
		next, err := d.Engine.NextTick()
		if err != nil {
			return err
		}
		wait := min(max(0, next.Sub(d.now())), longestSleep)
		if wait == 0 {
			return nil
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-d.tick:
		case <-t.C:
		}
		t.Stop()
	}
}
