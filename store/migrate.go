package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"go.etcd.io/bbolt"
)

// migrations returns the steps that bring a store up to date: the i-th leads
// from schema i+1 to i+2. Before a step is added, a file written by the program
// before it is frozen in testdata.
//
//	2  next is sorted by order and mailbox before the time
//	3  texts are kept; cases are found by the day of receipt
//	4  cases are found by words and by state, tokens by their case
//	5  letters that went out are found by person, and say their mailbox
//	6  under a word stand the ends of references, in place of each whole one
//	7  days of receipt stand with the words, states only where few cases are in them
func migrations() []step {
	return []step{
		{once((*Tx).resortNext)},
		{index("days of receipt", bReceived, (*Tx).receiptKeys)},
		{
			walk("open cases", bOpen, (*Tx).giveState),
			index("words", bFound, (*Tx).wordKeys),
			index("tokens", bIssued, (*Tx).issuedKeys),
			walk("settled cases", bDone, (*Tx).openAwaited),
		},
		{walk("letters that went out", bOutside, (*Tx).widenOutside)},
		{walk("words", bFound, (*Tx).gatherFound)},
		{walk("days of receipt", bReceived, (*Tx).gatherReceived), walk("states", bStates, (*Tx).dropCommonState)},
	}
}

// schema returns the schema of the file that this program writes.
func (db *DB) schema() int { return len(db.opts.migrations) + 1 }

var (
	kSchema = []byte("schema")
	kSecret = []byte("secret")
	kErased = []byte("erased")
	kBegun  = []byte("begun") // how far the step to today's schema has come, until it is done
)

// secretSize is the number of random bytes that key the index of persons.
const secretSize = 32

// prepare makes a new store, or brings an old one up to date.
func (db *DB) prepare() error {
	schema := db.schema()
	version, begun, err := db.version()
	switch {
	case err != nil:
		return err
	case version > schema:
		return fmt.Errorf("%w: %s has schema %d, this program knows %d; install the newer program again, or go back to a backup made before it", ErrNewer, db.path, version, schema)
	case version == 0 && db.opts.ReadOnly:
		return damaged(db.path, "it is empty")
	case version == 0:
		err = db.create()
	case (version < schema || begun) && db.opts.ReadOnly:
		return fmt.Errorf("%w: %s has schema %d, this program reads %d; let the daemon open it once", ErrOlder, db.path, version, schema)
	case version < schema || begun:
		err = db.migrate(version, begun)
	}
	if err != nil {
		return diskFault(db.path, err)
	}
	return db.bolt.View(func(b *bbolt.Tx) error {
		for _, name := range buckets {
			if b.Bucket(name) == nil {
				return damaged(db.path, "the table "+string(name)+" is missing")
			}
		}
		db.secret = append([]byte{}, b.Bucket(bMeta).Get(kSecret)...)
		return db.fresh.learn(&boltTx{b: b})
	})
}

// version returns the schema of the file, 0 if it is empty, and whether the
// step to it has still to be finished.
func (db *DB) version() (version int, begun bool, err error) {
	err = db.bolt.View(func(b *bbolt.Tx) error {
		meta := b.Bucket(bMeta)
		if meta == nil {
			if k, _ := b.Cursor().First(); k != nil {
				return damaged(db.path, "it holds something else than a register of requests")
			}
			return nil
		}
		n, err := strconv.Atoi(string(meta.Get(kSchema)))
		if err != nil || n < 1 {
			return damaged(db.path, "its schema cannot be read")
		}
		version, begun = n, meta.Get(kBegun) != nil
		return nil
	})
	return version, begun, err
}

func (db *DB) create() error {
	secret := make([]byte, secretSize)
	if _, err := io.ReadFull(db.opts.Random, secret); err != nil {
		return fmt.Errorf("make the store: random bytes: %w", err)
	}
	err := db.bolt.Update(func(b *bbolt.Tx) error {
		for _, name := range buckets {
			if _, err := b.CreateBucket(name); err != nil {
				return err
			}
		}
		meta := b.Bucket(bMeta)
		return errors.Join(meta.Put(kSecret, secret), meta.Put(kSchema, []byte(strconv.Itoa(db.schema()))))
	})
	if err != nil {
		return fmt.Errorf("make the store %s: %w", db.path, err)
	}
	return nil
}

// migrate copies the file and then takes one step after another.
func (db *DB) migrate(version int, begun bool) error {
	keep := fmt.Sprintf("%s.schema%d", db.path, version)
	if begun {
		keep = fmt.Sprintf("%s.schema%d", db.path, version-1)
	} else if _, err := os.Stat(keep); errors.Is(err, os.ErrNotExist) {
		if err := db.tell("copy it to "+keep, 0); err != nil {
			return err
		}
		if err := db.BackupFile(keep); err != nil {
			return fmt.Errorf("copy the store before its migration: %w", err)
		}
	}
	err := db.bolt.Update(func(b *bbolt.Tx) error {
		for _, name := range buckets { // buckets of later schemas are empty
			if _, err := b.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		db.secret = bytes.Clone(b.Bucket(bMeta).Get(kSecret))
		return nil
	})
	if err == nil {
		err = db.climb(version, begun)
	}
	if err != nil {
		return fmt.Errorf("%w (the copy from before is %s)", err, keep)
	}
	return nil
}
