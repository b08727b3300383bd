package eml

import (
	"strings"
)

// htmlWriter writes the text of an HTML tree line by line. Text in a quoting
// block becomes lines that begin with ">", so that it is distinguished from new
// text as in a plain mail; the rule above an Outlook header block becomes a
// line of underscores.
type htmlWriter struct {
	out   []byte
	level int // quotations around the text
	pre   int
	space bool // white space waits to be written
	line  bool // the line has begun
}

func (w *htmlWriter) text(s string) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n' && w.pre > 0:
			w.newline()
		case c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f':
			w.space = true
		case c == 0xc2 && i+1 < len(s) && s[i+1] == 0xa0:
			w.space = true
			i++
		default:
			w.begin()
			w.out = append(w.out, c)
		}
	}
}

// begin writes what comes before the next character.
func (w *htmlWriter) begin() {
	if !w.line {
		for range min(w.level, 5) {
			w.out = append(w.out, '>', ' ')
		}
		w.line = true
	} else if w.space {
		w.out = append(w.out, ' ')
	}
	w.space = false
}

func (w *htmlWriter) newline() {
	if !w.line && w.level > 0 {
		w.out = append(w.out, '>')
	}
	w.out = append(w.out, '\n')
	w.line, w.space = false, false
}

// block ends the line if one has begun.
func (w *htmlWriter) block() {
	if w.line {
		w.newline()
	}
	w.space = false
}

// gap leaves one blank line.
func (w *htmlWriter) gap() {
	w.block()
	if n := len(w.out); n > 1 && !(w.out[n-1] == '\n' && (w.out[n-2] == '\n' || w.out[n-2] == '>')) {
		w.newline()
	}
}

// rule writes the line that Outlook's plain text has above a quoted mail.
func (w *htmlWriter) rule() {
	w.begin()
	w.out = append(w.out, ruleLine...)
	w.newline()
}

const ruleLine = "________________________________"

// link adds the address of a link if its text, which begins at from, does not
// show it.
func (w *htmlWriter) link(href string, from int) {
	href = strings.TrimSpace(href)
	if href == "" || len(href) > 500 || from > len(w.out) {
		return
	}
	bare := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(href, "mailto:"), "https://"), "http://")
	label := string(w.out[from:])
	if bare == href || bare == "" || strings.Contains(label, strings.TrimSuffix(bare, "/")) || strings.TrimSpace(label) == "" {
		return
	}
	w.begin()
	w.out = append(w.out, " <"...)
	w.out = append(w.out, strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, strings.TrimPrefix(href, "mailto:"))...)
	w.out = append(w.out, '>')
}
