package page

import (
	"regexp"
	"strings"

	"requestd/deadlines"
	"requestd/templates/welsh"
)

// Fact translates what the computation of dates or an alarm says into the
// page's language. What has no Welsh, such as a server's words, stays as it is.
func (f *frame) Fact(s string) string {
	if f.Lang != "cy" {
		return s
	}
	cy, _ := welsh.Text(s)
	return cy
}

// Long writes a date out.
func (f *frame) Long(d deadlines.Day) string {
	if f.Lang != "cy" || d == 0 {
		return d.Long()
	}
	return welsh.Long(d)
}

// Ledger returns the lines that say how a date was reached.
func (f *frame) Ledger(steps []deadlines.Step) []string {
	lines := deadlines.Lines(steps)
	if f.Lang != "cy" {
		return lines
	}
	for i, line := range lines {
		lines[i], _ = welsh.Line(line)
	}
	return lines
}

// reached says in steps how one date was reached.
type reached struct {
	Title string
	Steps []step
}

type step struct {
	Text string
	Not  []string // the days that it did not count
}

var isoDate = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}`)

// Reached returns the ledger divided into headings and steps, which the lines
// distinguish only by indentation, with dates as the page writes them.
func (f *frame) Reached(ledger []deadlines.Step) (list []reached) {
	for _, line := range f.Ledger(ledger) {
		text := strings.TrimSpace(line)
		deep := len(line) - len(strings.TrimLeft(line, " "))
		text = isoDate.ReplaceAllStringFunc(text, f.words)
		if deep == 0 {
			list = append(list, reached{Title: text})
			continue
		}
		in := &list[len(list)-1]
		if deep == stepIndent {
			in.Steps = append(in.Steps, step{Text: text})
			continue
		}
		last := &in.Steps[len(in.Steps)-1]
		last.Not = append(last.Not, strings.TrimPrefix(text, "- "))
	}
	return list
}

const stepIndent = 2
