package engine

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

const (
	// indexKey is where the register keeps what its indexes were derived with.
	indexKey = "index"
	// indexVersion counts the changes to how dates and reminders are derived:
	// a program with another number sorts the open cases anew.
	indexVersion = 2
)

// fingerprint stands for everything that the order of open cases depends on
// beside the cases themselves: the schedule, the house rules of each mailbox
// and the bank holidays.
func (e *Engine) fingerprint() ([]byte, error) {
	rules := map[string]deadlines.Rules{}
	for _, box := range e.Settings().Mailboxes {
		rules[box.Name] = e.rulesOf(box.Name)
	}
	b, err := json.Marshal(struct {
		Version  int
		Schedule intake.Schedule
		Rules    map[string]deadlines.Rules
		Holidays json.RawMessage
	}{indexVersion, e.schedule(), rules, asGOVUK(e.cal.Load())})
	if err != nil {
		return nil, fmt.Errorf("describe what dates are derived from: %w", err)
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

// indexed reports whether the register is sorted by what is in force.
func (e *Engine) indexed(tx *store.Tx) (bool, []byte, error) {
	is, err := e.fingerprint()
	if err != nil {
		return false, nil, err
	}
	var kept []byte
	_, err = tx.Get(indexKey, &kept)
	return string(kept) == string(is), is, err
}

// reindex sorts the open cases anew when the schedule, the rules or the
// calendar are not those that they were sorted by. It reports how many moved.
func (e *Engine) reindex() (moved int, err error) {
	var same bool
	err = e.store.View(func(tx *store.Tx) error {
		same, _, err = e.indexed(tx)
		return err
	})
	if same || err != nil {
		return 0, err
	}
	err = e.store.Update(func(tx *store.Tx) error {
		moved = 0
		for c, was := range tx.OpenCases() {
			if ix := e.Index(c); ix.Open != was.Open || ix.Due != was.Due || !ix.Wake.Equal(was.Wake) {
				moved++
				if err := tx.PutCase(c, ix); err != nil {
					return fmt.Errorf("sort case %s anew: %w", c.Ref, err)
				}
			}
		}
		return e.markIndexed(tx)
	})
	return moved, err
}

// markIndexed records by what the register is sorted.
func (e *Engine) markIndexed(tx *store.Tx) error {
	is, err := e.fingerprint()
	if err != nil {
		return err
	}
	return tx.Set(indexKey, is)
}
