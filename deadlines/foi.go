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
func (m *reckoning) foi() {
	m.res.Region = AnyUK
	m.moot("under FOIA no clock waits for it", identity, authority)
	t := m.track(ClockRespond, "FOIA s.10(1), (6)", "received on %s; the day itself is not counted")
	for _, d := range m.talk(clarification).answers() {
		if d > t.at {
			t.moveTo(d, "clarification-reset", "FOIA s.1(3), s.10(6)(b)",
				fmt.Sprintf("clarification came on %s, which is now the date of receipt", d.Long()))
		}
	}
	m.res.Start = t.at
	m.res.Extended = m.extended != 0
	m.foiAskedLate()
	if m.halted(t, foiStops) {
		m.keep(t)
		return
	}
	t.count(AnyUK, foiDays, m.unpaid(), "twenty-working-days", "FOIA s.10(1)", "the twentieth working day after that")
	notice, ruled := t.at, slices.Clone(t.ruled)
	if m.res.Extended {
		t.count(AnyUK, foiLongDays-foiDays, m.unpaid(), "extension", "FOIA s.10(3), s.17(2)",
			fmt.Sprintf("extended on %s for the public-interest test: twenty working days more, forty in all", m.extended.Long()))
	}
	m.res.RespondBy = m.keep(t)
	m.foiNotice(notice, ruled)
}

// unpaid says of each day whether it lies between a fees notice and its
// payment, both days included (FOIA s.10(2)).
func (m *reckoning) unpaid() func(Day) string {
	unpaid := m.talk(fee).spans(true)
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
func (m *reckoning) foiNotice(by Day, ruled []int) {
	t := m.track(ClockExtensionNotice, "FOIA s.10(1), (6)", "received on %s")
	t.ruled = ruled
	t.moveTo(by, "extension-notice", "FOIA s.17(1)–(2)",
		"a notice that extends, with the exemption and an estimated date, goes out within the twenty working days")
	m.res.ExtensionNoticeBy, m.res.ExtensionNoticeSafe = m.keep(t), by
	if m.extended > by {
		m.warn("the extension of %s came after the twentieth working day, %s (FOIA s.17(1)): too late, and counted all the same", m.extended, by)
	}
}

// foiAskedLate warns of questions asked when the time to answer had passed.
func (m *reckoning) foiAskedLate() {
	days := foiDays
	if m.res.Extended {
		days = foiLongDays
	}
	for _, mat := range []matter{clarification, fee} {
		for _, w := range m.talk(mat).waits {
			t := &track{cal: m.cal, at: m.received}
			for _, d := range m.talk(clarification).answers() {
				if d <= w.asked && d != w.answered {
					t.at = max(t.at, d)
				}
			}
			t.count(AnyUK, days, m.unpaid(), "", "", "")
			m.warnLate(mat, w.asked, t.at)
		}
	}
}

func (m *reckoning) warnLate(mat matter, asked, due Day) {
	if asked > due {
		m.warn("%s on %s came after the request was due on %s: it counts all the same", mat.question(), asked, due)
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
