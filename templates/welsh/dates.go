package welsh

import (
	"fmt"

	"requestd/deadlines"
)

// Months and days of the week, whole and short. The figure before the month
// keeps it free of mutation after any preposition.
var (
	Months = [...]string{
		"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
		"Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr",
	}
	ShortMonths = [...]string{"Ion", "Chwef", "Maw", "Ebr", "Mai", "Meh", "Gorff", "Awst", "Medi", "Hyd", "Tach", "Rhag"}
	Weekdays    = [...]string{"Sul", "Llun", "Mawrth", "Mercher", "Iau", "Gwener", "Sadwrn"}
	ShortDays   = [...]string{"Sul", "Llun", "Maw", "Mer", "Iau", "Gwe", "Sad"}
)

// Long returns a date written out, such as 1 Rhagfyr 2026; no day is "".
func Long(d deadlines.Day) string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.Date()
	return fmt.Sprintf("%d %s %d", day, Months[m-1], y)
}

// Short returns a date as staff mail writes it, such as Maw 1 Rhag 2026; no day
// is "".
func Short(d deadlines.Day) string {
	if d.IsZero() {
		return ""
	}
	y, m, day := d.Date()
	return fmt.Sprintf("%s %d %s %d", ShortDays[d.Weekday()], day, ShortMonths[m-1], y)
}
