package templates

import (
	"fmt"

	"requestd/deadlines"
	"requestd/templates/welsh"
)

// EnglishDay returns a date as letters write it, such as 1 December 2026; no
// day is "".
func EnglishDay(d deadlines.Day) string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.Date()
	return fmt.Sprintf("%d %s %d", day, m, y)
}

// WelshDay returns a date as Welsh letters write it, such as 1 Rhagfyr 2026.
func WelshDay(d deadlines.Day) string { return welsh.Long(d) }

// WelshWeekday returns the day of the week in its plain form, such as dydd
// Mawrth.
func WelshWeekday(d deadlines.Day) string {
	if d.IsZero() {
		return ""
	}
	return "dydd " + welsh.Weekdays[d.Weekday()]
}

// ShortDay returns a date as staff mail writes it, such as Tue 1 Dec 2026.
func ShortDay(d deadlines.Day) string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.Date()
	return fmt.Sprintf("%s %d %s %d", d.Weekday().String()[:3], day, m.String()[:3], y)
}
