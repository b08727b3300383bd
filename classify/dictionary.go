package classify

import "strings"

// dictionary is every word of which something is known: those of the phrases,
// of the model's wordings and of both languages, and the spellings of people
// who spell by ear. A text's words are looked up in it once each; what comes
// after works with what was found.
type dictionary struct {
	numbers map[string]int32
	entries []entry // by number; the first stands for all other words
	matcher *matcher
	figure  entry          // what figures are in wordings, where all are alike
	pairs   map[pair]int32 // rows of wordings of two words
	rows    []*weights     // of wordings; the first is none
}

// entry is what is known of one word.
type entry struct {
	number int32  // in the dictionary, or 0
	id     int32  // in the vocabulary of the phrases: its own, a stem's, or 0
	row    int32  // of the word alone as a wording, or 0
	look   look   // of which language it looks
	meant  string // the word for which a spelling by ear stands, else ""
}

// pair is two words by their numbers.
type pair struct{ first, second int32 }

// figureWord stands in wordings for every figure. No text has it as a word.
const figureWord = "#"

func newDictionary(m *matcher, model *Model) *dictionary {
	d := &dictionary{numbers: map[string]int32{}, entries: make([]entry, 1), matcher: m,
		pairs: map[pair]int32{}, rows: make([]*weights, 1)}
	for _, w := range m.vocab.words[1:] {
		d.add(w)
	}
	for _, set := range []map[string]bool{welshWords, englishWords} {
		for w := range set {
			d.add(w)
		}
	}
	for wording, row := range model.grams {
		d.addWording(wording, row)
	}
	d.figure = d.entries[d.add(figureWord)]
	for spelling, w := range casual {
		if m.lookup([]byte(spelling)) == 0 {
			meant := d.entries[d.add(w)]
			meant.meant = w
			d.entries[d.add(spelling)] = meant
		}
	}
	return d
}

// add gives a word its number and what is known of it but for the model.
func (d *dictionary) add(w string) int32 {
	n, ok := d.numbers[w]
	if !ok {
		n = int32(len(d.entries))
		d.numbers[w] = n
		d.entries = append(d.entries, entry{number: n, id: d.matcher.lookup([]byte(w)), look: lookOf([]byte(w))})
	}
	return n
}

// addWording gives a wording of the model its row.
func (d *dictionary) addWording(wording string, row *weights) {
	at := int32(len(d.rows))
	d.rows = append(d.rows, row)
	first, second, two := strings.Cut(wording, " ")
	n := d.add(first)
	switch {
	case two:
		d.pairs[pair{n, d.add(second)}] = at
	case !commonWords[first]:
		d.entries[n].row = at
	}
}

// find gives what is known of a folded word of a text.
func (d *dictionary) find(w []byte) entry {
	if n, ok := d.numbers[string(w)]; ok {
		return d.entries[n]
	}
	return entry{id: d.matcher.stem(w), look: lookOf(w)}
}
