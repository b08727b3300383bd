package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// ErrUnreadable is returned when one record cannot be read. Only work on that
// record stops: iterations skip it, and Damaged lists it.
var ErrUnreadable = errors.New("the record cannot be read")

// damages are the records that could not be read since the store was opened.
type damages struct {
	any   atomic.Bool // whether there are any; this is asked far more often
	mu    sync.Mutex
	found map[string]string // what is wrong, by place
}

// unreadable notes a record that cannot be read, and returns the error for it.
func (tx *Tx) unreadable(where string, why error) error {
	d := &tx.db.damaged
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.found == nil {
		d.found = map[string]string{}
	}
	if len(d.found) < maxFindings {
		d.found[where] = why.Error()
	}
	d.any.Store(true)
	return fmt.Errorf("%s: %w: %w", where, ErrUnreadable, why)
}

// passes reports whether an iteration continues after err: it does if only a
// record cannot be read.
func (tx *Tx) passes(err error) bool {
	if errors.Is(err, ErrUnreadable) || errors.Is(err, ErrNotFound) {
		return true
	}
	tx.fail(err)
	return false
}

// lost reports whether a record is known to be unreadable.
func (tx *Tx) lost(where string) bool {
	d := &tx.db.damaged
	if !d.any.Load() {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, known := d.found[where]
	return known
}

// Damaged lists the records that could not be read since the store was opened.
// Everything else works without them.
func (db *DB) Damaged() []Finding {
	d := &db.damaged
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]Finding, 0, len(d.found))
	for _, where := range slices.Sorted(maps.Keys(d.found)) {
		list = append(list, Finding{Where: where, What: "cannot be read: " + d.found[where]})
	}
	return list
}

func caseRecord(key []byte) string   { return "case " + string(key) }
func letterRecord(id uint64) string  { return fmt.Sprintf("letter %d", id) }
func messageRecord(id uint64) string { return fmt.Sprintf("message %d", id) }
