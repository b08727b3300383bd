package store

import (
	"bytes"
	"iter"
	"os"
	"slices"

	"go.etcd.io/bbolt"
)

// boltTx is an ordered.Tx of a bbolt file. Reading from one cannot fail.
type boltTx struct {
	b      *bbolt.Tx
	opened map[string]*bbolt.Bucket
	wrote  int      // how many times it has written
	open   bool     // it has changed open cases
	file   *os.File // the file that it reads
	before uint64   // see DB

	changed changes // the spots written to while a compaction runs; else nil
}

// How full a page is left when it is split. Where keys come in order no more
// are added to it later, so it is left full; an index by hash needs room on
// every page.
const (
	orderedFill = 1.0
	hashedFill  = 0.5
	mixedFill   = 0.8 // in order at first, and later in between
)

func (t *boltTx) bucket(name []byte) *bbolt.Bucket {
	if b := t.opened[string(name)]; b != nil {
		return b
	}
	b := t.b.Bucket(name)
	if t.opened == nil {
		t.opened = map[string]*bbolt.Bucket{}
	}
	t.opened[string(name)] = b
	b.FillPercent = orderedFill
	switch string(name) {
	case "twins", "threads", "people", "tokens", "once", "sentto":
		b.FillPercent = hashedFill
	case "keys", "found":
		b.FillPercent = mixedFill
	}
	return b
}

func (t *boltTx) Get(table, key []byte) []byte { return t.bucket(table).Get(key) }

func (t *boltTx) Put(table, key, value []byte) error {
	t.writes(table, key)
	return t.bucket(table).Put(key, value)
}

func (t *boltTx) Append(table, key, more []byte) error {
	return t.Put(table, key, slices.Concat(t.Get(table, key), more))
}

func (t *boltTx) Delete(table, key []byte) error {
	t.writes(table, key)
	return t.bucket(table).Delete(key)
}

func (t *boltTx) writes(table, key []byte) {
	t.wrote++
	t.open = t.open || bytes.Equal(table, bOpen)
	if t.changed != nil {
		t.changed[spot{string(table), string(key)}] = struct{}{}
	}
}

// A file is local: nothing needs to be fetched ahead.
func (t *boltTx) Prefetch([]byte, []byte)     {}
func (t *boltTx) PrefetchFrom([]byte, []byte) {}
func (t *boltTx) PrefetchBack([]byte, []byte) {}
func (t *boltTx) PrefetchNumber([]byte)       {}

func (t *boltTx) NextNumber(table []byte) (uint64, error) { return t.bucket(table).NextSequence() }

func (t *boltTx) LastNumber(table []byte) uint64 { return t.bucket(table).Sequence() }

func (t *boltTx) SetNumber(table []byte, n uint64) error { return t.bucket(table).SetSequence(n) }

func (t *boltTx) Version() uint64 { return t.before + uint64(t.b.ID()) }

func (t *boltTx) Err() error { return nil }

func (t *boltTx) First(table, start []byte) []byte {
	k, _ := t.bucket(table).Cursor().Seek(start)
	return k
}

// chunk is how many keys an iteration of a writing transaction reads ahead.
const chunk = 128

// From reads keys ahead and copies them in a writing transaction, since writing
// moves the page that a cursor is on: after a write the next key is searched
// for again.
func (t *boltTx) From(table, start []byte, belongs func([]byte) bool) iter.Seq2[[]byte, []byte] {
	if !t.b.Writable() {
		return func(yield func(k, v []byte) bool) {
			c := t.bucket(table).Cursor()
			for k, v := c.Seek(start); k != nil && belongs(k) && yield(k, v); k, v = c.Next() {
				continue
			}
		}
	}
	return func(yield func(k, v []byte) bool) {
		for next, more := start, true; more; {
			var keys, values [][]byte
			read := t.wrote
			c := t.bucket(table).Cursor()
			k, v := c.Seek(next)
			for ; k != nil && belongs(k) && len(keys) < chunk; k, v = c.Next() {
				keys, values = append(keys, bytes.Clone(k)), append(values, v)
			}
			if more = len(keys) == chunk; more {
				next = append(append([]byte{}, keys[chunk-1]...), 0)
			}
			for i, k := range keys {
				at, v := k, values[i]
				if t.wrote != read {
					at, v = t.bucket(table).Cursor().Seek(k)
				}
				if bytes.Equal(at, k) && !yield(k, v) {
					return
				}
			}
		}
	}
}

func (t *boltTx) Back(table, before []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		for {
			c := t.bucket(table).Cursor()
			var k, v []byte
			if before == nil {
				k, v = c.Last()
			} else if at, _ := c.Seek(before); at == nil {
				k, v = c.Last()
			} else {
				k, v = c.Prev()
			}
			for ; k != nil; k, v = c.Prev() {
				if t.b.Writable() {
					before = bytes.Clone(k) // the loop's body may move the cursor's page
				}
				if !yield(k, v) {
					return
				}
				if t.b.Writable() {
					break
				}
			}
			if k == nil {
				return
			}
		}
	}
}
