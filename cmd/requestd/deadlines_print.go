package main

import (
	"bytes"
	"fmt"
	"io"

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
		{"Acknowledge complaint by", r.ComplaintAcknowledgeBy, r.Kind == deadlines.KindReview && deadlines.Complaint(r.Of)},
		{"Reply by", r.RespondBy, true},
		{"First due", r.FirstDue, r.FirstDue != 0},
		{"Notice of extension by", r.ExtensionNoticeBy, r.ExtensionNoticeBy != 0},
	} {
		if d.show {
			fmt.Fprintf(&b, "%-26s %s\n", d.name, weekdayAndDate(d.day))
		}
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "Warning: %s\n", w)
	}
	for _, line := range deadlines.Lines(r.Ledger) {
		if line[0] != ' ' {
			b.WriteByte('\n')
		}
		b.WriteString(line + "\n")
	}
	_, err := out.Write(b.Bytes())
	return err
}

func weekdayAndDate(d deadlines.Day) string {
	if d.IsZero() {
		return "no date"
	}
	return d.Weekday().String() + " " + d.Long()
}
