package engine_test

import (
	"strings"
	"testing"

	"requestd/intake"
)

// TestACaseCanBeReadWithoutTheMailbox: the mail that came in and the letters
// sent are in the register in order; a further copy is not repeated; erasing
// removes them.
func TestACaseCanBeReadWithoutTheMailbox(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	first := o.one("cafcass", foiMail("a@example.org"))
	o.send()
	story, err := o.e.Register.Story(t.Context(), first.Ref)
	if err != nil || len(story.Texts) != 2 {
		t.Fatalf("%+v, %v; want the mail and its acknowledgement", story, err)
	}
	list := story.Texts
	if in := list[0]; in.Message != first.ID || !strings.Contains(in.Text, "Freedom of Information") {
		t.Errorf("the mail said %+v", in)
	}
	if out := list[1]; out.Purpose != intake.ForAcknowledgement || !strings.Contains(out.Subject, first.Ref) || !strings.Contains(out.Text, "We received") && !strings.Contains(out.Text, "Thank you") {
		t.Errorf("the letter said %+v", out)
	}
}

// TestTheTextOfOtherMailGoesSoon, but its line stays among the messages.
func TestTheTextOfOtherMailGoesSoon(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	passed := o.one("cafcass", idleMail(1))
	if text, _, err := o.e.Register.MessageText(t.Context(), passed.ID); err != nil || text.Text == "" {
		t.Fatalf("%+v, %v", text, err)
	}
	o.month()
	text, _, err := o.e.Register.MessageText(t.Context(), passed.ID)
	if err != nil || text.Text != "" || text.Missing == "" || text.Subject == "" {
		t.Errorf("after its period: %+v, %v", text, err)
	}
	if !strings.HasPrefix(text.Missing, "none is kept") {
		t.Errorf("after its period it is missing since %s", text.Missing)
	}
}
