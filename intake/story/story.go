// Package story writes a case as one document, to be read by the Commissioner,
// a court or whoever takes the case over: its state, what happened, what each
// mail and letter said, and how each date was worked out. Nothing is blacked
// out: people must do that, and the document says so.
package story

import (
	_ "embed" // the two templates
	"fmt"
	htmltemplate "html/template"
	"io"
	"slices"
	"strings"
	"text/template"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/register"
)

//go:embed story.txt
var textForm string

//go:embed story.html
var htmlForm string

// maxText is more runes than any kept text has.
const maxText = 1 << 20

var words = map[string]any{
	"day":    day,
	"on":     happened,
	"at":     at,
	"line":   func(s string) string { return intake.OneLine(s, 500) },
	"plain":  func(s string) string { return intake.PlainText(s, maxText) },
	"event":  inWords,
	"actor":  func(s string) string { return strings.TrimPrefix(intake.ActorName(s), "local:") },
	"answer": answerWords, "commissioner": commissionerWords,
	"join":  strings.Join,
	"inc":   func(n int) int { return n + 1 },
	"kind":  func(k intake.Clock) string { return partWords(k) },
	"steps": func(s *register.Story, k intake.Clock) []string { return s.Ledgers[string(k.Kind)] },
}

var (
	asText = template.Must(template.New("story").Funcs(words).Parse(textForm))
	asHTML = htmltemplate.Must(htmltemplate.New("story").Funcs(words).Parse(htmlForm))
)

// Text writes the document as plain text.
func Text(w io.Writer, s *register.Story) error { return write(w, s, asText) }

// HTML writes the document as a page for printing, without script and without
// anything from elsewhere.
func HTML(w io.Writer, s *register.Story) error { return write(w, s, asHTML) }

func write(w io.Writer, s *register.Story, t interface{ Execute(io.Writer, any) error }) error {
	if err := t.Execute(w, inOrder(s)); err != nil {
		return fmt.Errorf("write the story of case %s: %w", s.Ref, err)
	}
	return nil
}

// inOrder returns the story with its events sorted by the day on which they
// happened; those of one day are in the order of recording.
func inOrder(s *register.Story) *register.Story {
	full, sorted := *s.CaseDetails, *s
	full.Events = slices.Clone(full.Events)
	slices.SortStableFunc(full.Events, func(a, b register.ShownEvent) int { return int(happened(a) - happened(b)) })
	sorted.CaseDetails = &full
	return &sorted
}

// happened returns the day of an event. For a promise it is the day on which
// the promise was made, not the promised day.
func happened(e register.ShownEvent) deadlines.Day {
	if e.Name == intake.Promised || e.Name == intake.Redated {
		return deadlines.DayOf(e.At)
	}
	return e.Day
}

func day(d deadlines.Day) string {
	if d.IsZero() {
		return "none"
	}
	return d.Time(12, 0).Format("2 January 2006")
}

func at(t any) string {
	var when time.Time
	switch t := t.(type) {
	case time.Time:
		when = t
	case *time.Time:
		if t == nil {
			return "not yet"
		}
		when = *t
	}
	return when.In(deadlines.London()).Format("2 January 2006, 15:04")
}

func partWords(k intake.Clock) string {
	s := k.Kind.Short()
	if k.Of != "" {
		s += " of " + k.Of.Short()
	}
	return s
}

// answerWords says what a part was answered, what the answer relied on and who
// decided.
func answerWords(k intake.Clock) string {
	if k.Outcome == "" {
		return ""
	}
	s := "Answer: " + strings.ReplaceAll(k.Outcome, "-", " ")
	if len(k.Exemptions) > 0 {
		s += ", relying on " + strings.Join(k.Exemptions, ", ")
	}
	if k.DecidedBy != "" {
		s += "; decided by " + k.DecidedBy
	}
	return s
}

func commissionerWords(k *intake.Commissioner) string {
	var s []string
	add := func(what string, d deadlines.Day) {
		if d != 0 {
			s = append(s, what+" "+day(d))
		}
	}
	if k.Reference != "" {
		s = append(s, k.Reference)
	}
	add("told us on", k.Notified)
	add("wants our answer by", k.Due)
	add("answered on", k.Answered)
	add("decided on", k.Decided)
	if k.Outcome != "" {
		s = append(s, strings.ReplaceAll(k.Outcome, "-", " "))
	}
	return strings.Join(s, "; ")
}

func inWords(e register.ShownEvent) string {
	s := e.Fact().InWords()
	if e.Day != happened(e) {
		s += " " + day(e.Day)
	}
	if e.Note != "" {
		s += ": " + e.Note
	}
	if e.Refers != 0 && e.Name != intake.DecisionUndone {
		s += fmt.Sprintf(" (event %d)", e.Refers)
	}
	return s
}
