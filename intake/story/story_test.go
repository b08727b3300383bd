package story_test

import (
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/register"
	"requestd/intake/story"
)

func told(t *testing.T) *register.Story {
	t.Helper()
	day := func(s string) deadlines.Day {
		d, err := deadlines.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	at := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	event := func(n int, name intake.EventName, on string) register.ShownEvent {
		return register.ShownEvent{Event: register.Event{N: n, Name: name, Day: day(on), At: at, Actor: "local:clerk"}}
	}
	note := event(4, intake.Note, "2026-09-02")
	note.Note = "rang back"
	return &register.Story{Made: at, CaseDetails: &register.CaseDetails{
		View: &intake.View{Ref: "CAF26-00001", Mailbox: "cafcass", Kind: intake.FOI, State: intake.StateOpen, ReceivedOn: day("2026-09-01"),
			Requester: intake.Address{Name: "Jo <b>Bold</b>", Addr: "jo@example.org"}, Officer: "kit@staff.example.org", Commissioner: &intake.Commissioner{Reference: "IC-000001-X1Y2", Notified: day("2026-10-01"), Due: day("2026-10-15")},
			Clocks: []intake.Clock{{Kind: intake.FOI, State: "running", RespondBy: day("2026-09-29"), Outcome: "not-held", Exemptions: []string{"40(2)", "31"}, DecidedBy: "Kit Sample"}}},
		Ledgers: map[string][]string{"foi": {"20 working days: 29 September (FOIA s.10)"}},
		Events:  []register.ShownEvent{event(1, intake.Opened, "2026-09-01"), event(2, intake.Promised, "2026-09-29"), event(3, intake.Responded, "2026-09-20"), note},
	}, Texts: []register.Text{
		{At: at, Message: 7, From: "Jo", Subject: "Figures", Text: "How many?\n<script>alert(1)</script>\x1b[31m", Cut: true, Attachments: []string{"a.pdf"}},
		{At: at, Letter: 3, Purpose: intake.ForAcknowledgement, Missing: "it was erased"},
	}}
}

// TestTheStoryInOrder: events are in the order of the days on which they
// happened, and a promise is at the day on which it was made.
func TestTheStoryInOrder(t *testing.T) {
	var b strings.Builder
	if err := story.Text(&b, told(t)); err != nil {
		t.Fatal(err)
	}
	rest := b.String()
	for _, want := range []string{"Nothing is blacked out", "Answer: not held, relying on 40(2), 31; decided by Kit Sample", "IC-000001-X1Y2; told us on 1 October 2026; wants our answer by 15 October 2026",
		"kit@staff.example.org", "1 September 2026: opened", "1 September 2026: promised 29 September 2026", "2 September 2026: note: rang back",
		"20 September 2026: responded", "Mail received", "not kept here: a.pdf", "How many?", "The mail goes on", "No text: it was erased", "20 working days"} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Fatalf("%q is missing, or not in its place, in\n%s", want, b.String())
		}
		rest = after
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Error("a stranger's text reaches the terminal with its control characters")
	}
}

// TestTheStoryToBePrinted runs nothing that a stranger wrote, and numbers its pages.
func TestTheStoryToBePrinted(t *testing.T) {
	var b strings.Builder
	if err := story.HTML(&b, told(t)); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, bad := range []string{"<script", "<b>Bold", "http://", "src="} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, want := range []string{"counter(page)", "relying on 40(2), 31", "IC-000001-X1Y2", "Case CAF26-00001", "&lt;script&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
