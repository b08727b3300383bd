package page_test

import (
	"strings"
	"testing"
)

// The sheet of the page is for people: Excel shows its letters correctly, and
// it has words in the language of the page instead of codes.
func TestTheSheetIsForPeople(t *testing.T) {
	o := newOffice(t)
	o.asked("Llŷr Rees")
	o.undecided(1)
	v := o.officer()
	_, body := v.get("/search?state=open&csv=yes")
	if !strings.HasPrefix(body, "\ufeffCase,Mailbox,Kind,") {
		t.Errorf("it begins with %q", body[:min(len(body), 40)])
	}
	for _, want := range []string{"Llŷr Rees", ",Freedom of information,Open,", ",No,"} {
		if !strings.Contains(body, want) {
			t.Errorf("it lacks %q:\n%s", want, body)
		}
	}
	for _, no := range []string{",foi,", "false", "triage"} {
		if strings.Contains(body, no) {
			t.Errorf("it says %q", no)
		}
	}
}
