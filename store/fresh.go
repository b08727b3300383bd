package store

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store/ordered"
)

// By what a case is newly found stands with its reference at first, and is sorted
// into the index of words with that of many others: each word of one case alone
// would be a page to write.

// mostFresh is how many cases wait to be sorted in.
const mostFresh = 2_000

func (db *DB) mostFresh() int64 {
	if db.opts.mostFresh > 0 {
		return int64(db.opts.mostFresh)
	}
	return mostFresh
}

// foundBy is what leads to a case: its words, and the days of its receipts.
func foundBy(c *intake.Case) []string {
	by := c.FoundBy()
	for _, d := range receiptDays(c) {
		by = append(by, dayWord(d))
	}
	return by
}

// dayMark begins the days among the words, in none of which it stands.
const dayMark = "\x01"

func dayWord(d deadlines.Day) string { return fmt.Sprintf("%s%08x", dayMark, uint32(max(d, 0))) }

// wordDay is the day that a word of the index stands for, negative for none.
func wordDay(word string) deadlines.Day {
	digits, ok := strings.CutPrefix(word, dayMark)
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil {
		return -1
	}
	return deadlines.Day(n)
}

// found keeps in step with a case that was old by what it is found.
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

// lacking returns those of some words that others lack.
func lacking(some, others []string) (left []string) {
	for _, w := range some {
		if !slices.Contains(others, w) {
			left = append(left, w)
		}
	}
	return left
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

// countFresh counts those that are there when the register is opened.
func (db *DB) countFresh(t ordered.Tx) {
	for range t.From(bFresh, nil, all) {
		db.fresh.Add(1)
	}
}

// addedFresh has the fresh cases sorted in once they are many. Where that cannot be
// recorded they are found where they stand, and it is tried again with the next.
func (db *DB) addedFresh(n int) {
	if db.fresh.Add(int64(n)) >= db.mostFresh() && db.Update((*Tx).sortIn) == nil {
		db.fresh.Store(0)
	}
}

// sortIn sorts the fresh cases into the index of words.
func (tx *Tx) sortIn() error {
	var refs [][]byte
	ends := map[string][]byte{}
	for ref, by := range tx.from(bFresh, nil, all) {
		refs = append(refs, bytes.Clone(ref))
		for w := range splitList(by) {
			k, end := foundKey(w, ref)
			ends[string(k)] = append(ends[string(k)], end...)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(ends)) {
		tx.addEnds([]byte(k), ends[k])
	}
	for _, ref := range refs {
		tx.remove(bFresh, ref)
	}
	return tx.err
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
