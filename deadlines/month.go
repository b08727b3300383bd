package deadlines

import (
	"fmt"
	"maps"
	"slices"
)

var dsarStops = map[matter]string{
	clarification: "UK GDPR Art 12A(5)",
	identity:      "UK GDPR Art 12(6), 12A(2)(b)",
	authority:     "UK GDPR Art 12(6), 12A(2)(b)",
	fee:           "UK GDPR Art 12(5), 12A(2)(c)",
}

// rightsStops leaves out clarification: Art 12A(5) pauses the month only for an
// Art 15 request.
var rightsStops = func() map[matter]string {
	stops := maps.Clone(dsarStops)
	delete(stops, clarification)
	return stops
}()

// stopsOf returns the matters for which the clock of a kind waits, each with
// its law.
func stopsOf(kind string) map[matter]string {
	switch kind {
	case KindFOI:
		return foiLaw.stops
	case KindEIR:
		return eirLaw.stops
	case KindDSAR:
		return dsarStops
	case KindRights:
		return rightsStops
	}
	return nil
}

// clarified returns the waits for clarification that pause the month.
func (rk *reckoning) clarified(through bool) []span {
	if rk.kind == KindRights {
		return nil
	}
	return rk.talk(clarification).spans(through)
}

// dsarResets are the matters whose answer starts the month again.
var dsarResets = []matter{identity, authority, fee}

// reset is an answer that may move the relevant time.
type reset struct {
	day    Day
	matter matter
}

// month counts the month of UK GDPR Art 12A, or three months if extended, from
// the relevant time, and adds the pauses of an Art 15 request before it rolls
// once.
func (rk *reckoning) month() {
	if rk.kind == KindRights {
		rk.moot("UK GDPR Art 12A(5) pauses the month of an access request alone", clarification)
	}
	rk.res.Region = EnglandAndWales
	t := rk.track(ClockRespond, "UK GDPR Art 12A(2)(a)", "received on %s")
	for _, r := range rk.dsarResets() {
		if r.day > t.at {
			t.moveTo(r.day, string(r.matter)+"-reset", dsarStops[r.matter],
				fmt.Sprintf("%s came on %s, which is now the relevant time", r.matter.named(), r.day.Long()))
		}
	}
	rk.res.Start = t.at
	rk.res.Extended = rk.extended != 0
	rk.dsarAskedLate()
	if rk.halted(t, stopsOf(rk.kind)) {
		rk.keep(t)
		return
	}
	rk.dsarMonths(t)
	rk.pauses(t, false)
	t.roll("Reg 1182/71 Art 3(4), by UK GDPR Art 4A")
	rk.res.RespondBy = rk.keep(t)
	rk.longerReading()
	rk.dsarNotice()
}

// dsarResets lists the answers on identity, authority and fee by day.
func (rk *reckoning) dsarResets() []reset {
	var rs []reset
	for _, mat := range dsarResets {
		for _, d := range rk.talk(mat).answers() {
			rs = append(rs, reset{d, mat})
		}
	}
	slices.SortStableFunc(rs, func(a, b reset) int { return int(a.day - b.day) })
	return rs
}

// dsarMonths moves on by one month, or by three from the same start.
func (rk *reckoning) dsarMonths(t *track) {
	if rk.res.Extended {
		t.moveTo(t.at.AddMonths(3), "three-months", "UK GDPR Art 12A(3)",
			fmt.Sprintf("extended on %s by two further months: three months from the relevant time", rk.extended.Long()))
		return
	}
	t.moveTo(t.at.AddMonths(1), "one-month", "UK GDPR Art 12A(1), Reg 1182/71 Art 3(2)(c)",
		"one month: the same date of the next month, or the month's last day")
}

// pauses adds the days of each wait for clarification, from the relevant time
// on. With through the day of the answer counts too, as the statute can be
// read; the project's reading leaves it out and so is never late.
func (rk *reckoning) pauses(t *track, through bool) {
	text := "clarification asked on %s, answered on %s: "
	if through {
		text = "clarification asked on %s, answered on %s, both days included: "
	}
	for _, s := range rk.clarified(through) {
		answered := s.end
		if through {
			answered--
		}
		n := s.end - max(s.first, rk.res.Start)
		what := fmt.Sprintf(text, s.first.Long(), answered.Long())
		switch {
		case n > 0:
			what += uncounted(int(n))
		case through:
			continue // the first reading has said so
		default:
			n, what = 0, what+"no day is left out"
		}
		t.moveTo(t.at+n, "clarification-pause", "UK GDPR Art 12A(5)", what)
	}
}

func uncounted(days int) string {
	if days == 1 {
		return "1 day does not count"
	}
	return fmt.Sprintf("%d days do not count", days)
}

// longerReading computes the date if both end days of a pause are left out.
func (rk *reckoning) longerReading() {
	if len(rk.clarified(true)) == 0 {
		return
	}
	t := rk.track(ClockLongerReading, "UK GDPR Art 12A(2)", "received on %s")
	if rk.res.Start > t.at {
		t.moveTo(rk.res.Start, "relevant-time", "UK GDPR Art 12A(2)", "the relevant time is "+rk.res.Start.Long())
	}
	rk.dsarMonths(t)
	before := t.at
	rk.pauses(t, true)
	if t.at == before {
		return // every wait ended before the relevant time
	}
	t.roll("Reg 1182/71 Art 3(4), by UK GDPR Art 4A")
	rk.res.LongerReading = rk.keep(t)
}

// dsarNotice computes the last day for the notice of an extension: before the
// first month, with its pauses, ends (UK GDPR Art 12A(4)).
func (rk *reckoning) dsarNotice() {
	t := rk.track(ClockExtensionNotice, "UK GDPR Art 12A(2)", "received on %s")
	end := rk.res.Start.AddMonths(1)
	for _, s := range rk.clarified(false) {
		end += max(0, s.end-max(s.first, rk.res.Start))
	}
	safe := end
	for t.whyNot(EnglandAndWales, safe) != "" {
		safe--
	}
	t.moveTo(end, "extension-notice", "UK GDPR Art 12A(4)–(5)",
		"a notice that extends, with its reasons, goes out before the first month ends, not rolled; the last working day for it is "+safe.Long())
	rk.res.ExtensionNoticeBy, rk.res.ExtensionNoticeSafe = rk.keep(t), safe
}

// dsarAskedLate warns of questions asked when the time to answer had passed.
func (rk *reckoning) dsarAskedLate() {
	for _, mat := range matters {
		if _, stops := stopsOf(rk.kind)[mat]; !stops {
			continue
		}
		for _, w := range rk.talk(mat).waits {
			start := rk.received
			for _, r := range rk.dsarResets() {
				if r.day <= w.asked && !(r.matter == mat && r.day == w.answered) {
					start = max(start, r.day)
				}
			}
			t := &track{cal: rk.cal, at: start}
			rk.dsarMonths(t)
			for _, s := range rk.clarified(false) {
				t.at += max(0, min(s.end, w.asked)-max(s.first, start))
			}
			t.roll("")
			rk.warnLate(mat, w.asked, t.at)
		}
	}
}
