package store

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// spot is the place of a key in a file; tables are in the order of their names.
type spot struct{ table, key string }

// changes are the spots that Updates have written to, including those where the
// disk failed: what was written may be there all the same, and is looked at.
type changes map[spot]struct{}

func (c changes) erased() bool { _, ok := c[spot{string(bMeta), string(kErased)}]; return ok }

// copyStep is how many bytes are copied at once by default.
const copyStep = 4 << 20

// copying copies one file into another. The copy holds what was in the
// original, up to the spot that copying has reached.
type copying struct {
	step  int // bytes copied in one transaction
	at    spot
	whole bool   // it has reached the end
	seen  uint64 // how often the original had been written when it was last looked at
}

// more copies the next few megabytes of what a transaction sees.
func (c *copying) more(from, to *bbolt.Tx) error {
	size := 0
	tables := from.Cursor()
	for name, _ := tables.Seek([]byte(c.at.table)); name != nil; name, _ = tables.Next() {
		into, err := to.CreateBucketIfNotExists(name)
		if err != nil {
			return err
		}
		into.FillPercent = 1
		keys := from.Bucket(name).Cursor()
		k, v := keys.First()
		if c.at.key != "" && string(name) == c.at.table {
			if k, v = keys.Seek([]byte(c.at.key)); string(k) == c.at.key {
				k, v = keys.Next()
			}
		}
		for ; k != nil; k, v = keys.Next() {
			if err := into.Put(k, v); err != nil {
				return err
			}
			if size += len(k) + len(v); size > c.step {
				c.at = spot{string(name), string(k)}
				return nil
			}
		}
	}
	c.whole = true
	return nil
}

// follow copies again what has changed in the part that was copied.
func (c *copying) follow(from, to *bbolt.Tx, changed changes) error {
	for at := range changed {
		if !c.whole && (at.table > c.at.table || at.table == c.at.table && at.key > c.at.key) {
			continue // it will be copied later
		}
		into := to.Bucket([]byte(at.table))
		into.FillPercent = 1
		key := []byte(at.key)
		var err error
		if v := from.Bucket([]byte(at.table)).Get(key); v == nil {
			err = into.Delete(key)
		} else {
			err = into.Put(key, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// numbers makes the numbers of a copy continue from those of the original.
func (c *copying) numbers(from, to *bbolt.Tx) error {
	return from.ForEach(func(name []byte, b *bbolt.Bucket) error { return to.Bucket(name).SetSequence(b.Sequence()) })
}

// copyAnew writes what a transaction sees to an empty store, without free
// pages, and so without anything that was erased. The copy is on disk when it
// returns.
func copyAnew(to *bbolt.DB, from *bbolt.Tx) error {
	noSync := to.NoSync
	to.NoSync = true // an incomplete copy need not survive
	defer func() { to.NoSync = noSync }()
	var err error
	for c := (copying{step: copyStep}); !c.whole && err == nil; {
		err = to.Update(func(to *bbolt.Tx) error {
			if err := c.more(from, to); err != nil || !c.whole {
				return err
			}
			return c.numbers(from, to)
		})
	}
	if err == nil {
		err = to.Sync()
	}
	if err != nil {
		return fmt.Errorf("write a copy: %w", err)
	}
	return nil
}
