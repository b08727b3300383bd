package clock

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/holds"
	"requestd/intake/register"
	"requestd/templates"
)

const dueSoonDays = 5 // working days that the list looks ahead

// cases lists every open case for which staff have something to do.
func (l *list) cases() {
	for _, d := range l.cl.facts.OpenCasesIn(l.tx) {
		if l.last[d.Mailbox] == nil {
			continue
		}
		v := d.View
		l.commissioner(v)
		switch {
		case !v.IsOpen():
			continue
		case v.State == intake.StateTriage && v.Doubt:
			l.undecided(v)
		default:
			if v.RightWaits() {
				l.put(decide, v.Mailbox, v, caseRow(v, v.RightDue(), rightWaits), false)
			}
			l.unacknowledged(v)
			for i := range v.Clocks {
				l.clock(v, &v.Clocks[i])
			}
		}
		l.replySeen(&d)
	}
}

// rightWaits is said in the list of a request that also uses a right.
const rightWaits = "uses a data-protection right as well, which nobody has confirmed"

// commissioner lists a case about which the Commissioner waits for our answer.
func (l *list) commissioner(v *intake.View) {
	k := v.Commissioner
	if !k.Awaited() {
		return
	}
	row := caseRow(v, k.Due, "")
	switch left := l.cl.cases.Calendar().WorkingDaysBetween(deadlines.EnglandAndWales, l.tx.Today(), k.Due); {
	case k.Due == 0:
		row.Note = "the Commissioner told us of a complaint on " + k.Notified.Long()
	case k.Due < l.tx.Today():
		row.Note = "the date has passed"
	default:
		row.Note = days(left, "working day") + " left"
	}
	l.put(regulator, v.Mailbox, v, row, k.Due != 0 && k.Due < l.tx.Today())
}

// undecided lists a case that nobody has decided.
func (l *list) undecided(v *intake.View) {
	s, cal := l.cl.cases.Rules().Schedule(), l.cl.cases.Calendar()
	row := caseRow(v, v.Clocks[0].Due(), "")
	up := s.Undecided > 0 && l.tx.Today() > cal.AddWorkingDays(deadlines.EnglandAndWales, deadlines.DayOf(v.Opened), s.Undecided)
	if v.Kind != intake.Rights { // for rights, staff are asked whether it is one
		row.Kind, row.Of = "", ""
	}
	switch {
	case row.By != 0 && row.By < l.tx.Today():
		row.Note = l.lateness(v, nil)
	case !v.NeutralAt().IsZero() && l.tx.Now().Before(v.NeutralAt()):
		row.By, row.Note = v.AcknowledgeBy, "decide by noon, else its sender is acknowledged neutrally"
	case v.Ack.At.IsZero() && v.AcknowledgeBy != 0:
		row.By, row.Note = v.AcknowledgeBy, "to be acknowledged by then"
	}
	l.put(decide, v.Mailbox, v, row, up || v.Overdue)
}

// unacknowledged lists a case whose acknowledgement was not made.
func (l *list) unacknowledged(v *intake.View) {
	if !v.Ack.At.IsZero() || v.AcknowledgeBy == 0 {
		return
	}
	by := v.AcknowledgeBy
	row := caseRow(v, by, "")
	switch {
	case v.Ack.Bounced:
		row.Note = "the acknowledgement came back or could not be sent: is there another way?"
	case len(v.Ack.Held) > 0:
		row.Note = "held: " + holds.List(v.Ack.Held)
	case v.Ack.Queued && by > l.tx.Today():
		return
	}
	l.put(acknowledge, v.Mailbox, v, row, by <= l.tx.Today())
}

// clock lists a part of a case whose answer is late or due soon, or that waits
// for the requester.
func (l *list) clock(v *intake.View, k *intake.Clock) {
	if k.Finished() {
		return
	}
	cal, s := l.cl.cases.Calendar(), l.cl.cases.Rules().Schedule()
	row := caseRow(v, k.Due(), "")
	if len(v.Clocks) > 1 {
		row.Kind, row.Of = string(k.Kind), string(k.Of)
	}
	put := func(in section, up bool) {
		if in != late && k.LateSince != 0 { // its date has moved since, but it was late all the same
			row.Note = strings.TrimPrefix(row.Note+"; "+l.lateness(v, k), "; ")
		}
		l.put(in, v.Mailbox, v, row, up)
	}
	on := l.tx.Today()
	left := cal.WorkingDaysBetween(k.Result.Region, on, row.By)
	switch until := cal.AddWorkingDays(deadlines.EnglandAndWales, on, dueSoonDays); {
	case row.By == 0:
		row.Note = l.waits(k)
		put(waiting, false)
	case row.By < on:
		row.Note = l.lateness(v, k)
		put(late, s.Overdue)
	case row.By == on:
		put(today, false)
	case row.By <= until:
		row.Note = days(left, "working day") + " left"
		put(week, false)
	case l.reminded(v, k):
		row.Note = "a reminder: " + days(left, "working day") + " left"
		if half := s.HalfTime && k.Result.Start != 0; half {
			row.Note = fmt.Sprintf("%s of %d left", days(left, "working day"), cal.WorkingDaysBetween(k.Result.Region, k.Result.Start, row.By))
		}
		put(coming, false)
	}
}

// reminded reports whether the schedule has had a reminder of a part since the
// last list.
func (l *list) reminded(v *intake.View, k *intake.Clock) bool {
	since := cmp.Or(l.last[v.Mailbox].Day, l.tx.Today()-1)
	reminders := v.Reminders(l.cl.cases.Rules().Schedule(), l.cl.cases.Calendar(), since.Time(23, 59), l.tx.Today().Time(23, 59))
	return slices.ContainsFunc(reminders, func(r intake.Reminder) bool { return r.Purpose == intake.ForReminder && r.Part == k.Kind })
}

// waits says what a part is waiting for, since when, and whether to consider
// closing.
func (l *list) waits(k *intake.Clock) string {
	since := k.Result.PausedSince
	s := strings.ReplaceAll(k.State, "-", " ")
	if since == 0 {
		return s
	}
	n := l.cl.cases.Calendar().WorkingDaysBetween(deadlines.EnglandAndWales, since, l.tx.Today())
	s = fmt.Sprintf("%s since %s, %s", s, since.Long(), days(n, "working day"))
	sch := l.cl.cases.Rules().Schedule()
	switch {
	case sch.CloseAfter > 0 && n >= sch.CloseAfter:
		return s + ": it may be closed"
	case sch.RecallEvery > 0 && n >= sch.RecallEvery:
		return s + ": ask again?"
	}
	return s
}

// lateness says since when a part is late, or that a promise or a target that
// no law sets has passed.
func (l *list) lateness(v *intake.View, k *intake.Clock) string {
	since, n := v.LateSince, v.DaysLate()
	if k != nil {
		since, n = k.LateSince, k.DaysLate
	}
	if since == 0 {
		return "the date has passed"
	}
	return fmt.Sprintf("late since %s, %s", since.Long(), days(n, "day"))
}

// replySeen lists a case on which a colleague's own reply was found since the
// last list.
func (l *list) replySeen(d *register.OpenCase) {
	if e := d.Replied; e != nil && e.At.After(l.last[d.Mailbox].At) {
		l.put(answered, d.Mailbox, d.View, caseRow(d.View, d.RespondBy, "a reply of "+e.Day.Long()+" was found"), false)
	}
}

func caseRow(v *intake.View, due deadlines.Day, note string) templates.Row {
	return templates.Row{
		Ref: v.Ref, Kind: string(v.Kind), Of: string(v.Of), Name: intake.OneLine(v.Requester.Name, intake.MaxName), Address: v.Requester.Addr,
		On: v.ReceivedOn, By: due, Note: note,
	}
}

func days(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
