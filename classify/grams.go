package classify

// grams lists the wordings of one and two words in those sentences that say
// something, or in all of them when the mail is short. With all set it keeps
// also those that the model does not know, for training.
func (s *signs) grams(m *Model, all bool, list []gram) []gram {
	var buf [2*maxToken + 16]byte
	var seen map[string]bool
	if all {
		seen = map[string]bool{}
	}
	for i := range s.text.sents {
		st := &s.text.sents[i]
		if !st.focus {
			continue
		}
		for k := st.from; k < st.to; k++ {
			b := append(buf[:0], s.gramWord(k)...)
			if !commonWords[string(s.gramWord(k))] {
				list = addGram(list, m, b, k, k+1, all, seen)
			}
			if k+1 < st.to {
				b = append(b, ' ')
				b = append(b, s.gramWord(k+1)...)
				list = addGram(list, m, b, k, k+2, all, seen)
			}
		}
	}
	return list
}

func addGram(list []gram, m *Model, name []byte, from, to int, all bool, seen map[string]bool) []gram {
	row := m.grams[string(name)]
	if row == nil && !all {
		return list
	}
	if all {
		if seen[string(name)] {
			return list
		}
		n := string(name)
		seen[n] = true
		return append(list, gram{row, n, from, to})
	}
	for i := range list {
		if list[i].row == row {
			return list
		}
	}
	return append(list, gram{row, "", from, to})
}

// commonWords say nothing alone.
var commonWords = wordSet(`the and of to in is are was were be a an it its for on with as this that these those your you yn yr ac ar gan
	have has had by from there then so but or if not im at oedd mae o`)

var numberWord = []byte("#")

// gramWord is a word as wordings have it: numbers are all alike.
func (s *signs) gramWord(k int) []byte {
	if s.text.toks[k].digit {
		return numberWord
	}
	return s.text.word(k)
}
