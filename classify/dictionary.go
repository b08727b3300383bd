package classify

import "strings"

// dictionary holds every word about which something is known: those of phrases,
// those with a concept, those of both languages, and the spellings of people
// who spell by ear. Each word of a text is looked up once; later steps use the
// result.
type dictionary struct {
	numbers map[string]int32
	entries []entry // by number; the first is for all other words
	matcher *matcher
}

// entry is what is known about one word.
type entry struct {
	id      int32   // in the vocabulary of the phrases: its own, a stem's, or 0
	concept concept // what the word is about, or 0
	look    look    // which language it looks like
	meant   string  // the word that a spelling by ear stands for, else ""
}

func newDictionary(m *matcher) *dictionary {
	d := &dictionary{numbers: map[string]int32{}, entries: make([]entry, 1), matcher: m}
	for _, w := range m.vocab.words[1:] {
		d.add(w)
	}
	for _, set := range []map[string]bool{welshWords, englishWords} {
		for w := range set {
			d.add(w)
		}
	}
	for w, c := range concepts() {
		d.entries[d.add(w)].concept = c
	}
	for spelling, w := range casual {
		if m.lookup([]byte(spelling)) == 0 {
			meant := d.entries[d.add(w)]
			meant.meant = w
			d.entries[d.add(spelling)] = meant
		}
	}
	return d
}

// add adds a word and what is known about it, except for the model's part.
func (d *dictionary) add(w string) int32 {
	n, ok := d.numbers[w]
	if !ok {
		n = int32(len(d.entries))
		d.numbers[w] = n
		d.entries = append(d.entries, entry{id: d.matcher.lookup([]byte(w)), look: lookOf([]byte(w))})
	}
	return n
}

// find returns what is known about a folded word of a text.
func (d *dictionary) find(w []byte) entry {
	if n, ok := d.numbers[string(w)]; ok {
		return d.entries[n]
	}
	e := entry{id: d.matcher.stem(w), look: lookOf(w)}
	e.concept = d.conceptLike(w)
	return e
}

// conceptLike returns for an unknown word the concept of a known word of which
// it is a form: with another ending, or a Welsh mutation.
func (d *dictionary) conceptLike(w []byte) concept {
	if len(w) < 4 {
		return 0
	}
	known := func(w string) concept { return d.entries[d.numbers[w]].concept }
	s := string(w)
	for _, end := range []string{"s", "es", "ed", "d", "ing", "ly", "er", "au", "iau", "ion", "on", "wyd", "odd", "ais", "wch"} {
		if root, ok := strings.CutSuffix(s, end); ok && len(root) > 2 {
			if c := known(root); c != 0 {
				return c
			}
			if c := known(root + "e"); c != 0 {
				return c
			}
		}
	}
	for _, m := range mutationTable {
		for _, form := range m.forms {
			if rest, ok := strings.CutPrefix(s, form); ok && form != "" {
				if c := known(m.radical + rest); c != 0 {
					return c
				}
			}
		}
	}
	return known("g" + s)
}
