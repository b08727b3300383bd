package config

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Problem is one thing that is wrong: the full key, what is wrong with it, and
// how to mend it.
type Problem struct {
	Key  string `json:"key"`  // such as mailboxes[1].imap.port; "" for the file as a whole
	Line int    `json:"line"` // in the file, from 1; 0 if the key is not in it
	Says string `json:"says"` // what is wrong, the value included
	Mend string `json:"mend"` // what to write instead
}

// Error returns the problem on one line.
func (p Problem) Error() string {
	var b strings.Builder
	if p.Key != "" {
		key := strconv.Quote(p.Key) // an unknown key may contain anything
		if plain := key[1 : len(key)-1]; plain == p.Key {
			key = plain
		}
		b.WriteString(key)
		if p.Line > 0 {
			fmt.Fprintf(&b, " (line %d)", p.Line)
		}
		b.WriteString(": ")
	}
	b.WriteString(oneLine(p.Says))
	if p.Mend != "" {
		b.WriteString("; " + oneLine(p.Mend))
	}
	return b.String()
}

// oneLine puts a value of several lines on one line, for the log.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// Problems is everything that is wrong with a file, as an error.
type Problems struct {
	File string
	List []Problem // in the order of the file, then what is missing from it
}

// Error lists every problem, one a line.
func (p *Problems) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", p.File)
	if len(p.List) > 1 {
		fmt.Fprintf(&b, "%d mistakes", len(p.List))
	}
	for _, x := range p.List {
		if len(p.List) > 1 {
			b.WriteString("\n  ")
		}
		b.WriteString(x.Error())
	}
	return b.String()
}

// Unwrap returns the problems one by one.
func (p *Problems) Unwrap() []error {
	errs := make([]error, len(p.List))
	for i, x := range p.List {
		errs[i] = x
	}
	return errs
}

// mistake says what is wrong with a value and how to mend it, before its key is
// known.
type mistake struct{ says, mend string }

func (m mistake) Error() string { return m.says + "; " + m.mend }
