package templates

import (
	"strings"
	"unicode/utf8"
)

const columns = 72

// layout makes a template's output a mail's body: no space at line ends, at
// most one blank line in a row, each line folded at 72 columns. So files write
// a paragraph on one line, and need not mind the blank lines that {{if}}
// leaves.
func layout(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	blank := false
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" {
			blank = b.Len() > 0
			continue
		}
		if blank {
			b.WriteByte('\n')
			blank = false
		}
		fold(&b, line)
	}
	return b.String()
}

// fold writes a line, broken at spaces. Continuation lines are indented like
// its beginning: below the text of a list's item, and after an excerpt's bar.
func fold(b *strings.Builder, line string) {
	room := columns
	if strings.HasPrefix(line, "| ") { // a letter is already folded, and keeps its lines after the bar
		room += len("| ")
	}
	if len(line) <= room || utf8.RuneCountInString(line) <= room {
		b.WriteString(line)
		b.WriteByte('\n')
		return
	}
	first, rest, text := indents(line)
	room = columns - len(rest) // both indents are ASCII
	b.WriteString(first)
	used, begun := len(first), false
	for word, text := cutWord(text, room); word != ""; word, text = cutWord(text, room) {
		n := utf8.RuneCountInString(word)
		if begun && used+1+n > columns {
			b.WriteByte('\n')
			b.WriteString(rest)
			used, begun = len(rest), false
		}
		if begun {
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used, begun = used+n, true
	}
	b.WriteByte('\n')
}

// indents splits a line into its beginning, the beginning of its continuation
// lines, and its text.
func indents(line string) (first, rest, text string) {
	text = strings.TrimLeft(line, " ")
	first = line[:len(line)-len(text)]
	first = first[:min(len(first), columns/2)]
	switch {
	case strings.HasPrefix(text, "- "):
		return first + "- ", first + "  ", text[2:]
	case strings.HasPrefix(text, "| "):
		return first + "| ", first + "| ", text[2:]
	}
	return first, first, text
}

// cutWord takes the first word off text. A word of more than room runes is
// broken, unless it is a link, which would stop working.
func cutWord(text string, room int) (word, rest string) {
	text = strings.TrimLeft(text, " ")
	word = text
	if i := strings.IndexByte(text, ' '); i >= 0 {
		word = text[:i]
	}
	if len(word) > room && utf8.RuneCountInString(word) > room && !isLink(word) {
		end := 0
		for range room {
			_, n := utf8.DecodeRuneInString(word[end:])
			end += n
		}
		word = word[:end]
	}
	return word, text[len(word):]
}

func isLink(w string) bool {
	w = strings.TrimLeft(w, "<(")
	return strings.HasPrefix(w, "mailto:") || strings.HasPrefix(w, "https://") || strings.HasPrefix(w, "http://")
}
