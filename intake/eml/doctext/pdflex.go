package doctext

import (
	"bytes"
	"math"
	"slices"
	"strconv"
)

// The values of PDF (ISO 32000-1, section 7.3) in Go: float64, pdfName,
// pdfString, []any, pdfDict, pdfRef, and pdfOp for every other word.
type (
	pdfName   string
	pdfString []byte
	pdfDict   map[pdfName]any
	pdfRef    int
	pdfOp     string
)

const (
	maxPDFNest  = 30
	maxPDFItems = 50_000 // of one array or dictionary
)

// lexer reads values from a slice. It never fails: what is no value is skipped.
type lexer struct {
	b    []byte
	pos  int
	left *Budget
	each int // bytes that a value is assumed to take, besides its text
}

// next returns the next value, or nil at the end, and pays for it.
func (l *lexer) next(depth int) any {
	start := l.pos
	l.space()
	if l.pos >= len(l.b) || depth > maxPDFNest || !l.left.visited() || !l.left.kept(l.each) {
		l.left.scanned(l.pos - start)
		l.pos = len(l.b)
		return nil
	}
	switch c := l.b[l.pos]; {
	case c == '<' && l.peek(1) == '<':
		l.left.scanned(l.pos - start)
		l.pos += 2
		return l.dict(depth)
	case c == '[':
		l.left.scanned(l.pos - start)
		l.pos++
		return l.array(depth)
	}
	v := l.leaf()
	l.left.scanned(l.pos - start)
	if l.each > 0 {
		l.left.kept(l.pos - start)
	}
	return v
}

// leaf reads a value that contains no others.
func (l *lexer) leaf() any {
	switch c := l.b[l.pos]; {
	case c == '/':
		l.pos++
		return pdfName(l.name())
	case c == '(':
		return l.literal()
	case c == '<':
		return l.hex()
	case c == ']' || c == ')' || c == '{' || c == '}':
		l.pos++
		return pdfOp(c)
	case c == '>':
		l.pos++
		if l.peek(0) == '>' {
			l.pos++
		}
		return pdfOp('>')
	}
	start := l.pos
	for l.pos < len(l.b) && !delimiter(l.b[l.pos]) {
		l.pos++
	}
	word := l.b[start:l.pos]
	if c := word[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if n, err := strconv.ParseFloat(string(word), 64); err == nil && math.Abs(n) < 1e9 {
			return n
		}
	}
	return pdfOp(word)
}

func (l *lexer) peek(n int) byte {
	if l.pos+n < len(l.b) {
		return l.b[l.pos+n]
	}
	return 0
}

func (l *lexer) space() {
	for l.pos < len(l.b) {
		switch l.b[l.pos] {
		case ' ', '\t', '\r', '\n', '\f', 0:
			l.pos++
		case '%':
			for l.pos < len(l.b) && l.b[l.pos] != '\n' && l.b[l.pos] != '\r' {
				l.pos++
			}
		default:
			return
		}
	}
}

func delimiter(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', '\f', 0, '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func (l *lexer) name() string {
	start := l.pos
	for l.pos < len(l.b) && !delimiter(l.b[l.pos]) {
		l.pos++
	}
	raw := l.b[start:l.pos]
	if bytes.IndexByte(raw, '#') < 0 {
		return string(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if n, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return string(out)
}

// array reads up to the closing bracket; "n g R" becomes a reference.
func (l *lexer) array(depth int) []any { return l.upTo(depth, pdfOp("]"), pdfOp("endobj")) }

// upTo reads values up to one of these.
func (l *lexer) upTo(depth int, ends ...any) (list []any) {
	for len(list) < maxPDFItems {
		v := l.next(depth + 1)
		if v == nil || slices.Contains(ends, v) {
			break
		}
		list = appendValue(list, v)
	}
	return list
}

func appendValue(list []any, v any) []any {
	if n := len(list); v == pdfOp("R") && n >= 2 {
		if num, ok := list[n-2].(float64); ok && num >= 0 && num < 1e8 {
			return append(list[:n-2], pdfRef(num))
		}
	}
	return append(list, v)
}

func (l *lexer) dict(depth int) pdfDict {
	list := l.upTo(depth, pdfOp(">"), pdfOp("endobj"), pdfOp("stream"))
	d := make(pdfDict, len(list)/2)
	for i := 0; i+1 < len(list); i++ {
		if key, ok := list[i].(pdfName); ok {
			d[key] = list[i+1]
			i++
		}
	}
	return d
}

func (l *lexer) hex() pdfString {
	l.pos++
	var out pdfString
	half, have := byte(0), false
	for l.pos < len(l.b) {
		c := l.b[l.pos]
		l.pos++
		if c == '>' {
			break
		}
		n := bytes.IndexByte([]byte("0123456789abcdef"), c)
		if n < 0 {
			if n = bytes.IndexByte([]byte("0123456789ABCDEF"), c); n < 0 {
				continue
			}
		}
		if have {
			out = append(out, half<<4|byte(n))
		}
		half, have = byte(n), !have
	}
	if have {
		out = append(out, half<<4)
	}
	return out
}

func (l *lexer) literal() pdfString {
	l.pos++
	var out pdfString
	for depth := 1; l.pos < len(l.b); {
		c := l.b[l.pos]
		l.pos++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return out
			}
		case '\\':
			out = l.escape(out)
			continue
		}
		out = append(out, c)
	}
	return out
}

func (l *lexer) escape(out pdfString) pdfString {
	if l.pos == len(l.b) { // the file ends with a backslash
		return out
	}
	c := l.peek(0)
	l.pos++
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b', 'f':
		return out
	case '\r':
		if l.peek(0) == '\n' {
			l.pos++
		}
		return out
	case '\n':
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	n := int(c - '0')
	for range 2 {
		if d := l.peek(0); d >= '0' && d <= '7' {
			n = n<<3 | int(d-'0')
			l.pos++
		}
	}
	return append(out, byte(n))
}
