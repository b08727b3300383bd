package page

import (
	"regexp"
	"strings"

	"requestd/deadlines"
	"requestd/templates/welsh"
)

// Fact returns what the reckoning of dates or an alarm says in the language of the
// page. What has no Welsh, such as the words of a server, stays as it is.
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

// Ledger says how a date was reached, in lines.
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

// reached is how one date was reached, in steps.
type reached struct {
	Title string
	Steps []step
}

type step struct {
	Text string
	Not  []string // the days that it did not count
}

var isoDate = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}`)

// Reached is the ledger with its headings and steps told apart, which its lines
// tell by how far they are indented, and with dates as the page writes them.
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
