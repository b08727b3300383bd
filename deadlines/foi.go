package deadlines

import (
	"fmt"
	"slices"
)

const (
	foiDays     = 20 // FOIA s.10(1)
	foiLongDays = 40 // ICO: twenty further days at most, save exceptionally
)

var foiStops = map[matter]string{clarification: "FOIA s.1(3)", fee: "FOIA s.9(2)"}

// foi counts the twenty working days of FOIA s.10(1), forty when extended.
func (rk *reckoning) foi() {
	rk.res.Region = AnyUK
	rk.moot("under FOIA no clock waits for it", identity, authority)
	t := rk.track(ClockRespond, "FOIA s.10(1), (6)", "received on %s; the day itself is not counted")
	for _, d := range rk.talk(clarification).answers() {
		if d > t.at {
			t.moveTo(d, "clarification-reset", "FOIA s.1(3), s.10(6)(b)",
				fmt.Sprintf("clarification came on %s, which is now the date of receipt", d.Long()))
		}
	}
	rk.res.Start = t.at
	rk.res.Extended = rk.extended != 0
	rk.foiAskedLate()
	if rk.halted(t, foiStops) {
		rk.keep(t)
		return
	}
	t.count(AnyUK, foiDays, rk.unpaid(), "twenty-working-days", "FOIA s.10(1)", "the twentieth working day after that")
	notice, ruled := t.at, slices.Clone(t.ruled)
	if rk.res.Extended {
		t.count(AnyUK, foiLongDays-foiDays, rk.unpaid(), "extension", "FOIA s.10(3), s.17(2)",
			fmt.Sprintf("extended on %s for the public-interest test: twenty working days more, forty in all", rk.extended.Long()))
	}
	rk.res.RespondBy = rk.keep(t)
	rk.foiNotice(notice, ruled)
}

// unpaid says of each day whether it lies between a fees notice and its
// payment, both days included (FOIA s.10(2)).
func (rk *reckoning) unpaid() func(Day) string {
	unpaid := rk.talk(fee).spans(true)
	if len(unpaid) == 0 {
		return nil
	}
	reasons := make([]string, len(unpaid))
	for i, s := range unpaid {
		reasons[i] = fmt.Sprintf("fees notice of %s, paid on %s (FOIA s.10(2))", s.first.Long(), (s.end - 1).Long())
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

// foiNotice keeps the last day for the notice of an extension, which goes out
// within the twenty days (FOIA s.17(1)).
func (rk *reckoning) foiNotice(by Day, ruled []int) {
	t := rk.track(ClockExtensionNotice, "FOIA s.10(1), (6)", "received on %s")
	t.ruled = ruled
	t.moveTo(by, "extension-notice", "FOIA s.17(1)–(2)",
		"a notice that extends, with the exemption and an estimated date, goes out within the twenty working days")
	rk.res.ExtensionNoticeBy, rk.res.ExtensionNoticeSafe = rk.keep(t), by
	if rk.extended > by {
		rk.warn("the extension of %s came after the twentieth working day, %s (FOIA s.17(1)): too late, and counted all the same", rk.extended, by)
	}
}

// foiAskedLate warns of questions asked when the time to answer had passed.
func (rk *reckoning) foiAskedLate() {
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
			t.count(AnyUK, days, rk.unpaid(), "", "", "")
			rk.warnLate(mat, w.asked, t.at)
		}
	}
}

func (rk *reckoning) warnLate(mat matter, asked, due Day) {
	if asked > due {
		rk.warn("%s on %s came after the request was due on %s: it counts all the same", mat.question(), asked, due)
	}
}

// FeePayableBy is the last day on which a fee can be paid: three months
// beginning with the day of the notice (FOIA s.9(2)).
func FeePayableBy(notice Day) Day {
	by := notice.AddMonths(3)
	_, _, day := notice.Date()
	if _, _, end := by.Date(); end < day {
		return by // there is no such date in that month, so its last day is the last
	}
	return by - 1
}
