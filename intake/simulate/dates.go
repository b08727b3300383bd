package simulate

import (
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// Promises to requesters are checked against dates that are counted here day by
// day, as a clerk would: only from the facts and the lists of bank holidays,
// and with no code that the product counts with.

// holidays are the bank holidays of each part of the United Kingdom.
type holidays map[deadlines.Division]map[time.Time]bool

func knownHolidays() holidays {
	h := holidays{}
	for _, div := range deadlines.Divisions() {
		h[div] = map[time.Time]bool{}
		for _, x := range deadlines.Default().Holidays(div) {
			h[div][date(x.Date)] = true
		}
	}
	return h
}

func date(d deadlines.Day) time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}

var everywhere = deadlines.Divisions()

var england = []deadlines.Division{deadlines.DivisionEnglandAndWales}

// office reports whether the offices of all the divisions are open on a day.
func (h holidays) office(d time.Time, of []deadlines.Division) bool {
	if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		return false
	}
	for _, div := range of {
		if h[div][d] {
			return false
		}
	}
	return true
}

// after returns the nth working day after d, which is not counted itself.
func (h holidays) after(d time.Time, n int, of []deadlines.Division) time.Time {
	for n > 0 {
		if d = d.AddDate(0, 0, 1); h.office(d, of) {
			n--
		}
	}
	return d
}

// month returns the same date of the next month, or that month's last day, or
// the working day that follows.
func (h holidays) month(d time.Time) time.Time {
	next := time.Date(d.Year(), d.Month()+1, d.Day(), 0, 0, 0, 0, time.UTC)
	if next.Day() != d.Day() {
		next = time.Date(d.Year(), d.Month()+2, 0, 0, 0, 0, 0, time.UTC)
	}
	for !h.office(next, england) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// counted returns the day by which a part of a case is to be answered; ok is
// false if more was recorded than an extension, so that a clerk would ask.
func (w *world) counted(n now, part, of intake.Kind, about []fact) (day time.Time, ok bool) {
	days := 20
	for _, x := range about {
		switch {
		case x.name == intake.Extended && part == intake.FOI:
			if !date(x.day).After(w.free.after(date(n.received), 20, everywhere)) { // FOIA s.17(1)
				days = 40
			}
		case x.name.MovesClock():
			return day, false
		}
	}
	received := date(n.received)
	foi := w.free.after(received, days, everywhere) // FOIA s.10(1), (6); the s.45 Code on reviews
	complaint := w.free.after(received, 20, england)
	switch {
	case part == intake.FOI:
		return foi, true
	case part == intake.DSAR:
		return w.free.month(received), true // UK GDPR Art 12(3)
	case of == intake.DSAR:
		return complaint, true
	case of == intake.FOI || foi.Before(complaint):
		return foi, true
	}
	return complaint, true
}

// checkCounted compares the calendar's date with the count.
func (w *world) checkCounted(n now, part, of intake.Kind, about []fact, is deadlines.Day) {
	if want, ok := w.counted(n, part, of, about); ok && !date(is).Equal(want) {
		w.fail("%s of %s is to be answered by %s; counted day by day, by %s", part, n.received, is, want.Format(time.DateOnly))
	}
}
