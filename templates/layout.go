package templates

import (
	"strings"
	"unicode/utf8"
)

const columns = 72

// layout makes the output of a template a mail's body: no space at line ends,
// one blank line at most, each line folded at 72 columns. Files write a
// paragraph on one line, and need not mind the blank lines that {{if}} leaves.
func layout(s string) string {
	var out []string
	blank := true
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" {
			if !blank {
				out = append(out, "")
			}
			blank = true
			continue
		}
		blank = false
		out = append(out, fold(line)...)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}

// fold breaks a line at spaces. What follows is indented like its beginning:
// under the text of a list's item, and behind the bar of an excerpt.
func fold(line string) []string {
	if utf8.RuneCountInString(line) <= columns {
		return []string{line}
	}
	text := strings.TrimLeft(line, " ")
	first := line[:len(line)-len(text)]
	rest := first
	switch {
	case strings.HasPrefix(text, "- "):
		first, rest, text = first+"- ", rest+"  ", text[2:]
	case strings.HasPrefix(text, "| "):
		first, rest, text = first+"| ", rest+"| ", text[2:]
	}
	var out []string
	current, empty := first, true
	for _, word := range words(text, columns-utf8.RuneCountInString(rest)) {
		if !empty && utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) > columns {
			out = append(out, current)
			current, empty = rest, true
		}
		if !empty {
			current += " "
		}
		current, empty = current+word, false
	}
	return append(out, current)
}

// words splits text at spaces, and breaks what is longer than a line, except
// for links, which stop working when broken.
func words(text string, limit int) []string {
	var out []string
	for _, w := range strings.Fields(text) {
		for utf8.RuneCountInString(w) > limit && !isLink(w) {
			r := []rune(w)
			out = append(out, string(r[:limit]))
			w = string(r[limit:])
		}
		out = append(out, w)
	}
	return out
}

func isLink(w string) bool {
	w = strings.TrimLeft(w, "<(")
	return strings.HasPrefix(w, "mailto:") || strings.HasPrefix(w, "https://") || strings.HasPrefix(w, "http://")
}
