package daemon

import (
	"context"
	"maps"
	"runtime"
	"runtime/debug"
	"time"

	"requestd/intake/register"
)

// careEvery is how often the daemon looks after itself.
const careEvery = time.Minute

// begin marks the start of a run.
func (d *Daemon) begin() {
	d.started = d.now()
	d.mu.Lock()
	d.reloaded = reloaded{at: d.started}
	d.mu.Unlock()
	d.beats()
}

// lookAgain has the alarms looked at now.
func (d *Daemon) lookAgain() { signal(d.look) }

// runCare watches over the daemon itself: what is wrong is told, once, to
// staff, to the log and to the service manager. It goes on whatever fails.
func (d *Daemon) runCare(ctx context.Context) error {
	t := time.NewTicker(careEvery)
	defer t.Stop()
	for {
		d.care(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-d.look:
		case <-t.C:
		}
	}
}

func (d *Daemon) care(ctx context.Context) {
	d.remember()
	s, err := d.Status(ctx)
	if err == nil {
		s.Alarms, err = d.Engine.Clock.Alarms(ctx, s.Alarms)
	}
	if err != nil {
		d.Log.Error("the daemon could not look after itself", "error", err)
		return
	}
	d.notify("STATUS=" + statusText(s))
	if err := d.Engine.Clock.Keep(ctx); err != nil {
		d.Log.Error("what retention asks for could not be done, to be tried again", "error", err)
	}
	d.giveBack()
}

// spare is how much memory must have been held, and used anew, before it is
// looked for what can be returned, in bytes.
const spare = 24 << 20

// giveBack returns memory to the system that a backlog or a long list took:
// afterwards too little happens for the collector to do it.
func (d *Daemon) giveBack() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapSys-m.HeapReleased > spare && m.TotalAlloc-d.collected > spare {
		debug.FreeOSMemory()
		d.collected = m.TotalAlloc
	}
}

// recall takes over what the lanes know of their last good poll and send.
func (d *Daemon) recall() {
	lanes := d.current()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range lanes {
		read, sent := l.watch.Status(), l.send.Status()
		was := d.last[l.name]
		is := register.Last{
			Poll: later(was.Poll, d.here(read.LastPoll)), Send: later(was.Send, sent.LastGood),
			IMAPEnds: known(was.IMAPEnds, read.CertEnds), SMTPEnds: known(was.SMTPEnds, sent.CertEnds),
		}
		if is != was {
			d.last[l.name], d.unkept = is, true
		}
	}
}

// remember keeps what recall found in the register, for the next start.
func (d *Daemon) remember() {
	d.recall()
	d.mu.Lock()
	last, unkept := maps.Clone(d.last), d.unkept
	d.unkept = false
	d.mu.Unlock()
	if !unkept {
		return
	}
	if err := d.Engine.Register.KeepLast(last); err != nil {
		d.Log.Error("the register cannot be written", "error", err)
	}
}

func (d *Daemon) lastOf(name string) register.Last {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last[name]
}

// here is a moment of the machine's clock on that of the daemon.
func (d *Daemon) here(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return d.now().Add(-time.Since(t)).UTC().Round(time.Second)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b.UTC().Round(time.Second)
	}
	return a
}

func known(was, is time.Time) time.Time {
	if is.IsZero() {
		return was
	}
	return is.UTC()
}
