// Package daemon puts the parts together and runs them: for each mailbox a
// watcher and a send loop, the engine with its clock, the control socket, and
// what looks after all of these.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"requestd/intake/accounts"
	"requestd/intake/apart"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/outbox"
	"requestd/intake/register"
	"requestd/store"
)

// Daemon is the whole of it, as a value: tests embed it as the program does.
type Daemon struct {
	Engine *engine.Engine
	Store  *store.DB
	Log    *slog.Logger
	// Accounts are who may use the officers' page.
	Accounts *accounts.Accounts
	// Load reads and checks the configuration at a reload. Where it is nil
	// there is none.
	Load func() (*config.Config, error)
	// Tell tells the service manager; nil is systemd's own way (sd_notify).
	Tell func(state string) error

	share   *share      // nil where the register lies in a file, which one process holds
	pool    *apart.Pool // nil where mail is read within
	now     func() time.Time
	socket  string
	group   string
	watcher socket // that tells the status alone
	metrics string
	web     config.Web
	started time.Time
	tick    chan struct{} // the clock may have work
	look    chan struct{} // the alarms are to be looked at
	showing chan struct{} // a mail is held for its attachments
	reloads chan chan error
	words   words                     // for other daemons
	beat    atomic.Pointer[time.Time] // when the clock last came round
	cared   atomic.Pointer[time.Time] // when the daemon last began to look after itself
	ending  context.Context           // ends with the run, and not with a lane
	toEnd   context.CancelFunc

	lastWord time.Duration
	pace     pace

	mu        sync.Mutex
	lanes     []*lane
	last      map[string]register.LastContact
	collected uint64          // bytes taken from the heap when giveBack last had it collected
	unkept    map[string]bool // of which mailboxes last is newer than what the register keeps
	reloaded  reloaded
	trouble   map[string]string // with bank holidays, by where they were to come from
}

// socket is where one listens, and the group that may connect.
type socket struct{ path, group string }

// New is Open for a daemon that is to run alone.
func New(cfg *config.Config, log *slog.Logger, now func() time.Time) (*Daemon, error) {
	return Open(context.Background(), cfg, log, now, true)
}

// Open opens the register, which must be there unless store.create asks for it,
// and wires the parts. It connects to no mailbox. The error is ErrElsewhere where
// the register lies in a database and a daemon works on it that has another
// configuration or, where this one is to run alone, any does.
func Open(ctx context.Context, cfg *config.Config, log *slog.Logger, now func() time.Time, alone bool) (*Daemon, error) {
	db, err := register.OpenStore(cfg.Store, cfg.Store.Create, store.Options{Now: now, Wait: cfg.Store.Wait, Progress: (&Daemon{Log: log}).migrates(ctx)})
	if err != nil {
		return nil, underUnit(err)
	}
	var s *share
	if db.InDatabase() {
		s = newShare(db, cfg, log)
		if err := s.join(ctx, alone); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	d, err := wire(cfg, db, s, log, now)
	if err != nil {
		if s != nil {
			err = errors.Join(err, s.leave())
		}
		return nil, errors.Join(err, db.Close())
	}
	return d, nil
}

// underUnit adds what the shipped unit has to do with a register that may not
// be written: it opens a few places alone.
func underUnit(err error) error {
	if !errors.Is(err, store.ErrUnwritable) || os.Getenv("INVOCATION_ID") == "" {
		return err
	}
	return fmt.Errorf("%w; under systemd the daemon may write in /var/lib/requestd alone: write store.path there, or name its directory with systemctl edit requestd requestd-backup: [Unit] RequiresMountsFor=DIRECTORY, [Service] ReadWritePaths=DIRECTORY", err)
}

func wire(cfg *config.Config, db *store.DB, s *share, log *slog.Logger, now func() time.Time) (*Daemon, error) {
	e, err := engine.New(casework.Options{Store: db, Now: now, Log: log}, cfg)
	if err != nil {
		return nil, err
	}
	d := &Daemon{
		share: s, Engine: e, Store: db, Log: log, Accounts: accounts.New(db, now, log), now: now, socket: string(cfg.Control.Socket), group: cfg.Control.Group,
		watcher: socket{string(cfg.Control.StatusSocket), cfg.Control.StatusGroup}, metrics: cfg.Metrics.Listen, web: cfg.Web, tick: make(chan struct{}, 1), look: make(chan struct{}, 1), showing: make(chan struct{}, 1),
		reloads: make(chan chan error), trouble: map[string]string{}, lastWord: lastWord,
		unkept: map[string]bool{}, words: words{some: make(chan struct{}, 1)},
	}
	d.ending, d.toEnd = context.WithCancel(context.Background())
	if d.lanes, err = d.newLanes(cfg); err != nil {
		return nil, err
	}
	if d.last, err = e.Register.LastContacts(); err != nil {
		return nil, err
	}
	if err := begun(db); err != nil {
		return nil, err
	}
	if s != nil {
		d.shareOut()
		return d, nil
	}
	e.Cases.OnWork(d.wake)
	if wait := cfg.Sending.InDoubtWait; len(wait) > 0 {
		err = outbox.MarkInterrupted(db, wait[0], log, nil)
	}
	return d, err
}

// wake tells the send loops and the clock that a commit may have left work.
func (d *Daemon) wake() {
	for _, l := range d.current() {
		l.send.Kick()
	}
	signal(d.tick)
}

// signal leaves word for whoever waits; one is enough.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Close closes the register. Nothing may run any more.
func (d *Daemon) Close() error {
	var err error
	if d.pool != nil {
		err = d.pool.Close()
	}
	if d.share != nil {
		err = errors.Join(err, d.share.leave())
	}
	return errors.Join(err, d.Store.Close())
}

// Once reads every mailbox to its end, runs the reminders and, unless send is
// false, sends until nothing is due. The error names every mailbox and server
// that could not be used; what could be done was done.
func (d *Daemon) Once(ctx context.Context, send bool) error {
	d.endReading(ctx)
	defer context.AfterFunc(ctx, d.toEnd)()
	if d.share != nil {
		end, err := d.takeAll(ctx)
		if err != nil {
			return err
		}
		defer end()
	}
	d.readHolidays(ctx)
	lanes := d.current()
	for _, l := range lanes {
		l.started = d.now()
	}
	failures := make([]error, 2*len(lanes))
	var parts sync.WaitGroup
	for i, l := range lanes {
		parts.Go(func() { failures[i] = l.watch.Once(ctx) })
	}
	parts.Wait()
	if err := d.Engine.Clock.TickOnce(ctx); err != nil {
		return err
	}
	if send {
		for i, l := range lanes {
			parts.Go(func() { failures[len(lanes)+i] = l.send.Once(ctx) })
		}
		parts.Wait()
	}
	d.storeLast()
	return errors.Join(failures...)
}
