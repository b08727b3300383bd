package classify

import "strings"

// matcher finds every phrase of a lexicon in a text.
type matcher struct {
	vocab   *vocabulary
	phrases []phrase
	first   [][]candidate // by the first word of the phrase
	numbers []candidate   // phrases that begin with a number
	needs   *needs
	stems   map[string]int32
	stemMin int

	stemFirst [256]bool // first letters of stems

	negation *wordset
}

// candidate is a phrase that may be where its first word is.
type candidate struct {
	phrase int32
	need   int32 // which the sentence must meet; see needs.go
}

// hit is the place where a phrase was found.
type hit struct {
	tag   tag
	words span
}

func newMatcher(c *compiler, phrases []phrase) *matcher {
	m := &matcher{vocab: c.vocab, phrases: phrases, stems: map[string]int32{}, stemMin: 99}
	m.negation = c.negation()
	c.joinStems(m)
	m.first = make([][]candidate, len(c.vocab.words))
	m.needs = newNeeds(len(c.vocab.words), phrases)
	for i := range phrases {
		p := &phrases[i]
		begins := candidate{int32(i), m.needs.of(p)}
		if p.elems[0].number {
			m.numbers = append(m.numbers, begins)
			continue
		}
		for id := range p.elems[0].set.bits.all() {
			m.first[id] = append(m.first[id], begins)
		}
	}
	return m
}

// joinStems makes a known word that begins with a stem count as the stem too,
// and keeps the stems for unknown words.
func (c *compiler) joinStems(m *matcher) {
	for _, st := range c.stems {
		m.stems[st.prefix] = st.id
		m.stemFirst[st.prefix[0]] = true
		m.stemMin = min(m.stemMin, len(st.prefix))
		for _, s := range c.sets {
			if !s.has(st.id) {
				continue
			}
			s.one = 0
			for id, w := range c.vocab.words {
				if strings.HasPrefix(w, st.prefix) {
					s.bits.set(int32(id))
				}
			}
		}
	}
}

// lookup returns a folded word's number: its own, or that of a stem.
func (m *matcher) lookup(w []byte) int32 {
	if id, ok := m.vocab.ids[string(w)]; ok {
		return id
	}
	return m.stem(w)
}

// stem returns the number of the longest stem that a word begins with, or 0.
func (m *matcher) stem(w []byte) int32 {
	if len(w) < m.stemMin || !m.stemFirst[w[0]] {
		return 0
	}
	for n := len(w) - 1; n >= m.stemMin; n-- {
		if id, ok := m.stems[string(w[:n])]; ok {
			return id
		}
	}
	return 0
}

// find appends every hit in the text, at most one for each tag and sentence.
func (m *matcher) find(t *text, hits []hit) []hit {
	for i := range t.sents {
		s := &t.sents[i]
		t.met = m.needs.meets(t.met, t.toks[s.from:s.to])
		for i := s.from; i < s.to; i++ {
			tok := &t.toks[i]
			hits = m.try(m.first[tok.id], t, s, i, hits)
			if tok.digit {
				hits = m.try(m.numbers, t, s, i, hits)
			}
		}
	}
	return hits
}

func (m *matcher) try(candidates []candidate, t *text, s *sentence, i int, hits []hit) []hit {
	for _, c := range candidates {
		if !t.met[c.need] {
			continue
		}
		p := &m.phrases[c.phrase]
		if s.tags.has(p.tag) || p.start && i > s.from+1 || p.after != nil && i > s.from && p.after.has(t.toks[i-1].id) {
			continue
		}
		if end := p.match(t, 1, i+1, s.to); end > 0 && !p.barred(t, end, s.to) && !(p.asks && m.negated(t, max(s.from, i-2), end)) {
			s.tags.set(p.tag)
			hits = append(hits, hit{p.tag, span{i, end}})
		}
	}
	return hits
}

// match returns where the phrase ends if its elements from e on are at token i,
// or after the gaps they allow; else 0. Phrases are short, so the product of
// the gaps limits the work.
func (p *phrase) match(t *text, e, i, to int) int {
	for ; e < len(p.elems); e++ {
		el := &p.elems[e]
		if el.gap == 0 {
			if i < to && el.is(&t.toks[i]) {
				if el.optional {
					if end := p.match(t, e+1, i+1, to); end > 0 {
						return end
					}
					continue
				}
				i++
				continue
			}
			if el.optional {
				continue
			}
			return 0
		}
		for k := i; k <= i+el.gap && k < to; k++ {
			if el.is(&t.toks[k]) {
				if end := p.match(t, e+1, k+1, to); end > 0 {
					return end
				}
			}
		}
		if !el.optional {
			return 0
		}
	}
	return i
}

// barred reports whether a word follows that must not come after the phrase.
func (p *phrase) barred(t *text, end, to int) bool {
	return p.before != nil && end < to && p.before.has(t.toks[end].id)
}

func (el *element) is(tok *token) bool {
	if el.number {
		return tok.digit
	}
	return el.set.has(tok.id)
}

// negated reports whether a word of negation is among the tokens: a sender who
// does not want something does not ask for it.
func (m *matcher) negated(t *text, from, to int) bool {
	for i := from; i < to; i++ {
		if m.negation.has(t.toks[i].id) {
			return true
		}
	}
	return false
}
