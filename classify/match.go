package classify

// matcher finds every phrase of a lexicon in a text.
type matcher struct {
	vocab   *vocabulary
	phrases []phrase
	first   [][]int32 // phrases by the word they begin with
	numbers []int32   // phrases that begin with a number
	stems   map[string]int32
	stemMin int

	stemFirst [256]bool // letters with which stems begin

	negation *wordset
}

// hit is where a phrase was found.
type hit struct {
	tag      tag
	from, to int // tokens
	sent     int
}

func newMatcher(c *compiler, phrases []phrase) *matcher {
	m := &matcher{vocab: c.vocab, phrases: phrases, stems: map[string]int32{}, stemMin: 99}
	m.negation = c.negation()
	c.joinStems(m)
	m.first = make([][]int32, len(c.vocab.words))
	for i, p := range phrases {
		if p.elems[0].number {
			m.numbers = append(m.numbers, int32(i))
			continue
		}
		for id := range c.vocab.words {
			if p.elems[0].set.has(int32(id)) {
				m.first[id] = append(m.first[id], int32(i))
			}
		}
	}
	return m
}

// joinStems lets a known word that begins with a stem count as the stem too,
// and remembers the stems for words that are unknown.
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
				if len(w) >= len(st.prefix) && w[:len(st.prefix)] == st.prefix {
					for id>>6 >= len(s.bits) {
						s.bits = append(s.bits, 0)
					}
					s.bits[id>>6] |= 1 << (id & 63)
				}
			}
		}
	}
}

// lookup gives a folded word's number: its own, or that of a stem.
func (m *matcher) lookup(w []byte) int32 {
	if id, ok := m.vocab.ids[string(w)]; ok {
		return id
	}
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
	for si := range t.sents {
		s := &t.sents[si]
		for i := s.from; i < s.to; i++ {
			tok := &t.toks[i]
			if tok.id != 0 {
				hits = m.try(m.first[tok.id], t, si, i, hits)
			}
			if tok.digit && len(m.numbers) > 0 {
				hits = m.try(m.numbers, t, si, i, hits)
			}
		}
	}
	return hits
}

func (m *matcher) try(candidates []int32, t *text, si, i int, hits []hit) []hit {
	s := &t.sents[si]
	for _, k := range candidates {
		p := &m.phrases[k]
		if s.tags.has(p.tag) || p.start && i > s.from+1 || p.after != nil && i > s.from && p.after.has(t.toks[i-1].id) {
			continue
		}
		if end := p.match(t, 1, i+1, s.to); end > 0 && !p.barred(t, end, s.to) && !(p.asks && m.negated(t, max(s.from, i-2), end)) {
			s.tags.set(p.tag)
			hits = append(hits, hit{p.tag, i, end, si})
		}
	}
	return hits
}

// match tells where the phrase ends when its elements from e on stand at
// token i or after the gaps they allow, or 0. Phrases are short, so the work
// is bounded by the product of the gaps.
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

// barred tells whether a word follows that the phrase must not have after it.
func (p *phrase) barred(t *text, end, to int) bool {
	return p.before != nil && end < to && p.before.has(t.toks[end].id)
}

func (el *element) is(tok *token) bool {
	if el.number {
		return tok.digit
	}
	return el.set.has(tok.id)
}

// negated tells whether a word of negation stands among the tokens: who does
// not want a thing does not ask for it.
func (m *matcher) negated(t *text, from, to int) bool {
	for i := from; i < to; i++ {
		if m.negation.has(t.toks[i].id) {
			return true
		}
	}
	return false
}
