package store

import (
	"iter"
	"math/bits"
	"slices"
	"strings"
)

// refSet is a set of references, stored as in the index of words: the ends
// under their beginnings. A word may occur in a million cases, so an end that
// is a number is stored as a bit.
type refSet struct {
	ends map[string]*endSet // by beginning
}

type endSet struct {
	figures [1000/64 + 1]uint64 // bits for 000 to 999
	other   map[string]bool
}

// figuresOf returns an end as a number; -1 if it is none.
func figuresOf(end []byte) int {
	n := 0
	for _, c := range end {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// add adds the ends of an entry of the index.
func (s *refSet) add(begin, ends []byte) {
	e := s.ends[string(begin)]
	if e == nil {
		if e = (&endSet{}); s.ends == nil {
			s.ends = map[string]*endSet{}
		}
		s.ends[string(begin)] = e
	}
	for i := 0; i+endSize <= len(ends); i += endSize {
		end := ends[i : i+endSize]
		if n := figuresOf(end); n >= 0 {
			e.figures[n/64] |= 1 << (n % 64)
			continue
		}
		if e.other == nil {
			e.other = map[string]bool{}
		}
		e.other[string(end)] = true
	}
}

// among returns the references that are in another set as well; nil stands for
// all.
func (s *refSet) among(all *refSet) *refSet {
	if s == nil {
		return all
	}
	for begin, e := range s.ends {
		o := all.ends[begin]
		if o == nil {
			delete(s.ends, begin)
			continue
		}
		for i := range e.figures {
			e.figures[i] &= o.figures[i]
		}
		for end := range e.other {
			if !o.other[end] {
				delete(e.other, end)
			}
		}
	}
	return s
}

func (s *refSet) count() (n int) {
	for _, e := range s.ends {
		for _, b := range e.figures {
			n += bits.OnesCount64(b)
		}
		n += len(e.other)
	}
	return n
}

// list returns the references in order.
func (s *refSet) list() []string {
	refs := make([]string, 0, s.count())
	for begin, e := range s.ends {
		for end := range e.all() {
			refs = append(refs, begin+strings.TrimRight(end, "\x00"))
		}
	}
	slices.Sort(refs)
	return refs
}

func (e *endSet) all() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, b := range e.figures {
			for ; b != 0; b &= b - 1 {
				n := 64*i + bits.TrailingZeros64(b)
				if !yield(string([]byte{'0' + byte(n/100), '0' + byte(n/10%10), '0' + byte(n%10)})) {
					return
				}
			}
		}
		for end := range e.other {
			if !yield(end) {
				return
			}
		}
	}
}
