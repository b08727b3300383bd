package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"requestd/store/ordered"
	"requestd/store/postgres"
)

// ErrUnreachable is returned when the database that keeps the register does not answer.
var ErrUnreachable = postgres.ErrUnreachable

// ErrFileOnly is returned for something that can only be done to a file, if the
// register is in a database.
var ErrFileOnly = errors.New("the register lies in a database")

// OpenURL opens the register in a PostgreSQL database; with create it makes one
// if there is none. Several processes may use it. An older register is migrated
// by one process while the others wait; no copy is made first. Of the options
// it uses Now, Random, ReadOnly, Progress and Rehearse. Errors are
// ErrUnreachable, ErrMissing, ErrNewer, ErrOlder or ErrDamaged.
func OpenURL(url, password string, create bool, o Options) (*DB, error) {
	db, err := openDatabase(url, password, create, o)
	if err != nil {
		return nil, err
	}
	if err := db.prepareDatabase(create); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// openDatabase opens a database, whatever is in its tables.
func openDatabase(url, password string, create bool, o Options) (*DB, error) {
	o.fill()
	pg, err := postgres.Open(url, password, create)
	if errors.Is(err, postgres.ErrNoTables) {
		return nil, noRegister(url)
	}
	if err != nil {
		return nil, fmt.Errorf("open the register: %w", err)
	}
	db := &DB{path: pg.Name(), now: o.Now, opts: o, pg: pg}
	pg.Rehearse = o.Rehearse
	return db, nil
}

func noRegister(url string) error {
	return fmt.Errorf("%w in %s: on a first start make it with requestd init; otherwise name the right database in store.url, or bring a register there with requestd move", ErrMissing, url)
}

func (o *Options) fill() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.migrations == nil {
		o.migrations = migrations()
	}
	o.Wait = cmp.Or(o.Wait, defaultWait)
	o.portions = cmp.Or(o.portions, usualPortions)
	o.copied = cmp.Or(o.copied, copyStep)
}

// prepareDatabase makes a new register, or brings an old one up to date.
func (db *DB) prepareDatabase(create bool) error {
	version, begun, err := db.schemaInDatabase()
	if err == nil && version == 0 && !create {
		return noRegister(db.path) // also without waiting for somebody who is just copying one into it
	}
	if err == nil && (version != db.schema() || begun) {
		err = db.pg.Alone(func() error { return db.bringUp(create) })
	}
	if err != nil {
		return err
	}
	return db.readSecret()
}

func (db *DB) readSecret() error {
	return db.pg.View(func(t ordered.Tx) error {
		db.secret = append([]byte{}, t.Get(bMeta, kSecret)...)
		if len(db.secret) == 0 && t.Err() == nil {
			return damaged(db.path, "its secret is missing")
		}
		return t.Err()
	})
}

// bringUp makes or migrates the register while no other process can.
func (db *DB) bringUp(create bool) error {
	version, begun, err := db.schemaInDatabase() // another process may have done it meanwhile
	switch schema := db.schema(); {
	case err != nil || version == schema && !begun:
		return err
	case version > schema:
		return fmt.Errorf("%w: %s has schema %d, this program knows %d; install the newer program again", ErrNewer, db.path, version, schema)
	case version == 0 && !create:
		return noRegister(db.path)
	case version == 0:
		return db.createInDatabase()
	case db.opts.ReadOnly:
		return fmt.Errorf("%w: %s has schema %d, this program reads %d; let the daemon open it once", ErrOlder, db.path, version, schema)
	}
	if err := db.readSecret(); err != nil {
		return err
	}
	if err := db.awaitOthers(version); err != nil {
		return err
	}
	return db.climb(version, begun)
}

// othersAgain is how often it checks whether other processes are at work.
const othersAgain = 50 * time.Millisecond

// awaitOthers waits until nobody is at work on the register in its old form:
// what an older program recorded during the migration, a newer one could not
// read correctly. A process that also waits for the migration is not at work.
func (db *DB) awaitOthers(version int) error {
	for begun := time.Now(); ; time.Sleep(othersAgain) {
		_, n, err := db.pg.Others()
		if err != nil || n == 0 {
			return err
		}
		if time.Since(begun) >= db.opts.Wait {
			return fmt.Errorf("%w: %s has schema %d, and this program is to bring it to %d; stop the others first, %d of them, on every machine, then start this one again",
				ErrLocked, db.path, version, db.schema(), n)
		}
	}
}

// schemaInDatabase returns the schema of the register, 0 if there is none, and
// whether the step to it has still to be finished.
func (db *DB) schemaInDatabase() (version int, begun bool, err error) {
	err = db.pg.View(func(t ordered.Tx) error {
		b := t.Get(bMeta, kSchema)
		if b == nil {
			return nil // or Err says why
		}
		if version, err = strconv.Atoi(string(b)); err != nil || version < 1 {
			return damaged(db.path, "its schema cannot be read")
		}
		begun = t.Get(bMeta, kBegun) != nil
		return nil
	})
	return version, begun, err
}

func (db *DB) createInDatabase() error {
	secret := make([]byte, secretSize)
	if _, err := io.ReadFull(db.opts.Random, secret); err != nil {
		return fmt.Errorf("make the register: random bytes: %w", err)
	}
	return db.pg.Update(func(t ordered.Tx) error {
		for _, bucket := range buckets {
			for range t.From(bucket, nil, all) { // these would be taken for entries of the new register
				return fmt.Errorf("%w: %s holds part of a register, as a move or a restore leaves that was broken off: do that again, or name an empty database", ErrDamaged, db.path)
			}
		}
		return errors.Join(t.Put(bMeta, kSecret, secret), t.Put(bMeta, kSchema, []byte(strconv.Itoa(db.schema()))))
	})
}

// InDatabase reports whether the register is in a database, which other
// processes may use too.
func (db *DB) InDatabase() bool { return db.pg != nil }

// identityOf returns a name for a register in a database that is the same in
// every process. It is derived from the secret, without revealing it.
func identityOf(secret []byte) string {
	h := sha256.Sum256(secret)
	return fmt.Sprintf("register:%x", h[:hashSize])
}

// DatabaseReport is what a database says about itself.
type DatabaseReport = postgres.Report

// OldestPostgreSQL is the oldest version that may keep the register.
const OldestPostgreSQL = postgres.Oldest

// ProbeURL asks a database whether it is fit to keep the register, and changes
// nothing.
func ProbeURL(ctx context.Context, url, password string) (DatabaseReport, error) {
	return postgres.Probe(ctx, url, password)
}
