package daemon

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"requestd/intake"
	"requestd/intake/health"
	"requestd/store"
)

// notify tells the service manager the daemon's state (sd_notify(3)). Without a
// service manager it does nothing.
func (d *Daemon) notify(state string) {
	tell := d.Tell
	if tell == nil {
		tell = func(state string) error { _, err := daemon.SdNotify(false, state); return err }
	}
	if err := tell(state); err != nil {
		d.Log.Warn("the service manager could not be told how the daemon stands", "error", err)
	}
}

// migrationLimit is how long one part of a migration may take before the
// service manager regards the start as hanging: each takes seconds.
const migrationLimit = 10 * time.Minute

// migrates reports how far a migration of the register is to the log and to the
// service manager, which would otherwise end a start that takes minutes. It
// stops the migration when the daemon is told to stop.
func (d *Daemon) migrates(ctx context.Context) store.Progress {
	at := ""
	return func(what string, done int) error {
		d.notify(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d\nSTATUS=Migrating the register: %s, %d done", migrationLimit.Microseconds(), what, done))
		if what != at {
			d.Log.Info("the register is brought into the form of this program; stopped, it goes on at the next start", "now", what)
			at = what
		}
		return ctx.Err()
	}
}

func (d *Daemon) tellReady() { d.notify("READY=1\nSTATUS=" + d.watching()) }

// tellStanding tells the service manager which part of the shared work this
// daemon does.
func (d *Daemon) tellStanding() { d.notify("STATUS=" + d.watching()) }

func (d *Daemon) watching() string {
	all := len(d.current())
	if d.share == nil {
		return "Watching " + health.Count(all, "mailbox", "mailboxes")
	}
	return fmt.Sprintf("Watching %d of %s, beside other daemons", len(d.watched()), health.Count(all, "mailbox", "mailboxes"))
}

// statusText is what systemctl status shows on one line.
func statusText(s *health.Status) string {
	text := fmt.Sprintf("Watching %s, %s in the outbox, %d open, %d overdue", health.Count(len(s.Mailboxes), "mailbox", "mailboxes"),
		health.Count(s.Letters.Waiting+s.Letters.Sending+s.Letters.InDoubt, "letter", "letters"),
		s.Cases.Open+s.Cases.Waiting+s.Cases.Triage, s.Cases.Overdue)
	if len(s.Alarms) == 0 {
		return text + ": all is well"
	}
	text += ": " + health.Count(len(s.Alarms), "alarm", "alarms")
	for _, a := range s.Alarms {
		text += "; " + a.Problem
	}
	return intake.WithoutAddresses(strings.Join(strings.Fields(text), " ")) // systemctl shows it to everybody
}

// watchdogInterval is how often the service manager wants to hear that the
// daemon lives; 0 when it does not.
func (d *Daemon) watchdogInterval() time.Duration {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		d.Log.Warn("the watchdog of the service manager cannot be used", "error", err)
		return 0
	}
	return interval
}

// runWatchdog tells the service manager that the daemon is alive, as long as
// every part is: if one hangs, the service manager restarts the daemon.
func (d *Daemon) runWatchdog(ctx context.Context) error {
	interval := d.watchdogInterval()
	if interval == 0 {
		return nil
	}
	return d.ping(ctx, interval/3)
}

func (d *Daemon) ping(ctx context.Context, every time.Duration) error {
	t := time.NewTicker(every)
	defer t.Stop()
	told := ""
	for {
		why := d.hung(time.Now())
		if why == "" {
			d.notify("WATCHDOG=1")
		} else if why != told {
			d.Log.Error("a part of the daemon gets no further: the service manager is to start it anew. Where it comes again, see what the part named does (a server that does not answer, a mail to be opened in its mailbox) and tell the developers", "part", why)
		}
		told = why
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

const (
	// clockLimit is how long one run of the clock may take.
	clockLimit = 10 * time.Minute
	// careLimit is how long the daemon may take to check itself: once a day this
	// includes all of retention, which rewrites a large register.
	careLimit = 6 * time.Hour
	// pollLimit is how long after the poll interval reading may go on without a
	// mail delivered, a good poll or an error: longer than the longest single
	// FETCH may take.
	pollLimit = 30 * time.Minute
)

// hung names a part that has made no progress for longer than it may; "" if all
// have.
func (d *Daemon) hung(now time.Time) string {
	if mail := d.stuckOver(now); mail != "" {
		return mail
	}
	if at := d.beat.Load(); at != nil && now.Sub(*at) > clockLimit {
		return "the clock"
	}
	if at := d.cared.Load(); at != nil && now.Sub(*at) > careLimit {
		return "looking for alarms and for what is kept for too long"
	}
	for _, l := range d.watched() {
		if now.Sub(l.moved(now)) > l.poll+pollLimit {
			return "reading of mailbox " + l.name
		}
		if busy := l.send.Status().Busy; !busy.IsZero() && now.Sub(busy) > l.letter {
			return "sending for mailbox " + l.name
		}
	}
	return ""
}

// progress is what the watchdog saw of a lane: the number of mails read, and
// when that last changed.
type progress struct {
	read int64
	at   time.Time
}

// moved returns when reading last made progress. Only the watchdog calls it.
func (l *lane) moved(now time.Time) time.Time {
	s := l.watch.Status()
	if s.Read != l.moves.read {
		l.moves = progress{s.Read, now}
	}
	moved := l.started
	for _, t := range []time.Time{l.moves.at, s.LastPoll, s.Connected, s.LastErrorAt, s.NextTry} {
		if t.After(moved) {
			moved = t
		}
	}
	return moved
}
