package page_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// What is saved is exactly what a preview showed: if the form below it was
// changed, or its empty date now means another day, it is previewed again.
func TestAFormThatWasChangedAfterItsPreviewIsShownAnew(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v, path := o.officer(), "/case/"+ref+"/act/responded"
	shown := func(body string) string {
		_, rest, _ := strings.Cut(body, `name="shown" value="`)
		name, _, _ := strings.Cut(rest, `"`)
		return name
	}
	seen := o.seen(ref)
	preview := func(outcome string) string {
		t.Helper()
		_, body := v.post(path, "seen", seen, "outcome", outcome, "preview", "yes")
		return shown(body)
	}
	granted := preview("granted")
	status, body := v.post(path, "seen", seen, "outcome", "refused", "shown", granted, "save", "yes")
	if status != http.StatusOK || !strings.Contains(problemIn(body), "changed after this was shown") || !strings.Contains(body, "Nothing is saved yet") || o.seen(ref) != seen {
		t.Errorf("a form that was changed answers %d: %s", status, problemIn(body))
	}
	if shown(body) == "" || shown(body) != preview("refused") {
		t.Error("what is shown anew cannot be saved as it is")
	}
	o.set(o.now().AddDate(0, 0, 1))
	v = o.officer()
	if v.post(path, "seen", seen, "outcome", "granted", "shown", granted, "save", "yes"); o.seen(ref) != seen {
		t.Error("an answer of today was saved that was shown as one of yesterday")
	}
	if v.post(path, "seen", seen, "outcome", "granted", "shown", preview("granted"), "save", "yes"); o.view(ref).State != intake.StateResponded {
		t.Errorf("what was shown was not saved: %s", o.view(ref).State)
	}
}

// Two officers go through Triage: the second is told what the first decided,
// keeps what they ticked, and is never offered to decide it again.
func TestTwoOfficersInTriage(t *testing.T) {
	o := newOffice(t)
	first, last := o.undecided(1), o.undecided(2)
	a, b := o.officer(), o.visitor(o.word("second@example.org", casework.Officer))
	seen := o.seen(last)
	if _, body := b.get("/triage/" + last); !strings.Contains(body, `href="/triage" data-key="s"`) {
		t.Error("from the last case nothing leads on to the first")
	}
	a.post("/triage/"+last, "seen", seen, "decide", "foi")
	status, body := b.post("/triage/"+last, "seen", seen, "decide", "dsar", "also", "eir")
	if status != http.StatusConflict || !strings.Contains(body, "Kind decided, k.dunne@example.org") || !strings.Contains(body, `name="also" value="eir" checked`) {
		t.Errorf("the second is answered %d, without what happened or what they ticked", status)
	}
	if _, body := b.get("/triage/" + last); !strings.Contains(body, last+" is decided: Freedom of information.") || !strings.Contains(body, "<h1>Triage: "+first) {
		t.Error("a decided case is offered for a decision")
	}
	if k := o.view(last).Kind; k != intake.FOI {
		t.Errorf("it is %s", k)
	}
}

// The language can be changed on every screen, also on the answer to a form,
// and the visitor comes back to it with its filters; so it is with signing in.
func TestTheWayBack(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v := o.officer()
	back := regexp.MustCompile(`name="back" value="([^"]*)"`)
	for _, x := range []struct{ post, title string }{
		{"/account/keys", "Eich cyfrif"}, {"/account/password", "Eich cyfrif"}, {"/case/" + ref + "/take", ref}, {"/letters/1/text", "Llythyr"}, {"/search/saved", "Chwilio"}, {"/calendar/end", "Calendr"},
	} {
		form := []string{"seen", "1", "keys", "own", "key-foi", "F", "new", "x", "again", "y"}
		_, body := v.post(x.post, form...)
		var to string
		var status int
		if strings.Contains(body, `form="work"`) {
			work := regexp.MustCompile(`action="([^"]*)"[^>]* id="work"`).FindStringSubmatch(body)
			to = work[1]
			status, body = v.post(to, append(form, "to", "cy")...)
		} else {
			to = back.FindStringSubmatch(body)[1]
			status, body = v.post("/language", "to", "cy", "back", to)
		}
		if status != http.StatusOK || !strings.Contains(body, "<title>"+x.title) {
			t.Errorf("from the answer of %s one comes back to %s, %d: %s", x.post, to, status, problemIn(body))
		}
		v.post("/language", "to", "en", "back", "/")
	}
	if _, body := v.get("/figures?quarter=2026Q3"); back.FindStringSubmatch(body)[1] != "/figures?quarter=2026Q3" {
		t.Error("a change of language loses the quarter")
	}
	v.c.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.URL.RequestURI() != "/search?kind=foi&state=open" {
			t.Errorf("a change of language leads to %s and loses the filters", r.URL)
		}
		return nil
	}
	if status, _ := v.post("/search", "words", "", "state", "open", "kind", "foi", "to", "en"); status != http.StatusOK {
		t.Errorf("it is answered %d", status)
	}
	stranger := o.visitor("")
	stranger.get("/search?state=open")
	if _, body := stranger.signIn(o.account("m.rees@example.org")); !strings.Contains(body, "1 found") {
		t.Error("the sign-in loses the filters of a link")
	}
}

// A refused form still knows what its officer had seen: what a colleague did
// meanwhile is reported when it is sent again.
func TestARefusedFormKnowsWhatWasSeen(t *testing.T) {
	o := newOffice(t)
	ref, mail := o.asked("Priya Raghunathan"), o.undecided(1)
	v := o.officer()
	for _, x := range []struct {
		path, ref   string
		wrong, mend []string
	}{
		{"/case/" + ref + "/act/responded", ref, []string{"date", "in spring", "outcome", "granted", "save", "yes"}, []string{"outcome", "granted", "save", "yes"}},
		{"/triage/" + mail, mail, []string{"note", "x"}, []string{"decide", "foi"}},
	} {
		seen := o.seen(x.ref)
		o.visitor(o.word("second@example.org", casework.Officer)).post("/case/"+x.ref+"/take", "seen", seen)
		status, body := v.post(x.path, append(x.wrong, "seen", seen)...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `name="seen" value="`+seen+`"`) {
			t.Errorf("%s is answered %d, and forgets what its officer saw", x.path, status)
		}
		if status, body = v.post(x.path, append(x.mend, "seen", seen)...); status != http.StatusConflict || !strings.Contains(body, "second@example.org") {
			t.Errorf("%s sent again is answered %d, and tells nothing of what was done meanwhile", x.path, status)
		}
		if strings.Contains(body, `name="seen" value="`+seen+`"`) {
			t.Errorf("%s does not know that its officer was told", x.path)
		}
	}
}
