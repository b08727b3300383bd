package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"requestd/intake/config"
)

// Reload reads the configuration again and puts it into force. A wrong one
// changes nothing; what is wrong with it is logged in full, and returned. It
// waits until Run has done it.
func (d *Daemon) Reload(ctx context.Context) error {
	answer := make(chan error, 1)
	select {
	case d.reloads <- answer:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reloaded is how the last reload went; the start counts as the first.
type reloaded struct {
	at     time.Time
	failed bool
}

func (d *Daemon) lastReload() reloaded {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reloaded
}

func (r *running) reload() error {
	d := r.d
	d.notify("RELOADING=1\nSTATUS=Reading the configuration anew")
	defer d.tellReady()
	err := r.putIntoForce()
	d.mu.Lock()
	d.reloaded = reloaded{d.now(), err != nil}
	d.mu.Unlock()
	var wrong *config.Problems
	switch {
	case errors.As(err, &wrong):
		for _, p := range wrong.List {
			d.Log.Error("the new configuration is wrong, the old one stays in force", "file", wrong.File, "key", p.Key, "line", p.Line, "says", p.Says, "mend", p.Mend)
		}
	case err != nil:
		d.Log.Error("the new configuration cannot be used, the old one stays in force", "error", err)
	}
	return err
}

func (r *running) putIntoForce() error {
	d := r.d
	if d.Load == nil {
		return errors.New("this daemon was started without a file to read again")
	}
	cfg, err := d.Load()
	if err != nil {
		return err
	}
	was := d.Engine.Cases.Settings()
	fresh, err := d.newLanes(cfg)
	if err != nil {
		return fmt.Errorf("set up the mailboxes: %w", err)
	}
	if err := d.Engine.Cases.Reload(cfg); err != nil {
		return err
	}
	if d.share != nil {
		d.share.follow(cfg)
		d.share.poke()
		if _, err := d.Engine.Cases.Reindex(); err != nil { // others may have indexed some by the configuration before
			d.Log.Error("the index of due dates could not be rebuilt by the new configuration, to be tried again", "error", err)
			d.Engine.Cases.ReindexLater() // the configuration is in force, and the mailboxes must follow it too
		}
	}
	r.switchLanes(fresh)
	for _, key := range cfg.Changes(was) {
		d.Log.Warn("this change takes effect when the daemon is started again: systemctl restart requestd", "key", key)
	}
	d.readHolidays(r.ctx)
	d.Log.Info("the new configuration is in force", "file", cfg.Source(), "mailboxes", len(cfg.Mailboxes))
	d.wake()
	d.lookAgain()
	return nil
}

// switchLanes starts the new lanes as those before them end. An unchanged one
// is left alone.
func (r *running) switchLanes(fresh []*lane) {
	r.d.storeLast() // what the old lanes know is lost with them
	before := map[string]*lane{}
	for _, l := range r.d.current() {
		before[l.name] = l
	}
	var begin []*lane
	for _, l := range fresh {
		if was := before[l.name]; was != l {
			l.before = was.last()
			begin = append(begin, l)
		}
		delete(before, l.name)
	}
	r.arm(begin)
	r.d.replace(fresh)
	for _, l := range begin {
		r.startLane(l)
	}
	for name, l := range before {
		r.startLane(&lane{name: name, before: l.last()}) // no lane follows it
	}
}
