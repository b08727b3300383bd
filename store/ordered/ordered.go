// Package ordered says what the register asks of a storage engine: tables
// of keys in the order of their bytes, changed in transactions. It holds no
// code but this, so that the engines and the register need not know each other.
package ordered

import "iter"

// Tx is one transaction on tables that are known by name. It sees what it
// wrote itself. It belongs to one goroutine.
//
// What a method returns may be read until the transaction ends, and must not be
// changed. Reading that fails returns nothing, and Err says why: whoever ends
// the transaction asks it, and lets nothing of it last.
type Tx interface {
	// Get returns the value of a key, nil where there is none.
	Get(table, key []byte) []byte
	// Put records a value, which may be empty and must not be nil.
	Put(table, key, value []byte) error
	// Append adds to the end of a key's value, which need not be there. It need
	// not look at what is there.
	Append(table, key, more []byte) error
	// Delete removes a key, and does nothing where there is none.
	Delete(table, key []byte) error
	// First returns the first key not before start, nil where there is none.
	First(table, start []byte) []byte
	// Prefetch says that a key will be read soon, PrefetchFrom that the entries from
	// start on will be, and PrefetchBack those before a key: where reading has to go
	// far, they are read together with what is read next.
	Prefetch(table, key []byte)
	PrefetchFrom(table, start []byte)
	PrefetchBack(table, before []byte)
	// PrefetchNumber says that NextNumber will be asked.
	PrefetchNumber(table []byte)
	// From iterates over the entries from the first key not before start, as
	// long as the key belongs; none does behind one that does not. The transaction
	// may write meanwhile: what comes is what is there when the iteration comes by.
	From(table, start []byte, belongs func(key []byte) bool) iter.Seq2[[]byte, []byte]
	// Back does the same downwards, from the last key before the given one; nil
	// means the end.
	Back(table, before []byte) iter.Seq2[[]byte, []byte]
	// NextNumber returns a number above all that it gave for the table before.
	NextNumber(table []byte) (uint64, error)
	// LastNumber is the last of them that was recorded, 0 for none.
	LastNumber(table []byte) uint64
	// SetNumber has the numbers go on behind n: for a copy.
	SetNumber(table []byte, n uint64) error
	// Version differs from that of every transaction that sees other records.
	Version() uint64
	// Err is why reading failed, nil while it has not.
	Err() error
}
