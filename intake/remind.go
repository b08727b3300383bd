package intake

import (
	"fmt"
	"slices"
	"time"

	"requestd/deadlines"
)

// Schedule says when staff are reminded. Counts of days are working days on
// the calendar of the clock concerned.
type Schedule struct {
	Hour, Minute int           // London time at which reminders go out
	HalfTime     bool          // half-way between the start and the due date
	Before       []int         // working days before the due date; 0 is the day itself
	Overdue      bool          // each working day after it
	AckBefore    []int         // working days before the acknowledgement is due, unless it was made
	Undecided    int           // working days that triage may stay undecided
	UrgentAfter  time.Duration // how long urgent mail may stay undecided
	RecallEvery  int           // working days between recalls while we wait for the requester
	CloseAfter   int           // working days of waiting after which closing is suggested
}

// Reminder tells staff of a date, in a mail of its own or as a line of the list
// of the working morning.
type Reminder struct {
	At       time.Time
	OwnMail  bool // sent as a mail of its own, not only as a line of the morning's list
	Purpose  Purpose
	Code     string        // names the occurrence; unique within the case
	Part     Kind          // whose clock
	Due      deadlines.Day // the date that it reminds of
	Rank     int           // the higher, the more urgent
	Escalate bool          // also told to whoever is named in escalate_to
}

// Reminders returns what falls due after one moment and up to another, in order
// of time. It uses the case as it is now: changes by later events are not
// foreseen.
func (v *View) Reminders(s Schedule, cal *deadlines.Calendar, after, through time.Time) []Reminder {
	p := planner{v: v, s: s, cal: cal, after: after, through: through}
	return p.all()
}

// NextReminder returns when, after the given moment, the next reminder that is
// a mail of its own falls due, or the neutral acknowledgement; the zero time if
// there is none.
func (v *View) NextReminder(s Schedule, cal *deadlines.Calendar, after time.Time) time.Time {
	next := v.nextPlanned(s, cal, after)
	if at := v.NeutralAt(); at.After(after) && (next.IsZero() || at.Before(next)) {
		return at
	}
	return next
}

func (v *View) nextPlanned(s Schedule, cal *deadlines.Calendar, after time.Time) time.Time {
	p := planner{v: v, s: s, cal: cal, after: after, through: after.AddDate(2, 0, 0), own: true, first: true}
	if all := p.all(); len(all) > 0 {
		return all[0].At
	}
	return time.Time{}
}

// DueReminders returns the reminders to mail now: all that fall due at this
// moment or, if earlier ones were missed, only the most urgent.
func (v *View) DueReminders(s Schedule, cal *deadlines.Calendar, after, now time.Time) []Reminder {
	p := planner{v: v, s: s, cal: cal, after: after, through: now, own: true}
	all := p.all()
	if len(all) == 0 || v.nextPlanned(s, cal, after).Equal(all[len(all)-1].At) {
		return all
	}
	return []Reminder{mostUrgent(all)}
}

// mostUrgent chooses from the reminders that fell due: if several were missed,
// only one is sent. Of one that recurs each working day it is the last, so that
// a long gap costs no more than a short one.
func mostUrgent(all []Reminder) Reminder {
	best := all[0]
	for _, r := range all[1:] {
		if r.Rank > best.Rank || r.Rank == best.Rank && r.At.After(best.At) {
			best = r
		}
	}
	return best
}

type planner struct {
	v              *View
	s              Schedule
	cal            *deadlines.Calendar
	after, through time.Time
	own            bool // only those that are mails of their own are wanted
	first          bool // only the time of the first is wanted
	out            []Reminder
}

func (p *planner) all() []Reminder {
	p.commissioner()
	if !p.v.IsOpen() {
		slices.SortStableFunc(p.out, func(a, b Reminder) int { return a.At.Compare(b.At) })
		return p.out
	}
	p.acknowledgement()
	p.triage()
	for _, k := range p.v.Clocks {
		if k.Finished() {
			continue
		}
		if k.RespondBy == 0 {
			p.waiting(k)
		}
		if due := k.Due(); due != 0 {
			p.before(k, due)
			p.overdue(k, due)
		}
	}
	slices.SortStableFunc(p.out, func(a, b Reminder) int { return a.At.Compare(b.At) })
	return p.out
}

// add keeps r under a code if it falls into the span, and reports whether a
// recurring reminder is to go on.
func (p *planner) add(r Reminder, code string, of ...any) bool {
	if r.At.After(p.through) || r.At.Before(calendarBegins) { // the calendar has no days after its end
		return false
	}
	if !r.At.After(p.after) || p.own && !r.OwnMail {
		return true
	}
	if !p.first {
		r.Code = fmt.Sprintf(code, of...)
	}
	p.out = append(p.out, r)
	return !p.first
}

var calendarBegins = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)

// hour returns the moment on day d, or on the last working day before it, at
// which reminders are sent.
func (p *planner) hour(d deadlines.Day) time.Time {
	if !p.cal.IsWorkingDay(deadlines.EnglandAndWales, d) {
		d = p.cal.PreviousWorkingDay(deadlines.EnglandAndWales, d)
	}
	return d.Time(p.s.Hour, p.s.Minute)
}

func (p *planner) acknowledgement() {
	if !p.v.Ack.At.IsZero() || p.v.AcknowledgeBy == 0 || p.v.Kind == NotARequest {
		return
	}
	by := p.v.AcknowledgeBy
	if p.v.Ack.Queued && p.v.Opened.After(p.after) { // it has been in the outbox since the case was opened, and was not at risk before
		defer func(after time.Time) { p.after = after }(p.after)
		p.after = p.v.Opened
	}
	for _, n := range p.s.AckBefore {
		d := p.cal.AddWorkingDays(deadlines.EnglandAndWales, by, -n)
		p.add(Reminder{At: p.hour(d), OwnMail: n == 0, Purpose: ForAckAtRisk, Due: by, Rank: 60 - n, Escalate: n == 0}, "ack-at-risk/%s/%d", by, n)
	}
	if p.v.State == StateTriage { // each working day staff are asked for the decision, and so for the letter
		return
	}
	p.late(by, Reminder{Purpose: ForAckAtRisk, Due: by, Rank: 70, Escalate: true}, "ack-late/%s")
}

// late adds a reminder for each working day after a date. The first is a mail
// of its own.
func (p *planner) late(by deadlines.Day, r Reminder, code string, of ...any) {
	first := p.cal.AddWorkingDays(deadlines.EnglandAndWales, by, 1)
	d := first
	if !p.own {
		d = p.firstWorkingDay(by)
	}
	for ; ; d = p.cal.AddWorkingDays(deadlines.EnglandAndWales, d, 1) {
		r.At, r.OwnMail = p.hour(d), d == first
		if !p.add(r, code, append(slices.Clone(of), d)...) || p.own {
			return
		}
	}
}

// firstWorkingDay returns the first England and Wales working day after due on
// which a reminder could still fall into the span.
func (p *planner) firstWorkingDay(due deadlines.Day) deadlines.Day {
	from := due
	if d := deadlines.DayOf(p.after) - 1; d > from {
		from = d
	}
	return p.cal.AddWorkingDays(deadlines.EnglandAndWales, from, 1)
}

func (p *planner) triage() {
	v := p.v
	if v.State != StateTriage && !v.RightWaits() {
		return
	}
	if v.Urgent != "" && v.State == StateTriage {
		p.add(Reminder{At: v.Opened.Add(p.s.UrgentAfter), OwnMail: true, Purpose: ForUrgent, Rank: 100, Escalate: true}, "urgent-undecided")
	}
	if p.s.Undecided <= 0 || p.own {
		return
	}
	last := p.cal.AddWorkingDays(deadlines.EnglandAndWales, deadlines.DayOf(v.Opened), p.s.Undecided)
	for d := p.firstWorkingDay(last); ; d = p.cal.AddWorkingDays(deadlines.EnglandAndWales, d, 1) {
		if !p.add(Reminder{At: p.hour(d), Purpose: ForUndecided, Due: v.Due(), Rank: 65, Escalate: true}, "undecided/%s", d) {
			return
		}
	}
}

func (p *planner) before(k Clock, due deadlines.Day) {
	region := k.Result.Region
	if p.s.HalfTime && k.Result.Start != 0 {
		half := p.cal.AddWorkingDays(region, k.Result.Start, p.cal.WorkingDaysBetween(region, k.Result.Start, due)/2)
		p.add(Reminder{At: p.hour(half), Purpose: ForReminder, Part: k.Kind, Due: due, Rank: 10}, "half-time/%s/%s", k.Kind, due)
	}
	for _, n := range p.s.Before {
		d := p.cal.AddWorkingDays(region, due, -n)
		p.add(Reminder{At: p.hour(d), OwnMail: n == 0, Purpose: ForReminder, Part: k.Kind, Due: due, Rank: 50 - min(n, 39)}, "%d-before/%s/%s", n, k.Kind, due)
	}
}

func (p *planner) overdue(k Clock, due deadlines.Day) {
	if !p.s.Overdue {
		return
	}
	p.late(due, Reminder{Purpose: ForOverdue, Part: k.Kind, Due: due, Rank: 90, Escalate: true}, "overdue/%s/%s", k.Kind)
}

// commissioner reminds of the answer that the Commissioner wants, only in the
// list of the working morning.
func (p *planner) commissioner() {
	k := p.v.Commissioner
	if !k.Awaited() || k.Due == 0 || p.own {
		return
	}
	for _, n := range p.s.Before {
		d := p.cal.AddWorkingDays(deadlines.EnglandAndWales, k.Due, -n)
		p.add(Reminder{At: p.hour(d), Purpose: ForReminder, Due: k.Due, Rank: 50 - min(n, 39)}, "%d-before/commissioner/%s", n, k.Due)
	}
	for d := p.firstWorkingDay(k.Due); p.s.Overdue; d = p.cal.AddWorkingDays(deadlines.EnglandAndWales, d, 1) {
		if !p.add(Reminder{At: p.hour(d), Purpose: ForOverdue, Due: k.Due, Rank: 90, Escalate: true}, "overdue/commissioner/%s", d) {
			return
		}
	}
}

func (p *planner) waiting(k Clock) {
	asked := k.Result.PausedSince
	if asked == 0 || p.s.RecallEvery <= 0 || p.own {
		return
	}
	for n := p.s.RecallEvery; ; n += p.s.RecallEvery {
		d := p.cal.AddWorkingDays(deadlines.EnglandAndWales, asked, n)
		r := Reminder{At: p.hour(d), Purpose: ForRecall, Part: k.Kind, Due: asked, Rank: 20}
		if p.s.CloseAfter > 0 && n >= p.s.CloseAfter {
			r.Purpose, r.Rank = ForClosing, 25
		}
		if !p.add(r, "recall/%s/%s/%d", k.Kind, asked, n) {
			return
		}
	}
}
