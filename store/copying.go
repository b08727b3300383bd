package store

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// spot is the place of a key in a file, tables in the order of their names.
type spot struct{ table, key string }

// changes are the spots that Updates have written to, those included that the disk
// failed: what they wrote may be there all the same, and is looked at.
type changes map[spot]struct{}

func (c changes) erased() bool { _, ok := c[spot{string(bMeta), string(kErased)}]; return ok }

// copyStep is how much is copied at once where nobody says otherwise.
const copyStep = 4 << 20

// copying is a file on its way into another. What it has holds is what stood in
// the first, up to the spot that it has come to.
type copying struct {
	step  int // bytes that are copied in one transaction
	at    spot
	whole bool   // it has come to the end
	seen  uint64 // how often the first had been written when it was last looked at
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

// follow copies again what has changed of what was copied.
func (c *copying) follow(from, to *bbolt.Tx, changed changes) error {
	for at := range changed {
		if !c.whole && (at.table > c.at.table || at.table == c.at.table && at.key > c.at.key) {
			continue // its turn is to come
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

// numbers has the numbers of a copy go on where the others are.
func (c *copying) numbers(from, to *bbolt.Tx) error {
	return from.ForEach(func(name []byte, b *bbolt.Bucket) error { return to.Bucket(name).SetSequence(b.Sequence()) })
}

// copyAnew writes what a transaction sees to an empty store, without free
// pages, and so without anything that was erased. The copy is on disk when it
// returns.
func copyAnew(to *bbolt.DB, from *bbolt.Tx) error {
	noSync := to.NoSync
	to.NoSync = true // of a copy that is not whole nothing need last
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
