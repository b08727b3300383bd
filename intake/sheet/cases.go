package sheet

import (
	"strconv"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// CaseHead is the heading of Case.
var CaseHead = []string{"REF", "MAILBOX", "KIND", "STATE", "RECEIVED", "ACKNOWLEDGE BY", "ACKNOWLEDGED", "REPLY BY", "OVERDUE", "LATE SINCE", "DAYS LATE", "OUTCOME", "OFFICER", "NAME", "ADDRESS", "SUBJECT", "PROMISED"}

// Case is the row of one case.
func Case(v *intake.View) []string {
	var outcomes []string
	for _, k := range v.Clocks {
		if k.Outcome != "" {
			outcomes = append(outcomes, k.Outcome)
		}
	}
	return []string{v.Ref, v.Mailbox, v.Kinds(), string(v.State), Day(v.ReceivedOn), Day(v.AcknowledgeBy), Acknowledged(v), Day(FirstDue(v)),
		strconv.FormatBool(v.Overdue), Day(v.LateSince), strconv.Itoa(v.DaysLate()), strings.Join(outcomes, ", "), v.Officer, v.Requester.Name, v.Requester.Addr, v.Subject, Day(Promised(v))}
}

// FirstDue is the earliest reply-by date of the parts that are not finished,
// the case's own when none is left.
func FirstDue(v *intake.View) deadlines.Day {
	due := deadlines.Day(0)
	for _, k := range v.Clocks {
		if !k.Finished() && k.RespondBy != 0 && (due == 0 || k.RespondBy < due) {
			due = k.RespondBy
		}
	}
	if due == 0 {
		return v.RespondBy
	}
	return due
}

// Promised is the earliest date that was promised for a part that is not
// finished, the case's own when none is left.
func Promised(v *intake.View) deadlines.Day {
	first := deadlines.Day(0)
	for _, k := range v.Clocks {
		if !k.Finished() && k.Promised != 0 && (first == 0 || k.Promised < first) {
			first = k.Promised
		}
	}
	if first == 0 && !v.IsOpen() {
		return v.Promised
	}
	return first
}

// Acknowledged writes when a case was acknowledged: of what was done by hand only
// the day is known.
func Acknowledged(v *intake.View) string {
	if v.AckByHand && v.AcknowledgedAt != nil {
		return Day(deadlines.DayOf(*v.AcknowledgedAt))
	}
	return Clock(v.AcknowledgedAt)
}

// Day writes a day, or a hyphen for none.
func Day(d deadlines.Day) string {
	if d.IsZero() {
		return "-"
	}
	return d.String()
}

// Clock writes a moment in London, or a hyphen for none.
func Clock(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "-"
	}
	return t.In(deadlines.London()).Format("2006-01-02 15:04")
}
