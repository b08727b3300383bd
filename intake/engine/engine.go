// Package engine is the daemon's main job as one straight line: a mail from a
// mailbox is parsed and classified, becomes a case with its deadlines, is
// committed to the register together with the letters that it owes, and only
// then does the outbox hear of it. The engine is the sole owner of changes to
// cases: mail, the clock, commands and officers' answers all come through it.
package engine

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"requestd/classify"
	"requestd/deadlines"
	"requestd/intake/compose"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// Engine owns every change to a case. Its methods are safe for concurrent
// use; the store puts changes one after another.
type Engine struct {
	store  *store.DB
	now    func() time.Time
	random io.Reader
	log    *slog.Logger
	mint   *compose.Minter
	rules  atomic.Pointer[Rules]
	cal    atomic.Pointer[deadlines.Calendar]
	kick   atomic.Pointer[func()]
	once   atomic.Bool  // everything was read: lists need not wait for quiet
	ticked atomic.Int64 // when the clock last came round, in nanoseconds since 1970
	taken  tally
	counts census

	proclaiming sync.Mutex // one list of bank holidays after another
}

// Rules are what the engine works by: replaced whole when the configuration
// is read anew.
type Rules struct {
	Config     *config.Config
	Classifier *classify.Classifier
	Letters    *templates.Set
	refs       *references
	boxes      map[string]*config.Mailbox
}

// Options are what an engine needs beside its rules.
type Options struct {
	Store  *store.DB
	Now    func() time.Time
	Random io.Reader // nil is crypto/rand
	Log    *slog.Logger
	Rules  *Rules // of an engine before this one, over the same register and configuration; nil reads them
}

// New makes an engine over a register. The register keeps the secret with
// which its own Message-IDs are marked.
func New(o Options, cfg *config.Config) (*Engine, error) {
	if o.Random == nil {
		o.Random = rand.Reader
	}
	e := &Engine{store: o.Store, now: o.Now, random: o.Random, log: o.Log}
	key, err := e.secret()
	if err != nil {
		return nil, err
	}
	e.mint = compose.NewMinter(key)
	if err := e.loadHolidays(); err != nil {
		return nil, err
	}
	if o.Rules != nil {
		return e, e.enforce(o.Rules)
	}
	return e, e.Reload(cfg)
}

// Reload puts a configuration into force. When it cannot be, the one before
// stays as it was.
func (e *Engine) Reload(cfg *config.Config) error {
	letters, err := templates.Load(string(cfg.Templates.Dir))
	if err != nil {
		return fmt.Errorf("load templates: %w", err)
	}
	classifier, err := classify.New(classifySettings(cfg, e.mint))
	if err != nil {
		return fmt.Errorf("set up the classifier: %w", err)
	}
	r := newRules(cfg)
	r.Classifier, r.Letters = classifier, letters
	return e.enforce(r)
}

// enforce sorts the open cases by rules that are in force from now on.
func (e *Engine) enforce(r *Rules) error {
	was := e.rules.Swap(r)
	moved, err := e.reindex()
	if err != nil {
		e.rules.Store(was)
		return fmt.Errorf("sort the open cases by the new configuration: %w", err)
	}
	if moved > 0 {
		e.log.Info("open cases were sorted anew by the configuration and the calendar", "cases", moved)
	}
	return nil
}

func newRules(cfg *config.Config) *Rules {
	r := &Rules{Config: cfg, refs: newReferences(cfg), boxes: map[string]*config.Mailbox{}}
	for i := range cfg.Mailboxes {
		r.boxes[cfg.Mailboxes[i].Name] = &cfg.Mailboxes[i]
	}
	return r
}

// OnWork names what is to be called when a commit has left something to send.
func (e *Engine) OnWork(kick func()) { e.kick.Store(&kick) }

func (e *Engine) work() {
	if k := e.kick.Load(); k != nil {
		(*k)()
	}
}

// secret is the register's own key, made when it is first opened.
func (e *Engine) secret() ([]byte, error) {
	var key []byte
	err := e.store.Update(func(tx *store.Tx) error {
		if ok, err := tx.Get("secret", &key); ok || err != nil {
			return err
		}
		key = make([]byte, 32)
		if _, err := io.ReadFull(e.random, key); err != nil {
			return err
		}
		return tx.Set("secret", key)
	})
	if err != nil {
		return nil, fmt.Errorf("read the register's own key: %w", err)
	}
	return key, nil
}

// Calendar is the working-day calendar in force.
func (e *Engine) Calendar() *deadlines.Calendar { return e.cal.Load() }

// Rules are those in force.
func (e *Engine) Rules() *Rules { return e.rules.Load() }

// Settings is the configuration in force.
func (e *Engine) Settings() *config.Config { return e.rules.Load().Config }
