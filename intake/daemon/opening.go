package daemon

import (
	"fmt"
	"log/slog"
	"time"
)

// A daemon that waits for something of another machine has started, as far as
// the service manager is concerned: whoever starts it need not wait as well,
// and no time limit of the start ends it.

// OutOfReach tells the service manager of a daemon whose register, in a
// database, cannot be reached.
func OutOfReach(log *slog.Logger) func() {
	d := &Daemon{Log: log}
	return func() { d.waits("The register cannot be reached: nothing is read or sent until it can") }
}

func (d *Daemon) waits(why string) { d.notify("READY=1\nWATCHDOG=1\nSTATUS=" + why) }

const (
	openingEvery = 30 * time.Second
	openingMore  = 2 * time.Minute  // that is asked for each time
	openingMost  = 30 * time.Minute // after which it counts as hung
)

// Opening asks the service manager for patience while a register is opened: a
// large one is brought to a new schema in minutes. The register is open, or
// cannot be opened, once opened is called.
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
