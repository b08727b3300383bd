package casework

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/rules"
	"requestd/store"
)

const (
	// indexKey is where the register keeps the fingerprint that its index was made
	// with.
	indexKey = "index"
	// indexVersion counts the changes to how dates and reminders are derived: a
	// program with another number rebuilds the index.
	indexVersion = 7
)

// fingerprint is a hash over everything besides the cases that the order of
// open cases depends on: the schedule, the house rules of each mailbox and the
// bank holidays.
func (cs *Cases) fingerprint() ([]byte, error) {
	house := map[string]deadlines.Rules{}
	for _, box := range cs.Settings().Mailboxes {
		house[box.Name] = cs.Rules().House(box.Name)
	}
	b, err := json.Marshal(struct {
		Version  int
		Schedule intake.Schedule
		Rules    map[string]deadlines.Rules
		Holidays json.RawMessage
	}{indexVersion, cs.Rules().Schedule(), house, asGOVUK(cs.Calendar())})
	if err != nil {
		return nil, fmt.Errorf("describe what dates are derived from: %w", err)
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

// indexed reports whether the index of due dates was made by what is in force.
func (cs *Cases) indexed(tx *store.Tx) (bool, error) {
	is, err := cs.fingerprint()
	kept, _ := store.Fact[[]byte](tx, indexKey)
	return err == nil && bytes.Equal(kept, is), err
}

// reindexIfStale rebuilds the index of due dates if it was made with another
// schedule, other rules or another calendar. It returns how many cases moved.
func (cs *Cases) reindexIfStale() (moved int, err error) {
	var same bool
	err = cs.store.View(func(tx *store.Tx) (err error) { same, err = cs.indexed(tx); return err })
	if same || err != nil {
		return 0, err
	}
	return cs.Reindex()
}

// Reindex rebuilds the index of due dates with what is in force, and returns
// how many cases moved in it.
func (cs *Cases) Reindex() (moved int, err error) {
	err = cs.store.Update(func(tx *store.Tx) error {
		moved = 0
		for c, was := range tx.OpenCases() {
			if ix := cs.Index(c); ix.Open != was.Open || ix.State != was.State || ix.Due != was.Due || !ix.NextReminder.Equal(was.NextReminder) {
				moved++
				if err := tx.PutCase(c, ix); err != nil {
					return fmt.Errorf("index case %s by its dates: %w", c.Ref, err)
				}
			}
		}
		return cs.markIndexed(tx)
	})
	return moved, err
}

// markIndexed records what the index of due dates was made with.
func (cs *Cases) markIndexed(tx *store.Tx) error {
	is, err := cs.fingerprint()
	if err != nil {
		return err
	}
	return tx.SetFact(indexKey, is)
}

// Put stores a case and its index entry: its earliest date and the time of its
// next reminder.
func (cs *Cases) Put(tx *store.Tx, c *intake.Case) error {
	return cs.PutWithView(tx, c, cs.View(tx, c))
}

// PutWithView is Put with v, the present view of the case.
func (cs *Cases) PutWithView(tx *store.Tx, c *intake.Case, v *intake.View) error {
	if err := tx.PutCase(c, cs.index(c, v)); err != nil {
		return fmt.Errorf("store case %s: %w", c.Ref, err)
	}
	return nil
}

// Index derives the index entry of a case. It does not depend on the present
// time, so that verify can derive it again at any time.
func (cs *Cases) Index(c *intake.Case) intake.Index { return cs.index(c, cs.viewAt(c.Reminded, c)) }

func (cs *Cases) index(c *intake.Case, v *intake.View) intake.Index {
	return v.Index(v.NextReminder(cs.Rules().Schedule(), cs.Calendar(), c.Reminded))
}

// RulesVersion returns a value that changes whenever the configuration or the
// calendar changes.
func (cs *Cases) RulesVersion() any {
	return struct {
		rules    *rules.Rules
		calendar *deadlines.Calendar
	}{cs.Rules(), cs.Calendar()}
}

// IndexFunc returns Index, or nil if the stored index was made with other
// rules, as in a copy it may have been.
func (cs *Cases) IndexFunc() (derive func(*intake.Case) intake.Index, err error) {
	err = cs.store.View(func(tx *store.Tx) error {
		same, err := cs.indexed(tx)
		if same {
			derive = cs.Index
		}
		return err
	})
	return derive, err
}

// IndexFuncOf returns the same for a register that is only read, with a
// configuration that need not be the one it was written with.
func IndexFuncOf(db *store.DB, now func() time.Time, cfg *config.Config) (func(*intake.Case) intake.Index, error) {
	cs := &Cases{store: db, now: now}
	if err := cs.loadHolidays(); err != nil {
		return nil, err
	}
	cs.rules.Store(rules.ForDates(cfg))
	return cs.IndexFunc()
}
