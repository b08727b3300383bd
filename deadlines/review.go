package deadlines

import (
	"cmp"
	"fmt"
	"time"
)

// complaintDays is the time to acknowledge a complaint under DPA s.164A, in
// force from complaintsFrom (SI 2026/82 reg 3).
const complaintDays = 30

var complaintsFrom = NewDay(2026, time.June, 19)

// review computes an internal review (FOIA s.45 Code), representations about an
// environmental answer (EIR reg 11), a data-protection complaint about a DSAR
// or another right (DPA s.164A), or the earlier of both if its subject is
// unknown.
func (rk *reckoning) review() {
	rk.moot("no clock of a review waits for it", matters[:]...)
	rk.res.Of = cmp.Or(rk.res.Of, KindFOI)
	rk.res.Start = rk.received
	if rk.res.Of == KindEIR {
		rk.eirReview()
		return
	}
	if rk.res.Of != KindFOI {
		rk.complaintAcknowledgement()
	}
	t := rk.foiReview()
	if rk.res.Of == KindFOI {
		rk.res.Extended = rk.extended != 0
	} else {
		if rk.extended != 0 {
			rk.warn("extended on %s moves no date: the target of a data-protection complaint is the body's own", rk.extended)
		}
		if c := rk.complaintOutcome(); rk.res.Of != OfUnknown || c.at <= t.at {
			rk.res.Region, t = rk.rules.ReviewCalendar, c
		}
	}
	rk.res.RespondBy = rk.keep(t)
}

// eirReview counts the forty working days in which representations are decided,
// which are law and which nothing extends.
func (rk *reckoning) eirReview() {
	rk.res.Region = AnyUK
	if rk.extended != 0 {
		rk.warn("extended on %s moves no date: EIR reg 11(4) knows no extension", rk.extended)
	}
	t := rk.track(ClockRespond, "EIR reg 11(4)", "representations received on %s; the day itself is not counted")
	t.count(AnyUK, foiLongDays, nil, "forty-working-days", "EIR reg 11(4)", "the fortieth working day after that")
	rk.res.RespondBy = rk.keep(t)
}

// foiReview counts twenty working days, forty if extended.
func (rk *reckoning) foiReview() *track {
	rk.res.Region = AnyUK
	t := rk.track(ClockRespond, "FOIA s.45 Code of Practice", "received on %s; the day itself is not counted")
	t.count(AnyUK, foiDays, nil, "twenty-working-days", "ICO on internal reviews", "the twentieth working day after that")
	if rk.extended != 0 {
		t.count(AnyUK, foiLongDays-foiDays, nil, "extension", "ICO on internal reviews",
			fmt.Sprintf("extended on %s: twenty working days more, forty in all", rk.extended.Long()))
	}
	return t
}

// complaintOutcome computes the house's target for the outcome of a complaint.
func (rk *reckoning) complaintOutcome() *track {
	t := rk.track(ClockRespond, "DPA s.164A", "received on %s; the day itself is not counted")
	if rk.rules.ReviewDays > 0 {
		t.count(rk.rules.ReviewCalendar, rk.rules.ReviewDays, nil, "house-target", housePromise,
			fmt.Sprintf("%d working days on the calendar of %s; the Act asks for an outcome without undue delay",
				rk.rules.ReviewDays, rk.rules.ReviewCalendar.label()))
	}
	return t
}

// complaintAcknowledgement counts thirty days, and rolls; the day of receipt is
// not counted (ICO).
func (rk *reckoning) complaintAcknowledgement() {
	if rk.received < complaintsFrom {
		t := rk.track(ClockComplaintAcknowledge, "DPA s.164A", "received on %s")
		t.halt("not-in-force", "SI 2026/82 reg 3", "the duty to acknowledge a complaint holds from "+complaintsFrom.Long())
		rk.keep(t)
		return
	}
	t := rk.track(ClockComplaintAcknowledge, "DPA s.164A", "received on %s; the day itself is not counted")
	t.moveTo(rk.received+complaintDays, "thirty-days", "DPA s.164A", fmt.Sprintf("%d days", complaintDays))
	t.roll("Reg 1182/71 Art 3(4), by DPA s.205(2)")
	rk.res.ComplaintAcknowledgeBy = rk.keep(t)
}
