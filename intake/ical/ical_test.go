package ical

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"requestd/deadlines"
	"requestd/intake"
)

func day(t *testing.T, s string) deadlines.Day {
	t.Helper()
	d, err := deadlines.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// written returns the calendar of a hybrid, of a complaint, and of a reference
// of another shape, which is long and contains what iCalendar escapes.
func written(t *testing.T, now time.Time) string {
	t.Helper()
	long := "GOV/OLD; 2026, CŴYN " + strings.Repeat("É", 60)
	var b bytes.Buffer
	err := Write(&b, "en", []intake.Date{
		{Ref: "CAF26-00001", Mailbox: "cafcass", Kind: intake.DSAR, What: intake.OwedAnswer, Day: day(t, "2026-10-12")},
		{Ref: "CAF26-00001", Mailbox: "cafcass", Kind: intake.FOI, What: intake.OwedAnswer, Day: day(t, "2026-09-29")},
		{Ref: "CAF26-00002", Mailbox: "cafcass", Kind: intake.Review, What: intake.OwedComplaintAcknowledgement, Day: day(t, "2026-10-01")},
		{Ref: "CAF26-00002", Mailbox: "cafcass", Kind: intake.Review, What: intake.OwedAcknowledgement, Day: day(t, "2026-09-04")},
		{Ref: long, Mailbox: "cymru", Kind: intake.EIR, What: intake.OwedAnswer, Day: day(t, "2026-03-29")}, // the clocks change on that day
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

// TestRules checks the bytes against RFC 5545 without the library that wrote
// them.
func TestRules(t *testing.T) {
	out := written(t, noon)
	if strings.Contains(strings.ReplaceAll(out, "\r\n", ""), "\n") || !strings.HasSuffix(out, "\r\n") {
		t.Error("a line does not end in CRLF (section 3.1)")
	}
	folded := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(out, "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d octets is not folded (section 3.1): %q", len(line), line)
		}
		if !strings.HasPrefix(line, " ") && !regexp.MustCompile(`^[A-Z-]+(;[A-Z-]+=[A-Za-z0-9-]+)*:`).MatchString(line) {
			t.Errorf("no content line: %q", line)
		}
		if name, _, _ := strings.Cut(line, ":"); strings.Count(name, ";VALUE=") > 1 {
			t.Errorf("a parameter stands twice (section 3.2.20): %q", line)
		}
		if strings.HasPrefix(line, " ") {
			folded++
		}
	}
	if folded == 0 {
		t.Error("nothing was folded: the test shows nothing of it")
	}
	whole := strings.ReplaceAll(out, "\r\n ", "")
	if !strings.Contains(whole, `GOV/OLD\; 2026\, CŴYN É`) {
		t.Errorf("a text is not escaped, or a letter was cut by folding (section 3.3.11): %s", whole)
	}
	for _, want := range []string{"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:", "METHOD:PUBLISH\r\n", "END:VCALENDAR\r\n"} {
		if !strings.Contains(whole, want) {
			t.Errorf("want %q in the calendar", want)
		}
	}
	events := strings.Split(whole, "BEGIN:VEVENT\r\n")[1:]
	uids := map[string]bool{}
	for _, e := range events {
		for _, once := range []string{`UID:\S+@requestd`, `DTSTAMP:20260901T120000Z`, `DTSTART;VALUE=DATE:\d{8}`, `SUMMARY:.+`} {
			if n := len(regexp.MustCompile(`(?m)^`+once+`\r$`).FindAllString(e, -1)); n != 1 {
				t.Errorf("%d lines of %s in an event, want one:\n%s", n, once, e)
			}
		}
		uids[regexp.MustCompile(`UID:\S+`).FindString(e)] = true
	}
	if len(events) != 5 || len(uids) != 5 {
		t.Errorf("%d events of %d UIDs, want 5 of 5", len(events), len(uids))
	}
}

func TestParsedBack(t *testing.T) {
	cal, err := ics.ParseCalendar(strings.NewReader(written(t, noon)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range cal.Events() {
		at, err := e.GetAllDayStartAt()
		if err != nil {
			t.Fatal(err)
		}
		summary, _, _ := strings.Cut(e.GetProperty(ics.ComponentPropertySummary).Value, "É")
		got[summary] = at.Format("2006-01-02")
	}
	want := map[string]string{
		"CAF26-00001 subject access: reply": "2026-10-12", "CAF26-00001 freedom of information: reply": "2026-09-29",
		"CAF26-00002 review: acknowledge the complaint": "2026-10-01", "CAF26-00002 review: acknowledge": "2026-09-04",
		"GOV/OLD; 2026, CŴYN ": "2026-03-29",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A date that moves remains the same event, in any language.
func TestUIDIsStable(t *testing.T) {
	uids := regexp.MustCompile(`UID:\S+`)
	d := intake.Date{Ref: "CAF26-00001", Kind: intake.DSAR, What: intake.OwedAnswer, Day: day(t, "2026-10-12")}
	var before, after bytes.Buffer
	if err := Write(&before, "en", []intake.Date{d}, noon); err != nil {
		t.Fatal(err)
	}
	d.Day += 60
	if err := Write(&after, "cy", []intake.Date{d}, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	was, is := uids.FindString(before.String()), uids.FindString(after.String())
	if was != "UID:caf26-00001.dsar.answer@requestd" || was != is {
		t.Errorf("UIDs %q and %q, want the same", was, is)
	}
	if !strings.Contains(after.String(), "CAF26-00001 cais gwrthrych am wybodaeth: ateb\r\n") {
		t.Error("it says nothing in Welsh")
	}
}
