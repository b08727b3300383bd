package store

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
)

// receiptDays returns the days on which a request of the case ever counted as
// received: a count as at a past day needs those that were corrected too.
func receiptDays(c *intake.Case) []deadlines.Day {
	days := []deadlines.Day{deadlines.DayOf(c.Opening().Received)}
	for _, e := range c.Events {
		if e.Name == intake.ReceivedOn && !slices.Contains(days, e.Day) {
			days = append(days, e.Day)
		}
	}
	return days
}

// ReceivedWithin iterates over the cases of which a request ever counted as
// received on one of the days from first through last, each case once, without
// hashes and without what names or describes a person. They are for counting:
// do not store them.
func (tx *Tx) ReceivedWithin(first, last deadlines.Day) iter.Seq[*intake.Case] {
	return func(yield func(*intake.Case) bool) {
		for some := range chunks(tx.receivedKeys(first, last), aheadAtOnce) {
			for _, k := range some {
				tx.caseAhead(k[min(4, len(k)):])
			}
			for _, k := range some {
				c, ok := tx.lookBy(decodeImpersonal, k[min(4, len(k)):])
				if !ok {
					continue
				}
				days := receiptDays(c)
				slices.Sort(days)
				if i, _ := slices.BinarySearch(days, first); i < len(days) && days[i] != keyDay(k) {
					continue // it was yielded with the first of these days
				}
				if !yield(c) {
					return
				}
			}
		}
	}
}

// receivedKeys returns day and reference of each receipt, in the order of days.
func (tx *Tx) receivedKeys(first, last deadlines.Day) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		fresh := tx.freshReceived(first, last)
		isFresh := func(until deadlines.Day) bool { // yields those up to a day
			for ; len(fresh) > 0 && keyDay(fresh[0]) <= until; fresh = fresh[1:] {
				if !yield(fresh[0]) {
					return false
				}
			}
			return true
		}
		upTo := []byte(dayWord(last))
		for k, ends := range tx.from(bFound, []byte(dayWord(first)), func(k []byte) bool { return bytes.Compare(k[:min(len(upTo), len(k))], upTo) <= 0 }) {
			word, _, _ := strings.Cut(string(k), "\x00")
			day := wordDay(word)
			if !isFresh(day - 1) {
				return
			}
			for ref := range foundRefs(k, ends) {
				if !yield(dayKey(day, ref)) {
					return
				}
			}
		}
		isFresh(last)
	}
}

// freshReceived returns, in order, the keys of those that are not sorted in
// yet.
func (tx *Tx) freshReceived(first, last deadlines.Day) (keys [][]byte) {
	for ref, by := range tx.from(bFresh, nil, all) {
		for w := range splitList(by) {
			if d := wordDay(w); d >= max(first, 0) && d <= last {
				keys = append(keys, dayKey(d, string(ref)))
			}
		}
	}
	slices.SortFunc(keys, bytes.Compare)
	return keys
}

// ReceivedRefs iterates over the references of those cases in order of day; a
// case with several days comes several times.
func (tx *Tx) ReceivedRefs(first, last deadlines.Day) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range tx.receivedKeys(first, last) {
			if !yield(string(k[min(4, len(k)):])) {
				return
			}
		}
	}
}

// look returns the case with that key for reading, without its chain's links.
func (tx *Tx) look(key []byte) (*intake.Case, bool) { return tx.lookBy(decodeUnlinked, key) }

func (tx *Tx) lookBy(decode decoder, key []byte) (*intake.Case, bool) {
	for _, open := range []bool{false, true} { // most are not open
		if v := tx.get(half(open), key); v != nil {
			c, _, err := decode(key, v, open)
			if err != nil {
				_ = tx.unreadable(caseRecord(key), err) // an alarm reports it
			}
			return c, err == nil
		}
	}
	return nil, false
}

// receiptKeys returns the keys of the index of receipts, as it was in schemas 3 to 6.
func (tx *Tx) receiptKeys(yield func([]byte) bool) {
	for k, c := range tx.everyCase() {
		for _, d := range receiptDays(c) {
			if !yield(dayKey(d, string(k))) {
				return
			}
		}
	}
}

// everyCase iterates over the cases that can be read, with their keys and
// without the links of their chain.
func (tx *Tx) everyCase() iter.Seq2[[]byte, *intake.Case] {
	return func(yield func([]byte, *intake.Case) bool) {
		for _, open := range []bool{true, false} {
			for k, v := range tx.from(half(open), nil, all) {
				if c, _, err := decodeUnlinked(k, v, open); err == nil && !yield(k, c) {
					return
				}
			}
		}
	}
}
