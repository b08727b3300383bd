// Package casework has everything that may be done to a case, and says who may
// do it. Every change to a case is stored by Cases.Put. What a person does is
// an act, carried out by Do or DoIn; the engine uses Append to record what mail
// brings.
package casework

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/compose"
	"requestd/intake/config"
	"requestd/intake/rules"
	"requestd/store"
)

// Cases makes every change to a case. Its methods are safe for concurrent use;
// the store puts changes one after another.
type Cases struct {
	store  *store.DB
	now    func() time.Time
	random io.Reader
	log    *slog.Logger
	mint   *compose.Minter
	rules  atomic.Pointer[rules.Rules]
	cal    atomic.Pointer[deadlines.Calendar]
	kick   atomic.Pointer[func()]

	turns    turns
	redating sync.Mutex  // so that lists of bank holidays are added one at a time
	listed   []byte      // the list in force, as in the register; nil for none
	stale    atomic.Bool // AdoptCalendar has still to rebuild the index of due dates
}

// Options are what casework needs besides its rules.
type Options struct {
	Store  *store.DB
	Now    func() time.Time
	Random io.Reader // nil is crypto/rand
	Log    *slog.Logger
	Rules  *rules.Rules // already read from the same configuration; if nil, New reads them
}

// New makes the Cases of a register. The register keeps the secret that marks
// its own Message-IDs.
func New(o Options, cfg *config.Config) (*Cases, error) {
	if o.Random == nil {
		o.Random = rand.Reader
	}
	cs := &Cases{store: o.Store, now: o.Now, random: o.Random, log: o.Log}
	key, err := cs.secret()
	if err != nil {
		return nil, err
	}
	cs.mint = compose.NewMinter(key)
	if err := cs.loadHolidays(); err != nil {
		return nil, err
	}
	if o.Rules != nil {
		return cs, cs.enforce(o.Rules)
	}
	return cs, cs.Reload(cfg)
}

// Reload puts a configuration into force. If it cannot, the one before stays in
// force.
func (cs *Cases) Reload(cfg *config.Config) error {
	r, err := rules.New(cfg, cs.mint.IsOurs)
	if err != nil {
		return err
	}
	return cs.enforce(r)
}

// enforce puts rules into force and rebuilds the index of due dates by them if
// it is stale.
func (cs *Cases) enforce(r *rules.Rules) error {
	was := cs.rules.Swap(r)
	moved, err := cs.reindexIfStale()
	if err != nil {
		cs.rules.Store(was)
		return fmt.Errorf("rebuild the index of due dates by the new configuration: %w", err)
	}
	if moved > 0 {
		cs.log.Info("the index of due dates was rebuilt by the configuration and the calendar", "cases", moved)
	}
	return nil
}

// OnWork sets the function that WakeSenders calls.
func (cs *Cases) OnWork(kick func()) { cs.kick.Store(&kick) }

// WakeSenders calls the function set by OnWork, which wakes the send loops.
// Call it after a commit that may have queued a letter.
func (cs *Cases) WakeSenders() {
	if k := cs.kick.Load(); k != nil {
		(*k)()
	}
}

// secret returns the register's own key, which is made when the register is
// first opened.
func (cs *Cases) secret() ([]byte, error) {
	var key []byte
	err := cs.store.Update(func(tx *store.Tx) error {
		var ok bool
		if key, ok = store.Fact[[]byte](tx, "secret"); ok {
			return nil
		}
		key = make([]byte, 32)
		if _, err := io.ReadFull(cs.random, key); err != nil {
			return err
		}
		return tx.SetFact("secret", key)
	})
	if err != nil {
		return nil, fmt.Errorf("read the register's own key: %w", err)
	}
	return key, nil
}

// Calendar returns the working-day calendar in force.
func (cs *Cases) Calendar() *deadlines.Calendar { return cs.cal.Load() }

// Rules returns the rules in force.
func (cs *Cases) Rules() *rules.Rules { return cs.rules.Load() }

// Settings returns the configuration in force.
func (cs *Cases) Settings() *config.Config { return cs.Rules().Config }

// View derives the state and the dates of a case at the time of the transaction.
func (cs *Cases) View(tx *store.Tx, c *intake.Case) *intake.View { return cs.viewAt(tx.Now(), c) }

func (cs *Cases) viewAt(now time.Time, c *intake.Case) *intake.View {
	return c.ViewAt(now, cs.Calendar(), cs.Rules().House(c.Mailbox))
}

// Append records one event on a case, with the transaction's time. Put stores
// the case.
func (cs *Cases) Append(tx *store.Tx, c *intake.Case, ev intake.Event) {
	ev.At = tx.Now()
	ev.Day = cmp.Or(ev.Day, tx.Today())
	var salt []byte
	if ev.Personal != nil {
		salt = cs.Random(intake.SaltSize)
	}
	c.Append(ev, salt)
}

// Random returns n random bytes.
func (cs *Cases) Random(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(cs.random, b); err != nil {
		panic("casework: the system's random source failed: " + err.Error()) // crypto/rand never does
	}
	return b
}
