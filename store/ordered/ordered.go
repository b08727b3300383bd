// Package ordered defines what the register needs of a storage engine: tables
// of keys in the order of their bytes, changed in transactions. It contains no
// other code, so that the engines and the register need not know each other.
package ordered

import "iter"

// Tx is one transaction on tables that are known by name. It sees its own
// writes. It belongs to one goroutine.
//
// What a method returns may be read until the transaction ends, and must not be
// changed. If reading fails nothing is returned, and Err says why: whoever ends
// the transaction must check it, and then commit nothing.
type Tx interface {
	// Get returns the value of a key; nil if there is none.
	Get(table, key []byte) []byte
	// Put sets a value, which may be empty but must not be nil.
	Put(table, key, value []byte) error
	// Append appends to a key's value, which need not exist. The engine need not
	// read the value.
	Append(table, key, more []byte) error
	// Delete deletes a key, and does nothing if there is none.
	Delete(table, key []byte) error
	// First returns the first key not before start; nil if there is none.
	First(table, start []byte) []byte
	// Prefetch says that a key will be read soon, PrefetchFrom that the entries
	// from start on will be, and PrefetchBack those before a key. If each read
	// costs a round trip, they are read together with the next read.
	Prefetch(table, key []byte)
	PrefetchFrom(table, start []byte)
	PrefetchBack(table, before []byte)
	// PrefetchNumber says that NextNumber will be called.
	PrefetchNumber(table []byte)
	// From iterates over the entries from the first key not before start, as long
	// as belongs returns true; no key belongs after one that does not. The
	// transaction may write meanwhile: the iteration yields what is there when it
	// reaches the place.
	From(table, start []byte, belongs func(key []byte) bool) iter.Seq2[[]byte, []byte]
	// Back iterates backwards, from the last key before the given one; nil means
	// the end.
	Back(table, before []byte) iter.Seq2[[]byte, []byte]
	// NextNumber returns a number above all that it returned for the table before.
	NextNumber(table []byte) (uint64, error)
	// LastNumber returns the last such number that was recorded; 0 for none.
	LastNumber(table []byte) uint64
	// SetNumber makes the numbers continue after n: for a copy.
	SetNumber(table []byte, n uint64) error
	// Version returns a number that differs in every transaction that sees other
	// records.
	Version() uint64
	// Err returns why reading failed; nil if it has not.
	Err() error
}
