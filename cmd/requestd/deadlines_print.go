package main

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"requestd/deadlines"
)

// printResult writes a request's dates and its ledger for people.
func printResult(out io.Writer, r deadlines.Result) error {
	var b bytes.Buffer
	kind := r.Kind
	if r.Of != "" {
		kind += " of " + r.Of
	}
	fmt.Fprintf(&b, "%-26s %s, %s\n", "Request", kind, r.State)
	for _, d := range []struct {
		name string
		day  deadlines.Day
		show bool
	}{
		{"Received", r.Received, true},
		{"Acknowledge by", r.AcknowledgeBy, true},
		{"Acknowledge complaint by", r.ComplaintAcknowledgeBy, r.Kind == deadlines.KindReview && r.Of != deadlines.KindFOI},
		{"Reply by", r.RespondBy, true},
		{"Notice of extension by", r.ExtensionNoticeBy, r.ExtensionNoticeBy != 0},
	} {
		if d.show {
			fmt.Fprintf(&b, "%-26s %s\n", d.name, weekdayAndDate(d.day))
		}
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "Warning: %s\n", w)
	}
	printLedger(&b, r.Ledger)
	_, err := out.Write(b.Bytes())
	return err
}

func weekdayAndDate(d deadlines.Day) string {
	if d.IsZero() {
		return "no date"
	}
	return d.Weekday().String() + " " + d.Long()
}

// printLedger writes a line a step, and below it the days not counted, where
// Saturdays and Sundays are only told by their number.
func printLedger(b *bytes.Buffer, ledger []deadlines.Step) {
	titles := map[deadlines.Clock]string{
		deadlines.ClockAcknowledge:          "Acknowledge by",
		deadlines.ClockComplaintAcknowledge: "Acknowledge complaint by",
		deadlines.ClockRespond:              "Reply by",
		deadlines.ClockExtensionNotice:      "Notice of extension by",
		deadlines.ClockLongerReading:        "Reply by, in the statute's longer reading (not the date to keep)",
	}
	var clock deadlines.Clock
	for _, s := range ledger {
		if s.Clock != clock {
			clock = s.Clock
			fmt.Fprintf(b, "\n%s\n", titles[clock])
		}
		date := s.Date.String()
		if date == "" {
			date = "no date"
		}
		fmt.Fprintf(b, "  %-10s  %s [%s]\n", date, s.Text, s.Source)
		weekends := 0
		for _, d := range s.Skipped {
			if d.Why == time.Saturday.String() || d.Why == time.Sunday.String() {
				weekends++
				continue
			}
			fmt.Fprintf(b, "  %12s- not %s: %s\n", "", d.Date, d.Why)
		}
		if weekends > 0 {
			fmt.Fprintf(b, "  %12s- not %d Saturdays and Sundays\n", "", weekends)
		}
	}
}
