package daemon

import (
	"context"
	"time"

	"requestd/store"
)

// longestSleep limits how long the clock sleeps, so that a machine that was
// suspended or whose clock was set notices soon.
const longestSleep = time.Minute

// runClock does the clock's work when it is due. While the register's disk
// cannot be written it waits until it can.
func (d *Daemon) runClock(ctx context.Context) error {
	for {
		d.beats()
		if !d.worksOn(clockTask) {
			if err := d.pause(ctx, longestSleep); err != nil {
				return err
			}
			continue
		}
		err := d.Engine.Clock.Tick(ctx)
		if store.DiskFault(err) {
			d.Log.Error("reminders cannot be written, to be tried again", "error", err)
			if err = d.pause(ctx, diskCheck); err == nil {
				continue
			}
		}
		if err != nil {
			return err
		}
		if err := d.sleep(ctx); err != nil {
			return err // the context's error, which is how the clock ends
		}
	}
}

// diskCheck is how long the clock waits for a disk that cannot be written.
const diskCheck = 30 * time.Second

// pause waits, or returns earlier if a commit shows that the register can be
// written.
func (d *Daemon) pause(ctx context.Context, wait time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-d.tick:
	case <-time.After(wait):
	}
	return nil
}

// beats notes that the clock has run.
func (d *Daemon) beats() {
	now := time.Now()
	d.beat.Store(&now)
}

// sleep returns when the clock has something to do, or when a commit may have
// changed when that is.
func (d *Daemon) sleep(ctx context.Context) error {
	for {
		d.beats()
		next, err := d.Engine.Clock.NextTick()
		if err != nil {
			return err
		}
		wait := min(max(0, next.Sub(d.now())), longestSleep)
		if wait == 0 {
			return nil
		}
		if err := d.pause(ctx, wait); err != nil {
			return err
		}
	}
}
