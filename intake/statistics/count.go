// Package statistics counts requests as the Cabinet Office's statistics, the
// s.45 Code and the Commissioner ask, as at any day: from what had been
// recorded by then, with the calendar that was known then. It is pure.
package statistics

import (
	"cmp"
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// settleDays is how many working days after a period its figures are taken, so
// that a request of its last day has had its 20.
const settleDays = 25

// AsAt returns the day as at which a period is counted unless somebody asks for
// another: 25 working days after its end, or today, whichever is earlier.
func AsAt(to, today deadlines.Day, cal *deadlines.Calendar) deadlines.Day {
	return min(cal.AddWorkingDays(deadlines.EnglandAndWales, to, settleDays), today)
}

// Period says what is counted.
type Period struct {
	From, To deadlines.Day
	AsAt     deadlines.Day
}

// Reviews counts the reviews of a regime's answers that were received in the
// period. What was upheld is the decision under FOIA and the EIR, and the
// complaint under data protection law.
type Reviews struct {
	Asked       int `json:"asked"`
	Upheld      int `json:"upheld"`
	PartUpheld  int `json:"part_upheld"`
	NotUpheld   int `json:"not_upheld"`
	Unspecified int `json:"unspecified"` // recorded before the record said what was upheld
}

// Acknowledged counts acknowledgements by their day.
type Acknowledged struct {
	InTime int `json:"in_time"`
	Late   int `json:"late"`
	Not    int `json:"not"`
}

// Complaints counts those under DPA s.164A.
type Complaints struct {
	Received     int `json:"received"`
	Acknowledged int `json:"acknowledged_in_30_days"`
}

// Days are working days from receipt to answer; 0 if nothing was answered.
type Days struct {
	Median int `json:"median"`
	P90    int `json:"p90"`
}

// Row is what was counted for one regime.
type Row struct {
	Kind           intake.Kind    `json:"kind"`
	From           deadlines.Day  `json:"from"`
	To             deadlines.Day  `json:"to"`
	AsAt           deadlines.Day  `json:"as_at"`
	Received       int            `json:"received"`
	Resolvable     int            `json:"resolvable"`
	InTime         int            `json:"in_time"`
	ExtendedInTime int            `json:"extended_in_time"`
	Late           int            `json:"late"`
	Open           int            `json:"open"`
	OpenLate       int            `json:"open_late"`
	Outcomes       map[string]int `json:"outcomes"`
	Exemptions     map[string]int `json:"exemptions"`
	Reviews        Reviews        `json:"reviews"`
	Acknowledged   Acknowledged   `json:"acknowledged"`
	Complaints     Complaints     `json:"complaints"`
	WorkingDays    Days           `json:"working_days"`
	Percent        float64        `json:"percent_in_time"` // of those answered, or late and open; 0 if there are none
	Mark           string         `json:"mark"`            // by the Commissioner's lines: "95 or more", "90 to 95", "below 90"; "" if there are none

	took []int
}

// Read says how well mail was read.
type Read struct {
	Decided     int             `json:"decided"`
	ReadRightly int             `json:"read_rightly"`
	ByDecision  map[string]Read `json:"by_decision,omitempty"`
}

// Regimes are the kinds that have a row, in order. The row of reviews counts by
// the house's target, except those under the EIR, which sets a date itself.
var Regimes = []intake.Kind{intake.FOI, intake.EIR, intake.DSAR, intake.Rights, intake.Review}

// Count is a count in progress.
type Count struct {
	period  Period
	cal     *deadlines.Calendar // as it was known on the day of the figures
	dates   *deadlines.Memory   // by that calendar
	rules   func(mailbox string) deadlines.Rules
	rows    map[intake.Kind]*Row
	reading map[intake.Kind]Read
}

// New begins a count.
func New(p Period, cal *deadlines.Calendar, rules func(mailbox string) deadlines.Rules) *Count {
	n := &Count{period: p, cal: cal, dates: cal.Memory(), rules: rules, rows: map[intake.Kind]*Row{}, reading: map[intake.Kind]Read{}}
	for _, k := range Regimes {
		n.rows[k] = &Row{Kind: k, From: p.From, To: p.To, AsAt: p.AsAt, Outcomes: map[string]int{}, Exemptions: map[string]int{}}
	}
	return n
}

// end returns the last moment of the day as at which is counted.
func (n *Count) end() time.Time { return (n.period.AsAt + 1).Time(0, 0).Add(-time.Nanosecond) }

// AsRecorded returns the case as it had been recorded by the end of a day, or
// nil if there was none.
func AsRecorded(c *intake.Case, day deadlines.Day) *intake.Case {
	i := slices.IndexFunc(c.Events, func(e intake.Event) bool { return deadlines.DayOf(e.At) > day })
	switch i {
	case 0:
		return nil
	case -1:
		return c
	}
	then := *c
	then.Events = c.Events[:i]
	return &then
}

// Add counts a case. keep reports whether its mailbox is asked for.
func (n *Count) Add(c *intake.Case, keep func(mailbox string) bool) {
	then := AsRecorded(c, n.period.AsAt)
	if then == nil {
		if day := c.ReceivedOn(); openedFrom(c) && keep(c.Mailbox) && day >= n.period.From && day <= n.period.To {
			n.read(intake.Other, intake.DidPass, true) // on that day it was still passed
		}
		return
	}
	if len(then.Events) == 0 {
		return
	}
	v := then.ViewAt(n.end(), n.dates, n.rules(then.Mailbox))
	if !keep(v.Mailbox) {
		return
	}
	if day := v.ReceivedOn; day >= n.period.From && day <= n.period.To {
		n.addReading(then, v)
	}
	if v.Kind == intake.NotARequest || then.MergedInto() != "" || v.Doubt && !v.Decided {
		return
	}
	for i := range v.Clocks {
		if k := &v.Clocks[i]; k.Kind.HasClock() && k.ReceivedOn >= n.period.From && k.ReceivedOn <= n.period.To {
			n.addPart(v, k)
		}
	}
}

func (n *Count) addPart(v *intake.View, k *intake.Clock) {
	row := n.rows[k.Kind]
	if row == nil {
		return
	}
	row.Received++
	row.acknowledgement(v, k)
	answered := k.Result.Answered
	switch {
	case answered != 0 && late(k):
		row.Late++
	case answered != 0 && k.Result.Extended && k.Result.ExtensionNoticeBy != 0 && answered > k.Result.ExtensionNoticeBy:
		row.ExtendedInTime++
	case answered != 0:
		row.InTime++
	case !k.Finished():
		row.Open++
		if late(k) {
			row.OpenLate++
		}
	}
	if answered != 0 {
		outcome := cmp.Or(k.Outcome, "unspecified")
		row.Outcomes[outcome]++
		for _, e := range k.Exemptions {
			row.Exemptions[e]++
		}
		row.took = append(row.took, n.cal.WorkingDaysBetween(k.Result.Region, k.ReceivedOn, answered))
	}
	if resolvable(k) {
		row.Resolvable++
	}
	if k.Kind == intake.Review {
		n.addReview(v, k)
	}
}

// late is by law; for a review with a house target it is by that target alone.
func late(k *intake.Clock) bool { return k.LateSince != 0 || k.Missed }

// resolvable reports whether a decision on the substance could be given. It
// could not if the body waits for the requester, if the case ended without an
// answer, if nothing is held, or if only advice could be given (Cabinet Office,
// FOI statistics, definition of resolvable requests).
func resolvable(k *intake.Clock) bool {
	switch {
	case k.Result.Answered != 0:
		return k.Outcome != "not-held" && k.Outcome != "advice"
	case k.Finished():
		return false
	}
	return !deadlines.State(k.State).Waiting()
}

func (row *Row) acknowledgement(v *intake.View, k *intake.Clock) {
	switch {
	case v.AcknowledgedAt == nil:
		row.Acknowledged.Not++
	case deadlines.DayOf(*v.AcknowledgedAt) <= k.Result.AcknowledgeBy:
		row.Acknowledged.InTime++
	default:
		row.Acknowledged.Late++
	}
}

// addReview counts a review with the regime whose answer it is about, or with
// reviews if that is not known.
func (n *Count) addReview(v *intake.View, k *intake.Clock) {
	row := cmp.Or(n.rows[k.Of], n.rows[intake.Review])
	row.Reviews.Asked++
	if k.ComplaintAckBy != 0 {
		row.Complaints.Received++
		if v.AcknowledgedAt != nil && deadlines.DayOf(*v.AcknowledgedAt) <= k.ComplaintAckBy {
			row.Complaints.Acknowledged++
		}
	}
	switch k.Outcome {
	case "decision-upheld", "complaint-upheld":
		row.Reviews.Upheld++
	case "decision-part-upheld", "complaint-part-upheld":
		row.Reviews.PartUpheld++
	case "decision-overturned", "complaint-not-upheld":
		row.Reviews.NotUpheld++
	default:
		if k.Result.Answered != 0 {
			row.Reviews.Unspecified++
		}
	}
}

// Rows returns the result, a row for each regime.
func (n *Count) Rows() []Row {
	rows := make([]Row, 0, len(Regimes))
	for _, k := range Regimes {
		row := *n.rows[k]
		slices.Sort(row.took)
		row.WorkingDays = Days{Median: rank(row.took, 50), P90: rank(row.took, 90)}
		if due := row.InTime + row.ExtendedInTime + row.Late + row.OpenLate; due > 0 {
			row.Percent = float64(1000*(row.InTime+row.ExtendedInTime)/due) / 10
			switch {
			case row.Percent >= 95:
				row.Mark = "95 or more"
			case row.Percent >= 90:
				row.Mark = "90 to 95"
			default:
				row.Mark = "below 90"
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// rank returns the smallest of sorted numbers that percent of them do not
// exceed.
func rank(sorted []int, percent int) int {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}
