package page_test

import (
	"strings"
	"testing"

	"requestd/intake/casework"
)

// Triage and Case say what decided in the words of mail to staff, without
// points or the classifier's names, and give a reason why writing to an address
// is unsafe.
func TestWhatDecidedIsSaidInWords(t *testing.T) {
	o := newOffice(t)
	ref := o.receive("Colm Devereux <colm.devereux@example.com>", "Please delete my data",
		"Hello,\n\nI want you to erase my name and my telephone number from your records, as Article 17 of the UK GDPR\nallows me to ask. Do not write to my home: he opens my letters and he will hit me.\n\nColm Devereux")
	refs := []string{ref, o.undecided(1)}
	for _, ref := range refs {
		for _, path := range []string{"/triage/", "/case/"} {
			_, body := o.visitor(o.word("k.dunne@example.org", casework.Officer)).get(path + ref)
			_, decided, _ := strings.Cut(body, `<ul class="evidence">`)
			decided, _, _ = strings.Cut(decided, "</ul>")
			t.Log(path, ref, decided)
			for _, no := range []string{"says: ", "danger: ", "+0.", "+1", "-ask", "<mark><bdi>Hello", "tells"} {
				if strings.Contains(decided, no) {
					t.Errorf("%s%s says %q: %s", path, ref, no, decided)
				}
			}
		}
	}
	_, body := o.officer().get("/triage/" + ref)
	for _, want := range []string{"asks for something else, plainly", "writing there may put the sender in danger"} {
		if !strings.Contains(body, want) {
			t.Errorf("triage lacks %q", want)
		}
	}
	if strings.Contains(body, "<mark>Hello") {
		t.Error("a greeting is marked")
	}
}
