// Package daemon puts the parts together and runs them: for each mailbox a
// watcher and a send loop, the engine with its clock, the control socket, and
// the checks of all of these.
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

// Daemon is the whole daemon as a value, which tests embed as the program does.
type Daemon struct {
	Engine *engine.Engine
	Store  *store.DB
	Log    *slog.Logger
	// Accounts holds who may use the officers' page.
	Accounts *accounts.Accounts
	// Load reads and checks the configuration at a reload. If it is nil there are
	// no reloads.
	Load func() (*config.Config, error)
	// Tell tells the service manager something; nil is systemd's protocol
	// (sd_notify).
	Tell func(state string) error

	share   *share      // nil if the register is in a file, which only one process can hold
	pool    *apart.Pool // nil if mail is read within this process
	now     func() time.Time
	socket  string
	group   string
	watcher socket // tells only the status
	metrics string
	web     config.Web
	started time.Time
	tick    chan struct{} // the clock may have something to do
	look    chan struct{} // the alarms are to be checked
	showing chan struct{} // held while a mail is in memory for its attachments
	reloads chan chan error
	words   words                     // messages for other daemons
	beat    atomic.Pointer[time.Time] // when the clock last ran
	cared   atomic.Pointer[time.Time] // when the daemon last began to check itself
	ending  context.Context           // ends with the run, and not with a lane
	toEnd   context.CancelFunc

	lastWord time.Duration
	pace     pace

	mu        sync.Mutex
	lanes     []*lane
	last      map[string]register.LastContact
	collected uint64          // bytes allocated in all when giveBack last ran the collector
	unkept    map[string]bool // mailboxes for which last is newer than what the register has
	reloaded  reloaded
	trouble   map[string]string // problems with bank holidays, by source
}

// socket is where to listen, and the group that may connect.
type socket struct{ path, group string }

// New is Open for a daemon that runs alone.
func New(cfg *config.Config, log *slog.Logger, now func() time.Time) (*Daemon, error) {
	return Open(context.Background(), cfg, log, now, true)
}

// Open opens the register, which must exist unless store.create is set, and
// connects the parts. It connects to no mailbox. The error is ErrElsewhere if
// the register is in a database and another daemon works on it with another
// configuration or, if this one is to run alone, with any.
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

// underUnit adds what to do if the shipped unit forbids writing the register:
// it allows only a few places.
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

// signal signals c without blocking; one signal is enough.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Close closes the register. Nothing may be running any more.
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
// that could not be used; everything else was done.
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
