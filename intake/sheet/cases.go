package sheet

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// Case is what tables and sheets show of a case, with days and moments as text.
// Commands ask the daemon for it: reading whole views took most of the time of
// a long list.
type Case struct {
	Ref           string `json:"ref"`
	Mailbox       string `json:"mailbox"`
	Kinds         string `json:"kinds"`
	State         string `json:"state"`
	Received      string `json:"received"`
	AcknowledgeBy string `json:"acknowledge_by"`
	Acknowledged  string `json:"acknowledged"`
	ReplyBy       string `json:"reply_by"` // FirstDue
	Urgent        bool   `json:"urgent,omitempty"`
	Overdue       bool   `json:"overdue,omitempty"`
	LateSince     string `json:"late_since"`
	DaysLate      int    `json:"days_late,omitempty"`
	Outcomes      string `json:"outcomes,omitempty"`
	Officer       string `json:"officer,omitempty"`
	Name          string `json:"name,omitempty"`
	Address       string `json:"address,omitempty"`
	Subject       string `json:"subject,omitempty"`
	Promised      string `json:"promised"`
}

// CaseOf makes a Case from the view of a case.
func CaseOf(v *intake.View) Case {
	var outcomes []string
	for _, k := range v.Clocks {
		if k.Outcome != "" {
			outcomes = append(outcomes, k.Outcome)
		}
	}
	return Case{
		Ref: v.Ref, Mailbox: v.Mailbox, Kinds: v.Kinds(), State: string(v.State), Received: Day(v.ReceivedOn),
		AcknowledgeBy: Day(v.AcknowledgeBy), Acknowledged: Acknowledged(v), ReplyBy: Day(FirstDue(v)),
		Urgent: v.Urgent != "", Overdue: v.Overdue, LateSince: Day(v.LateSince), DaysLate: v.DaysLate(), Outcomes: strings.Join(outcomes, ", "),
		Officer: v.Officer, Name: v.Requester.Name, Address: v.Requester.Addr, Subject: v.Subject, Promised: Day(Promised(v)),
	}
}

// CaseHead is the heading of a case's row.
var CaseHead = []string{"REF", "MAILBOX", "KIND", "STATE", "RECEIVED", "ACKNOWLEDGE BY", "ACKNOWLEDGED", "REPLY BY", "OVERDUE", "LATE SINCE", "DAYS LATE", "OUTCOME", "OFFICER", "NAME", "ADDRESS", "SUBJECT", "PROMISED"}

// Row is the row of a case in a sheet.
func (c Case) Row() []string {
	return []string{c.Ref, c.Mailbox, c.Kinds, c.State, c.Received, c.AcknowledgeBy, c.Acknowledged, c.ReplyBy, strconv.FormatBool(c.Overdue),
		c.LateSince, strconv.Itoa(c.DaysLate), c.Outcomes, c.Officer, c.Name, c.Address, c.Subject, c.Promised}
}

// FirstDue returns the earliest reply-by date of the parts that are not
// finished, or the case's own if none is left.
func FirstDue(v *intake.View) deadlines.Day {
	return cmp.Or(v.Earliest(func(k intake.Clock) deadlines.Day { return k.RespondBy }), v.RespondBy)
}

// Promised returns the earliest date that was promised for a part that is not
// finished, or the case's own if none is left.
func Promised(v *intake.View) deadlines.Day {
	first := v.Earliest(func(k intake.Clock) deadlines.Day { return k.Promised })
	if first == 0 && !v.IsOpen() {
		return v.Promised
	}
	return first
}

// Acknowledged writes when a case was acknowledged: of one acknowledged by hand
// only the day is known.
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
