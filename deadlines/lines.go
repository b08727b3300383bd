package deadlines

import (
	"cmp"
	"fmt"
	"time"
)

// Lines puts the ledger into words, with a heading for each clock and a line
// for each step. Below a step are the days that it did not count; Saturdays and
// Sundays only as a number.
func Lines(ledger []Step) []string {
	titles := map[Clock]string{
		ClockAcknowledge:          "Acknowledge by",
		ClockComplaintAcknowledge: "Acknowledge complaint by",
		ClockRespond:              "Reply by",
		ClockExtensionNotice:      "Notice of extension by",
		ClockLongerReading:        "Reply by, in the statute's longer reading (not the date to keep)",
	}
	var lines []string
	var clock Clock
	for _, s := range ledger {
		if s.Clock != clock {
			clock = s.Clock
			lines = append(lines, titles[clock])
		}
		date := cmp.Or(s.Date.String(), "no date")
		lines = append(lines, fmt.Sprintf("  %-10s  %s [%s]", date, s.Text, s.Source))
		lines = append(lines, s.notCounted()...)
	}
	return lines
}

func (s Step) notCounted() []string {
	var lines []string
	weekends := 0
	for _, d := range s.Skipped {
		if d.Why == time.Saturday.String() || d.Why == time.Sunday.String() {
			weekends++
			continue
		}
		lines = append(lines, fmt.Sprintf("  %10s  - %s not counted: %s", "", d.Date, d.Why))
	}
	switch {
	case weekends == 1:
		lines = append(lines, fmt.Sprintf("  %10s  - one day at a weekend not counted", ""))
	case weekends > 1:
		lines = append(lines, fmt.Sprintf("  %10s  - %d days at weekends not counted", "", weekends))
	}
	return lines
}
