package page_test

import (
	"fmt"
	"strings"
	"testing"
)

// A case to be acknowledged is on Today with the day to acknowledge, not that
// of the answer, and the latest ones come first.
func TestTodayDatesAcknowledgements(t *testing.T) {
	o := newOffice(t)
	later := o.asked("Priya Raghunathan")
	o.set(o.now().AddDate(0, 0, -4))
	earlier := o.asked("Owen Bevan")
	v := o.officer()
	for _, ref := range []string{later, earlier} {
		v.post("/case/"+ref+"/hold", "seen", o.seen(ref))
	}
	o.set(o.now().AddDate(0, 0, 14))
	_, body := o.officer().get("/?list=acknowledge")
	for _, ref := range []string{later, earlier} {
		c := o.view(ref)
		if !strings.Contains(body, fmt.Sprintf(`datetime="%s"`, c.AcknowledgeBy)) || strings.Contains(body, fmt.Sprintf(`datetime="%s"`, c.RespondBy)) {
			t.Errorf("%s to be acknowledged by %s and answered by %s stands with another day", ref, c.AcknowledgeBy, c.RespondBy)
		}
	}
	if !strings.Contains(body, "days late") || strings.Index(body, earlier) > strings.Index(body, later) {
		t.Error("what is late is not told so, or not first")
	}
}

// A search for nothing, or one that finds nothing, says what to do.
func TestASearchInVainSaysWhatToDo(t *testing.T) {
	v := newOffice(t).officer()
	if _, body := v.post("/search", "words", " ", "state", "", "kind", ""); !strings.Contains(body, "Nothing was asked for") {
		t.Error("a search for nothing says nothing")
	}
	if _, body := v.post("/search", "words", "Rhydderch"); !strings.Contains(body, "Try the beginning of one word") {
		t.Error("a search that finds nothing says nothing of it")
	}
	if _, body := v.get("/search"); strings.Contains(body, "Nothing was asked for") {
		t.Error("a search that was only opened is told of")
	}
}

// Striking an event is offered only if there is one that can be struck.
func TestStrikingIsOfferedWhereItCanBe(t *testing.T) {
	o := newOffice(t)
	ref, v := o.asked("Priya Raghunathan"), o.officer()
	if _, body := v.get("/case/" + ref); strings.Contains(body, "/act/void") {
		t.Error("it is offered with nothing to strike")
	}
	v.act(ref, "withdrawn")
	if _, body := v.get("/case/" + ref); !strings.Contains(body, "/act/void") {
		t.Error("it is not offered where an event can be struck")
	}
}

// The reasons of dates are numbered by step, under a heading for each date,
// with dates as the page writes them.
func TestReasonsOfDatesAreSteps(t *testing.T) {
	o := newOffice(t)
	_, body := o.officer().get("/case/" + o.asked("Priya Raghunathan"))
	from := strings.Index(body, "<h4>")
	if from < 0 {
		t.Fatal("the reasons have no headings")
	}
	part := body[from:]
	part = part[:strings.Index(part, "</details>")]
	if strings.Contains(part, "2026-") || !strings.Contains(part, "<h4>Reply by</h4><ol") || strings.Contains(part, "<li>Reply by") || !strings.Contains(part, "<ul><li>") {
		t.Errorf("they are\n%s", part)
	}
}
