package store

import (
	"bytes"
	"slices"
	"strings"

	"requestd/intake"
)

// foundKey is the key of a case under a word. The word stands there as it is,
// so that cases are found by how a word begins; erasing takes it away, and
// Compact what free pages hold of it.
func foundKey(word string, ref []byte) []byte {
	return append(append([]byte(word), 0), ref...)
}

// found keeps the index of words in step with a case that was old.
func (tx *Tx) found(key []byte, old, c *intake.Case) {
	is := c.FoundBy()
	var was []string
	if old != nil {
		was = old.FoundBy()
	}
	for _, w := range was {
		if !slices.Contains(is, w) {
			tx.remove(bFound, foundKey(w, key))
		}
	}
	for _, w := range is {
		if !slices.Contains(was, w) {
			tx.put(bFound, foundKey(w, key), none)
		}
	}
}

// mostOfAWord is how many cases are looked at under one word of a search; a
// word that begins those of more tells too little.
const mostOfAWord = 20_000

// Find gives, in order, the references of the cases in which with each telling
// word of a search begins a word, and perhaps of others: ok is false where no
// word of it tells enough, and every case must be looked at.
func (tx *Tx) Find(search string) (refs []string, ok bool) {
	for _, w := range intake.Words(search) {
		if !intake.Telling(w) {
			continue
		}
		of, few := tx.beginning(w)
		switch {
		case !few:
		case !ok:
			refs, ok = of, true
		default:
			refs = slices.DeleteFunc(refs, func(r string) bool {
				_, both := slices.BinarySearch(of, r)
				return !both
			})
		}
	}
	return refs, ok
}

// beginning gives the cases that have a word which begins so, unless they are
// too many.
func (tx *Tx) beginning(word string) (refs []string, few bool) {
	prefix, n := []byte(intake.CutText(word, intake.LongestWord)), 0
	for range tx.from(bFound, prefix, hasPrefix(prefix)) { // most words that are asked for are not few: nothing is kept of those
		if n++; n > mostOfAWord {
			return nil, false
		}
	}
	refs = make([]string, 0, n)
	for k := range tx.from(bFound, prefix, hasPrefix(prefix)) {
		if _, ref, ok := bytes.Cut(k, []byte{0}); ok {
			refs = append(refs, string(ref))
		}
	}
	slices.Sort(refs)
	return slices.Compact(refs), true
}

// foundIndex checks the index of words from its side.
func (v *verifier) foundIndex() {
	v.each(bFound, func(k, _ []byte) {
		w, ref, _ := strings.Cut(string(k), "\x00")
		c, ok := v.tx.look([]byte(ref))
		v.want(ok && slices.Contains(c.FoundBy(), w), "index found", "%s is not found by the word under which it stands", ref)
	})
}
