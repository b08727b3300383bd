package classify

import (
	"fmt"
	"strconv"
	"strings"
)

// A phrase is a row of elements to be found in one sentence, in order:
//
//	word        that word, in any spelling that folds to it
//	a|b|c       one of these
//	<class>     one of the words of a class; may stand among alternatives
//	word?       the element may be missing
//	..          up to three further words; ..7 up to seven
//	#           a number
//	^           the beginning of a sentence
//	word*       any word that begins so
//	!a|b        at the front: not right after one of these; at the end: not
//	            right before one of them
//
// In a Welsh lexicon a word stands for its mutated forms too.

// element is one compiled place of a phrase.
type element struct {
	set      *wordset
	optional bool
	gap      int // up to so many words before set
	number   bool
}

// phrase is a compiled phrase and its tag.
type phrase struct {
	elems  []element
	start  bool     // only at the beginning of a sentence
	after  *wordset // not right after one of these words
	before *wordset // not right before one of these words
	tag    tag
	asks   bool // does not count if it is negated
}

// wordset is a set of words of the vocabulary.
type wordset struct {
	one  int32 // the only member, or 0
	bits bitset
}

func (w *wordset) has(id int32) bool {
	if id == 0 {
		return false
	}
	if w.one != 0 {
		return id == w.one
	}
	return w.bits.has(id)
}

// vocabulary numbers the words of the lexicon. Zero is for all others.
type vocabulary struct {
	ids   map[string]int32
	words []string
}

func newVocabulary() *vocabulary {
	return &vocabulary{ids: map[string]int32{}, words: []string{""}}
}

func (v *vocabulary) add(w string) int32 {
	id, ok := v.ids[w]
	if !ok {
		id = int32(len(v.words))
		v.ids[w] = id
		v.words = append(v.words, w)
	}
	return id
}

// compiler turns the phrases of a lexicon into elements.
type compiler struct {
	vocab   *vocabulary
	classes map[string][]string // folded members
	sets    map[string]*wordset // by the element as written
	stems   []*stem             // words given by their beginning
	welsh   bool
}

// stem is a word of the lexicon given by its beginning; its set is filled in
// when the vocabulary is complete.
type stem struct {
	prefix string
	id     int32
}

func newCompiler() *compiler {
	return &compiler{vocab: newVocabulary(), classes: map[string][]string{}, sets: map[string]*wordset{}}
}

// expand returns the folded words of one alternative: a word, its mutations in
// Welsh, or a class.
func (c *compiler) expand(alt string) ([]string, error) {
	if strings.HasPrefix(alt, "<") {
		name := strings.Trim(alt, "<>")
		members, ok := c.classes[name]
		if !ok {
			return nil, fmt.Errorf("no class %q", name)
		}
		return members, nil
	}
	if strings.HasSuffix(alt, "*") {
		prefixes := []string{foldWord(strings.TrimSuffix(alt, "*"))}
		if c.welsh {
			prefixes = mutations(prefixes[0])
		}
		var words []string
		for _, p := range prefixes {
			if len(p) < 3 {
				continue
			}
			w := p + "*"
			c.stems = append(c.stems, &stem{p, c.vocab.add(w)})
			words = append(words, w)
		}
		return words, nil
	}
	w := foldWord(alt)
	if w == "" {
		return nil, fmt.Errorf("%q has no letters", alt)
	}
	if c.welsh && len(w) > 3 {
		return mutations(w), nil
	}
	return []string{w}, nil
}

func (c *compiler) set(written string) (*wordset, error) {
	key := written
	if c.welsh {
		key = "cy:" + written
	}
	if s, ok := c.sets[key]; ok {
		return s, nil
	}
	s := &wordset{}
	var ids []int32
	for _, alt := range strings.Split(written, "|") {
		words, err := c.expand(alt)
		if err != nil {
			return nil, err
		}
		for _, w := range words {
			ids = append(ids, c.vocab.add(w))
		}
	}
	if len(ids) == 1 {
		s.one = ids[0]
	}
	for _, id := range ids {
		s.bits.set(id)
	}
	c.sets[key] = s
	return s, nil
}

// compile parses one phrase.
func (c *compiler) compile(source string, t tag) (phrase, error) {
	p := phrase{tag: t}
	gap := 0
	for _, f := range strings.Fields(source) {
		switch {
		case f == "^":
			p.start = true
			continue
		case strings.HasPrefix(f, "!"):
			not, err := c.set(f[1:])
			if err != nil {
				return p, fmt.Errorf("phrase %q: %w", source, err)
			}
			if len(p.elems) == 0 {
				p.after = not
			} else {
				p.before = not
			}
			continue
		case strings.HasPrefix(f, ".."):
			gap = 3
			if f != ".." {
				n, err := strconv.Atoi(f[2:])
				if err != nil || n < 1 || n > 12 {
					return p, fmt.Errorf("phrase %q: a gap is .. or ..1 to ..12", source)
				}
				gap = n
			}
			continue
		}
		e := element{gap: gap}
		gap = 0
		if strings.HasSuffix(f, "?") {
			e.optional, f = true, strings.TrimSuffix(f, "?")
		}
		if f == "#" {
			e.number = true
		} else {
			s, err := c.set(f)
			if err != nil {
				return p, fmt.Errorf("phrase %q: %w", source, err)
			}
			e.set = s
		}
		p.elems = append(p.elems, e)
	}
	if len(p.elems) == 0 || p.elems[0].optional || p.elems[0].gap > 0 || gap > 0 {
		return p, fmt.Errorf("phrase %q: it must begin and end with a word that is always there", source)
	}
	return p, nil
}

// negation returns the set of words that negate asking.
func (c *compiler) negation() *wordset {
	s, err := c.set("not|dont|didnt|doesnt|never|nor|wouldnt|isnt|havent|nid|ddim|dim|dwim|peidiwch|nad|nac")
	if err != nil {
		panic(err) // cannot be: the words above are only letters
	}
	return s
}
