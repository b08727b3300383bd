package store

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"strings"

	"requestd/intake"
)

// The index of words stores together, under each word, the cases whose
// references differ only in their end: the key is the word and the reference
// without its end, the value is those ends, one after another. The word is
// stored in clear, so that cases are found by how a word begins; erasing
// removes it, and Compact removes what free pages hold of it. The days on which
// a request of a case counted as received are stored like words. What was
// recorded last is still in the table of fresh.go.

// endSize is the length of a reference's end, in bytes.
const endSize = 3

// splitEnd divides a reference into its beginning and its end. A short one is
// padded with zeros, which no reference contains.
func splitEnd(ref []byte) (begin, end []byte) {
	cut := max(0, len(ref)-endSize)
	return ref[:cut], append(bytes.Clone(ref[cut:]), make([]byte, endSize-(len(ref)-cut))...)
}

// foundKey returns the key under which the end of a reference is stored for a
// word, and that end.
func foundKey(word string, ref []byte) (key, end []byte) {
	begin, end := splitEnd(ref)
	return slices.Concat([]byte(word), []byte{0}, begin), end
}

// foundRefs iterates over the references of an entry.
func foundRefs(k, v []byte) iter.Seq[string] {
	_, begin, _ := strings.Cut(string(k), "\x00")
	return func(yield func(string) bool) {
		for end := range slices.Chunk(v, endSize) {
			if !yield(begin + strings.TrimRight(string(end), "\x00")) {
				return
			}
		}
	}
}

// endAt returns where an end is among others; -1 if it is not there.
func endAt(ends, end []byte) int {
	for i := 0; i+endSize <= len(ends); i += endSize {
		if bytes.Equal(ends[i:i+endSize], end) {
			return i
		}
	}
	return -1
}

// findBy makes a case be found by a word by which it was not found before.
func (tx *Tx) findBy(word string, ref []byte) {
	tx.addEnds(foundKey(word, ref))
}

func (tx *Tx) addEnds(key, ends []byte) { tx.add(bFound, key, ends) }

func (tx *Tx) findNoMore(word string, ref []byte) {
	k, end := foundKey(word, ref)
	ends := tx.get(bFound, k)
	switch i := endAt(ends, end); {
	case i < 0:
	case len(ends) == endSize:
		tx.remove(bFound, k)
	default:
		tx.put(bFound, k, slices.Concat(ends[:i], ends[i+endSize:]))
	}
}

// gatherFound brings an entry of schema 5, a word and a whole reference, into
// today's form. Its new key comes before the old one, and so before the entries
// still to be gathered.
func (tx *Tx) gatherFound(k, _ []byte) error {
	word, ref, ok := bytes.Cut(k, []byte{0})
	tx.remove(bFound, k)
	if ok {
		tx.findBy(string(word), ref)
	}
	return tx.err
}

// mostOfAWord is the most cases that an index lists for a search. If there are
// more the words are too common, and looking at one case after another soon
// finds some.
const mostOfAWord = 20_000

func (db *DB) mostOfAWord() int { return cmp.Or(db.opts.mostOfAWord, mostOfAWord) }

// Find returns, in order, the references of the cases in which every word of
// the search, of those rare enough to use, is the beginning of a word; other
// cases may be among them. ok is false if no word is rare enough, and every
// case must be looked at.
func (tx *Tx) Find(search string) (refs []string, ok bool) {
	var many [][]byte
	var found *refSet
	for _, w := range intake.Words(search) {
		if !intake.Distinctive(w) {
			continue
		}
		prefix := []byte(intake.CutText(w, intake.LongestWord))
		if !tx.few(prefix) {
			many = append(many, prefix)
			continue
		}
		found = found.among(tx.beginning(prefix, found))
	}
	if found == nil && len(many) > 1 { // each word is in many cases, but all of them together may be in hardly any
		for _, prefix := range many {
			found = found.among(tx.beginning(prefix, found))
		}
	}
	if found == nil || found.count() > tx.db.mostOfAWord() {
		return nil, false
	}
	return found.list(), true
}

// few reports whether at most mostOfAWord cases have a word that begins so.
func (tx *Tx) few(prefix []byte) bool {
	n := 0
	for range tx.freshBy(prefix) {
		if n++; n > tx.db.mostOfAWord() {
			return false
		}
	}
	for _, v := range tx.from(bFound, prefix, hasPrefix(prefix)) {
		if n += len(v) / endSize; n > tx.db.mostOfAWord() {
			return false
		}
	}
	return true
}

// beginning returns the cases that have a word which begins so; if some is not
// nil, only those that can be in it.
func (tx *Tx) beginning(prefix []byte, some *refSet) *refSet {
	set := &refSet{}
	for k, v := range tx.from(bFound, prefix, hasPrefix(prefix)) {
		_, begin, _ := bytes.Cut(k, []byte{0})
		if some == nil || some.ends[string(begin)] != nil {
			set.add(begin, v)
		}
	}
	for ref := range tx.freshBy(prefix) {
		begin, end := splitEnd(ref)
		if some == nil || some.ends[string(begin)] != nil {
			set.add(begin, end)
		}
	}
	return set
}

// foundEntries counts the references under all words.
func (v *verifier) foundEntries() (n int) {
	v.each(bFound, func(_, ends []byte) { n += (len(ends) + endSize - 1) / endSize })
	v.each(bFresh, func(_, by []byte) { n += bytes.Count(by, []byte{0}) })
	return n
}

// foundIndex checks every entry of the index of words against its case.
func (v *verifier) foundIndex() {
	v.each(bFound, func(k, ends []byte) {
		w, _, _ := strings.Cut(string(k), "\x00")
		seen := map[string]bool{}
		for ref := range foundRefs(k, ends) {
			v.standsUnder(w, []byte(ref))
			v.want(!seen[ref], "index found", "%s stands twice under a word", ref)
			seen[ref] = true
		}
	})
	v.each(bFresh, func(ref, by []byte) {
		seen := map[string]bool{}
		for w := range splitList(by) {
			v.standsUnder(w, ref)
			v.want(!seen[w] && !v.isSortedIn(w, ref), "index found", "%s stands twice under a word", ref)
			seen[w] = true
		}
	})
}

func (v *verifier) standsUnder(word string, ref []byte) {
	c, ok := v.tx.look(ref)
	v.want(ok && slices.Contains(foundBy(c), word), "index found", "%s is not found by the word under which it stands", ref)
}

// isFound reports whether the index has a case under a word.
func (v *verifier) isFound(word string, ref []byte) bool {
	return v.isSortedIn(word, ref) || slices.Contains(slices.Collect(splitList(v.tx.get(bFresh, ref))), word)
}

func (v *verifier) isSortedIn(word string, ref []byte) bool {
	k, end := foundKey(word, ref)
	return endAt(v.tx.get(bFound, k), end) >= 0
}
