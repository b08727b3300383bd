package store

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"go.etcd.io/bbolt"

	"requestd/deadlines"
	"requestd/store/ordered"
)

// Tx is one transaction: all of it is recorded, or nothing. It belongs to one
// goroutine and ends with the function that it was passed to.
//
// Reading methods that return no error remember the first failure to read the
// file and end their iteration, and View or Update returns the failure. A
// single record that cannot be read is no such failure: it is skipped; see
// DB.Damaged.
//
// Every iteration may be left early, and the transaction may write while one
// runs: it yields what is there when it reaches that place.
type Tx struct {
	db  *DB
	t   ordered.Tx
	now time.Time
	err error
	out []func() // called after the commit

	refs map[string]refsAhead // by series

	writes bool
	fresh  int // see keepFresh
}

// Writes reports whether the transaction may record something. If so, what it
// sees may never be committed, and its Version must not be used to remember
// that.
func (tx *Tx) Writes() bool { return tx.writes }

// AfterCommit makes f be called once what the transaction did is recorded, and
// not at all if it is not: a log must not report what never happened.
func (tx *Tx) AfterCommit(f func()) { tx.out = append(tx.out, f) }

// Now returns the one time at which everything in the transaction happens, in
// UTC.
func (tx *Tx) Now() time.Time { return tx.now }

// Today returns the London day of that time.
func (tx *Tx) Today() deadlines.Day { return deadlines.DayOf(tx.now) }

// Version changes with every Update that was recorded.
func (tx *Tx) Version() uint64 { return tx.t.Version() }

// OpenVersion changes with every Update, by any process, that added, removed or
// changed open cases, and usually with no other.
func (tx *Tx) OpenVersion() uint64 {
	if tx.db.pg != nil {
		return tx.Version() // other processes write there too
	}
	if v := tx.db.openAt.Load(); v <= tx.Version() {
		return v
	}
	return tx.Version() // that version is still being written to disk, and this transaction does not see it
}

// View runs f on the store as it is now. It must not be called within another
// transaction, and f must not wait for anything: while it runs, no page that it
// sees can be used again.
func (db *DB) View(f func(*Tx) error) error {
	if db.pg != nil {
		return db.pg.View(func(t ordered.Tx) error { _, err := db.run(&Tx{db: db, t: t, now: db.moment()}, f); return err })
	}
	t, err := db.begin()
	if err != nil {
		return err
	}
	defer func() { _ = t.b.Rollback() }() // it has only read
	_, err = db.run(&Tx{db: db, t: t, now: db.moment()}, f)
	return err
}

// begin starts a reading transaction on the store as it is now.
func (db *DB) begin() (*boltTx, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	b, err := db.bolt.Begin(false)
	if err != nil {
		return nil, fmt.Errorf("read the store %s: %w", db.path, err)
	}
	return &boltTx{b: b, file: db.file, before: db.before}, nil
}

// Update runs f and records what it did, on disk, before it returns nil. If f
// fails, or the disk does, nothing is recorded; DiskFault reports whether it
// was the disk. It must not be called within another transaction. In a database
// f may run more than once, so it must first reset every variable outside that
// it changes.
func (db *DB) Update(f func(*Tx) error) error {
	var out []func()
	var err error
	if db.pg != nil {
		now := db.moment() // all runs have the same time: to others they are one
		err = db.pg.Update(func(t ordered.Tx) (err error) {
			out, err = db.run(&Tx{db: db, t: t, now: now, writes: true}, f)
			return err
		})
	} else {
		out, err = db.updateFile(f)
	}
	if err != nil {
		return err
	}
	for _, tell := range out {
		tell()
	}
	return nil
}

func (db *DB) updateFile(f func(*Tx) error) (out []func(), err error) {
	db.writing.Lock()
	defer db.writing.Unlock()
	ran := false
	var inner error
	err = db.bolt.Update(func(b *bbolt.Tx) error {
		ran = true
		t := &boltTx{b: b, file: db.file, before: db.before, changed: db.changed}
		out, inner = db.run(&Tx{db: db, t: t, now: db.moment(), writes: true}, f)
		if inner == nil && t.open { // set before anybody can see the change
			db.openAt.Store(t.Version())
		}
		return inner
	})
	if err == nil || inner != nil {
		return out, err
	}
	err = diskFault(db.path, fmt.Errorf("record in the store %s: %w", db.path, err))
	if ran && !DiskFault(err) {
		err = fmt.Errorf("%w: nothing of this step was recorded; look in the machine's log for what is wrong with it (%w)", ErrDisk, err)
	}
	return nil, err
}

// moment returns the present time, as transactions use it.
func (db *DB) moment() time.Time { return db.now().UTC().Round(0) }

func (db *DB) run(tx *Tx, f func(*Tx) error) (out []func(), err error) {
	err = f(tx)
	tx.fail(tx.t.Err())
	if err != nil && tx.err != nil {
		return nil, errors.Join(err, tx.err)
	} else if err != nil {
		return nil, err
	}
	return tx.out, tx.err
}

// fail remembers the first failure, for View or Update to return.
func (tx *Tx) fail(err error) {
	if tx.err == nil && err != nil {
		tx.err = diskFault(tx.db.path, err)
	}
}

func (tx *Tx) get(bucket, key []byte) []byte { return tx.t.Get(bucket, key) }

func (tx *Tx) put(bucket, key, value []byte) { tx.wrote(bucket, tx.t.Put(bucket, key, value)) }

// add appends to what is stored under key.
func (tx *Tx) add(bucket, key, more []byte) { tx.wrote(bucket, tx.t.Append(bucket, key, more)) }

func (tx *Tx) remove(bucket, key []byte) { tx.wrote(bucket, tx.t.Delete(bucket, key)) }

func (tx *Tx) wrote(bucket []byte, err error) {
	if err != nil {
		tx.fail(fmt.Errorf("write to the store (%s): %w", bucket, err))
	}
}

// addID adds id to the numbers under key.
func (tx *Tx) addID(bucket, key []byte, id uint64) {
	tx.put(bucket, key, putUvarints(with(uvarints(tx.get(bucket, key)), id)))
}

// addNew is addID for an id that no list has yet.
func (tx *Tx) addNew(bucket, key []byte, id uint64) { tx.add(bucket, key, putUvarints([]uint64{id})) }

// dropID removes id from the numbers under key.
func (tx *Tx) dropID(bucket, key []byte, id uint64) {
	ids := without(uvarints(tx.get(bucket, key)), id)
	if len(ids) == 0 {
		tx.remove(bucket, key)
		return
	}
	tx.put(bucket, key, putUvarints(ids))
}

// from iterates over the entries of a bucket, from the first key not before
// start, as long as belongs returns true.
func (tx *Tx) from(bucket, start []byte, belongs func([]byte) bool) iter.Seq2[[]byte, []byte] {
	return tx.t.From(bucket, start, belongs)
}

// each gives what f makes of every pair.
func each[K, V, T any](pairs iter.Seq2[K, V], f func(K, V) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for k, v := range pairs {
			if !yield(f(k, v)) {
				return
			}
		}
	}
}

// back iterates over the entries of a bucket from the last key before the
// given one, nil for the end, downwards.
func (tx *Tx) back(bucket, before []byte) iter.Seq2[[]byte, []byte] { return tx.t.Back(bucket, before) }

// first returns the first key of a bucket not before start; nil for none.
func (tx *Tx) first(bucket, start []byte) []byte { return tx.t.First(bucket, start) }

// none is the value of a key that needs no value. It is not nil, which would
// mean that there is no such key.
var none = []byte{}

func all([]byte) bool { return true }
