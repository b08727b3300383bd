package classify

// needs save the matcher most of its work. Nearly every word begins some
// phrases, but nearly none of these can be in the sentence, since it lacks
// their other words. So each phrase names its rarest element as its need, a
// sentence's words say which needs it meets, and the other phrases are not
// tried there.
type needs struct {
	metBy  [][]int32 // by word: the needs that it meets
	number map[*wordset]int32
	uses   []int // by word: how many elements have it, which shows how common it is
}

// noNeed is met by every sentence: it is the need of phrases of one word.
const noNeed = 0

func newNeeds(words int, phrases []phrase) *needs {
	n := &needs{metBy: make([][]int32, words), number: map[*wordset]int32{}, uses: make([]int, words)}
	for i := range phrases {
		for _, e := range phrases[i].elems {
			if !e.number {
				for id := range e.set.bits.all() {
					n.uses[id]++
				}
			}
		}
	}
	return n
}

// of returns the need of a phrase.
func (n *needs) of(p *phrase) int32 {
	var rarest *wordset
	least := 0
	for _, e := range p.elems[1:] {
		if e.optional || e.number {
			continue
		}
		if uses := n.common(e.set); rarest == nil || uses < least {
			rarest, least = e.set, uses
		}
	}
	if rarest == nil {
		return noNeed
	}
	need, ok := n.number[rarest]
	if !ok {
		need = int32(len(n.number)) + 1
		n.number[rarest] = need
		for id := range rarest.bits.all() {
			n.metBy[id] = append(n.metBy[id], need)
		}
	}
	return need
}

func (n *needs) common(s *wordset) (uses int) {
	for id := range s.bits.all() {
		uses += n.uses[id]
	}
	return uses
}

// meets returns which needs a sentence of these words meets. It reuses met if
// that is large enough.
func (n *needs) meets(met []bool, words []token) []bool {
	if len(met) <= len(n.number) {
		met = make([]bool, len(n.number)+1)
	}
	clear(met)
	met[noNeed] = true
	for i := range words {
		for _, need := range n.metBy[words[i].id] {
			met[need] = true
		}
	}
	return met
}
