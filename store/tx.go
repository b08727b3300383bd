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
// goroutine and ends with the function that was given it.
//
// Reading methods that return no error keep the first failure to read the
// file, end their iteration, and let View or Update return it. A single record
// that cannot be read is no such failure: it is passed over; see DB.Damaged.
//
// Every iteration may be left early, and the transaction may write while one
// runs: it yields what stood there when it came by.
type Tx struct {
	db  *DB
	t   ordered.Tx
	now time.Time
	err error
	out []func() // for after the commit

	refs map[string]refsAhead // by series

	writes bool
	fresh  int // see keepFresh
}

// Writes reports whether the transaction may record something. What it sees may
// never come to be then, nor its Version stand for that.
func (tx *Tx) Writes() bool { return tx.writes }

// AfterCommit has f called once what the transaction did is recorded, and not
// at all where it is not: a log must not tell what never was.
func (tx *Tx) AfterCommit(f func()) { tx.out = append(tx.out, f) }

// Now is the one moment at which everything in the transaction happens, in UTC.
func (tx *Tx) Now() time.Time { return tx.now }

// Today is the London day of that moment.
func (tx *Tx) Today() deadlines.Day { return deadlines.DayOf(tx.now) }

// Version changes with every Update that was recorded.
func (tx *Tx) Version() uint64 { return tx.t.Version() }

// OpenVersion changes with every Update by which open cases came, went or changed,
// of whatever process, and as a rule with no other.
func (tx *Tx) OpenVersion() uint64 {
	if tx.db.pg != nil {
		return tx.Version() // others write there as well
	}
	if v := tx.db.openAt.Load(); v <= tx.Version() {
		return v
	}
	return tx.Version() // that one is on its way to the disk, and not seen here
}

// View runs f on the store as it is now. It must not be called within another
// transaction, and f must not wait for anything: while it runs, no page that
// it sees is used again.
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

// begin starts to read the store as it is now.
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
		now := db.moment() // of each run: to others they are one
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
		if inner == nil && t.open { // said before anybody can see it
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

// moment is now, as transactions have it.
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

// fail keeps the first failure, for View or Update to return.
func (tx *Tx) fail(err error) {
	if tx.err == nil && err != nil {
		tx.err = diskFault(tx.db.path, err)
	}
}

func (tx *Tx) get(bucket, key []byte) []byte { return tx.t.Get(bucket, key) }

func (tx *Tx) put(bucket, key, value []byte) {
	if err := tx.t.Put(bucket, key, value); err != nil {
		tx.fail(fmt.Errorf("write to the store (%s): %w", bucket, err))
	}
}

func (tx *Tx) remove(bucket, key []byte) {
	if err := tx.t.Delete(bucket, key); err != nil {
		tx.fail(fmt.Errorf("write to the store (%s): %w", bucket, err))
	}
}

// addID adds id to the numbers under key.
func (tx *Tx) addID(bucket, key []byte, id uint64) {
	tx.put(bucket, key, putUvarints(with(uvarints(tx.get(bucket, key)), id)))
}

// addNew is addID for an id that no list has yet.
func (tx *Tx) addNew(bucket, key []byte, id uint64) {
	if err := tx.t.Append(bucket, key, putUvarints([]uint64{id})); err != nil {
		tx.fail(fmt.Errorf("write to the store (%s): %w", bucket, err))
	}
}

// dropID takes id from the numbers under key.
func (tx *Tx) dropID(bucket, key []byte, id uint64) {
	ids := without(uvarints(tx.get(bucket, key)), id)
	if len(ids) == 0 {
		tx.remove(bucket, key)
		return
	}
	tx.put(bucket, key, putUvarints(ids))
}

// from iterates over the entries of a bucket, from the first key not before
// start, as long as the key belongs.
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

// first is the first key of a bucket not before start, nil for none.
func (tx *Tx) first(bucket, start []byte) []byte { return tx.t.First(bucket, start) }

// none is the value of a key that says everything. It is not nil, which
// would read like no such key.
var none = []byte{}

func all([]byte) bool { return true }
