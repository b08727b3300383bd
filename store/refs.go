package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
)

// References: how they are assigned, prefetched, and taken over.

// maxRef is the longest reference that is stored, in bytes.
const maxRef = 64

func checkRef(ref string) error {
	if n := len(NormalRef(ref)); n == 0 || n > maxRef {
		return fmt.Errorf("%w: %.80q", ErrBadRef, ref)
	}
	return nil
}

// NewRef returns the next reference of a prefix, such as "CAF26-00017". The
// numbers run on from year to year and are never used twice; one that a person
// brought along under that prefix, whatever its year, is skipped.
func (tx *Tx) NewRef(prefix string, year int) string {
	normal, _, _, ok := splitRef(prefix + "00-0")
	if !ok {
		tx.fail(fmt.Errorf("%w: prefix %q must end in letters", ErrBadRef, prefix))
		return ""
	}
	n := tx.nextOf(normal)
	yy := yearOf(year)
	tx.aheadOfRefs(normal, yy, n)
	for tx.get(bTaken, takenKey(normal, n)) != nil || tx.HasCase(formRef(normal, yy, n)) {
		n++
	}
	tx.put(bNumbers, []byte(normal), binary.AppendUvarint(nil, n))
	return formRef(prefix, yy, n)
}

// nextOf returns the number after the last that was used in a series.
func (tx *Tx) nextOf(series string) uint64 {
	if last := uvarints(tx.get(bNumbers, []byte(series))); len(last) == 1 {
		return last[0] + 1
	}
	return 1
}

func yearOf(year int) string { return strconv.Itoa(100 + year%100)[1:] }

// mostRefsAhead is how many references are prefetched at once.
const mostRefsAhead = 64

// refsAhead says up to which number the references of a series were prefetched,
// how many at once, and how many mails may need one.
type refsAhead struct{ through, many, expected uint64 }

// expectRef says that one more reference of a series may be needed.
func (tx *Tx) expectRef(series string) {
	a := tx.refs[series]
	if a.expected++; a.expected == 1 {
		tx.t.PrefetchNumber(bArrivals)
	}
	tx.keepRefs(series, a)
}

// aheadOfExpected prefetches the references that are expected.
func (tx *Tx) aheadOfExpected() {
	for _, series := range slices.Sorted(maps.Keys(tx.refs)) {
		if tx.refs[series].through == 0 {
			tx.aheadOfRefs(series, yearOf(tx.Today().Year()), tx.nextOf(series))
		}
	}
}

func (tx *Tx) keepRefs(series string, a refsAhead) {
	if tx.refs == nil {
		tx.refs = map[string]refsAhead{}
	}
	tx.refs[series] = a
}

// aheadOfRefs prefetches references from this one on, and the letters on the
// cases that get them: as many as mails are coming, and twice as many each
// time.
func (tx *Tx) aheadOfRefs(prefix, yy string, n uint64) {
	a := tx.refs[prefix]
	if tx.db.pg == nil || n <= a.through {
		return
	}
	a.many = min(max(1, 2*a.many, a.expected), mostRefsAhead)
	a.through = n + a.many - 1
	tx.keepRefs(prefix, a)
	for ; n <= a.through; n++ {
		ref := formRef(prefix, yy, n)
		tx.t.Prefetch(bTaken, takenKey(prefix, n))
		tx.t.Prefetch(bOpen, refKey(ref))
		tx.t.Prefetch(bDone, refKey(ref))
		tx.t.PrefetchFrom(bKeys, topicKey(ref))
	}
}

func takenKey(prefix string, n uint64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(prefix), 0), n)
}

// ReserveRef takes over a reference that NewRef did not make. The error is
// ErrTaken if a case has it, or it was reserved before, in whatever spelling.
func (tx *Tx) ReserveRef(ref string) error {
	if err := checkRef(ref); err != nil {
		return err
	}
	if tx.get(bOpen, refKey(ref)) != nil || tx.get(bDone, refKey(ref)) != nil {
		return fmt.Errorf("%w: %s", ErrTaken, NormalRef(ref))
	}
	key := append([]byte{0}, refKey(ref)...) // a reference without a number
	prefix, _, n, ok := splitRef(ref)
	if ok {
		key = takenKey(prefix, n)
	}
	held := tx.get(bTaken, key)
	for r := range splitList(held) {
		if r == NormalRef(ref) {
			return fmt.Errorf("%w: %s", ErrTaken, NormalRef(ref))
		}
	}
	tx.put(bTaken, key, append(append(slices.Clone(held), refKey(ref)...), 0))
	return tx.err
}

// splitList iterates over texts that each end in a zero byte.
func splitList(b []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text, rest, ok := bytes.Cut(b, []byte{0}); ok && yield(string(text)); text, rest, ok = bytes.Cut(rest, []byte{0}) {
			continue
		}
	}
}
