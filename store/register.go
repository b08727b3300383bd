package store

import (
	"bytes"
	"hash/maphash"
	"iter"

	"requestd/intake"
)

// OpenCases iterates over the open cases, by reference.
func (tx *Tx) OpenCases() iter.Seq2[*intake.Case, intake.Index] { return tx.half(true, "", decodeCase) }

// Record is an open case as it is stored, not decoded yet: a caller that lists
// them again and again knows most already.
type Record struct {
	Key   string // its reference, in the form in which references are compared
	Sum   uint64 // hash of its bytes: the same for the same case as long as the process runs
	tx    *Tx
	bytes []byte
}

var recordSeed = maphash.MakeSeed()

func (tx *Tx) record(key, value []byte) Record {
	return Record{Key: string(key), Sum: maphash.Bytes(recordSeed, value), tx: tx, bytes: value}
}

// OpenRecords iterates over the open cases as OpenCases does. In a writing
// transaction each must be read before the next write.
func (tx *Tx) OpenRecords() iter.Seq[Record] {
	return each(tx.from(bOpen, nil, all), tx.record)
}

// OpenRecord returns an open case by its reference, however spelt.
func (tx *Tx) OpenRecord(ref string) (Record, bool) {
	key := refKey(ref)
	v := tx.get(bOpen, key)
	return tx.record(key, v), v != nil
}

// aheadAtOnce is how many cases are prefetched at once.
const aheadAtOnce = 256

// PrefetchCases passes references on and, if the register is in a database,
// reads many of their records at once: for a caller that then reads one after
// another.
func (tx *Tx) PrefetchCases(refs iter.Seq[string]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for some := range chunks(refs, aheadAtOnce) {
			for _, ref := range some {
				tx.caseAhead(refKey(ref))
			}
			for _, ref := range some {
				if !yield(ref) {
					return
				}
			}
		}
	}
}

func (tx *Tx) caseAhead(key []byte) {
	tx.t.Prefetch(bOpen, key)
	tx.t.Prefetch(bDone, key)
}

// chunks yields the values a few at a time.
func chunks[T any](all iter.Seq[T], n int) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		var some []T
		for x := range all {
			if some = append(some, x); len(some) == n {
				if !yield(some) {
					return
				}
				some = nil
			}
		}
		if len(some) > 0 {
			yield(some)
		}
	}
}

// Case decodes the case, without the hashes of its chain: do not store it. ok
// is false if the record cannot be read.
func (r Record) Case() (c *intake.Case, ix intake.Index, ok bool) {
	c, ix, err := decodeUnlinked([]byte(r.Key), r.bytes, true)
	if err != nil {
		_ = r.tx.unreadable(caseRecord([]byte(r.Key)), err) // an alarm reports it
	}
	return c, ix, err == nil
}

// decoder reads a case from its record.
type decoder func(key, v []byte, open bool) (*intake.Case, intake.Index, error)

func (tx *Tx) half(open bool, after string, decode decoder) iter.Seq2[*intake.Case, intake.Index] {
	return func(yield func(*intake.Case, intake.Index) bool) {
		for k, v := range tx.from(half(open), startAfter(after), all) {
			c, ix, err := decode(k, v, open)
			if err != nil {
				_ = tx.unreadable(caseRecord(k), err) // the others are still returned
				continue
			}
			if !yield(c, ix) {
				return
			}
		}
	}
}

func startAfter(ref string) []byte {
	if ref == "" {
		return nil
	}
	return append(refKey(ref), 0)
}

func caseAlone(c *intake.Case, _ intake.Index) *intake.Case { return c }

// CasesReadOnly iterates over all cases after the given reference ("" for all), by
// reference, and leaves out the hashes of their chains. Do not store them.
func (tx *Tx) CasesReadOnly(after string) iter.Seq[*intake.Case] {
	return each(tx.bothHalves(after, decodeUnlinked), caseAlone)
}

// ClosedReadOnly iterates over the cases that are not open, after the given
// reference ("" for all), without hashes and without what names or describes a
// person. Do not store them.
func (tx *Tx) ClosedReadOnly(after string) iter.Seq[*intake.Case] {
	return each(tx.half(false, after, decodeImpersonal), caseAlone)
}

// CaseReadOnly returns a case by its reference, however spelt, without hashes. Do
// not store it.
func (tx *Tx) CaseReadOnly(ref string) (*intake.Case, bool) { return tx.look(refKey(ref)) }

func (tx *Tx) bothHalves(after string, decode decoder) iter.Seq2[*intake.Case, intake.Index] {
	return func(yield func(*intake.Case, intake.Index) bool) {
		open, stopOpen := iter.Pull2(tx.from(bOpen, startAfter(after), all))
		defer stopOpen()
		done, stopDone := iter.Pull2(tx.from(bDone, startAfter(after), all))
		defer stopDone()
		ok, ov, oMore := open()
		dk, dv, dMore := done()
		for oMore || dMore {
			k, v, isOpen := dk, dv, false
			if oMore && (!dMore || bytes.Compare(ok, dk) <= 0) {
				k, v, isOpen = ok, ov, true
			}
			c, ix, err := decode(k, v, isOpen)
			if err != nil {
				_ = tx.unreadable(caseRecord(k), err)
			}
			if isOpen {
				ok, ov, oMore = open()
			} else {
				dk, dv, dMore = done()
			}
			if err == nil && !yield(c, ix) {
				return
			}
		}
	}
}
