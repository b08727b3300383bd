package page_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// A list that is too long for Today is shown in full behind a link, and so are
// letters; after acting in a list the visitor comes back to it.
func TestALongListIsShownInFull(t *testing.T) {
	o := newOffice(t)
	for n := range 52 {
		o.undecided(n)
	}
	v := o.officer()
	_, body := v.get("/")
	if !strings.Contains(body, `<a href="/?list=danger">and 2 more`) || strings.Count(body, ">Decide<") != 50 {
		t.Error("what is beyond the first fifty cannot be reached")
	}
	_, body = v.get("/?list=danger&mine=no")
	if strings.Count(body, ">Decide<") != 52 || !strings.Contains(body, "Back to Today") || strings.Contains(body, "and 2 more") {
		t.Errorf("the list has %d rows", strings.Count(body, ">Decide<"))
	}
	if !strings.Contains(body, `name="back" value="/?list=danger&amp;mine=no"`) {
		t.Error("an act leads out of the list in which it was done")
	}
	if status, body := v.get("/letters?state=waiting"); status != http.StatusOK || !strings.Contains(body, "Back to Letters") || strings.Contains(body, "more<") {
		t.Errorf("the letters that wait answer %d, or not in full", status)
	}
	for _, path := range []string{"/?list=lunch", "/letters?state=sent"} {
		if status, _ := v.get(path); status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, status)
		}
	}
}

// Every kind that can be decided on a case can also be decided in Triage.
func TestTriageOffersEveryKind(t *testing.T) {
	o := newOffice(t)
	for n, kind := range []string{"foi", "dsar", "eir", "rights", "review/foi", "review/dsar", "review/eir", "review/rights", "not-a-request"} {
		ref := o.undecided(n)
		v := o.officer()
		if _, body := v.get("/triage/" + ref); !strings.Contains(body, `name="decide" value="`+kind+`"`) {
			t.Errorf("there is no button for %s", kind)
		}
		v.post("/triage/"+ref, "seen", o.seen(ref), "decide", kind)
		if got := o.view(ref); string(got.Kind) != strings.Split(kind, "/")[0] {
			t.Errorf("%s is decided as %s", kind, got.Kind)
		}
	}
}

// A letter's text is stored whole, or refused with what was typed.
func TestALettersTextIsNotCut(t *testing.T) {
	o := newOffice(t)
	letter := o.held()
	v := o.visitor(o.word("head@example.org", casework.Head))
	long := "CAF26-00001 20 November 2026 21 December 2026 " + strings.Repeat("é", 20_000) + "THE END"
	status, body := v.post(letter+"/text", "seen", o.seen("CAF26-00001"), "text", long)
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "THE END") || !strings.Contains(problemIn(body), "20000 can be kept") {
		t.Errorf("it is answered %d: %s", status, problemIn(body))
	}
	if l := o.view("CAF26-00001").Letters[0]; l.Edited || l.State != intake.LetterHeld {
		t.Error(fmt.Sprint("the letter was changed: ", l.State))
	}
}
