package page_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// A search is kept under a name, whose address names nobody, and shows whoever
// kept it what they may read now; nobody else sees it.
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

// Two windows that change single keys change each its own.
func TestTwoWindowsChangeKeys(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	v.post("/account/keys", "keys", "own", "key-foi", "x", "was-foi", "f", "key-dsar", "d", "was-dsar", "d")
	v.post("/account/keys", "keys", "own", "key-foi", "f", "was-foi", "f", "key-dsar", "y", "was-dsar", "d")
	_, body := v.get("/account")
	for _, field := range []string{`name="key-foi" value="x"`, `name="key-dsar" value="y"`, `name="was-foi" value="x"`, `name="key-skip" value="s"`} {
		if !strings.Contains(body, field) {
			t.Errorf("there is no %s", field)
		}
	}
	if status, body := v.post("/account/keys", "keys", "own", "key-eir", "x", "was-eir", "e"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `name="key-eir" value="x"`) || !strings.Contains(body, `name="was-eir" value="e"`) {
		t.Errorf("a key that the other window gave away is answered %d, or forgets what was typed", status)
	}
}

// A browser that says that it takes no gzip gets none.
func TestGzipOnlyForWhoTakesIt(t *testing.T) {
	o := newOffice(t)
	for accepts, zipped := range map[string]bool{"gzip": true, "br, GZIP;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0, identity": false, "x-gzipped": false, "": false} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+"/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", accepts)
		a, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if got := a.Header.Get("Content-Encoding") == "gzip"; got != zipped {
			t.Errorf("%q is answered with gzip: %v", accepts, got)
		}
	}
}

// A letter that was held for long and then came back stands under Letters,
// until its case ends or is acknowledged another way.
func TestALetterThatCameBackLateStands(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	o.set(o.now().Add(40 * 24 * time.Hour))
	l := o.view(ref).Letters[0]
	l.State, l.Attempts, l.Response, l.Settled = intake.LetterBounced, 1, "returned: 5.1.1", o.now()
	if err := o.db.Update(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		o.e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckBounced, Letter: l.ID})
		if err := o.e.Cases.Put(tx, c); err != nil {
			return err
		}
		return tx.PutLetter(l)
	}); err != nil {
		t.Fatal(err)
	}
	shown := func() bool {
		_, body := o.officer().get("/letters")
		return strings.Contains(body, "There is no such address, or no longer.")
	}
	o.set(o.now().Add(35 * 24 * time.Hour))
	if !shown() {
		t.Error("a letter that was held for 40 days and came back does not stand under Letters")
	}
	o.officer().act(ref, "acknowledged", "date", "2026-12-31")
	if shown() {
		t.Error("it stands there though the request was acknowledged another way")
	}
}

// What a correction would leave in contradiction is refused in a sentence, and
// what was typed is kept.
func TestCorrectionsThatCannotBe(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v := o.officer()
	for name, fields := range map[string][]string{
		"received": {`name="date" type="date" required max="2026-11-20" value="2026-11-20"`}, "decide": {`value="foi" checked`},
		"corrected": {`name="name" autocomplete="off" value="Priya Raghunathan"`, `name="address" type="email" autocomplete="off" value="someone@example.org"`, `value="en" selected`, `value="no" selected`, `value="cafcass" selected`},
	} {
		_, body := v.get("/case/" + ref + "/act/" + name)
		for _, field := range fields {
			if !strings.Contains(body, field) {
				t.Errorf("the form %s does not show %s", name, field)
			}
		}
	}
	o.set(o.now().Add(15 * 24 * time.Hour))
	v = o.officer()
	v.act(ref, "responded", "outcome", "granted", "date", "2026-12-01")
	v.post("/language", "to", "cy", "back", "/")
	if _, body := v.post("/case/"+ref+"/act/received", "seen", o.seen(ref), "date", "2026-12-04", "save", "yes"); !strings.Contains(problemIn(body), `Gyda hynny byddai&#39;r cais wedi&#39;i dderbyn ar Gwe 4 Rhag, a dyddiad ei ateb yw Maw 1 Rhag`) {
		t.Errorf("in Welsh it is refused so: %s", problemIn(body))
	}
	v.post("/language", "to", "en", "back", "/")
	for _, x := range []struct{ act, field, is, says string }{
		{"received", "date", "2026-12-04", "With that the request would be received on Fri 4 Dec, and its answer is dated Tue 1 Dec"},
		{"received", "date", "2026-12-20", "lies ahead"},
		{"received", "date", "1999-01-04", "the calendar begins in"},
		{"received", "date", "2026-11-20", "Nothing was changed in the form"},
		{"received", "date", "", "No date of receipt was given."},
		{"corrected", "name", "Priya Raghunathan", "Nothing was changed in the form"},
		{"corrected", "address", "no address", "&#34;no address&#34;: want"},
		{"corrected", "mailbox", "elsewhere", "&#34;elsewhere&#34;: want one of the mailboxes"},
	} {
		before := o.seen(ref)
		status, body := v.post("/case/"+ref+"/act/"+x.act, "seen", before, x.field, x.is, "note", "she rang to say so", "save", "yes")
		if status != http.StatusUnprocessableEntity || !strings.Contains(problemIn(body), x.says) || strings.Contains(problemIn(body), "--") {
			t.Errorf("%s %s: %d %s", x.act, x.is, status, problemIn(body))
		}
		if !strings.Contains(body, "she rang to say so") || x.field != "mailbox" && !strings.Contains(body, `value="`+x.is+`"`) {
			t.Errorf("%s %s: what was typed is lost", x.act, x.is)
		}
		if o.seen(ref) != before {
			t.Errorf("%s %s changed the case", x.act, x.is)
		}
	}
}
