package deadlines

import (
	"fmt"
	"slices"
)

const (
	foiDays     = 20 // FOIA s.10(1)
	foiLongDays = 40 // ICO: at most twenty further days, except in exceptional cases
)

// eirFeeDays is the time to pay a charge in advance (EIR reg 8(5)).
const eirFeeDays = 60

// statute has the sections of one of the two laws that count twenty working
// days, and the reasons for which each extends.
type statute struct {
	name, receipt, reset, days string
	extension, extended        string // extended follows "extended on DATE"
	notice, noticeText         string
	unpaid                     string
	stops                      map[matter]string
}

var (
	foiLaw = statute{
		name: "FOIA", receipt: "FOIA s.10(1), (6)", reset: "FOIA s.1(3), s.10(6)(b)", days: "FOIA s.10(1)",
		extension: "FOIA s.10(3), s.17(2)", extended: "for the public-interest test",
		notice:     "FOIA s.17(1)–(2)",
		noticeText: "a notice that extends, with the exemption and an estimated date, goes out within the twenty working days",
		unpaid:     "FOIA s.10(2)",
		stops:      map[matter]string{clarification: "FOIA s.1(3)", fee: "FOIA s.9(2)"},
	}
	eirLaw = statute{
		name: "the EIR", receipt: "EIR reg 5(2)", reset: "EIR reg 9(4)", days: "EIR reg 5(2)",
		extension: "EIR reg 7(1)", extended: "because the request is complex and voluminous",
		notice:     "EIR reg 7(3)",
		noticeText: "a notice that extends goes out within the twenty working days",
		unpaid:     "EIR reg 8(6)",
		stops:      map[matter]string{clarification: "EIR reg 9(2)–(4)", fee: "EIR reg 8(4)–(6)"},
	}
)

// twentyDays counts the twenty working days of FOIA s.10(1) or EIR reg 5(2),
// forty when extended.
func (rk *reckoning) twentyDays(law *statute) {
	rk.res.Region = AnyUK
	rk.moot("under "+law.name+" no clock waits for it", identity, authority)
	t := rk.track(ClockRespond, law.receipt, "received on %s; the day itself is not counted")
	for _, d := range rk.talk(clarification).answers() {
		if d > t.at {
			t.moveTo(d, "clarification-reset", law.reset,
				fmt.Sprintf("clarification came on %s, which is now the date of receipt", d.Long()))
		}
	}
	rk.res.Start = t.at
	rk.res.Extended = rk.extended != 0
	rk.twentyDaysAskedLate(law)
	if rk.halted(t, law.stops) {
		rk.keep(t)
		return
	}
	t.count(AnyUK, foiDays, rk.unpaid(law), "twenty-working-days", law.days, "the twentieth working day after that")
	notice, ruled := t.at, slices.Clone(t.ruled)
	if rk.res.Extended {
		t.count(AnyUK, foiLongDays-foiDays, rk.unpaid(law), "extension", law.extension,
			fmt.Sprintf("extended on %s %s: twenty working days more, forty in all", rk.extended.Long(), law.extended))
	}
	rk.res.RespondBy = rk.keep(t)
	rk.twentyDaysNotice(law, notice, ruled)
}

// unpaid returns a function that says of each day whether it is between a fees
// notice and its payment, both days included.
func (rk *reckoning) unpaid(law *statute) func(Day) string {
	unpaid := rk.talk(fee).spans(true)
	if len(unpaid) == 0 {
		return nil
	}
	reasons := make([]string, len(unpaid))
	for i, s := range unpaid {
		reasons[i] = fmt.Sprintf("fees notice of %s, paid on %s (%s)", s.first.Long(), (s.end - 1).Long(), law.unpaid)
	}
	return func(d Day) string {
		for i, s := range unpaid {
			if d >= s.first && d < s.end {
				return reasons[i]
			}
		}
		return ""
	}
}

// twentyDaysNotice computes the last day for the notice of an extension, which
// must be sent within the twenty days (FOIA s.17(1), EIR reg 7(3)).
func (rk *reckoning) twentyDaysNotice(law *statute, by Day, ruled []int) {
	t := rk.track(ClockExtensionNotice, law.receipt, "received on %s")
	t.ruled = ruled
	t.moveTo(by, "extension-notice", law.notice, law.noticeText)
	rk.res.ExtensionNoticeBy, rk.res.ExtensionNoticeSafe = rk.keep(t), by
}

// twentyDaysAskedLate warns of questions asked when the time to answer had passed.
func (rk *reckoning) twentyDaysAskedLate(law *statute) {
	days := foiDays
	if rk.res.Extended {
		days = foiLongDays
	}
	for _, mat := range []matter{clarification, fee} {
		for _, w := range rk.talk(mat).waits {
			t := &track{cal: rk.cal, at: rk.received}
			for _, d := range rk.talk(clarification).answers() {
				if d <= w.asked && d != w.answered {
					t.at = max(t.at, d)
				}
			}
			t.count(AnyUK, days, rk.unpaid(law), "", "", "")
			rk.warnLate(mat, w.asked, t.at)
		}
	}
}

func (rk *reckoning) warnLate(mat matter, asked, due Day) {
	if asked > due {
		rk.warn("%s on %s came after the request was due on %s: it counts all the same", mat.question(), asked, due)
	}
}

// FeePayableBy returns the last day on which a fee can be paid: three months
// beginning with the day of the notice (FOIA s.9(2)).
func FeePayableBy(notice Day) Day {
	by := notice.AddMonths(3)
	_, _, day := notice.Date()
	if _, _, end := by.Date(); end < day {
		return by // that month has no such date, so its last day is the last
	}
	return by - 1
}
