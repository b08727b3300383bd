package deadlines

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The first and the last day of the calendar.
var (
	firstDay = NewDay(FirstYear, time.January, 1)
	lastDay  = NewDay(LastYear, time.December, 31)
)

// maxEvents is more than any request has had, and few enough that no input
// takes long.
const maxEvents = 1000

// Check refuses a request that makes no sense: an unknown kind, of or event, a
// date missing or outside 2000 to 2099, an event before receipt, or an answer
// without a question on or before its day. The error lists everything that is
// wrong and how to mend it.
func (c *Calendar) Check(r Request) error {
	if len(r.Events) > maxEvents {
		return fmt.Errorf("%d events: want at most %d", len(r.Events), maxEvents)
	}
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if err := checkKind(r.Kind, r.Of); err != nil {
		fault("%v", err)
	}
	if err := checkDate(r.Received); err != nil {
		fault("received: %v", err)
	}
	received := r.receipt()
	firstAsked := firstQuestions(r.Events)
	for i, e := range r.Events {
		if err := checkEvent(e); err != nil {
			fault("event %d, %v", i+1, err)
			continue
		}
		if e.Date < received && e.Name != Received && inRange(received) {
			fault("event %d, %s on %s: before the receipt on %s; correct one of the two", i+1, e.Name, e.Date, received)
		}
		if m, ok := answerOf(e.Name); ok && (firstAsked[m] == 0 || firstAsked[m] > e.Date) {
			fault("event %d, %s on %s: no %s on or before that day; add it, or leave the answer out",
				i+1, e.Name, e.Date, m.question())
		}
	}
	if len(faults) > 0 {
		return errors.New(strings.Join(faults, "; "))
	}
	return nil
}

// firstQuestions returns the day of the first question in each matter.
func firstQuestions(events []Event) map[matter]Day {
	first := map[matter]Day{}
	for _, e := range events {
		if m, ok := questionOf(e.Name); ok && (first[m] == 0 || e.Date < first[m]) {
			first[m] = e.Date
		}
	}
	return first
}

func checkKind(kind, of string) error {
	switch {
	case !slices.Contains(kinds, kind):
		return fmt.Errorf("kind %q: want %s", kind, oneOf(kinds))
	case kind != KindReview && of != "":
		return fmt.Errorf("of %q: only a review is of something; leave it out", of)
	case of != "" && !slices.Contains(subject, of):
		return fmt.Errorf("of %q: want %s", of, oneOf(subject))
	}
	return nil
}

// oneOf lists names as "a, b or c".
func oneOf(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func checkEvent(e Event) error {
	switch {
	case e.Name == "void":
		return errors.New("void: it strikes an event of a registered case by number; here leave the struck event out")
	case !slices.Contains(eventNames[:], e.Name):
		return fmt.Errorf("unknown event %q; want one of %s", e.Name, strings.Join(eventNames[:], ", "))
	}
	if err := checkDate(e.Date); err != nil {
		return fmt.Errorf("%s: %w", e.Name, err)
	}
	return nil
}

func checkDate(d Day) error {
	switch {
	case d.IsZero():
		return errors.New("no date; give one as YYYY-MM-DD")
	case !inRange(d):
		return fmt.Errorf("date %s: the calendar covers %d to %d; correct the year", d, FirstYear, LastYear)
	}
	return nil
}
