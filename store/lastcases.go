package store

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"requestd/intake"
)

// LastCasesOf iterates over the cases of a person whose references begin with
// prefix, at most max of them, the one of the highest number first. It looks
// at no others, however many there are.
func (tx *Tx) LastCasesOf(address, prefix string, max int) iter.Seq[*intake.Case] {
	return func(yield func(*intake.Case) bool) {
		address = NormalAddress(address)
		if address == "" || tx.err != nil {
			return
		}
		start := append(tx.personHash(address), strings.ToUpper(prefix)...)
		for k := range tx.back(bPeople, append(bytes.Clone(start), 0xff)) { // no reference holds such a byte
			if !bytes.HasPrefix(k, start) || max <= 0 {
				return
			}
			found, _, err := tx.caseAt(k[hashSize:])
			if err != nil && !tx.passes(err) {
				return
			}
			if found != nil && slices.Contains(personAddresses(found), address) && !yield(found) {
				return
			}
			max--
		}
	}
}
