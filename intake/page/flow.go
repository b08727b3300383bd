package page

import (
	"strings"
	"unicode/utf8"
)

// letterColumns is the column at which the lines of our letters are folded.
const letterColumns = 72

// flowing joins the lines of each paragraph of one of our letters, for a window
// that is narrower or wider than a mail. A line is joined to the next if the
// next word did not fit; lists, excerpts and lines that end deliberately stay
// as they are.
func flowing(s string) string {
	lines := strings.Split(s, "\n")
	var b strings.Builder
	b.Grow(len(s))
	indent := ""
	for i, line := range lines {
		if i > 0 {
			if joins(lines[i-1], line, indent) {
				b.WriteString(" " + strings.TrimLeft(line, " "))
				continue
			}
			b.WriteByte('\n')
		}
		b.WriteString(line)
		text := strings.TrimLeft(line, " ")
		if indent = line[:len(line)-len(text)]; strings.HasPrefix(text, "- ") {
			indent += "  "
		}
	}
	return b.String()
}

// joins reports whether a line continues the line before it in its paragraph.
func joins(before, line, indent string) bool {
	text := strings.TrimLeft(line, " ")
	if text == "" || strings.TrimSpace(before) == "" || line[:len(line)-len(text)] != indent || strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "| ") || strings.HasPrefix(strings.TrimLeft(before, " "), "| ") {
		return false
	}
	word, _, more := strings.Cut(text, " ")
	if !more && (strings.Contains(word, "@") || strings.Contains(word, "://")) {
		return false // an address has its own line
	}
	return utf8.RuneCountInString(before)+1+utf8.RuneCountInString(word) > letterColumns
}
