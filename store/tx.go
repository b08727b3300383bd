package store

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"time"

	"go.etcd.io/bbolt"

	"requestd/deadlines"
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
	b   *bbolt.Tx
	now time.Time
	err error

	opened map[string]*bbolt.Bucket // while only reading, when a bucket stays as it is
}

// Now is the one moment at which everything in the transaction happens, in UTC.
func (tx *Tx) Now() time.Time { return tx.now }

// Today is the London day of that moment.
func (tx *Tx) Today() deadlines.Day { return deadlines.DayOf(tx.now) }

// Version changes with every Update that was recorded.
func (tx *Tx) Version() uint64 { return uint64(tx.b.ID()) }

// View runs f on the store as it is now. It must not be called within another
// transaction, and f must not wait for anything: while it runs, no page that
// it sees is used again.
func (db *DB) View(f func(*Tx) error) error {
	b, _, err := db.begin()
	if err != nil {
		return err
	}
	defer func() { _ = b.Rollback() }() // it has only read
	return db.run(b, f)
}

// begin starts to read the store as it is now, and gives the file read from.
func (db *DB) begin() (*bbolt.Tx, *os.File, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	b, err := db.bolt.Begin(false)
	if err != nil {
		return nil, nil, fmt.Errorf("read the store %s: %w", db.path, err)
	}
	return b, db.file, nil
}

// Update runs f and records what it did, on disk, before it returns nil. When
// f fails, or the disk does, nothing is recorded; DiskFault tells the latter.
// It must not be called within another transaction.
func (db *DB) Update(f func(*Tx) error) error {
	db.writing.Lock()
	defer db.writing.Unlock()
	ran := false
	var inner error
	err := db.bolt.Update(func(b *bbolt.Tx) error {
		ran, inner = true, db.run(b, f)
		return inner
	})
	if err == nil || inner != nil {
		return err
	}
	err = diskFault(db.path, fmt.Errorf("record in the store %s: %w", db.path, err))
	if ran && !DiskFault(err) {
		err = fmt.Errorf("%w: nothing of this step was recorded; look in the machine's log for what is wrong with it (%w)", ErrDisk, err)
	}
	return err
}

func (db *DB) run(b *bbolt.Tx, f func(*Tx) error) error {
	tx := &Tx{db: db, b: b, now: db.now().UTC().Round(0)}
	if err := f(tx); err != nil && tx.err != nil {
		return errors.Join(err, tx.err)
	} else if err != nil {
		return err
	}
	return tx.err
}

// fail keeps the first failure, for View or Update to return.
func (tx *Tx) fail(err error) {
	if tx.err == nil && err != nil {
		tx.err = diskFault(tx.db.path, err)
	}
}

// How full a page is left when it is split. Where keys come in order it stays
// as it is, so it is left full; an index by hash needs room on every page.
const (
	orderedFill = 1.0
	hashedFill  = 0.5
	mixedFill   = 0.8 // in order at first, and in between later
)

func (tx *Tx) bucket(name []byte) *bbolt.Bucket {
	if b := tx.opened[string(name)]; b != nil {
		return b
	}
	b := tx.b.Bucket(name)
	if !tx.b.Writable() {
		if tx.opened == nil {
			tx.opened = map[string]*bbolt.Bucket{}
		}
		tx.opened[string(name)] = b
		return b
	}
	b.FillPercent = orderedFill
	switch string(name) {
	case "twins", "threads", "people", "tokens", "once":
		b.FillPercent = hashedFill
	case "keys":
		b.FillPercent = mixedFill
	}
	return b
}

func (tx *Tx) get(bucket, key []byte) []byte { return tx.bucket(bucket).Get(key) }

func (tx *Tx) put(bucket, key, value []byte) {
	if err := tx.bucket(bucket).Put(key, value); err != nil {
		tx.fail(fmt.Errorf("write to the store (%s): %w", bucket, err))
	}
}

func (tx *Tx) remove(bucket, key []byte) {
	if err := tx.bucket(bucket).Delete(key); err != nil {
		tx.fail(fmt.Errorf("write to the store (%s): %w", bucket, err))
	}
}

// addID adds id to the numbers that stand under key.
func (tx *Tx) addID(bucket, key []byte, id uint64) {
	tx.put(bucket, key, putUvarints(with(uvarints(tx.get(bucket, key)), id)))
}

// dropID takes id from the numbers that stand under key.
func (tx *Tx) dropID(bucket, key []byte, id uint64) {
	ids := without(uvarints(tx.get(bucket, key)), id)
	if len(ids) == 0 {
		tx.remove(bucket, key)
		return
	}
	tx.put(bucket, key, putUvarints(ids))
}

// chunk is how many keys an iteration of a writing transaction reads ahead.
const chunk = 128

// from iterates over the entries of a bucket, from the first key not before
// start, as long as the key belongs. In a writing transaction keys are read
// ahead and copied, since writing moves what a cursor stands on.
func (tx *Tx) from(bucket, start []byte, belongs func([]byte) bool) iter.Seq2[[]byte, []byte] {
	if !tx.b.Writable() {
		return func(yield func(k, v []byte) bool) {
			c := tx.bucket(bucket).Cursor()
			for k, v := c.Seek(start); k != nil && belongs(k) && yield(k, v); k, v = c.Next() {
				continue
			}
		}
	}
	return func(yield func(k, v []byte) bool) {
		for next, more := start, true; more; {
			var keys [][]byte
			c := tx.bucket(bucket).Cursor()
			k, _ := c.Seek(next)
			for ; k != nil && belongs(k) && len(keys) < chunk; k, _ = c.Next() {
				keys = append(keys, append([]byte{}, k...))
			}
			if more = len(keys) == chunk; more {
				next = append(append([]byte{}, keys[chunk-1]...), 0)
			}
			for _, k := range keys {
				at, v := tx.bucket(bucket).Cursor().Seek(k)
				if bytes.Equal(at, k) && !yield(k, v) {
					return
				}
			}
		}
	}
}

// back iterates over the entries of a bucket whose keys are numbers, from the
// last one below before, downwards.
func (tx *Tx) back(bucket []byte, before uint64) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		for before > 0 {
			c := tx.bucket(bucket).Cursor()
			var k, v []byte
			if at, _ := c.Seek(idKey(before)); at == nil {
				k, v = c.Last()
			} else {
				k, v = c.Prev()
			}
			for ; k != nil; k, v = c.Prev() {
				before = keyID(k)
				if !yield(k, v) {
					return
				}
				if tx.b.Writable() {
					break // what was yielded may have moved the cursor's page
				}
			}
			if k == nil {
				return
			}
		}
	}
}

// none is the value of a key that says everything. It is not nil, which
// would read like no such key.
var none = []byte{}

func all([]byte) bool { return true }
