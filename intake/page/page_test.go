package page_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/intake/config"
)

// Every screen works for an officer, also in Welsh.
func TestScreens(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	o.undecided(1)
	v := o.visitor(o.word("head@example.org", casework.Head))
	for _, x := range []struct{ path, says, cy string }{
		{"/", "To decide", "I&#39;w penderfynu"},
		{"/triage", "What is it?", "Beth ydyw?"},
		{"/case/" + ref, "Answer by", "Ateb erbyn"},
		{"/case/" + ref + "/act/responded", "Record the answer", "Cofnodi&#39;r ateb"},
		{"/case/" + ref + "/readers", "head@example.org", "Pwy a&#39;i darllenodd"},
		{"/search?state=open", ref, "1 wedi&#39;u canfod"},
		{"/register", "How did it come?", "Sut y daeth?"},
		{"/letters", "Goes out by itself", "Mae&#39;n mynd ar ei ben ei hun"},
		{"/letters/1", "Acknowledgement", "Cydnabyddiaeth"},
		{"/how-it-runs", "Mailboxes", "Blychau post"},
		{"/figures", "Received, by kind", "Derbyniwyd, yn ôl math"},
		{"/calendar", "Which cases?", "Pa achosion?"},
		{"/account", "Single keys", "Bysellau sengl"},
	} {
		if status, body := v.get(x.path); status != http.StatusOK || !strings.Contains(body, x.says) {
			t.Errorf("%s answers %d without %q", x.path, status, x.says)
		}
		v.post("/language", "to", "cy", "back", x.path)
		if _, body := v.get(x.path); !strings.Contains(body, `<html lang="cy">`) || !strings.Contains(body, x.cy) {
			t.Errorf("%s has no %q in Welsh", x.path, x.cy)
		}
		v.post("/language", "to", "en", "back", x.path)
	}
	if status, _ := v.get("/nowhere"); status != http.StatusNotFound {
		t.Errorf("a page that there is not answers %d", status)
	}
}

// An act is previewed with its new dates and its letter, and nothing is saved
// before it is confirmed.
func TestAnActIsPreviewedFirst(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v, path := o.officer(), "/case/"+ref+"/act/received"
	before := len(o.view(ref).Events)
	status, body := v.post(path, "seen", o.seen(ref), "date", "2026-11-18", "note", "it lay in another inbox", "preview", "yes")
	if status != http.StatusOK || !strings.Contains(body, "Nothing is saved yet") || !strings.Contains(body, "Thu 17 Dec") {
		t.Errorf("the preview answers %d and shows no new date", status)
	}
	if !strings.Contains(body, "17 December 2026") {
		t.Error("the letter of the preview has not the new date")
	}
	if n := len(o.view(ref).Events); n != before {
		t.Fatalf("the preview left %d events, not %d", n, before)
	}
	v.post(path, "seen", o.seen(ref), "date", "2026-11-18", "save", "yes")
	if by := o.view(ref).RespondBy.String(); by != "2026-12-17" {
		t.Errorf("it is due on %s", by)
	}
	if ev := o.view(ref).Events[before]; ev.Actor != "page:k.dunne@example.org" {
		t.Errorf("it is recorded for %s", ev.Actor)
	}
}

// The second of two officers is told what the first did, and keeps what they
// wrote.
func TestTwoOfficersAtOnce(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	a, b := o.officer(), o.visitor(o.word("second@example.org", casework.Officer))
	seen := o.seen(ref)
	if status, _ := a.post("/case/"+ref+"/act/withdrawn", "seen", seen, "save", "yes"); status != http.StatusOK {
		t.Fatal(status)
	}
	status, body := b.post("/case/"+ref+"/act/responded", "seen", seen, "outcome", "granted", "note", "sent by courier", "save", "yes")
	if status != http.StatusConflict || !strings.Contains(body, "Withdrawn, k.dunne@example.org") || !strings.Contains(body, "sent by courier") {
		t.Errorf("the second is answered %d, without what happened or without their own words", status)
	}
	if s := o.view(ref).State; s != intake.StateWithdrawn {
		t.Errorf("the case is %s", s)
	}
	status, body = b.post("/case/"+ref+"/take", "seen", seen)
	if status != http.StatusConflict || !strings.Contains(body, "What happened since") {
		t.Errorf("a plain act of the second is answered %d", status)
	}
}

// A decision leads to the next mail and can be undone.
func TestADecisionIsUndone(t *testing.T) {
	o := newOffice(t)
	ref := o.undecided(1)
	v := o.officer()
	_, body := v.post("/triage/"+ref, "seen", o.seen(ref), "decide", "foi")
	if !strings.Contains(body, ref+" is decided: Freedom of information.") || !strings.Contains(body, `action="/case/`+ref+`/undo"`) {
		t.Error("the next screen neither tells of the decision nor offers to undo it")
	}
	if s := o.view(ref).State; s != intake.StateOpen {
		t.Fatalf("the case is %s", s)
	}
	event := body[strings.Index(body, `name="event" value="`)+len(`name="event" value="`):]
	v.post("/case/"+ref+"/undo", "event", event[:strings.IndexByte(event, '"')])
	if s := o.view(ref).State; s != intake.StateTriage {
		t.Errorf("after undoing it is %s", s)
	}
}

func TestARequestIsRegisteredOnce(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	_, body := v.get("/register")
	once := onceField.FindStringSubmatch(body)[1]
	form := []string{"once", once, "mailbox", "cafcass", "kind", "dsar", "source", "post", "received", "2026-11-19", "name", "Dilys Fairbrother", "postal", "2 Mill Lane\r\nYork", "also", "rights", "right", "erasure", "subject", "My file"}
	if status, body := v.post("/register", form...); status != http.StatusOK || !strings.Contains(body, "Dilys Fairbrother") {
		t.Fatalf("it answers %d", status)
	}
	if c := o.view("CAF26-00001"); c.Postal != "2 Mill Lane\nYork" || len(c.Clocks) != 2 || !slices.Equal(c.Clocks[1].Right, []string{"erasure"}) {
		t.Errorf("it is registered without the address by post or the right: %+v", c.View)
	}
	if status, body := v.post("/register", form...); status != http.StatusUnprocessableEntity || !strings.Contains(body, "sent already") || !strings.Contains(body, "Dilys Fairbrother") {
		t.Errorf("the form sent again answers %d, or lost its words", status)
	}
	if status, body := v.post("/register", "once", "x"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "There is a problem") {
		t.Errorf("an empty form answers %d", status)
	}
	if _, body := v.post("/search", "words", "dilys"); !strings.Contains(body, "1 found") {
		t.Error("there is not one case of that name")
	}
}

// A request can be registered only for a mailbox that the visitor may use,
// however complete the form is.
func TestARequestForAnotherMailboxIsRefused(t *testing.T) {
	o := newOffice(t)
	v := o.visitor(o.word("c@example.org", casework.Officer, "cymru"))
	send := func(mailbox string) (int, string) {
		_, body := v.get("/register")
		once := onceField.FindStringSubmatch(body)[1]
		return v.post("/register", "once", once, "mailbox", mailbox, "kind", "dsar", "source", "post", "received", "2026-11-19", "name", "Dilys Fairbrother", "subject", "My file")
	}
	for mailbox, want := range map[string]int{"cafcass": http.StatusForbidden, "nowhere": http.StatusUnprocessableEntity, "": http.StatusUnprocessableEntity} {
		if status, body := send(mailbox); status != want || !strings.Contains(body, "There is a problem") {
			t.Errorf("for %q it is answered %d", mailbox, status)
		}
	}
	all := o.visitor(o.word("head@example.org", casework.Head))
	if _, body := all.post("/search", "words", "dilys"); !strings.Contains(body, "0 found") {
		t.Error("a request that was refused is registered")
	}
	if status, body := send("cymru"); status != http.StatusOK || !strings.Contains(body, "CYM26-00001") {
		t.Errorf("for one's own mailbox it is answered %d: %s", status, problemIn(body))
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	for _, x := range []struct {
		name   string
		v      *visitor
		do     func(*visitor) (int, string)
		status int
	}{
		{"another mailbox's officer reads", o.visitor(o.word("c@example.org", casework.Officer, "cymru")), func(v *visitor) (int, string) { return v.get("/case/" + ref) }, http.StatusNotFound},
		{"another mailbox's officer acts", o.visitor(o.word("c@example.org", casework.Officer, "cymru")), func(v *visitor) (int, string) { return v.post("/case/"+ref+"/take", "seen", o.seen(ref)) }, http.StatusNotFound},
		{"another mailbox's officer reads a letter", o.visitor(o.word("c@example.org", casework.Officer, "cymru")), func(v *visitor) (int, string) { return v.get("/letters/1") }, http.StatusNotFound},
		{"another mailbox's officer sends a letter", o.visitor(o.word("c@example.org", casework.Officer, "cymru")), func(v *visitor) (int, string) { return v.post("/letters/1/send", "seen", o.seen(ref)) }, http.StatusNotFound},
		{"another mailbox's officer decides", o.visitor(o.word("c@example.org", casework.Officer, "cymru")), func(v *visitor) (int, string) {
			return v.post("/triage/"+ref, "seen", o.seen(ref), "decide", "dsar")
		}, http.StatusNotFound},
		{"a reader acts", o.visitor(o.word("r@example.org", casework.Reader)), func(v *visitor) (int, string) { return v.post("/case/"+ref+"/take", "seen", o.seen(ref)) }, http.StatusForbidden},
		{"a reader opens", o.visitor(o.word("r@example.org", casework.Reader)), func(v *visitor) (int, string) { return v.get("/register") }, http.StatusForbidden},
		{"an officer asks who read it", o.officer(), func(v *visitor) (int, string) { return v.get("/case/" + ref + "/readers") }, http.StatusForbidden},
		{"a reader reads", o.visitor(o.word("r@example.org", casework.Reader)), func(v *visitor) (int, string) { return v.get("/case/" + ref) }, http.StatusOK},
	} {
		status, body := x.do(x.v)
		if status != x.status {
			t.Errorf("%s: %d, not %d", x.name, status, x.status)
		}
		if status != http.StatusOK && strings.Contains(body, "Priya") {
			t.Errorf("%s: the answer names the requester", x.name)
		}
	}
	if _, body := o.visitor(o.word("c@example.org", casework.Officer, "cymru")).post("/search", "words", "priya"); !strings.Contains(body, "0 found") {
		t.Error("a search finds another mailbox's case")
	}
}

// What belongs to another mailbox is answered exactly like what does not exist:
// references and numbers are consecutive, and can be guessed.
func TestNothingTellsThatAnotherMailboxHasACase(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v := o.visitor(o.word("c@example.org", casework.Officer, "cymru"))
	marks := regexp.MustCompile(`name="(once|form)" value="[^"]*"`)
	for _, path := range []string{"GET /case/REF", "GET /case/REF/story", "GET /case/REF/note", "POST /case/REF/take", "POST /case/REF/note", "POST /triage/REF",
		"GET /letters/N", "POST /letters/N/send", "POST /letters/N/hold", "POST /letters/N/text", "GET /mail/N", "POST /mail/N", "GET /mail/N/attachments", "GET /mail/N/attachments/2"} {
		method, path, _ := strings.Cut(path, " ")
		answer := func(ref, n string) string {
			form := url.Values{"seen": {"2"}, "decide": {"dsar"}, "kind": {"dsar"}}
			if method == http.MethodGet {
				form = nil
			}
			status, body := v.do(method, strings.NewReplacer("REF", ref, "N", n).Replace(path), form)
			body = marks.ReplaceAllString(body, "")
			return fmt.Sprint(status, strings.NewReplacer(ref, "REF", "/"+n, "/N").Replace(body))
		}
		if is, want := answer(ref, "1"), answer("CAF26-00099", "99"); is != want {
			t.Errorf("%s %s: %.300q, where there is nothing %.300q", method, path, is, want)
		}
	}
}

// Nobody gets in without a session, and no other site can make a browser act.
func TestForgedRequests(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	for _, word := range []string{"", "guessed", "../../etc"} {
		if _, body := o.visitor(word).get("/case/" + ref); !strings.Contains(body, "<h1>Sign in</h1>") || strings.Contains(body, "Priya") {
			t.Errorf("the word %q is let in", word)
		}
	}
	v := o.officer()
	for _, head := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example.com"}, {"Sec-Fetch-Site", "same-site"}} {
		if status, _ := v.do(http.MethodPost, "/case/"+ref+"/take", map[string][]string{"seen": {o.seen(ref)}}, head...); status != http.StatusForbidden {
			t.Errorf("%v is answered %d", head, status)
		}
	}
	if status, _ := v.do(http.MethodPost, "/register", map[string][]string{"a": {"b"}}, "Content-Type", "multipart/form-data; boundary=x"); status != http.StatusUnsupportedMediaType {
		t.Errorf("an upload is answered %d", status)
	}
	if status, _ := v.post("/register", "note", strings.Repeat("x", 300<<10)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 300 KB is answered %d", status)
	}
}

// Somebody who sends a form after the session has ended gets back what they
// typed.
func TestASessionEndsOverAForm(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v := o.officer()
	o.set(o.now().Add(accounts.IdleEnd + time.Minute))
	status, body := v.post("/case/"+ref+"/act/note", "seen", o.seen(ref), "note", "she rang & said <no>", "save", "yes")
	if status != http.StatusUnauthorized || !strings.Contains(body, "nothing was saved") || !strings.Contains(body, ">she rang &amp; said &lt;no&gt;</textarea>") {
		t.Errorf("it is answered %d: %s", status, problemIn(body))
	}
	if strings.Contains(body, "Priya") {
		t.Error("the answer names the requester")
	}
	for _, form := range [][]string{ // Cymraeg on that answer, and Cymraeg on the form itself
		{"/sign-in", "over", "yes"}, {"/case/" + ref + "/act/note", "seen", o.seen(ref)},
	} {
		status, body = v.post(form[0], append(form[1:], "note", "she rang & said <no>", "to", "cy")...)
		if status != http.StatusUnauthorized || !strings.Contains(body, `<html lang="cy">`) || !strings.Contains(body, ">she rang &amp; said &lt;no&gt;</textarea>") || !strings.Contains(body, `form="work" formnovalidate name="to" value="en"`) {
			t.Errorf("%s in Welsh is answered %d, or the words are gone: %s", form[0], status, problemIn(body))
		}
	}
	if _, body := v.get("/sign-in"); !strings.Contains(body, `<html lang="cy">`) {
		t.Error("the language did not stay what it was")
	}
}

// The place of a failed sign-in is the one that connects, unless a trusted
// proxy names another.
func TestWhichProxiesAreBelieved(t *testing.T) {
	const stopped, goesOn = http.StatusTooManyRequests, http.StatusUnauthorized
	for _, x := range []struct {
		name    string
		trusted []string
		claims  func(n int) string // X-Forwarded-For of the nth attempt
		status  int                // of the last
	}{
		{"nobody is trusted, and the client makes places up", nil, func(n int) string { return fmt.Sprintf("203.0.113.%d", n) }, stopped},
		{"another proxy is trusted", []string{"10.0.0.0/8"}, func(n int) string { return fmt.Sprintf("203.0.113.%d", n) }, stopped},
		{"the proxy names other clients", []string{"127.0.0.1"}, func(n int) string { return fmt.Sprintf("203.0.113.%d", n) }, goesOn},
		{"the proxy names one client, who made others up", []string{"127.0.0.1"}, func(n int) string { return fmt.Sprintf("198.51.100.%d, 203.0.113.7", n) }, stopped},
		{"two proxies, and clients behind them", []string{"127.0.0.1", "10.0.0.0/8"}, func(n int) string { return fmt.Sprintf("203.0.113.%d, 10.1.2.3", n) }, goesOn},
		{"the proxy says nothing", []string{"127.0.0.1"}, func(int) string { return "" }, stopped},
		{"the proxy says nonsense", []string{"127.0.0.1"}, func(n int) string { return fmt.Sprintf("unknown%d", n) }, stopped},
	} {
		t.Run(x.name, func(t *testing.T) {
			o := newOfficeWith(t, config.Web{TrustedProxies: x.trusted})
			v := o.visitor("")
			last := 0
			for n := range 21 {
				form := url.Values{"address": {fmt.Sprintf("nobody%d@example.org", n)}, "password": {"x"}, "code": {"1"}}
				last, _ = v.do(http.MethodPost, "/sign-in", form, "X-Forwarded-For", x.claims(n))
			}
			if last != x.status {
				t.Errorf("the last attempt is answered %d, not %d", last, x.status)
			}
		})
	}
}

// What strangers write is shown and has no effect.
func TestHostileTexts(t *testing.T) {
	o := newOffice(t)
	ref := o.receive(`"<script>alert(1)</script>`+"\u202egpj"+`" <x@example.org>`, `"><img src=x onerror=alert(1)> Freedom of Information request`,
		"Under the Freedom of Information Act, please send me <script>alert(2)</script> the number of hours of supervision in each region "+strings.Repeat("w", 64<<10))
	v := o.visitor(o.word("head@example.org", casework.Head))
	for _, path := range []string{"/", "/case/" + ref, "/triage/" + ref, "/search?state=open", "/search?state=triage", "/letters/1"} {
		status, body := v.get(path)
		if status != http.StatusOK || strings.Contains(body, "<script>alert") || strings.Contains(body, "<img") || strings.Contains(body, "\u202e") {
			t.Errorf("%s: %d, or what was written stands in it as it was", path, status)
		}
	}
	a, err := v.c.Get(o.url + "/case/" + ref)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	csp := a.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", a.Header)
	}
}

// Reading a case is recorded, but not each time, and the head can see it.
func TestReadingIsRecorded(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v := o.officer()
	v.get("/case/" + ref)
	v.get("/case/" + ref)
	o.set(o.now().Add(20 * time.Minute))
	v.get("/case/" + ref)
	_, body := o.visitor(o.word("head@example.org", casework.Head)).get("/case/" + ref + "/readers")
	if n := strings.Count(body, "<td>k.dunne@example.org</td>"); n != 2 {
		t.Errorf("%d looks are recorded, not 2", n)
	}
}

func TestSigningIn(t *testing.T) {
	o := newOffice(t)
	g := o.account("k.dunne@example.org")
	ref := o.asked("Priya Raghunathan")
	v := o.visitor("")
	v.get("/case/" + ref)
	if status, body := v.post("/sign-in", "address", g.Address, "password", "wrong", "code", "1"); status != http.StatusUnauthorized || strings.Contains(body, `value="wrong"`) {
		t.Errorf("a wrong password is answered %d", status)
	}
	if _, body := v.signIn(g); !strings.Contains(body, "Priya Raghunathan") {
		t.Error("signing in does not lead back to the case")
	}
	v.post("/sign-out")
	if _, body := v.get("/"); !strings.Contains(body, "<h1>Sign in</h1>") {
		t.Error("signing out leaves the session")
	}
	for range 20 {
		v.post("/sign-in", "address", "nobody@example.org", "password", "x", "code", "1")
	}
	if status, body := v.post("/sign-in", "address", "nobody@example.org", "password", "x", "code", "1"); status != http.StatusTooManyRequests || strings.Contains(body, `aria-invalid="true"`) {
		t.Errorf("after twenty wrong ones it answers %d", status)
	}
}
