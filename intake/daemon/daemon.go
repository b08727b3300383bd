// Package daemon puts the parts together and runs them: a watcher for each
// mailbox, the engine with its clock, a send loop for each mailbox, and the
// control socket.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"requestd/intake/admin"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/mailbox"
	"requestd/intake/outbox"
	"requestd/store"
)

// Daemon is the whole of it, as a value: tests embed it as the program does.
type Daemon struct {
	Engine *engine.Engine
	Store  *store.DB
	Log    *slog.Logger

	now      func() time.Time
	socket   string
	group    string
	watchers []*mailbox.Watcher
	loops    []*outbox.Loop
	tick     chan struct{}
}

// New opens the register and wires the parts. It connects to nothing.
func New(cfg *config.Config, log *slog.Logger, now func() time.Time) (*Daemon, error) {
	db, err := store.Open(string(cfg.Store.Path), store.Options{Now: now, Wait: cfg.Store.Wait})
	if err != nil {
		return nil, err
	}
	d, err := wire(cfg, db, log, now)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return d, nil
}

func wire(cfg *config.Config, db *store.DB, log *slog.Logger, now func() time.Time) (*Daemon, error) {
	e, err := engine.New(engine.Options{Store: db, Now: now, Log: log}, cfg)
	if err != nil {
		return nil, err
	}
	d := &Daemon{
		Engine: e, Store: db, Log: log, now: now, tick: make(chan struct{}, 1),
		socket: string(cfg.Control.Socket), group: cfg.Control.Group,
	}
	t := newTokens(cfg)
	for i := range cfg.Mailboxes {
		m := &cfg.Mailboxes[i]
		read, err := ReadOptions(cfg, m, t)
		if err != nil {
			return nil, err
		}
		send, err := SendOptions(m, t)
		if err != nil {
			return nil, err
		}
		w := mailbox.New(read, e, log)
		d.watchers = append(d.watchers, w)
		d.loops = append(d.loops, &outbox.Loop{
			Mailbox: m.Name, Store: db, Sender: outbox.NewSMTP(send), Now: now, Log: log, Settled: e.LetterSettled,
			Limits: func() outbox.Limits { return limits(e.Settings().Sending) }, Find: finder(w, m.IMAP.SentFolder),
		})
	}
	e.OnWork(d.wake)
	if wait := cfg.Sending.InDoubtWait; len(wait) > 0 {
		err = outbox.Recover(db, wait[0], log)
	}
	return d, err
}

// wake tells the send loops and the clock that a commit may have left work.
func (d *Daemon) wake() {
	for _, l := range d.loops {
		l.Kick()
	}
	select {
	case d.tick <- struct{}{}:
	default:
	}
}

// Close closes the register. Nothing may run any more.
func (d *Daemon) Close() error { return d.Store.Close() }

// Run watches and sends until the context ends, or until a part cannot go on;
// then all of them end.
func (d *Daemon) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	control, err := admin.Listen(d.socket, d.group)
	if err != nil {
		return err
	}
	api := &admin.API{Engine: d.Engine, Store: d.Store}
	var parts sync.WaitGroup
	start := func(name string, run func(context.Context) error) {
		parts.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				stop(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	for _, w := range d.watchers {
		start("watch mailbox", w.Run)
	}
	for _, l := range d.loops {
		start("send mail of "+l.Mailbox, l.Run)
	}
	start("remind", d.runClock)
	start("control socket", func(ctx context.Context) error { return admin.Serve(ctx, control, api.Handler()) })
	<-ctx.Done()
	parts.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// longestSleep bounds how long the clock sleeps, so that a machine that was
// suspended or whose clock was set notices soon.
const longestSleep = time.Minute

// runClock does what the clock asks for, when it asks for it.
func (d *Daemon) runClock(ctx context.Context) error {
	for {
		if err := d.Engine.Tick(ctx); err != nil {
			return err
		}
		if err := d.sleep(ctx); err != nil {
			return nil
		}
	}
}

// sleep ends when the clock asks for something or a commit may have moved
// what it asks for.
func (d *Daemon) sleep(ctx context.Context) error {
	for {
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

// Once reads every mailbox to its end, runs the reminders and, unless send is
// false, sends until nothing is due. The error names every mailbox and server
// that could not be used; what could be done was done.
func (d *Daemon) Once(ctx context.Context, send bool) error {
	failures := make([]error, len(d.watchers)+len(d.loops))
	var parts sync.WaitGroup
	for i, w := range d.watchers {
		parts.Go(func() { failures[i] = w.Once(ctx) })
	}
	parts.Wait()
	if err := d.Engine.TickOnce(ctx); err != nil {
		return err
	}
	if send {
		for i, l := range d.loops {
			parts.Go(func() { failures[len(d.watchers)+i] = l.Once(ctx) })
		}
		parts.Wait()
	}
	return errors.Join(failures...)
}
