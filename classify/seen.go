package classify

// What the model sees of a sentence: its words and concepts in order, the tags
// of the lexicon, its place and form, and in less detail the sentences around
// it, the subject, what the mail as a whole mentions and what it answers. Each
// thing seen is a hash, which selects a row in the model's table.

// Sorts of things seen; each is mixed into the hashes of its kind.
const (
	seenWord uint32 = iota + 1
	seenPair
	seenThree
	seenConcept
	seenConceptPair
	seenConceptThree
	seenConceptGap
	seenConceptGaps
	seenBeginning
	seenEnding
	seenForm
	seenTag
	seenFirst
	seenLast
	seenInSubject
	seenBefore
	seenBeforeConcept
	seenAfter
	seenAfterConcept
	seenMailConcept
	seenSubjectWord
	seenSubjectConcept
	seenQuotedConcept
	seenAround
	seenAroundConcept
	seenTagPair
	seenBeforeTag
	seenAfterTag
	seenQuotedWord
	seenQuotedPair
	seenPointed
)

// mix combines two hashes. It need not be strong, only spread well.
func mix(a, b uint32) uint32 {
	h := (a ^ b*0x85ebca6b) * 0x9e3779b1
	return h ^ h>>15
}

// hashWord is FNV-1a over a folded word.
func hashWord(w []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range w {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

const edge = 0x51ed270b // stands for the word before the first and after the last

// hashOf returns the hash of token i. Figures are distinguished by their length
// and by whether they may be a year.
func (t *text) hashOf(i int) uint32 {
	tok := &t.toks[i]
	w := t.word(i)
	switch {
	case !tok.digit:
		return hashWord(w)
	case len(w) == 4 && (w[0] == '1' && w[1] == '9' || w[0] == '2' && w[1] == '0'):
		return 7
	}
	return 8 + uint32(min(len(w), 6))
}

// view holds the things seen in one mail, sentence by sentence.
type view struct {
	hashes   []uint32  // of the tokens
	own      []uint32  // of all sentences, one after another
	ownEnd   []int     // where each sentence's hashes end in own
	mail     []uint32  // of the mail as a whole; used for each sentence
	concepts [256]bool // of the whole mail
	around   []uint32  // facts about the mail's surroundings
	quoted   *text     // the beginning of the quoted text
	letter   []uint32  // its words and pairs
	buf      []uint32
	once     map[uint32]struct{}
	tags     []uint32 // of one sentence
}

// look collects what is seen in the mail.
func (v *view) look(s *signs) {
	t := s.text
	v.hashes, v.own, v.ownEnd, v.mail = v.hashes[:0], v.own[:0], v.ownEnd[:0], v.mail[:0]
	clear(v.concepts[:])
	for i := range t.toks {
		v.hashes = append(v.hashes, t.hashOf(i))
		v.concepts[t.toks[i].concept] = true
	}
	for c := 1; c < len(v.concepts); c++ {
		if v.concepts[c] {
			v.mail = append(v.mail, mix(seenMailConcept, uint32(c)))
		}
	}
	for i := range t.sents {
		st := &t.sents[i]
		v.sentence(t, i)
		v.ownEnd = append(v.ownEnd, len(v.own))
		if !st.subject {
			continue
		}
		for k := st.from; k < st.to; k++ {
			v.mail = append(v.mail, mix(seenSubjectWord, v.hashes[k]))
			if c := t.toks[k].concept; c != 0 {
				v.mail = append(v.mail, mix(seenSubjectConcept, uint32(c)))
			}
		}
	}
	v.mail = append(v.mail, v.quotedConcepts(s)...)
	v.around = s.ctx.around(v.around[:0])
	v.mail = append(v.mail, v.around...)
}

// quotedConcepts returns what the beginning of the quoted mail is about. Its
// words are kept separately: what was asked shows what a short reply is.
func (v *view) quotedConcepts(s *signs) []uint32 {
	v.buf, v.letter = v.buf[:0], v.letter[:0]
	if s.ctx.quoted == "" {
		return nil
	}
	var seen [256]bool
	v.quoted.read([]section{{text: s.ctx.quoted}}, s.dict)
	for i := range v.quoted.toks {
		if c := v.quoted.toks[i].concept; c != 0 && !seen[c] {
			seen[c] = true
			v.buf = append(v.buf, mix(seenQuotedConcept, uint32(c)))
		}
	}
	for i := range v.quoted.sents {
		st := &v.quoted.sents[i]
		before := uint32(edge)
		if st.question {
			v.buf = append(v.buf, seenQuotedWord) // the letter asks
		}
		for k := st.from; k < st.to; k++ {
			h := v.quoted.hashOf(k)
			v.letter = append(v.letter, mix(seenQuotedWord, h), mix(mix(seenQuotedPair, before), h))
			before = h
		}
	}
	return v.buf
}

// sentence appends what is seen in sentence i alone.
func (v *view) sentence(t *text, i int) {
	st := &t.sents[i]
	from := len(v.own)
	toks, hs := t.toks[st.from:st.to], v.hashes[st.from:st.to]
	n := len(toks)
	add := func(h uint32) { v.own = append(v.own, h) }
	h1, h2 := uint32(edge), uint32(edge)
	c1, c2 := uint32(edge), uint32(edge) // the concepts of the words before; 0 for none
	g1, g2 := uint32(edge), uint32(edge) // the last concepts, however far before
	for k := 0; k <= n; k++ {
		h, c := uint32(edge), uint32(edge)
		if k < n {
			h, c = hs[k], uint32(toks[k].concept)
			add(mix(seenWord, h))
			if w := t.word(st.from + k); len(w) > 4 {
				add(mix(seenBeginning, hashWord(w[:4])))
				add(mix(seenEnding, hashWord(w[len(w)-4:])))
			}
			if c != 0 {
				add(mix(seenConcept, c))
				add(mix(mix(seenConceptGap, g1), c))
				add(mix(mix(mix(seenConceptGaps, g2), g1), c))
				g2, g1 = g1, c
			}
		}
		add(mix(mix(seenPair, h1), h))
		if k > 0 {
			add(mix(mix(mix(seenThree, h2), h1), h))
			add(mix(mix(mix(seenConceptThree, c2), c1), c))
		}
		add(mix(mix(seenConceptPair, c1), c))
		h2, h1, c2, c1 = h1, h, c1, c
	}
	add(mix(seenFirst, hs[0]))
	add(mix(seenLast, hs[n-1]))
	if st.subject {
		for _, h := range v.own[from:] {
			add(mix(seenInSubject, h))
		}
	}
	v.tags = v.tags[:0]
	for word, set := range st.tags {
		for ; set != 0; set &= set - 1 {
			v.tags = append(v.tags, uint32(word<<6)+uint32(trailing(set)))
		}
	}
	for i, a := range v.tags {
		add(mix(seenTag, a))
		for _, b := range v.tags[i+1:] {
			add(mix(mix(seenTagPair, a), b))
		}
	}
	form := func(what, much int) { add(mix(mix(seenForm, uint32(what)), uint32(much))) }
	form(0, min(n/3, 8))
	form(1, min(i, 4))
	form(2, min(len(t.sents)-1-i, 4))
	for what, is := range []bool{st.question, st.colon, st.item, st.subject, st.attached} {
		if is {
			form(3+what, 1)
		}
	}
}

// neighbours appends what sentence i shows to the sentences next to it.
func (v *view) neighbours(list []uint32, t *text, i int, word, conc, tagged uint32) []uint32 {
	if i < 0 || i >= len(t.sents) {
		return append(list, mix(word, edge))
	}
	st := &t.sents[i]
	for k := st.from; k < st.to; k++ {
		list = append(list, mix(word, v.hashes[k]))
		if c := t.toks[k].concept; c != 0 {
			list = append(list, mix(conc, uint32(c)))
		}
	}
	for word, set := range st.tags {
		for ; set != 0; set &= set - 1 {
			list = append(list, mix(tagged, uint32(word<<6)+uint32(trailing(set))))
		}
	}
	return list
}

// all lists everything seen of sentence i, in the order of training and use.
func (v *view) all(list []uint32, s *signs, i int) []uint32 {
	from := 0
	if i > 0 {
		from = v.ownEnd[i-1]
	}
	t := s.text
	list = append(list, v.own[from:v.ownEnd[i]]...)
	if s.apart { // a sentence without its mail
		return list
	}
	list = v.neighbours(list, t, i-1, seenBefore, seenBeforeConcept, seenBeforeTag)
	list = v.neighbours(list, t, i+1, seenAfter, seenAfterConcept, seenAfterTag)
	list = append(list, v.mail...)
	st := &t.sents[i]
	for _, a := range v.around[:min(len(v.around), maxAroundCrossed)] {
		for k := st.from; k < st.to; k++ {
			if c := t.toks[k].concept; c != 0 {
				list = append(list, mix(mix(seenAroundConcept, a), uint32(c)))
			}
		}
	}
	return list
}

// maxAroundCrossed is how many facts about the surroundings may change the
// meaning of a concept; the facts about what is answered come first.
const maxAroundCrossed = 6

// bag lists the words, pairs and concepts of the whole mail, each once, with
// its surroundings and the words of what it answers.
func (v *view) bag(list []uint32, s *signs) []uint32 {
	add := v.eachOnce(&list)
	t := s.text
	for i := range t.sents {
		st := &t.sents[i]
		before, conc := uint32(edge), uint32(edge)
		for k := st.from; k < st.to; k++ {
			h := v.hashes[k]
			add(mix(seenWord, h))
			add(mix(mix(seenPair, before), h))
			before = h
			if c := uint32(t.toks[k].concept); c != 0 {
				add(mix(mix(seenConceptGap, conc), c))
				conc = c
			}
		}
	}
	for _, h := range v.mail {
		add(h)
	}
	for _, h := range v.letter {
		add(h)
	}
	return list
}

// eachOnce returns a function that appends a thing seen to a list, unless it is
// in the list.
func (v *view) eachOnce(list *[]uint32) func(uint32) {
	if v.once == nil {
		v.once = map[uint32]struct{}{}
	}
	clear(v.once)
	return func(h uint32) {
		if _, ok := v.once[h]; !ok {
			v.once[h] = struct{}{}
			*list = append(*list, h)
		}
	}
}
