package daemon

import (
	"fmt"
	"log/slog"
	"time"
)

// To the service manager, a daemon that waits for another machine has started:
// units that start after it need not wait too, and no start timeout ends it.

// OutOfReach tells the service manager that a daemon's register, in a database,
// cannot be reached.
func OutOfReach(log *slog.Logger) func() {
	d := &Daemon{Log: log}
	return func() { d.waits("The register cannot be reached: nothing is read or sent until it can") }
}

func (d *Daemon) waits(why string) { d.notify("READY=1\nWATCHDOG=1\nSTATUS=" + why) }

const (
	openingEvery = 30 * time.Second
	openingMore  = 2 * time.Minute  // asked for each time
	openingMost  = 30 * time.Minute // after this it counts as hung
)

// Opening asks the service manager for patience while a register is opened:
// bringing a large one to a new schema takes minutes. Call opened once the
// register is open, or could not be opened.
func Opening(log *slog.Logger) (opened func()) { return (&Daemon{Log: log}).opening() }

func (d *Daemon) opening() (opened func()) {
	done := make(chan struct{})
	go func() {
		t := time.NewTicker(openingEvery)
		defer t.Stop()
		for range openingMost / openingEvery {
			select {
			case <-done:
				return
			case <-t.C:
				d.notify(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d\nWATCHDOG=1", openingMore.Microseconds()))
			}
		}
	}()
	return func() { close(done) }
}
