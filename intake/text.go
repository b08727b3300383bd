package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// OneLine makes a stranger's text safe to show on one line, in a log, a letter,
// a table or a terminal: it removes invalid UTF-8, control characters and
// invisible characters (bidirectional marks, zero-width ones, tags), turns
// every run of white space into one space, and cuts a text of more than max
// runes, which then ends in an ellipsis.
func OneLine(s string, max int) string {
	if len(s) <= max && plainLine(s) {
		return s
	}
	var b strings.Builder
	b.Grow(min(len(s), 4*max))
	n, gap, last := 0, false, 0 // last is where the text of max-1 runes ends
	for _, r := range s {
		if unicode.IsSpace(r) {
			gap = n > 0
			continue
		}
		if invisible(r) {
			continue
		}
		for _, r := range [...]rune{' ', r} {
			if r == ' ' && !gap {
				continue
			}
			if n == max-1 {
				last = b.Len()
			}
			if n++; n > max {
				return strings.TrimSuffix(b.String()[:last], " ") + "…"
			}
			b.WriteRune(r)
		}
		gap = false
	}
	return b.String()
}

// PlainText makes a stranger's text safe to keep and to show to staff: line
// ends become \n, no-break spaces become spaces, and invalid UTF-8, control and
// invisible characters are removed. Tabs stay. A text of more than maxRunes is
// cut.
func PlainText(s string, maxRunes int) string {
	if len(s) <= maxRunes && plainRun(s) == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(min(len(s), 4*maxRunes))
	for n := 0; len(s) > 0 && n < maxRunes; {
		if run := min(plainRun(s), maxRunes-n); run > 0 {
			b.WriteString(s[:run])
			s, n = s[run:], n+run
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '\r' && strings.HasPrefix(s, "\r\n"):
			size = 2
			r = '\n'
		case r == '\r', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
			r = '\n'
		case unicode.Is(unicode.Zs, r):
			r = ' '
		case invisible(r):
			s = s[size:]
			continue
		}
		b.WriteRune(r)
		s, n = s[size:], n+1
	}
	return b.String()
}

// plainRun counts the bytes at the start of s that need no change.
func plainRun(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c >= 0x7f {
			return i
		}
	}
	return len(s)
}

// invisible reports whether no reader sees r, or no text of ours may contain
// it: format and control characters, fillers, and the mark of undecodable
// bytes.
func invisible(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	case r == utf8.RuneError, r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0, r == 0x034f, r == 0x2800:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs)
}

func plainLine(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f || s[i] == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

var greetings = map[string]bool{
	"hi": true, "hiya": true, "hello": true, "dear": true, "morning": true, "afternoon": true, "evening": true, "good": true,
	"helo": true, "haia": true, "annwyl": true, "bore": true, "prynhawn": true, "noswaith": true, "shwmae": true, "smae": true,
}

// BeginsGreeting reports whether a word, in small letters, begins the line in
// which one person greets another.
func BeginsGreeting(word string) bool { return greetings[word] }
