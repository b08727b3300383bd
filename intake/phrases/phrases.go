// Package phrases looks for many phrases in a text at once, in one pass over
// its bytes (Aho and Corasick, 1975). It is pure and imports nothing of ours.
package phrases

import "math/bits"

// Set is a list of phrases in groups. It does not change and is safe for
// concurrent use.
type Set struct {
	class  [256]uint16 // of each byte; 0 for bytes that are in no phrase
	width  int         // classes
	next   []uint16    // by state and class: the state after it
	ends   []Groups    // by state: the groups of the phrases that end there
	groups Groups      // all of them
}

// Groups is the set of groups of which a phrase was found.
type Groups uint64

// Has reports whether a phrase of group i was found, in the order given to New.
func (g Groups) Has(i int) bool { return g&(1<<i) != 0 }

// First returns the first group of which a phrase was found, or 64 for none.
func (g Groups) First() int { return bits.TrailingZeros64(uint64(g)) }

// New makes a set of up to 64 groups of phrases. Case matters. It panics if the
// phrases have more than 65,535 letters, which only a programmer can bring
// about.
func New(groups ...[]string) *Set {
	s := &Set{width: 1, ends: []Groups{0}}
	for _, phrases := range groups {
		for _, p := range phrases {
			for i := range len(p) {
				if s.class[p[i]] == 0 {
					s.class[p[i]] = uint16(s.width)
					s.width++
				}
			}
		}
	}
	s.next = make([]uint16, s.width)
	for g, phrases := range groups {
		s.groups |= 1 << g
		for _, p := range phrases {
			s.add(p, 1<<g)
		}
	}
	s.link()
	return s
}

// add adds the states that spell a phrase; state 0 is the beginning.
func (s *Set) add(phrase string, group Groups) {
	at := 0
	for i := range len(phrase) {
		step := &s.next[at*s.width+int(s.class[phrase[i]])]
		if *step == 0 {
			if len(s.ends) > 0xffff {
				panic("phrases: too many letters")
			}
			*step = uint16(len(s.ends))
			at = len(s.ends)
			s.ends = append(s.ends, 0)
			s.next = append(s.next, make([]uint16, s.width)...)
			continue
		}
		at = int(*step)
	}
	s.ends[at] |= group
}

// link tells each state where to go on if a letter comes that continues no
// phrase there: to the state of the longest end of what was read that begins a
// phrase.
func (s *Set) link() {
	fall := make([]uint16, len(s.ends))
	var queue []uint16
	for _, to := range s.next[:s.width] {
		if to != 0 {
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		at := int(queue[0])
		queue = queue[1:]
		back := int(fall[at])
		s.ends[at] |= s.ends[back]
		for c := range s.width {
			step, other := &s.next[at*s.width+c], s.next[back*s.width+c]
			if *step == 0 {
				*step = other
				continue
			}
			fall[*step] = other
			queue = append(queue, *step)
		}
	}
}

// In returns the groups of which the text contains a phrase.
func (s *Set) In(text string) (found Groups) {
	at := 0
	for i := range len(text) {
		at = int(s.next[at*s.width+int(s.class[text[i]])])
		if found |= s.ends[at]; found == s.groups {
			break
		}
	}
	return found
}

// Any reports whether the text contains any phrase.
func (s *Set) Any(text string) bool {
	at := 0
	for i := range len(text) {
		at = int(s.next[at*s.width+int(s.class[text[i]])])
		if s.ends[at] != 0 {
			return true
		}
	}
	return false
}
