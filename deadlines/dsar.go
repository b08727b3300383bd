package deadlines

import (
	"fmt"
	"slices"
)

var dsarStops = map[matter]string{
	clarification: "UK GDPR Art 12A(5)",
	identity:      "UK GDPR Art 12(6), 12A(2)(b)",
	authority:     "UK GDPR Art 12(6), 12A(2)(b)",
	fee:           "UK GDPR Art 12(5), 12A(2)(c)",
}

// dsarResets are the matters whose answer starts the month afresh.
var dsarResets = []matter{identity, authority, fee}

// reset is an answer that may move the relevant time.
type reset struct {
	day    Day
	matter matter
}

// dsar counts the month of UK GDPR Art 12A, or three months when extended,
// from the relevant time, and adds the pauses before it rolls once.
func (m *reckoning) dsar() {
	m.res.Region = EnglandAndWales
	t := m.track(ClockRespond, "UK GDPR Art 12A(2)(a)", "received on %s")
	for _, r := range m.dsarResets() {
		if r.day > t.at {
			t.moveTo(r.day, string(r.matter)+"-reset", dsarStops[r.matter],
				fmt.Sprintf("%s came on %s, which is now the relevant time", r.matter.named(), r.day.Long()))
		}
	}
	m.res.Start = t.at
	m.res.Extended = m.extended != 0
	m.dsarAskedLate()
	if m.halted(t, dsarStops) {
		m.keep(t)
		return
	}
	m.dsarMonths(t)
	m.pauses(t, false)
	t.roll("Reg 1182/71 Art 3(4), by UK GDPR Art 4A")
	m.res.RespondBy = m.keep(t)
	m.longerReading()
	m.dsarNotice()
}

// dsarResets lists the answers on identity, authority and fee by day.
func (m *reckoning) dsarResets() []reset {
	var rs []reset
	for _, mat := range dsarResets {
		for _, d := range m.talk(mat).answers() {
			rs = append(rs, reset{d, mat})
		}
	}
	slices.SortStableFunc(rs, func(a, b reset) int { return int(a.day - b.day) })
	return rs
}

// dsarMonths goes on by one month, or by three from the same start.
func (m *reckoning) dsarMonths(t *track) {
	if m.res.Extended {
		t.moveTo(t.at.AddMonths(3), "three-months", "UK GDPR Art 12A(3)",
			fmt.Sprintf("extended on %s by two further months: three months from the relevant time", m.extended.Long()))
		return
	}
	t.moveTo(t.at.AddMonths(1), "one-month", "UK GDPR Art 12A(1), Reg 1182/71 Art 3(2)(c)",
		"one month: the same date of the next month, or the month's last day")
}

// pauses adds the days of each wait for clarification, from the relevant time
// on. Through counts the day of the answer too, as the statute can be read;
// the project's reading leaves it out and so is never late.
func (m *reckoning) pauses(t *track, through bool) {
	text := "clarification asked on %s, answered on %s: %s"
	if through {
		text = "clarification asked on %s, answered on %s, both days included: %s"
	}
	for _, s := range m.talk(clarification).spans(through) {
		first := max(s.first, m.res.Start)
		if n := s.end - first; n > 0 || (n == 0 && !through) {
			answered := s.end
			if through {
				answered--
			}
			t.moveTo(t.at+n, "clarification-pause", "UK GDPR Art 12A(5)",
				fmt.Sprintf(text, s.first.Long(), answered.Long(), uncounted(int(n))))
		}
	}
}

func uncounted(days int) string {
	if days == 1 {
		return "1 day does not count"
	}
	return fmt.Sprintf("%d days do not count", days)
}

// longerReading shows the date when both end days of a pause are left out.
func (m *reckoning) longerReading() {
	if len(m.talk(clarification).spans(true)) == 0 {
		return
	}
	t := m.track(ClockLongerReading, "UK GDPR Art 12A(2)", "received on %s")
	if m.res.Start > t.at {
		t.moveTo(m.res.Start, "relevant-time", "UK GDPR Art 12A(2)", "the relevant time is "+m.res.Start.Long())
	}
	m.dsarMonths(t)
	before := t.at
	m.pauses(t, true)
	if t.at == before {
		return // every wait ended before the relevant time
	}
	t.roll("Reg 1182/71 Art 3(4), by UK GDPR Art 4A")
	m.res.LongerReading = m.keep(t)
}

// dsarNotice keeps the last day for the notice of an extension: before the
// first month, with its pauses, ends (UK GDPR Art 12A(4)).
func (m *reckoning) dsarNotice() {
	t := m.track(ClockExtensionNotice, "UK GDPR Art 12A(2)", "received on %s")
	end := m.res.Start.AddMonths(1)
	for _, s := range m.talk(clarification).spans(false) {
		end += max(0, s.end-max(s.first, m.res.Start))
	}
	safe := end
	for t.whyNot(EnglandAndWales, safe) != "" {
		safe--
	}
	t.moveTo(end, "extension-notice", "UK GDPR Art 12A(4)–(5)",
		"a notice that extends, with its reasons, goes out before the first month ends, not rolled; the last working day for it is "+safe.Long())
	m.res.ExtensionNoticeBy, m.res.ExtensionNoticeSafe = m.keep(t), safe
	if m.extended > end {
		m.warn("the extension of %s came after %s, the end of the first month (UK GDPR Art 12A(4)): too late, and counted all the same", m.extended, end)
	}
}

// dsarAskedLate warns of questions asked when the time to answer had passed.
func (m *reckoning) dsarAskedLate() {
	for _, mat := range matters {
		for _, w := range m.talk(mat).waits {
			start := m.received
			for _, r := range m.dsarResets() {
				if r.day <= w.asked && !(r.matter == mat && r.day == w.answered) {
					start = max(start, r.day)
				}
			}
			t := &track{cal: m.cal, at: start}
			m.dsarMonths(t)
			for _, s := range m.talk(clarification).spans(false) {
				t.at += max(0, min(s.end, w.asked)-max(s.first, start))
			}
			t.roll("")
			m.warnLate(mat, w.asked, t.at)
		}
	}
}
