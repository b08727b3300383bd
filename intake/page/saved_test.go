package page_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"requestd/intake/casework"
	"requestd/intake/page"
	"requestd/store"
)

// A search is saved under a name. Its address names nobody; its owner sees what
// they may read now, and nobody else sees it.
func TestASearchIsSaved(t *testing.T) {
	o := newOffice(t)
	a, b := o.asked("Priya Raghunathan"), o.asked("Edmund Vale")
	v := o.officer()
	status, body := v.post("/search/saved", "name", "Priya's <cases>", "words", "someone", "state", "open")
	if status != http.StatusOK || !strings.Contains(body, "The search is saved.") || !strings.Contains(body, a) || !strings.Contains(body, b) || !strings.Contains(body, `href="/search/saved/1"`) {
		t.Fatalf("saving a search answers %d: %s", status, problemIn(body))
	}
	if strings.Contains(body, "<cases>") {
		t.Error("a name is written into the page as it is")
	}
	if status, body := v.post("/search/saved", "name", " ", "words", "Raghunathan"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="Raghunathan"`) {
		t.Errorf("a search without a name answers %d, or loses its words", status)
	}
	v.post("/search/saved", "name", "PRIYA'S <cases>", "words", "Priya", "state", "waiting")
	v.post("/search/saved", "name", "All that wait", "state", "waiting")
	if _, body := v.get("/search"); strings.Count(body, `action="/search/saved/`) != 2 || !strings.Contains(body, `href="/search/saved/2"`) {
		t.Error("a search of the same name did not give way, or another has not its own number")
	}
	if _, body := v.get("/search/saved/1"); !strings.Contains(body, `value="Priya"`) || strings.Contains(body, `href="/case/`) {
		t.Error("a saved search is not that which was saved last")
	}
	other := o.visitor(o.word("c@example.org", casework.Reader, "cymru"))
	if status, _ := other.get("/search/saved/1"); status != http.StatusNotFound {
		t.Errorf("somebody else's search answers %d", status)
	}
	if status, _ := other.post("/search/saved/1/remove"); status != http.StatusNotFound {
		t.Errorf("somebody else removes it: %d", status)
	}
	other.post("/search/saved", "name", "Open", "state", "open")
	if _, body := other.get("/search/saved/1"); strings.Contains(body, a) {
		t.Error("a saved search shows another mailbox's case")
	}
	if _, body := v.post("/search/saved/1/remove"); !strings.Contains(body, "The saved search is removed.") || strings.Contains(body, "&lt;cases&gt;") {
		t.Error("a removed search still stands there")
	}
	for n := range 52 {
		status, body = v.post("/search/saved", "name", fmt.Sprint("Search ", n), "state", "open")
	}
	if status != http.StatusUnprocessableEntity || !strings.Contains(problemIn(body), "50 saved searches") {
		t.Errorf("the 51st is answered %d: %s", status, problemIn(body))
	}
	if err := o.accounts.Remove("k.dunne@example.org"); err != nil {
		t.Fatal(err)
	}
	if list, err := o.accounts.Searches("k.dunne@example.org"); err != nil || len(list) != 0 {
		t.Errorf("of somebody who was removed %d searches are kept: %v", len(list), err)
	}
}

// Somebody who downloads search results has read each case in them, which the
// head sees.
func TestADownloadedListIsAReading(t *testing.T) {
	o := newOffice(t)
	a, other := o.asked("Priya Raghunathan"), o.undecided(1)
	v, head := o.officer(), o.visitor(o.word("head@example.org", casework.Head))
	v.get("/case/" + a)
	for range 2 {
		if status, sheet := v.post("/search", "words", "Priya", "csv", "yes"); status != http.StatusOK || !strings.Contains(sheet, a) {
			t.Fatalf("the list answers %d", status)
		}
	}
	_, body := head.get("/case/" + a + "/readers")
	if strings.Count(body, "<td>k.dunne@example.org</td>") != 2 || strings.Count(body, "in a list that was downloaded") != 1 {
		t.Error("who read it is not told once, and once that they downloaded it")
	}
	if _, body := head.get("/case/" + other + "/readers"); strings.Contains(body, "<td>k.dunne@example.org</td>") {
		t.Error("a case that was not in the list counts as read")
	}
}

// A list of any length is read and recorded in small steps, and is complete.
func TestALongListIsDownloadedInSteps(t *testing.T) {
	page.AtATime(t, 2)
	o := newOffice(t)
	var refs []string
	for _, name := range []string{"Priya Raghunathan", "Edmund Vale", "Priya Amsel", "Priya Hale", "Priya Rees", "Priya Wu"} {
		refs = append(refs, o.asked(name))
	}
	v, head := o.officer(), o.visitor(o.word("head@example.org", casework.Head))
	for _, x := range []struct {
		form  []string
		finds int
	}{{[]string{"words", "Priya"}, 5}, {[]string{"state", "open"}, 6}} {
		before := o.version()
		_, sheet := v.post("/search", append(x.form, "csv", "yes")...)
		if n := strings.Count(sheet, "\nCAF26-"); n != x.finds {
			t.Errorf("of %v the list has %d cases, not %d:\n%s", x.form, n, x.finds, sheet)
		}
		if steps := o.version() - before; !o.db.InDatabase() && int(steps) != map[int]int{5: 3, 6: 1}[x.finds] { // the second time one case is new
			t.Errorf("%d readings are recorded in %d steps", x.finds, steps)
		}
	}
	for _, ref := range refs {
		if _, body := head.get("/case/" + ref + "/readers"); strings.Count(body, "in a list that was downloaded") != 1 {
			t.Errorf("that %s was downloaded is not told once", ref)
		}
	}
}

// version returns a number that grows with each change of the register.
func (o *office) version() (v uint64) {
	o.tb.Helper()
	if err := o.db.View(func(tx *store.Tx) error { v = tx.Version(); return nil }); err != nil {
		o.tb.Fatal(err)
	}
	return v
}
