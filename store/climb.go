package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
)

// step brings a store from one schema to the next, part by part.
type step []part

// part is done a little at a time, each time in a transaction that records how
// far it has come. So it needs no more memory for a large store than for a
// small one, and continues where it was interrupted.
type part func(*climb) error

// climb says how far a step has come.
type climb struct {
	db     *DB
	schema int // the schema that it leads to
	parts  int
	part   int    // the part being done
	after  []byte // the key up to which it has been done; nil at its beginning
}

// Progress is told what a migration is doing and how much of it is done. An
// error that it returns stops the migration, which continues when the store is
// next opened.
type Progress func(what string, done int) error

// tell calls Progress, and returns its answer.
func (db *DB) tell(what string, done int) error {
	if db.opts.Progress == nil {
		return nil
	}
	return db.opts.Progress(what, done)
}

// climb takes every step that is still to be taken, first the rest of one that
// was begun.
func (db *DB) climb(version int, begun bool) error {
	if begun {
		version--
	}
	for ; version < db.schema(); version++ {
		s := db.opts.migrations[version-1]
		c := &climb{db: db, schema: version + 1, parts: len(s)}
		if begun {
			begun = false
			if err := db.View(func(tx *Tx) error { return c.read(tx.get(bMeta, kBegun)) }); err != nil {
				return err
			}
		}
		for c.part < len(s) {
			if err := s[c.part](c); err != nil {
				return fmt.Errorf("migrate %s to schema %d: %w", db.path, c.schema, err)
			}
		}
	}
	return nil
}

// read reads where a step was interrupted.
func (c *climb) read(begun []byte) error {
	part, n := binary.Uvarint(begun)
	if n <= 0 {
		return damaged(c.db.path, "how far its migration has come cannot be read")
	}
	if c.part = int(part); len(begun) > n {
		c.after = bytes.Clone(begun[n:])
	}
	return nil
}

// do changes something within the part, and records how far it has come: f
// returns the key up to which it was done, nil at the end of the part.
func (c *climb) do(f func(*Tx) (after []byte, err error)) error {
	var part int
	var after []byte
	err := c.db.Update(func(tx *Tx) (err error) {
		if after, err = f(tx); err != nil {
			return err
		}
		if part = c.part; after == nil {
			part++
		}
		tx.put(bMeta, kSchema, []byte(strconv.Itoa(c.schema)))
		if part < c.parts {
			tx.put(bMeta, kBegun, append(binary.AppendUvarint(nil, uint64(part)), after...))
		} else {
			tx.remove(bMeta, kBegun)
		}
		return tx.err
	})
	if err == nil {
		c.part, c.after = part, after
	}
	return err
}

// once makes a part that costs little, whatever the size of the store.
func once(f func(*Tx) error) part {
	return func(c *climb) error {
		return c.do(func(tx *Tx) ([]byte, error) { return nil, f(tx) })
	}
}

// portions says how much of a migration is done at once.
type portions struct {
	entries int // looked at in one transaction
	put     int // bytes of keys that are put into a table in one transaction
	room    int // bytes of the keys that are gathered in one pass over all
}

var usualPortions = portions{entries: 5_000, put: 1 << 20, room: 96 << 20}

// walk makes a part that changes each entry of a table, or what depends on it.
// f may remove the entry. It may add to the table only keys before that of the entry.
func walk(what string, bucket []byte, f func(tx *Tx, k, v []byte) error) part {
	return func(c *climb) error {
		for at, n := c.part, 0; c.part == at; n += c.db.opts.portions.entries {
			if err := c.db.tell("go through "+what, n); err != nil {
				return err
			}
			err := c.do(func(tx *Tx) ([]byte, error) {
				i := 0
				for k, v := range tx.from(bucket, behind(c.after), all) {
					k := bytes.Clone(k)
					if err := f(tx, k, bytes.Clone(v)); err != nil {
						return nil, err
					}
					if i++; i == c.db.opts.portions.entries {
						return k, nil
					}
				}
				return nil, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// behind returns the first key that is greater than k; nil, the beginning of a
// table, if k is nil.
func behind(k []byte) []byte {
	if k == nil {
		return nil
	}
	return append(bytes.Clone(k), 0)
}

// index makes a part that builds an index: keys yields every key of the index,
// in any order. They are put in sorted order, since in any other each would
// cost more than the one before. So there are many passes over all keys, each
// for the next ones in order.
func index(what string, bucket []byte, keys func(tx *Tx, yield func([]byte) bool)) part {
	return func(c *climb) error {
		for at := c.part; c.part == at; {
			next := newLeast(c.after, c.db.opts.portions.room)
			err := c.db.View(func(tx *Tx) (err error) {
				n := 0
				keys(tx, func(k []byte) bool {
					next.add(k)
					if n++; n%c.db.opts.portions.entries == 0 {
						err = c.db.tell("look for "+what, n)
					}
					return err == nil
				})
				return err
			})
			if err != nil {
				return err
			}
			if err := c.put(what, bucket, next); err != nil {
				return err
			}
		}
		return nil
	}
}

// put records the keys that were gathered.
func (c *climb) put(what string, bucket []byte, l *least) error {
	l.sort()
	keys := l.at
	for at, n, done := c.part, 0, 0; c.part == at && (len(keys) > 0 || !l.left); done += n {
		if err := c.db.tell("record "+what, done); err != nil {
			return err
		}
		err := c.do(func(tx *Tx) (after []byte, err error) {
			n = 0
			for size := 0; n < len(keys) && size < c.db.opts.portions.put; n++ {
				after = l.key(keys[n])
				tx.put(bucket, after, none)
				size += len(after)
			}
			if n == len(keys) && !l.left {
				after = nil
			}
			return bytes.Clone(after), tx.err
		})
		if err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}
