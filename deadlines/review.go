package deadlines

import (
	"fmt"
	"time"
)

// complaintDays is the time to acknowledge a complaint under DPA s.164A, in
// force from complaintsFrom (SI 2026/82 reg 3).
const complaintDays = 30

var complaintsFrom = NewDay(2026, time.June, 19)

// review counts an internal review (FOIA s.45 Code), a data-protection
// complaint (DPA s.164A), or the earliest of both when its subject is unknown.
func (m *reckoning) review() {
	m.moot("no clock of a review waits for it", matters[:]...)
	if m.res.Of == "" {
		m.res.Of = KindFOI
	}
	m.res.Start = m.received
	if m.res.Of != KindFOI {
		m.complaintAcknowledgement()
	}
	t := m.foiReview()
	if m.res.Of == KindFOI {
		m.res.Extended = m.extended != 0
	} else {
		if m.extended != 0 {
			m.warn("extended on %s moves no date: the target of a data-protection complaint is the body's own", m.extended)
		}
		if c := m.complaintOutcome(); m.res.Of == KindDSAR || c.at <= t.at {
			m.res.Region, t = m.rules.ReviewCalendar, c
		}
	}
	m.res.RespondBy = m.keep(t)
}

// foiReview is twenty working days, forty when extended.
func (m *reckoning) foiReview() *track {
	m.res.Region = AnyUK
	t := m.track(ClockRespond, "FOIA s.45 Code of Practice", "received on %s; the day itself is not counted")
	t.count(AnyUK, foiDays, nil, "twenty-working-days", "ICO on internal reviews", "the twentieth working day after that")
	if m.extended != 0 {
		t.count(AnyUK, foiLongDays-foiDays, nil, "extension", "ICO on internal reviews",
			fmt.Sprintf("extended on %s: twenty working days more, forty in all", m.extended.Long()))
	}
	return t
}

// complaintOutcome is the house's target for the outcome of a complaint.
func (m *reckoning) complaintOutcome() *track {
	t := m.track(ClockRespond, "DPA s.164A", "received on %s; the day itself is not counted")
	if m.rules.ReviewDays > 0 {
		t.count(m.rules.ReviewCalendar, m.rules.ReviewDays, nil, "house-target", housePromise,
			fmt.Sprintf("%d working days on the calendar of %s; the Act asks for an outcome without undue delay",
				m.rules.ReviewDays, m.rules.ReviewCalendar.label()))
	}
	return t
}

// complaintAcknowledgement is thirty days, rolled; the day of receipt is not
// counted (ICO).
func (m *reckoning) complaintAcknowledgement() {
	if m.received < complaintsFrom {
		t := m.track(ClockComplaintAcknowledge, "DPA s.164A", "received on %s")
		t.halt("not-in-force", "SI 2026/82 reg 3", "the duty to acknowledge a complaint holds from "+complaintsFrom.Long())
		m.keep(t)
		return
	}
	t := m.track(ClockComplaintAcknowledge, "DPA s.164A", "received on %s; the day itself is not counted")
	t.moveTo(m.received+complaintDays, "thirty-days", "DPA s.164A", fmt.Sprintf("%d days", complaintDays))
	t.roll("Reg 1182/71 Art 3(4), by DPA s.205(2)")
	m.res.ComplaintAcknowledgeBy = m.keep(t)
}
