package daemon

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"

	"requestd/deadlines"
	"requestd/intake/config"
	"requestd/intake/engine"
	"requestd/intake/health"
	"requestd/intake/outbox"
	"requestd/intake/register"
	"requestd/store"
)

// Offline returns the status while no daemon runs, as far as the register knows
// it.
func Offline(ctx context.Context, e *engine.Engine, db *store.DB, now time.Time) (*health.Status, error) {
	s, err := fromRegister(ctx, e, db, now)
	if err != nil {
		return nil, err
	}
	return s, judge(e, s)
}

// Status returns the daemon's status.
func (d *Daemon) Status(ctx context.Context) (*health.Status, error) {
	d.collectLast()
	s, err := fromRegister(ctx, d.Engine, d.Store, d.now())
	if err != nil {
		return nil, err
	}
	s.Running, s.Started = true, moment(d.started)
	lanes := map[string]*lane{}
	for _, l := range d.current() {
		lanes[l.name] = l
	}
	for i := range s.Mailboxes {
		m := &s.Mailboxes[i]
		if l := lanes[m.Name]; l != nil && d.worksOn(m.Name) {
			d.overlay(m, l)
		}
	}
	s.Holidays.Trouble = d.holidayTrouble()
	return s, judge(d.Engine, s)
}

// overlay adds what only the daemon that works on a mailbox knows.
func (d *Daemon) overlay(m *health.Mailbox, l *lane) {
	read, sent := l.watch.Status(), l.send.Status()
	last := d.lastOf(l.name)
	m.LastPoll, m.LastSend = moment(last.Poll), moment(last.Send)
	m.IMAPCertificate, m.SMTPCertificate = moment(last.IMAPEnds), moment(last.SMTPEnds)
	m.Connected, m.Trouble, m.NextTry, m.Read, m.Server = !read.Connected.IsZero(), read.LastError, moment(read.NextTry), read.Read, read.Server
	m.SendTrouble, m.Polling = sent.Trouble, moment(l.started)
	m.Aside, m.SendPaused = append([]uint64{}, sent.Aside...), nil
	if sent.Paused.After(d.now()) {
		m.SendPaused = moment(sent.Paused)
	}
	if d.share != nil {
		m.WatchedFrom = d.share.host
	}
	m.Breaker = sent.Breaker
}

// shareBreaker reports a breaker for all mailboxes that share it, and for a
// mailbox alone that has its own.
func shareBreaker(cfg *config.Config, s *health.Status) {
	for i := range s.Mailboxes {
		m := &s.Mailboxes[i]
		if _, counts := cfg.BreakerOf(m.Name); m.Breaker && counts.Only == "" {
			s.Breaker, m.Breaker = true, false
		}
	}
}

// fromRegister returns what can be known without a daemon.
func fromRegister(ctx context.Context, e *engine.Engine, db *store.DB, now time.Time) (*health.Status, error) {
	s := &health.Status{At: now.UTC(), Version: Version(), Mailboxes: []health.Mailbox{}, Secrets: []health.Expiry{}}
	reg, oldest, err := e.Register.Standing(ctx)
	if err != nil {
		return nil, err
	}
	s.Register = reg
	s.Database = db.InDatabase()
	if s.Since, err = since(db); err != nil {
		return nil, err
	}
	s.Replaced, s.Damaged = db.Replaced(), []health.Damage{}
	for _, f := range db.Damaged() {
		s.Damaged = append(s.Damaged, health.Damage{Record: f.Where, Why: f.What})
	}
	if s.Restored, err = restored(db); err != nil {
		return nil, err
	}
	last, err := e.Register.LastContacts()
	if err != nil {
		return nil, err
	}
	cfg := e.Cases.Settings()
	for i := range cfg.Mailboxes {
		name := cfg.Mailboxes[i].Name
		l := last[name]
		s.Mailboxes = append(s.Mailboxes, health.Mailbox{
			Name: name, LastPoll: moment(l.Poll), LastSend: moment(l.Send), OldestUnsent: moment(oldest[name]), Aside: []uint64{},
			IMAPCertificate: moment(l.IMAPEnds), SMTPCertificate: moment(l.SMTPEnds),
			IMAPHost: cfg.Mailboxes[i].IMAP.Host, SMTPHost: cfg.Mailboxes[i].SMTP.Host,
		})
		if l.Connection != nil {
			elsewhere(&s.Mailboxes[i], l.Connection, s.At)
		}
	}
	for _, o := range cfg.OAuth {
		if o.SecretExpires != 0 {
			s.Secrets = append(s.Secrets, health.Expiry{Name: o.Name, Ends: o.SecretExpires})
		}
	}
	s.Holidays.Through = deadlines.NewDay(e.Cases.Calendar().LastDataYear(), time.December, 31)
	if s.Holidays.Fetched, err = e.Clock.HolidaysFetched(); err != nil {
		return nil, err
	}
	s.Disk, err = disk(db)
	return s, err
}

// elsewhere adds what the daemon that works on a mailbox last recorded.
func elsewhere(m *health.Mailbox, seen *register.Connection, now time.Time) {
	m.WatchedFrom, m.Polling, m.Connected, m.Server = seen.Host, moment(seen.Since), seen.Connected, seen.Server
	m.Trouble, m.NextTry, m.SendTrouble, m.Aside = seen.Trouble, moment(seen.NextTry), seen.SendTrouble, append(m.Aside, seen.Aside...)
	if seen.SendPaused.After(now) {
		m.SendPaused = moment(seen.SendPaused)
	}
	m.Breaker = seen.Breaker
}

// judge adds the alarms.
func judge(e *engine.Engine, s *health.Status) error {
	shareBreaker(e.Cases.Settings(), s)
	raised, err := e.Clock.RaisedAlarms()
	if err != nil {
		return err
	}
	s.Alarms = health.Judge(s, e.Cases.Settings().Alarms, func(id string) bool { _, ok := raised[id]; return ok })
	for i := range s.Alarms {
		if since, ok := raised[s.Alarms[i].ID]; ok {
			s.Alarms[i].Since = &since
		}
	}
	s.Well = len(s.Alarms) == 0
	return nil
}

// disk asks the file system of the store (statfs(2)).
func disk(db *store.DB) (health.Disk, error) {
	size, err := db.Size()
	if err != nil {
		return health.Disk{}, err
	}
	if db.InDatabase() {
		return health.Disk{Store: size}, nil // only the database's own machine knows how full its disk is
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(db.Path()), &fs); err != nil {
		return health.Disk{}, fmt.Errorf("ask how full the disk of %s is: %w", db.Path(), err)
	}
	return health.Disk{Free: fs.Bavail * uint64(fs.Bsize), Total: fs.Blocks * uint64(fs.Bsize), Store: size}, nil
}

// version is set by the linker in a release: -X requestd/intake/daemon.version=….
var version string

// Version returns the program's version, from how it was built.
func Version() string {
	if version != "" {
		return version
	}
	b, ok := debug.ReadBuildInfo()
	if !ok || b.Main.Version == "" {
		return "unknown"
	}
	return b.Main.Version
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Round(0)
	return &t
}

// restored returns when a copy was restored whose letters wait for a person.
func restored(db *store.DB) (at *time.Time, err error) {
	err = db.View(func(tx *store.Tx) error {
		if r, ok := outbox.RestoredFrom(tx); ok {
			at = moment(r.At)
		}
		return nil
	})
	return at, err
}

// sinceKey is the fact that says when a daemon first used the register: if no
// copy was ever made, that is the backup's age.
const sinceKey = "since"

func begun(db *store.DB) error {
	if at, err := since(db); err != nil || at != nil {
		return err
	}
	return db.Update(func(tx *store.Tx) error { return tx.SetFact(sinceKey, tx.Now()) })
}

func since(db *store.DB) (*time.Time, error) {
	var at time.Time
	err := db.View(func(tx *store.Tx) error { at, _ = store.Fact[time.Time](tx, sinceKey); return nil })
	return moment(at), err
}
