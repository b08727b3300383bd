package store

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store/ordered"
)

// What a case is newly found by is first stored with its reference, and later
// sorted into the index of words together with that of many other cases: one
// case alone would have to write a page for each of its words.

// mostFresh is how many cases wait to be sorted in, and how many are sorted in
// together. In a file many of them share pages; in a database each word is a
// row, whatever else is sorted in with it, and nobody can record until all rows
// are written.
const (
	mostFresh           = 2_000
	mostFreshInDatabase = 250
)

func (db *DB) mostFresh() int {
	if db.pg != nil {
		return cmp.Or(db.opts.mostFresh, mostFreshInDatabase)
	}
	return cmp.Or(db.opts.mostFresh, mostFresh)
}

// foundBy returns what leads to a case: its words, and the days of its
// receipts.
func foundBy(c *intake.Case) []string {
	by := c.SearchWords()
	for _, d := range receiptDays(c) {
		by = append(by, dayWord(d))
	}
	return by
}

// dayMark begins the days among the words. No word contains it.
const dayMark = "\x01"

func dayWord(d deadlines.Day) string { return fmt.Sprintf("%s%08x", dayMark, uint32(max(d, 0))) }

// wordDay returns the day that a word of the index stands for; negative for
// none.
func wordDay(word string) deadlines.Day {
	digits, ok := strings.CutPrefix(word, dayMark)
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil {
		return -1
	}
	return deadlines.Day(n)
}

// found updates what a case is found by. old is the case as it was before, nil for a
// new one.
func (tx *Tx) found(ref []byte, old, c *intake.Case) {
	is, was := foundBy(c), []string{}
	if old != nil {
		was = foundBy(old)
	}
	gone, more := lacking(was, is), lacking(is, was)
	if len(gone)+len(more) == 0 {
		return
	}
	var fresh []string
	if old != nil {
		fresh = slices.Collect(splitList(tx.get(bFresh, ref)))
	}
	for _, w := range lacking(gone, fresh) {
		tx.findNoMore(w, ref)
	}
	if left := append(lacking(fresh, gone), more...); len(fresh)+len(left) > 0 {
		tx.keepFresh(ref, len(fresh) > 0, left)
	}
}

// lacking returns the words in some that are not in others.
func lacking(some, others []string) []string {
	return slices.DeleteFunc(slices.Clone(some), func(w string) bool { return slices.Contains(others, w) })
}

func (tx *Tx) keepFresh(ref []byte, was bool, by []string) {
	if len(by) == 0 {
		tx.remove(bFresh, ref)
		return
	}
	tx.put(bFresh, ref, []byte(strings.Join(by, "\x00")+"\x00"))
	if was {
		return
	}
	if tx.fresh++; tx.fresh == 1 {
		tx.AfterCommit(func() { tx.db.addedFresh(tx.fresh) })
	}
}

// fresh keeps account of the cases that have still to be sorted in.
type fresh struct {
	count atomic.Int64 // as far as this process knows: another may add cases, or sort them in

	sorting sync.Mutex // held by the goroutine that sorts them in
	counted bool       // count includes those that were there before
}

// addedFresh sorts the fresh cases in once there are many. If that fails they
// are still found in the table of fresh cases, and it is tried again when more
// have come.
func (db *DB) addedFresh(n int) {
	f, most := &db.fresh, db.mostFresh()
	f.count.Add(int64(n))
	if !f.sorting.TryLock() {
		return
	}
	defer f.sorting.Unlock()
	if !f.counted {
		if f.count.Load() < int64(most/10) || db.pg.View(f.learn) != nil {
			return
		}
	}
	if f.count.Load() < int64(most) {
		return
	}
	sorted := 0
	err := db.Update(func(tx *Tx) (err error) { sorted, err = tx.sortIn(most); return err })
	switch {
	case err != nil:
		f.count.Add(-int64(max(1, most/10)))
	case sorted < most: // that were all of them
		f.count.Store(0)
	default:
		f.count.Add(-int64(sorted))
	}
}

// learn counts the cases that are there: in a file when it is opened, in a
// database once this process has added some, since most who open one only look.
func (f *fresh) learn(t ordered.Tx) error {
	n := 0
	for range t.From(bFresh, nil, all) {
		n++
	}
	if t.Err() == nil {
		f.count.Store(int64(n))
		f.counted = true
	}
	return t.Err()
}

// sortIn sorts the first of the fresh cases into the index of words, at most
// most of them, and returns how many they were.
func (tx *Tx) sortIn(most int) (sorted int, err error) {
	var refs [][]byte
	ends := map[string][]byte{}
	var key []byte
	for ref, by := range tx.from(bFresh, nil, all) {
		refs = append(refs, bytes.Clone(ref))
		begin, end := splitEnd(ref)
		for w := range bytes.SplitAfterSeq(by, []byte{0}) {
			if len(w) > 0 { // empty after the last word
				key = append(append(key[:0], w...), begin...)
				ends[string(key)] = append(ends[string(key)], end...)
			}
		}
		if len(refs) == most { // it reads no further, so that others may add more
			break
		}
	}
	for _, k := range slices.Sorted(maps.Keys(ends)) {
		tx.addEnds([]byte(k), ends[k])
	}
	for _, ref := range refs {
		tx.remove(bFresh, ref)
	}
	return len(refs), tx.err
}

// freshBy iterates over the fresh cases that have a word which begins so.
func (tx *Tx) freshBy(prefix []byte) iter.Seq[[]byte] {
	behind := slices.Concat([]byte{0}, prefix)
	return func(yield func([]byte) bool) {
		for ref, by := range tx.from(bFresh, nil, all) {
			if (bytes.HasPrefix(by, prefix) || bytes.Contains(by, behind)) && !yield(ref) {
				return
			}
		}
	}
}
