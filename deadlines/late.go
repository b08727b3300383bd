package deadlines

import "slices"

// past is what the days that have passed have settled: the day on which an
// event happened decides, not the day on which it was entered.
type past struct {
	firstDue Day // a date to reply by that passed before a later event
	breached Day // the last lawful day that passed without an answer
	answered Day
	lawful   Day // of what is owed after the last event; 0 for none
}

// walk goes through the days on which something happened. Before each it checks
// whether the date then in force had passed and, for an extension, whether its
// notice came while one could still be given.
func (rk *reckoning) walk() {
	days := make([]Day, 0, len(rk.events))
	for _, e := range rk.events {
		if e.Name != Received {
			days = append(days, max(e.Date, rk.received))
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	stand := rk.standing(rk.received - 1)
	for _, day := range days {
		stand.passed(&rk.past, day)
		rk.extendOn(day)
		if rk.past.answered == 0 && rk.happened(Responded, day) {
			rk.past.answered = day
		}
		stand = rk.standing(day)
	}
	if !stand.ended && rk.past.answered == 0 {
		rk.past.lawful = stand.lawful
	}
}

// passed notes the dates in force that passed before the day.
func (s standing) passed(p *past, day Day) {
	if s.ended || p.answered != 0 {
		return
	}
	if p.firstDue == 0 && s.due != 0 && day > s.due {
		p.firstDue = s.due
	}
	if p.breached == 0 && s.lawful != 0 && day > s.lawful {
		p.breached = s.lawful
	}
}

func (rk *reckoning) happened(name string, day Day) bool {
	return slices.ContainsFunc(rk.events, func(e Event) bool { return e.Name == name && max(e.Date, rk.received) == day })
}

// extendOn applies an extension that was notified on the day, unless one counts
// already, an answer was given before it or it came after its last day (FOIA
// s.17(1), EIR reg 7(3), UK GDPR Art 12A(4)). A review has no such last day.
func (rk *reckoning) extendOn(day Day) {
	if !rk.happened(Extended, day) || rk.extended != 0 {
		return
	}
	if rk.past.answered != 0 {
		rk.warn("the extension of %s came after the answer of %s: it moves no date", day, rk.past.answered)
		return
	}
	by := rk.standing(day).noticeBy
	late := day > by && by != 0
	if by == 0 && rk.past.breached != 0 && rk.kind != KindReview {
		late, by = true, rk.past.breached // asked when it was late already
	}
	if !late {
		rk.extended = day
		return
	}
	rk.warn("the extension of %s came after %s, the last day for its notice (%s): too late, so it moves no date in law",
		day, by, map[string]string{KindFOI: "FOIA s.17(1)", KindEIR: "EIR reg 7(3)"}[rk.kind]+map[bool]string{true: "UK GDPR Art 12A(4)"}[rk.monthly()])
}

func (rk *reckoning) monthly() bool { return rk.kind == KindDSAR || rk.kind == KindRights }

// standing is the state of a request at the end of a day. Dates are 0 while the
// clock did not run.
type standing struct {
	due      Day // the reply-by date
	lawful   Day // the last lawful day; also 0 if the date is a house target
	noticeBy Day
	ended    bool
}

// standing computes it from the events up to a day only.
func (rk *reckoning) standing(upTo Day) standing {
	then := reckoning{cal: rk.cal, rules: rk.rules, kind: rk.kind, of: rk.of, received: rk.received, extended: rk.extended}
	for _, e := range rk.events {
		if e.Date <= upTo {
			then.events = append(then.events, e)
		}
	}
	for i, mat := range matters {
		then.talks[i] = dialogueIn(then.events, mat)
	}
	last := ending(then.events)
	var s standing
	switch {
	case rk.kind == KindReview:
		s = then.reviewStanding()
	case rk.monthly():
		s = then.monthStanding()
	default:
		s = then.daysStanding()
	}
	s.ended = last.Name != "" && last.Name != Reopened
	return s
}

// waits reports whether one of the matters is still awaited.
func (rk *reckoning) waits(stops map[matter]string) bool {
	for mat := range stops {
		if rk.talk(mat).openSince() != 0 {
			return true
		}
	}
	return false
}

func (rk *reckoning) daysStanding() standing {
	law := &foiLaw
	if rk.kind == KindEIR {
		law = &eirLaw
	}
	if rk.waits(law.stops) {
		return standing{}
	}
	start := rk.received
	for _, d := range rk.talk(clarification).answers() {
		start = max(start, d)
	}
	unpaid := rk.unpaid(law)
	s := standing{noticeBy: rk.cal.nthWithout(AnyUK, start, foiDays, unpaid)}
	s.due = s.noticeBy
	if rk.extended != 0 {
		s.due = rk.cal.nthWithout(AnyUK, start, foiLongDays, unpaid)
	}
	s.lawful = s.due
	return s
}

// nthWithout is AddWorkingDays without the days for which without returns a
// reason. without may be nil.
func (c *Calendar) nthWithout(r Region, d Day, n int, without func(Day) string) Day {
	if without == nil {
		return c.AddWorkingDays(r, d, n)
	}
	for n > 0 {
		if d = c.NextWorkingDay(r, d); d == 0 {
			return 0
		}
		if without(d) == "" {
			n--
		}
	}
	return d
}

func (rk *reckoning) monthStanding() standing {
	if rk.waits(stopsOf(rk.kind)) {
		return standing{}
	}
	start := rk.received
	for _, r := range rk.dsarResets() {
		start = max(start, r.day)
	}
	months := 1
	if rk.extended != 0 {
		months = 3
	}
	paused := func(through bool) (n Day) {
		for _, s := range rk.clarified(through) {
			n += max(0, s.end-max(s.first, start))
		}
		return n
	}
	s := standing{noticeBy: start.AddMonths(1) + paused(false)}
	s.due = rk.cal.OnOrAfter(EnglandAndWales, start.AddMonths(months)+paused(false))
	s.lawful = rk.cal.OnOrAfter(EnglandAndWales, start.AddMonths(months)+paused(true))
	return s
}

// reviewStanding has a lawful day only for representations under the EIR: the
// other dates of a review are targets.
func (rk *reckoning) reviewStanding() standing {
	if rk.of == KindEIR {
		due := rk.cal.AddWorkingDays(AnyUK, rk.received, foiLongDays)
		return standing{due: due, lawful: due}
	}
	days := foiDays
	if rk.extended != 0 {
		days = foiLongDays
	}
	due := rk.cal.AddWorkingDays(AnyUK, rk.received, days)
	if rk.of == "" || rk.of == KindFOI {
		return standing{due: due}
	}
	house := rk.cal.AddWorkingDays(rk.rules.ReviewCalendar, rk.received, rk.rules.ReviewDays)
	if rk.of != OfUnknown || house < due {
		due = house
	}
	return standing{due: due}
}

// settleLate puts what walk has found into the result.
func (rk *reckoning) settleLate() {
	p := rk.past
	if p.firstDue != 0 && p.firstDue != rk.res.RespondBy {
		rk.res.FirstDue = p.firstDue
	}
	rk.res.Breached, rk.res.Answered, rk.res.LawfulBy = p.breached, p.answered, p.lawful
	last := ending(rk.events)
	switch {
	case rk.res.State.Ended():
		rk.res.Ended = last.Date
	case p.answered != 0 && last.Name == Reopened:
		rk.res.NewWorkBy = rk.cal.AddWorkingDays(rk.res.Region, last.Date, foiDays)
	}
}
