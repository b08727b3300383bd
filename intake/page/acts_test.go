package page_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/store"
)

// act previews an act, which must change nothing, and then saves it. It returns
// what the preview showed.
func (v *visitor) act(ref, name string, fields ...string) string {
	o := v.o
	o.tb.Helper()
	path, before := "/case/"+ref+"/act/"+name, o.seen(ref)
	if status, body := v.get(path); status != http.StatusOK {
		o.tb.Fatalf("the form %s answers %d: %s", name, status, problemIn(body))
	}
	form := append([]string{"seen", before}, fields...)
	status, preview := v.post(path, append(slices.Clone(form), "preview", "yes")...)
	if status != http.StatusOK || !strings.Contains(preview, "Nothing is saved yet") {
		o.tb.Fatalf("the preview of %s answers %d: %s", name, status, problemIn(preview))
	}
	if o.seen(ref) != before {
		o.tb.Fatalf("the preview of %s changed the case", name)
	}
	status, body := v.post(path, append(slices.Clone(form), "save", "yes")...)
	if status != http.StatusOK || !strings.Contains(body, "Saved: ") || o.seen(ref) == before {
		o.tb.Fatalf("saving %s answers %d: %s", name, status, problemIn(body))
	}
	return preview
}

func problemIn(body string) string {
	_, p, _ := strings.Cut(body, `id="problem"`)
	p, _, _ = strings.Cut(p, "</div>")
	return p
}

// A case is dealt with from its receipt to the Commissioner on the page alone,
// and each fact is recorded as it was typed.
func TestEveryActOfACase(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	o.set(o.now().AddDate(0, 0, 3))
	v := o.officer()
	v.act(ref, "hold")
	v.act(ref, "assigned", "officer", "a.idowu@example.org", "cover", "m.rees@example.org")
	v.act(ref, "corrected", "name", "Priya Raghunathan-Hale", "address", "p.hale@example.com", "postal", "2 Mill Lane\r\nYork", "language", "en", "mailbox", "cafcass")
	if p := v.act(ref, "received", "date", "2026-11-18", "note", "it lay in another inbox"); !strings.Contains(p, "Thu 17 Dec") {
		t.Error("the preview of another receipt shows no new date")
	}
	if p := v.act(ref, "acknowledged", "date", "2026-11-20"); !strings.Contains(p, "No letter goes out.") && !strings.Contains(p, "Not sent") {
		t.Error("the preview of an acknowledgement by hand says nothing of the letter")
	}
	v.act(ref, "clarification-requested", "date", "2026-11-21")
	v.act(ref, "clarification-received", "date", "2026-11-23")
	v.act(ref, "extended", "reason", "the balance of the public interest", "exemptions", "36(2)(c)", "estimate", "2027-01-15")
	v.act(ref, "responded", "outcome", "part", "exemptions", "40(2), 31(1)(g)", "officer", "m.rees@example.org")
	v.act(ref, "commissioner-notified", "reference", "IC-123456-X1Y2", "due", "2026-12-20")
	v.act(ref, "commissioner-answered")
	v.act(ref, "commissioner-decided", "outcome", "complaint-not-upheld")
	v.act(ref, "reopened", "due", "2027-02-01")
	v.act(ref, "closed", "reason", "other")
	c := o.view(ref)
	k := c.Clocks[0]
	for _, x := range []struct{ what, got, want string }{
		{"officer", c.Officer, "a.idowu@example.org"}, {"cover", c.Cover, "m.rees@example.org"}, {"name", c.Requester.Name, "Priya Raghunathan-Hale"},
		{"address", c.Requester.Addr, "p.hale@example.com"}, {"postal", c.Postal, "2 Mill Lane\nYork"}, {"received", c.ReceivedOn.String(), "2026-11-18"},
		{"commissioner", c.Commissioner.Outcome, "complaint-not-upheld"}, {"reference", c.Commissioner.Reference, "IC-123456-X1Y2"}, {"state", string(c.State), "closed"},
		{"due", c.Commissioner.Due.String(), "2026-12-20"}, {"part", string(k.Kind), "foi"},
	} {
		if x.got != x.want {
			t.Errorf("%s is %q, not %q", x.what, x.got, x.want)
		}
	}
	at := slices.IndexFunc(c.Events, func(ev register.ShownEvent) bool { return ev.Name == intake.Responded })
	if ev := c.Events[at]; ev.Outcome != "part" || fmt.Sprint(ev.Exemptions) != "[40(2) 31(1)(g)]" || ev.Officer != "m.rees@example.org" {
		t.Errorf("the answer is recorded as %+v", ev)
	}
	at = slices.IndexFunc(c.Events, func(ev register.ShownEvent) bool { return ev.Name == intake.Extended })
	if ev := c.Events[at]; !strings.Contains(ev.Note, "the balance of the public interest") || fmt.Sprint(ev.Exemptions) != "[36(2)(c)]" {
		t.Errorf("the extension is recorded as %+v", ev)
	}
	if _, body := v.get("/case/" + ref); !strings.Contains(body, "40(2)") || !strings.Contains(body, "IC-123456-X1Y2") || !strings.Contains(body, "2 Mill Lane") {
		t.Error("the case does not show what was recorded")
	}
	v.act(ref, "void", "void", fmt.Sprint(len(c.Events)))
	if s := o.view(ref).State; s == intake.StateClosed {
		t.Error("striking the closing left the case closed")
	}
}

// Two cases are merged and separated again; a passed mail is attached to a
// case.
func TestMergingAndItsUndoing(t *testing.T) {
	o := newOffice(t)
	a, b := o.asked("Priya Raghunathan"), o.undecided(1)
	v := o.officer()
	if p := v.act(b, "merge", "into", a); !strings.Contains(p, b+" ends in "+a) {
		t.Error("the preview does not say which case goes on")
	}
	if _, body := v.get("/case/" + b); !strings.Contains(body, `href="/case/`+a+`"`) || strings.Contains(body, "/act/responded") {
		t.Error("the merged case does not lead to the other, or offers what it does not allow")
	}
	events := o.view(a).Events
	at := slices.IndexFunc(events, func(ev register.ShownEvent) bool { return ev.Name == intake.Merged })
	v.act(a, "undo-merge", "event", fmt.Sprint(events[at].N))
	if s := o.view(b).State; s != intake.StateTriage {
		t.Errorf("after the merger was undone, %s is %s", b, s)
	}
	o.receive("Fleur Amsel <f.amsel@example.org>", "Thank you", "Thank you for your kind help last week.\n\nFleur")
	id := o.uid
	if status, body := v.post(fmt.Sprintf("/mail/%d", id), "into", "CAF26-99999"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="CAF26-99999"`) {
		t.Errorf("attaching a mail to no case answers %d, or forgot which", status)
	}
	if status, body := v.post(fmt.Sprintf("/mail/%d", id), "into", a); status != http.StatusUnprocessableEntity || !strings.Contains(body, "press again") {
		t.Errorf("attaching somebody else's mail answers %d, and does not ask", status)
	}
	if status, body := v.post(fmt.Sprintf("/mail/%d", id), "into", a, "sure", a); status != http.StatusOK || !strings.Contains(body, fmt.Sprintf("Mail %d belongs to %s now.", id, a)) {
		t.Errorf("attaching a mail answers %d: %s", status, problemIn(body))
	}
}

// A draft is edited; if somebody else has worked on it meanwhile, what was
// typed is kept.
func TestADraftIsEdited(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v := o.officer()
	v.act(ref, "clarification-requested")
	letters := o.view(ref).Letters
	path := fmt.Sprintf("/letters/%d", letters[len(letters)-1].ID)
	if _, body := v.get(path); !strings.Contains(body, "[[ write it here ]]") || !strings.Contains(body, "<textarea") {
		t.Fatal("the draft is not shown to be edited")
	}
	seen, text := o.seen(ref), "Which year do you mean? Our reference is "+ref+"."
	v.post("/case/"+ref+"/take", "seen", seen)
	status, body := v.post(path+"/text", "seen", seen, "text", text)
	if status != http.StatusConflict || !strings.Contains(body, text+"</textarea>") || !strings.Contains(body, "What happened since") {
		t.Errorf("a stale text is answered %d: %s", status, problemIn(body))
	}
	if status, body := v.post(path+"/text", "seen", o.seen(ref), "text", "Which year?"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Which year?</textarea>") {
		t.Errorf("a text without its reference is answered %d", status)
	}
	if status, body := v.post(path+"/text", "seen", o.seen(ref), "text", text, "back", path); status != http.StatusOK || !strings.Contains(body, text) {
		t.Errorf("the text is answered %d: %s", status, problemIn(body))
	}
	before := len(o.view(ref).Events)
	_, body = v.get(path)
	v.post(path+"/text", "seen", o.seen(ref), "text", text, "then", "send")
	if evs := o.view(ref).Events[before:]; len(evs) == 0 || evs[0].Name == intake.StepEdited || !strings.Contains(body, text) {
		t.Errorf("sent unchanged it is recorded as %+v", evs)
	}
	if l := o.view(ref).Letters; l[len(l)-1].State != intake.LetterWaiting {
		t.Errorf("the letter is %s", l[len(l)-1].State)
	}
}

// A held acknowledgement is read, given another text, and sent.
func TestAnAcknowledgementIsEdited(t *testing.T) {
	o := newOffice(t)
	ref := o.receive("Priya Raghunathan <priya@example.org>\r\nReply-To: other@example.com", "Freedom of Information request",
		"Under the Freedom of Information Act, please send me the policy on the supervision of newly qualified social workers.\n\nPriya Raghunathan")
	l := o.view(ref).Letters[0]
	if l.State != intake.LetterHeld {
		t.Fatalf("the letter is %s", l.State)
	}
	v, path := o.officer(), fmt.Sprintf("/letters/%d", l.ID)
	status, body := v.get(path)
	_, text, _ := strings.Cut(body, `<textarea id="text"`)
	_, text, _ = strings.Cut(text, ">")
	text, _, _ = strings.Cut(text, "</textarea>")
	text = html.UnescapeString(text)
	if status != http.StatusOK || !strings.Contains(text, "21 December 2026") || !strings.Contains(text, ref) {
		t.Fatalf("what would be sent is not shown: %d %s", status, text)
	}
	if status, body := v.post(path+"/text", "seen", o.seen(ref), "text", "Thank you. "+ref); status != http.StatusUnprocessableEntity || !strings.Contains(body, "lacks the date 21 December 2026") || !strings.Contains(body, "Thank you. "+ref+"</textarea>") {
		t.Errorf("a text without the date is answered %d: %s", status, problemIn(body))
	}
	if status, body := v.post(path+"/text", "seen", o.seen(ref), "text", "Thank you for calling us.\r\n\r\n"+text, "back", path); status != http.StatusOK || !strings.Contains(body, "Thank you for calling us.") {
		t.Errorf("the text is answered %d: %s", status, problemIn(body))
	}
	before := len(o.view(ref).Events)
	if status, body := v.post(path+"/text", "seen", o.seen(ref), "text", "Thank you for writing to us.\r\n\r\n"+text, "then", "send"); status != http.StatusOK || !strings.Contains(body, "The letter goes out.") {
		t.Errorf("sending it as it stands is answered %d: %s", status, problemIn(body))
	}
	if l := o.view(ref).Letters[0]; l.State != intake.LetterWaiting {
		t.Errorf("the letter is %s", l.State)
	}
	if evs := o.view(ref).Events[before:]; evs[0].Name != intake.StepEdited || evs[1].Name != intake.AckReleased {
		t.Errorf("it is recorded as %+v", evs)
	}
	if _, body := v.get("/case/" + ref); !strings.Contains(body, "Thank you for writing to us.") {
		t.Error("the case does not show the letter as it goes")
	}
}

// A right is decided with its name, and each act that a case offers has a form.
func TestEveryOfferedActHasItsForm(t *testing.T) {
	o := newOffice(t)
	ref := o.undecided(1)
	v := o.visitor(o.word("head@example.org", casework.Head))
	v.act(ref, "decide", "kind", "rights", "right", "erasure", "right", "objection")
	c := o.view(ref)
	if fmt.Sprint(c.Clocks[0].Right) != "[erasure objection]" {
		t.Errorf("the rights are %v", c.Clocks[0].Right)
	}
	_, body := v.get("/case/" + ref)
	offered := 0
	for _, name := range casework.RecordableEvents(c.View, false) {
		path := "/case/" + ref + "/act/" + string(name)
		if !strings.Contains(body, `href="`+path+`"`) {
			t.Errorf("%s is allowed and not offered", name)
		}
		if status, _ := v.get(path); status != http.StatusOK {
			t.Errorf("%s answers %d", path, status)
		}
		offered++
	}
	if offered < 10 {
		t.Errorf("%d acts are offered", offered)
	}
	if status, body := v.post("/case/"+ref+"/act/responded", "seen", o.seen(ref), "date", (deadlines.DayOf(o.now()) + 2).String(), "preview", "yes"); status != http.StatusUnprocessableEntity || strings.Contains(body, "--date") {
		t.Errorf("an answer in the future is answered %d, or with a command line", status)
	}
}

// The reason for a letter's state is shown in plain words.
func TestWhyALetterWaitsIsPlain(t *testing.T) {
	o := newOffice(t)
	o.receive("Priya Raghunathan <priya@example.org>\r\nReply-To: other@example.com", "Freedom of Information request",
		"Under the Freedom of Information Act, please send me the policy on the supervision of newly qualified social workers.\n\nPriya Raghunathan")
	v := o.officer()
	for path, why := range map[string]string{
		"/letters":   "Answers are wanted at another address.",
		"/letters/1": "It asks for answers to another address than the one it came from: somebody who did not ask may be written to.",
	} {
		if _, body := v.get(path); !strings.Contains(body, why) || strings.Contains(body, "reply-to") {
			t.Errorf("%s does not say why in plain words", path)
		}
	}
	l := o.view(o.asked("Edmund Vale")).Letters[0]
	for _, x := range []struct {
		state intake.LetterState
		why   string
		says  string
	}{
		{intake.LetterHeld, "held for a person: legal, spoofed", ">It seems to be a legal paper: answer it in your own words. The sender could not be verified: somebody else may have written in this name.<"},
		{intake.LetterHeld, "held for a person: the decision was undone by page:k.dunne@example.org", ">The decision was undone by k.dunne@example.org.<"},
		{intake.LetterFailed, "naming the recipient: 550 5.1.1 <priya@example.org>: Recipient address rejected", "There is no such address, or no longer. (naming the recipient: 550 5.1.1"},
		{intake.LetterFailed, "naming the recipient: 554 mail from 192.5.1.10 is not taken", ">naming the recipient: 554 mail from 192.5.1.10 is not taken<"},
		{intake.LetterBounced, "returned: 5.2.2", "Their mailbox is full. (returned: 5.2.2)"},
	} {
		l.State, l.Attempts, l.Response, l.Raw = x.state, 1, x.why, nil
		if err := o.db.Update(func(tx *store.Tx) error { return tx.PutLetter(l) }); err != nil {
			t.Fatal(err)
		}
		if _, body := v.get(fmt.Sprint("/letters/", l.ID)); !strings.Contains(body, x.says) {
			t.Errorf("%s is told as %s", x.why, regexp.MustCompile(`<dt>Why</dt>.*`).FindString(body))
		}
	}
}

// A letter that was held for a long time and then came back is shown under
// Letters, until its case ends or is acknowledged another way.
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

// A correction that would cause a contradiction is refused in a sentence, and
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
