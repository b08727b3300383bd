package classify

// gram is a wording that the model knows, and where it stands.
type gram struct {
	row   *weights
	words span
}

// wordings appends the wordings of one and two words that the model knows,
// each once, in those sentences that say something, or in all of them when the
// mail is short.
func (s *signs) wordings(d *dictionary, list []gram) []gram {
	clear(s.seen)
	add := func(row int32, from, to int) {
		if row != 0 && !s.seen.has(row) {
			s.seen.set(row)
			list = append(list, gram{d.rows[row], span{from, to}})
		}
	}
	for i := range s.text.sents {
		st := &s.text.sents[i]
		if !st.focus {
			continue
		}
		for k := st.from; k < st.to; k++ {
			tok := &s.text.toks[k]
			add(tok.row, k, k+1)
			if k+1 == st.to || tok.number == 0 {
				continue
			}
			if next := s.text.toks[k+1].number; next != 0 {
				add(d.pairs[pair{tok.number, next}], k, k+2)
			}
		}
	}
	return list
}

// allWordings lists every wording in the same sentences, whether a model knows
// it or not, to train from.
func (s *signs) allWordings() []string {
	var list []string
	seen := map[string]bool{}
	add := func(wording string) {
		if !seen[wording] {
			seen[wording] = true
			list = append(list, wording)
		}
	}
	for i := range s.text.sents {
		st := &s.text.sents[i]
		if !st.focus {
			continue
		}
		for k := st.from; k < st.to; k++ {
			w := s.text.wordingWord(k)
			if !commonWords[w] {
				add(w)
			}
			if k+1 < st.to {
				add(w + " " + s.text.wordingWord(k+1))
			}
		}
	}
	return list
}

// wordingWord is a word as wordings have it: figures are all alike.
func (t *text) wordingWord(k int) string {
	if t.toks[k].digit {
		return figureWord
	}
	return string(t.word(k))
}

// commonWords say nothing alone.
var commonWords = wordSet(`the and of to in is are was were be a an it its for on with as this that these those your you yn yr ac ar gan
	have has had by from there then so but or if not im at oedd mae o`)
