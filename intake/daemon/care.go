package daemon

import (
	"context"
	"reflect"
	"runtime"
	"runtime/debug"
	"time"

	"requestd/intake/register"
)

// careEvery is how often the daemon checks itself.
const careEvery = time.Minute

// begin marks the start of a run.
func (d *Daemon) begin() {
	d.started = d.now()
	d.mu.Lock()
	d.reloaded = reloaded{at: d.started}
	d.mu.Unlock()
	d.beats()
}

// lookAgain makes the alarms be checked now.
func (d *Daemon) lookAgain() { signal(d.look) }

// runCare checks the daemon itself: what is wrong is reported, once, to staff,
// to the log and to the service manager. It goes on whatever fails.
func (d *Daemon) runCare(ctx context.Context) error {
	t := time.NewTicker(careEvery)
	defer t.Stop()
	for {
		now := time.Now()
		d.cared.Store(&now)
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
	d.storeLast()
	defer d.giveBack()
	if !d.worksOn(clockTask) { // another daemon checks them all
		d.tellStanding()
		return
	}
	s, err := d.Status(ctx)
	if err == nil {
		s.Alarms, err = d.Engine.Clock.Alarms(ctx, s.Alarms)
	}
	if err != nil {
		d.Log.Error("the daemon could not look after itself", "error", err)
		return
	}
	d.notify("STATUS=" + statusText(s))
	if err := d.Engine.Clock.ApplyRetention(ctx); err != nil {
		d.Log.Error("what retention asks for could not be done, to be tried again", "error", err)
	}
}

// spare is how much memory, in bytes, must have been held, and used again,
// before looking for memory to return.
const spare = 24 << 20

// giveBack returns memory to the system that was used by a backlog or a long
// list: afterwards too little happens for the collector to do it.
func (d *Daemon) giveBack() {
	d.pace.rest()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapSys-m.HeapReleased > spare && m.TotalAlloc-d.collected > spare {
		debug.FreeOSMemory()
		d.collected = m.TotalAlloc
	}
}

// collectLast collects from the lanes when they last polled and sent
// successfully.
func (d *Daemon) collectLast() {
	lanes := d.current()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range lanes {
		if l.started.IsZero() {
			continue // another daemon records it
		}
		read, sent := l.watch.Status(), l.send.Status()
		was := d.last[l.name]
		is := register.LastContact{
			Poll: later(was.Poll, d.here(read.LastPoll)), Send: later(was.Send, sent.LastGood),
			IMAPEnds: known(was.IMAPEnds, read.CertEnds), SMTPEnds: known(was.SMTPEnds, sent.CertEnds),
		}
		if d.share != nil && l.ctx != nil {
			is.Connection = &register.Connection{
				Host: d.share.host, Since: l.started.UTC().Round(0), Connected: !read.Connected.IsZero(), Trouble: read.LastError, NextTry: utc(read.NextTry),
				Server: read.Server, SendTrouble: sent.Trouble, SendPaused: utc(sent.Paused), Aside: sent.Aside, Breaker: sent.Breaker,
			}
		}
		if !reflect.DeepEqual(is, was) {
			d.last[l.name], d.unkept[l.name] = is, true
		}
	}
}

func utc(t time.Time) time.Time { return t.UTC().Round(0) }

// storeLast stores in the register what collectLast found, for the next start
// and for daemons on other machines.
func (d *Daemon) storeLast() {
	d.collectLast()
	d.mu.Lock()
	last := map[string]register.LastContact{}
	for name := range d.unkept {
		last[name] = d.last[name]
	}
	clear(d.unkept)
	d.mu.Unlock()
	if len(last) == 0 {
		return
	}
	if err := d.Engine.Register.KeepLastContact(last); err != nil {
		d.Log.Error("the register cannot be written", "error", err)
	}
}

// loadLast loads what the daemon recorded that worked on a mailbox before.
func (d *Daemon) loadLast(mailboxes []string) {
	last, err := d.Engine.Register.LastContacts()
	if err != nil {
		d.Log.Error("the register cannot be read", "error", err)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range mailboxes {
		d.last[name] = last[name]
	}
}

func (d *Daemon) lastOf(name string) register.LastContact {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last[name]
}

// here converts a time of the machine's clock to the daemon's.
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
