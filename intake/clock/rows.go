package clock

import (
	"fmt"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/register"
	"requestd/templates"
)

const dueSoonDays = 5 // working days that the list looks ahead

// cases lists every open case that wants something of staff.
func (m *morning) cases() {
	for _, d := range m.cl.facts.OpenIn(m.tx) {
		if m.last[d.Mailbox] == nil {
			continue
		}
		v := d.View
		m.commissioner(v)
		switch {
		case !v.IsOpen():
			continue
		case v.State == intake.StateTriage && v.Doubt:
			m.undecided(v)
		default:
			if v.RightWaits() {
				m.put(decide, v.Mailbox, v, caseRow(v, v.RightDue(), rightWaits), false, "")
			}
			m.owed(v)
			for i := range v.Clocks {
				m.clock(v, &v.Clocks[i])
			}
		}
		m.replySeen(&d)
	}
}

// rightWaits is what the list says of a request that uses a right as well.
const rightWaits = "uses a data-protection right as well, which nobody has confirmed"

// commissioner lists a case of which the Commissioner wants to hear.
func (m *morning) commissioner(v *intake.View) {
	k := v.Commissioner
	if !k.Awaited() {
		return
	}
	row := caseRow(v, k.Due, "")
	switch left := m.cl.cases.Calendar().WorkingDaysBetween(deadlines.EnglandAndWales, m.tx.Today(), k.Due); {
	case k.Due == 0:
		row.Note = "the Commissioner told us of a complaint on " + k.Notified.Long()
	case k.Due < m.tx.Today():
		row.Note = "the date has passed"
	default:
		row.Note = days(left, "working day") + " left"
	}
	m.put(regulator, v.Mailbox, v, row, k.Due != 0 && k.Due < m.tx.Today(), "")
}

// undecided lists a case that nobody has decided.
func (m *morning) undecided(v *intake.View) {
	s, cal := m.cl.cases.Rules().Schedule(), m.cl.cases.Calendar()
	row := caseRow(v, v.Clocks[0].Due(), "")
	up := s.Undecided > 0 && m.tx.Today() > cal.AddWorkingDays(deadlines.EnglandAndWales, deadlines.DayOf(v.Opened), s.Undecided)
	if v.Kind != intake.Rights { // of which staff are asked whether it is one
		row.Kind, row.Of = "", ""
	}
	switch {
	case row.By != 0 && row.By < m.tx.Today():
		row.Note = m.lateness(v, nil)
	case !v.NeutralAt().IsZero() && m.tx.Now().Before(v.NeutralAt()):
		row.By, row.Note = v.AcknowledgeBy, "decide by noon, else its sender is acknowledged neutrally"
	case v.Ack.At.IsZero() && v.AcknowledgeBy != 0:
		row.By, row.Note = v.AcknowledgeBy, "to be acknowledged by then"
	}
	m.put(decide, v.Mailbox, v, row, up || v.Overdue, "")
}

// owed lists a case whose acknowledgement was not made.
func (m *morning) owed(v *intake.View) {
	if !v.Ack.At.IsZero() || v.AcknowledgeBy == 0 {
		return
	}
	by := v.AcknowledgeBy
	row := caseRow(v, by, "")
	switch {
	case v.Ack.Bounced:
		row.Note = "the acknowledgement came back or could not be sent: is there another way?"
	case len(v.Ack.Held) > 0:
		row.Note = "held: " + strings.Join(v.Ack.Held, ", ")
	case v.Ack.Queued && by > m.tx.Today():
		return
	}
	m.put(acknowledge, v.Mailbox, v, row, by <= m.tx.Today(), "")
}

// clock lists a part of a case whose answer is late, due soon or waited for.
func (m *morning) clock(v *intake.View, k *intake.Clock) {
	if k.Finished() {
		return
	}
	cal, s := m.cl.cases.Calendar(), m.cl.cases.Rules().Schedule()
	row := caseRow(v, k.Due(), "")
	if len(v.Clocks) > 1 {
		row.Kind, row.Of = string(k.Kind), string(k.Of)
	}
	on := m.tx.Today()
	left := cal.WorkingDaysBetween(k.Result.Region, on, row.By)
	switch until := cal.AddWorkingDays(deadlines.EnglandAndWales, on, dueSoonDays); {
	case row.By == 0:
		row.Note = m.waits(k)
		m.put(waiting, v.Mailbox, v, row, false, "")
		if m.silent(k) {
			m.quiet = append(m.quiet, question{v.Ref, k.Kind})
		}
	case row.By < on:
		row.Note = m.lateness(v, k)
		m.put(late, v.Mailbox, v, row, s.Overdue, "")
	case row.By == on:
		m.put(today, v.Mailbox, v, row, false, "")
	case row.By <= until:
		row.Note = days(left, "working day") + " left"
		m.put(week, v.Mailbox, v, row, false, "")
	case m.reminded(v, k):
		row.Note = "a reminder: " + days(left, "working day") + " left"
		if half := s.HalfTime && k.Result.Start != 0; half {
			row.Note = fmt.Sprintf("%s of %d left", days(left, "working day"), cal.WorkingDaysBetween(k.Result.Region, k.Result.Start, row.By))
		}
		m.put(coming, v.Mailbox, v, row, false, "")
	}
}

// reminded reports whether the schedule asks for a word on a part since the
// last list.
func (m *morning) reminded(v *intake.View, k *intake.Clock) bool {
	since := m.last[v.Mailbox].Day
	if since == 0 {
		since = m.tx.Today() - 1
	}
	for _, r := range v.Reminders(m.cl.cases.Rules().Schedule(), m.cl.cases.Calendar(), since.Time(23, 59), m.tx.Today().Time(23, 59)) {
		if r.Purpose == intake.ForReminder && r.Part == k.Kind {
			return true
		}
	}
	return false
}

// waits says for what a part waits, since when, and whether closing may be
// thought of.
func (m *morning) waits(k *intake.Clock) string {
	since := k.Result.PausedSince
	s := strings.ReplaceAll(k.State, "-", " ")
	if since == 0 {
		return s
	}
	n := m.cl.cases.Calendar().WorkingDaysBetween(deadlines.EnglandAndWales, since, m.tx.Today())
	s = fmt.Sprintf("%s since %s, %s", s, since.Long(), days(n, "working day"))
	sch := m.cl.cases.Rules().Schedule()
	switch {
	case sch.CloseAfter > 0 && n >= sch.CloseAfter:
		return s + ": it may be closed"
	case sch.RecallEvery > 0 && n >= sch.RecallEvery:
		return s + ": ask again?"
	}
	return s
}

// silent reports whether a requester has not answered for so long that they may
// be asked again.
func (m *morning) silent(k *intake.Clock) bool {
	every := m.cl.cases.Rules().Schedule().RecallEvery
	return every > 0 && k.Result.PausedSince != 0 &&
		m.cl.cases.Calendar().WorkingDaysBetween(deadlines.EnglandAndWales, k.Result.PausedSince, m.tx.Today()) >= every
}

// lateness says since when a part is late, or that a promise or a target has
// passed which no law sets.
func (m *morning) lateness(v *intake.View, k *intake.Clock) string {
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
func (m *morning) replySeen(d *register.Desk) {
	if e := d.Replied; e != nil && e.At.After(m.last[d.Mailbox].At) {
		m.put(answered, d.Mailbox, d.View, caseRow(d.View, d.RespondBy, "a reply of "+e.Day.Long()+" was found"), false, "")
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
