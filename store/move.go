package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"requestd/store/ordered"
)

// ErrNotEmpty is returned when a register is to be copied to where there is one
// already.
var ErrNotEmpty = errors.New("there is a register already")

// numbered are the buckets whose records are numbered.
var numbered = [][]byte{bArrivals, bFolders, bQueue}

// copyAtOnce is how many bytes are copied in one transaction.
const copyAtOnce = 1 << 20

// ErrInUse is returned when a register was changed while it was copied.
var ErrInUse = errors.New("the register was in use while it was copied: stop every daemon, and copy it again")

// CopyURL copies the register as it is now into a database that holds none. The
// copy counts as a register only once it is complete and equal; what an
// interrupted copy left is overwritten. Nobody else can begin a register there
// meanwhile. The error is ErrNotEmpty, ErrInUse, or one of OpenURL.
func (db *DB) CopyURL(ctx context.Context, url, password string) error {
	to, err := openDatabase(url, password, true, db.opts)
	if err != nil {
		return err
	}
	err = to.pg.Alone(func() error {
		if err := to.makeBare(); err != nil {
			return err
		}
		return db.copyTo(ctx, to)
	})
	return errors.Join(err, to.Close())
}

// CopyFile does the same into a file, which must not exist yet.
func (db *DB) CopyFile(ctx context.Context, path string) error {
	o := db.opts
	o.ReadOnly = false
	to, err := Open(path, o)
	if err != nil {
		return err
	}
	return errors.Join(db.copyTo(ctx, to), to.Close())
}

// makeBare removes what an interrupted copy has left in a database.
func (db *DB) makeBare() error {
	version, _, err := db.schemaInDatabase()
	if err == nil && version != 0 {
		err = db.notEmpty()
	}
	if err != nil {
		return err
	}
	return db.pg.Clear()
}

func (db *DB) notEmpty() error {
	return fmt.Errorf("%w in %s: name an empty database, or another schema with search_path", ErrNotEmpty, db.path)
}

// copyTo writes everything to another store; what makes it a register comes
// last.
func (db *DB) copyTo(ctx context.Context, to *DB) error {
	var schema []byte
	err := db.View(func(tx *Tx) error {
		schema = append([]byte{}, tx.get(bMeta, kSchema)...)
		for _, bucket := range buckets[1:] { // all except meta
			if err := copyBucket(ctx, tx.t, to, bucket); err != nil {
				return err
			}
		}
		return to.change(func(t ordered.Tx) error {
			for _, bucket := range numbered {
				if err := t.SetNumber(bucket, tx.t.LastNumber(bucket)); err != nil {
					return err
				}
			}
			for k, v := range tx.from(bMeta, nil, all) {
				if string(k) != string(kSchema) {
					if err := t.Put(bMeta, k, v); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("copy %s to %s: %w", db.path, to.path, err)
	}
	if err := db.sameAs(ctx, to); err != nil {
		return err
	}
	return to.change(func(t ordered.Tx) error {
		if to.pg != nil && t.Get(bMeta, kSchema) != nil { // another process that did not lose its connection has begun one
			return to.notEmpty()
		}
		return t.Put(bMeta, kSchema, schema)
	})
}

// sameAs compares the register as it is by now with a copy, which lacks what
// was recorded since it was begun.
func (db *DB) sameAs(ctx context.Context, to *DB) error {
	is, n, err := to.digest(ctx)
	if err != nil {
		return err
	}
	was, m, err := db.digest(ctx)
	if err != nil {
		return err
	}
	others, err := db.Others()
	switch {
	case err != nil:
		return err
	case others > 0, db.pg != nil && (is != was || n != m):
		return fmt.Errorf("%w (%s; processes that use it now: %d; entries: %d, of which copied: %d)", ErrInUse, db.path, others, m, n)
	case is != was || n != m:
		return fmt.Errorf("the copy in %s is not the same: %d entries of %d", to.path, n, m)
	}
	return nil
}

func (db *DB) digest(ctx context.Context) (sum [sha256.Size]byte, n int, err error) {
	err = db.View(func(tx *Tx) (err error) {
		sum, n, err = tx.digest(ctx)
		return err
	})
	return sum, n, err
}

// change is Update for a register that is not complete yet.
func (db *DB) change(f func(ordered.Tx) error) error {
	return db.Update(func(tx *Tx) error { return f(tx.t) })
}

func copyBucket(ctx context.Context, from ordered.Tx, to *DB, bucket []byte) error {
	var keys, values [][]byte
	size := 0
	flush := func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := to.change(func(t ordered.Tx) error {
			for i := range keys {
				if err := t.Put(bucket, keys[i], values[i]); err != nil {
					return err
				}
			}
			return nil
		})
		keys, values, size = nil, nil, 0
		return err
	}
	for k, v := range from.From(bucket, nil, all) {
		keys, values = append(keys, append([]byte{}, k...)), append(values, append([]byte{}, v...))
		if size += len(k) + len(v); size >= copyAtOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := from.Err(); err != nil {
		return err
	}
	return flush()
}

// digest returns a hash over every entry except the schema, and how many
// entries there are.
func (tx *Tx) digest(ctx context.Context) (sum [sha256.Size]byte, n int, err error) {
	h := sha256.New()
	part := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	for _, bucket := range buckets {
		part(bucket)
		for k, v := range tx.from(bucket, nil, all) {
			if string(bucket) == string(bMeta) && string(k) == string(kSchema) {
				continue
			}
			part(k)
			part(v)
			if n++; n%1000 == 0 && ctx.Err() != nil {
				return sum, n, fmt.Errorf("compare the copy: %w", ctx.Err())
			}
		}
	}
	for _, bucket := range numbered {
		part(idKey(tx.t.LastNumber(bucket)))
	}
	return sha256.Sum256(h.Sum(nil)), n, tx.t.Err()
}

// Others returns how many other processes are connected to the database that
// keeps the register; 0 for a file.
func (db *DB) Others() (int, error) {
	if db.pg == nil {
		return 0, nil
	}
	n, _, err := db.pg.Others()
	return n, err
}
