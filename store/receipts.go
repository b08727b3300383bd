package store

import (
	"bytes"
	"iter"
	"slices"

	"requestd/deadlines"
	"requestd/intake"
)

// receiptDays are the days on which a request of the case counted as received
// at any time: a count as at a past day asks for those that were corrected too.
func receiptDays(c *intake.Case) []deadlines.Day {
	days := []deadlines.Day{deadlines.DayOf(c.Opening().Received)}
	for _, e := range c.Events {
		if e.Name == intake.ReceivedOn && !slices.Contains(days, e.Day) {
			days = append(days, e.Day)
		}
	}
	return days
}

// receipts keeps the index of receipts in step with a case that was old. Its
// history only grows, and so do the days.
func (tx *Tx) receipts(key []byte, old, c *intake.Case) {
	var had []deadlines.Day
	if old != nil {
		had = receiptDays(old)
	}
	for _, d := range receiptDays(c) {
		if !slices.Contains(had, d) {
			tx.put(bReceived, dayKey(d, string(key)), none)
		}
	}
}

// ReceivedWithin iterates over the cases of which a request counted at any time
// as received on one of the days from first through last, each once, without
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
					continue // it came with its first day of these
				}
				if !yield(c) {
					return
				}
			}
		}
	}
}

func (tx *Tx) receivedKeys(first, last deadlines.Day) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for k := range tx.from(bReceived, dayKey(first, ""), func(k []byte) bool { return keyDay(k) <= last }) {
			if !yield(bytes.Clone(k)) {
				return
			}
		}
	}
}

// ReceivedRefs iterates over the references of those cases, in the order of
// days; one of several days comes several times.
func (tx *Tx) ReceivedRefs(first, last deadlines.Day) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range tx.receivedKeys(first, last) {
			if !yield(string(k[min(4, len(k)):])) {
				return
			}
		}
	}
}

// look returns the case with that key to be read, without its chain's links.
func (tx *Tx) look(key []byte) (*intake.Case, bool) { return tx.lookBy(decodeUnlinked, key) }

func (tx *Tx) lookBy(decode decoder, key []byte) (*intake.Case, bool) {
	for _, open := range []bool{false, true} { // most are not
		if v := tx.get(half(open), key); v != nil {
			c, _, err := decode(key, v, open)
			if err != nil {
				_ = tx.unreadable(caseRecord(key), err) // an alarm tells it
			}
			return c, err == nil
		}
	}
	return nil, false
}

// receiptKeys returns the keys of the index of receipts.
func (tx *Tx) receiptKeys(yield func([]byte) bool) {
	for k, c := range tx.everyCase() {
		for _, d := range receiptDays(c) {
			if !yield(dayKey(d, string(k))) {
				return
			}
		}
	}
}

// everyCase iterates over the cases that can be read, by their keys and without
// the links of their chain.
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

// receiptIndex checks the index of receipts from its side; verifycases.go does
// from the cases'.
func (v *verifier) receiptIndex() {
	v.each(bReceived, func(k, _ []byte) {
		c, ok := v.tx.look(k[min(4, len(k)):])
		v.want(ok && slices.Contains(receiptDays(c), keyDay(k)), "index received", "%s on %v is not so", k[min(4, len(k)):], keyDay(k))
	})
}
