package store

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"requestd/intake"
)

// LastCasesOf iterates over the cases of a person whose references begin with
// prefix, at most max of them, the highest number first. It looks at no others,
// however many there are.
func (tx *Tx) LastCasesOf(address, prefix string, max int) iter.Seq[*intake.Case] {
	return func(yield func(*intake.Case) bool) {
		address = NormalAddress(address)
		if address == "" || tx.err != nil {
			return
		}
		start := append(tx.personHash(address), strings.ToUpper(prefix)...)
		for k := range tx.back(bPeople, append(bytes.Clone(start), 0xff)) { // no reference contains this byte
			if !bytes.HasPrefix(k, start) || max <= 0 {
				return
			}
			c, err := tx.caseOfPerson(k, address)
			if err != nil || c != nil && !yield(c) {
				return
			}
			max--
		}
	}
}

// caseOfPerson returns the case for a key of the index of people; nil if it is
// not that person's, or cannot be read.
func (tx *Tx) caseOfPerson(k []byte, address string) (*intake.Case, error) {
	c, _, err := tx.caseAt(k[hashSize:])
	if err != nil && !tx.passes(err) {
		return nil, err
	}
	if c == nil || !slices.Contains(personAddresses(c), address) {
		return nil, nil
	}
	return c, nil
}

// LastCasesOfEach is LastCasesOf for every series of references in which the
// person has cases. The references of a series begin with the same letters.
func (tx *Tx) LastCasesOfEach(address string, max int) iter.Seq[*intake.Case] {
	return func(yield func(*intake.Case) bool) {
		address = NormalAddress(address)
		if address == "" || tx.err != nil {
			return
		}
		person := tx.personHash(address)
		for before := append(bytes.Clone(person), 0xff); before != nil; {
			var series []byte
			from, n := before, 0
			before = nil
			for k := range tx.back(bPeople, from) {
				if !bytes.HasPrefix(k, person) {
					return
				}
				if is := seriesOf(k); !bytes.Equal(is, series) {
					series, n = bytes.Clone(is), 0
				}
				if n++; n > max {
					before = series // the rest of the series is skipped
					break
				}
				if c, err := tx.caseOfPerson(k, address); err != nil || c != nil && !yield(c) {
					return
				}
			}
		}
	}
}

// seriesOf returns the beginning that a key of the index of people shares with
// those of the same person and series.
func seriesOf(k []byte) []byte {
	n := min(hashSize, len(k))
	for n < len(k) && 'A' <= k[n] && k[n] <= 'Z' {
		n++
	}
	return k[:n]
}
