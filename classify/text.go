package classify

import (
	"strings"
	"unicode/utf8"
)

// Text beyond these bounds is ignored: nobody's request comes after 64 KB of
// their own words, except at the very end.
const (
	maxHead     = 64 << 10
	maxTail     = 16 << 10
	maxToken    = 40
	maxSentence = 250 // tokens; text without a full stop is cut
	maxSubject  = 1000
)

// token is one folded word of a text, and what the dictionary knows about it.
type token struct {
	id         int32  // in the vocabulary of the phrases; 0 if it is not there
	start, end uint32 // in the raw text
	fold       uint32 // where the folded word begins in text.arena
	foldEnd    uint32
	digit      bool
	look       look
	concept    concept
}

// span is a run of tokens, from one to before another.
type span struct{ from, to int }

// sentence is a run of tokens, and what is known about it before matching.
type sentence struct {
	span
	question bool
	colon    bool // ends with a colon: a list follows
	item     bool // an item of a list
	subject  bool
	attached bool // from an attachment or its name
	explicit bool // asks in words, not only by its form
	focus    bool // weighed when the kind is decided
	tags     tagset
}

// text is what the classifier works on: folded words in sentences, with the
// place of each in the raw text so that evidence can quote it.
type text struct {
	raw   string
	arena []byte
	toks  []token
	sents []sentence
	met   []bool // the needs that the present sentence meets
}

func (t *text) reset() {
	t.raw, t.arena, t.toks, t.sents = "", t.arena[:0], t.toks[:0], t.sents[:0]
}

// word returns the folded form of token i.
func (t *text) word(i int) []byte { return t.arena[t.toks[i].fold:t.toks[i].foldEnd] }

// quote returns the raw text of a run of tokens, on one line, capped.
func (t *text) quote(w span) string {
	if w.from >= w.to || w.to > len(t.toks) {
		return ""
	}
	s := t.raw[t.toks[w.from].start:t.toks[w.to-1].end]
	return clip(strings.Join(strings.Fields(s), " "), 120)
}

// clip cuts s to at most n bytes without splitting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return cut(s, n) + "…"
}

// cut returns the first n bytes of a longer s, without splitting a character.
func cut(s string, n int) string {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// bound keeps the head and the tail of a long text.
func bound(s string) string {
	if len(s) <= maxHead+maxTail {
		return s
	}
	return s[:maxHead] + "\n\n" + s[len(s)-maxTail:]
}

// section says where a part of the raw text begins and what it is.
type section struct {
	text              string
	subject, attached bool
}

// read folds and splits the sections, and looks each word up.
func (t *text) read(sections []section, d *dictionary) {
	t.reset()
	var b strings.Builder
	size := 0
	for _, s := range sections {
		size += len(s.text) + 1
	}
	b.Grow(size)
	for _, s := range sections {
		b.WriteString(s.text)
		b.WriteByte('\n')
	}
	t.raw = b.String()
	at := 0
	for _, s := range sections {
		t.scan(at, at+len(s.text), s, d)
		at += len(s.text) + 1
	}
}

// scanner is the state of one pass over a section.
type scanner struct {
	t         *text
	dict      *dictionary
	sec       section
	first     int  // first token of the present sentence
	item      bool // the present sentence is an item of a list
	lineStart int
	word      int // where the present word begins in the raw text; -1 between words
	fold      int
	digits    bool
}

func (t *text) scan(from, to int, sec section, d *dictionary) {
	s := scanner{t: t, dict: d, sec: sec, first: len(t.toks), lineStart: from, word: -1}
	s.startLine(from, to)
	for i := from; i < to; {
		if n := s.plainLetters(t.raw[i:to], i); n > 0 {
			i += n
			continue
		}
		r, n := utf8.DecodeRuneInString(t.raw[i:to])
		switch f := foldRune(r); {
		case f > 0:
			s.begin(i)
			s.digits = s.digits && f >= '0' && f <= '9'
			if len(t.arena)-s.fold < maxToken {
				t.arena = utf8.AppendRune(t.arena, f)
			}
		case f == 0 && s.word >= 0:
		case r == '-' && s.word >= 0 && len(t.arena)-s.fold == 1 && t.arena[s.fold] == 'e':
			// e-mail, e-bost: one word
		default:
			s.endWord(i)
			s.punct(r, i, i+n, to)
		}
		i += n
	}
	s.endWord(to)
	s.endSentence(false, false)
}

// plainLetters folds the ASCII letters and figures at the beginning of rest,
// which is at i in the raw text, and counts them. They are most of every text.
func (s *scanner) plainLetters(rest string, i int) (n int) {
	arena := s.t.arena
	for ; n < len(rest) && foldByte[rest[n]] > 0; n++ {
		if n == 0 {
			s.begin(i)
		}
		f := byte(foldByte[rest[n]])
		s.digits = s.digits && f <= '9'
		if len(arena)-s.fold < maxToken {
			arena = append(arena, f)
		}
	}
	s.t.arena = arena
	return n
}

// begin starts a word at i unless one has begun.
func (s *scanner) begin(i int) {
	if s.word < 0 {
		s.word, s.fold, s.digits = i, len(s.t.arena), true
	}
}

func (s *scanner) endWord(at int) {
	if s.word < 0 {
		return
	}
	t := s.t
	e := s.dict.find(t.arena[s.fold:])
	if e.meant != "" {
		t.arena = append(t.arena[:s.fold], e.meant...)
	}
	t.toks = append(t.toks, token{id: e.id, concept: e.concept, start: uint32(s.word), end: uint32(at),
		fold: uint32(s.fold), foldEnd: uint32(len(t.arena)), digit: s.digits, look: e.look})
	s.word = -1
	if len(t.toks)-s.first >= maxSentence {
		s.endSentence(false, false)
	}
}

// punct ends sentences: at a full stop before white space, at a question or
// exclamation mark, at an empty line, after a short line and before an item of
// a list. A line break made by the sender's program ends nothing.
func (s *scanner) punct(r rune, i, next, to int) {
	switch r {
	case '?', '!', '…':
		s.endSentence(r == '?', false)
	case '.':
		if next >= to || isSpace(s.t.raw[next]) {
			if n := len(s.t.toks); n > s.first && !(n-s.first == 1 && s.t.toks[n-1].digit) {
				s.endSentence(false, false)
			}
		}
	case '•', '·', '▪', '●':
		s.endSentence(false, false)
		s.item = true
	case '\n':
		line := s.t.raw[s.lineStart:i]
		trimmed := strings.TrimSpace(line)
		if len(trimmed) < 48 {
			s.endSentence(false, strings.HasSuffix(trimmed, ":"))
		} else if strings.HasSuffix(trimmed, ":") {
			s.endSentence(false, true)
		}
		s.startLine(next, to)
	}
}

// startLine checks whether the line at i begins with a bullet or a number.
func (s *scanner) startLine(i, to int) {
	s.lineStart = i
	line := s.t.raw[i:min(to, i+8)]
	line = strings.TrimLeft(line, " \t")
	if line == "" {
		return
	}
	item := false
	switch c := line[0]; {
	case c == '-' || c == '*':
		item = len(line) > 1 && line[1] == ' '
	case c >= '0' && c <= '9':
		rest := strings.TrimLeft(line, "0123456789")
		item = rest != "" && (rest[0] == ')' || rest[0] == '.')
	case c == '(' && len(line) > 2:
		k := strings.IndexByte(line, ')')
		item = k > 1 && k <= 4
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		item = len(line) > 2 && (line[1] == ')' || line[1] == '.' && line[2] == ' ')
	}
	if item {
		s.endSentence(false, false)
		s.item = true
	}
}

func (s *scanner) endSentence(question, colon bool) {
	n := len(s.t.toks)
	if n > s.first {
		s.t.sents = append(s.t.sents, sentence{span: span{s.first, n}, question: question, colon: colon,
			item: s.item, subject: s.sec.subject, attached: s.sec.attached})
		s.first, s.item = n, false
	} else if k := len(s.t.sents); question && k > 0 && s.t.sents[k-1].to == n {
		s.t.sents[k-1].question = true
	}
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == ')'
}
