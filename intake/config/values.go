package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"requestd/deadlines"
)

// TimeOfDay is an hour and minute in London.
type TimeOfDay struct{ Hour, Minute int }

// On returns the moment on that day.
func (t TimeOfDay) On(d deadlines.Day) time.Time { return d.Time(t.Hour, t.Minute) }

// String returns the time as 15:04.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

func parseTimeOfDay(s string) (TimeOfDay, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return TimeOfDay{}, mistake{"is no time of day", `write it as "08:00"`}
	}
	return TimeOfDay{t.Hour(), t.Minute()}, nil
}

// Period is a span of the calendar. The zero Period never ends.
type Period struct{ Years, Months, Days int }

// IsZero reports whether the period never ends.
func (p Period) IsZero() bool { return p == Period{} }

// After returns the day on which the period that began on d has passed.
func (p Period) After(d deadlines.Day) deadlines.Day {
	y, m, day := d.Date()
	first := deadlines.NewDay(y+p.Years, m+time.Month(p.Months), 1)
	y, m, _ = first.Date()
	last := deadlines.NewDay(y, m+1, 1) - 1 // 31 January and a month is the end of February
	return min(first+deadlines.Day(day-1), last) + deadlines.Day(p.Days)
}

// String returns the period as it is written in the file.
func (p Period) String() string {
	switch {
	case p.Years != 0:
		return plural(p.Years, "year")
	case p.Months != 0:
		return plural(p.Months, "month")
	case p.Days != 0:
		return plural(p.Days, "day")
	}
	return "for ever"
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

const maxPeriodYears = 100

func parsePeriod(s string) (Period, error) {
	if s == "for ever" {
		return Period{}, nil
	}
	bad := mistake{"is no period", `write it as "3 years", "6 months", "90 days" or "for ever"`}
	num, unit, ok := strings.Cut(s, " ")
	n, err := strconv.Atoi(num)
	if !ok || err != nil || n < 1 {
		return Period{}, bad
	}
	var p Period
	limit := maxPeriodYears
	switch strings.TrimSuffix(unit, "s") {
	case "year":
		p.Years = n
	case "month":
		p.Months, limit = n, 12*maxPeriodYears
	case "day":
		p.Days, limit = n, 366*maxPeriodYears
	default:
		return Period{}, bad
	}
	if n > limit {
		return Period{}, mistake{"is longer than " + plural(maxPeriodYears, "year"), `write "for ever"`}
	}
	return p, nil
}
