package page_test

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"requestd/classify"
	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/eml"
	"requestd/store"
	"requestd/store/storetest"
)

// extended returns a case whose time was extended: its notice is drafted.
func (o *office) extended(v *visitor) (ref, letter, told string) {
	o.tb.Helper()
	ref = o.asked("Priya Raghunathan")
	_, body := v.post("/case/"+ref+"/act/extended", "seen", o.seen(ref), "reason", "the public interest", "exemptions", "31(1)(a)", "estimate", "2027-01-08", "save", "yes")
	err := o.db.View(func(tx *store.Tx) error {
		for _, l := range tx.LettersOf(ref) {
			if l.IsDraft() {
				letter = fmt.Sprint("/letters/", l.ID)
			}
		}
		return nil
	})
	if err != nil || letter == "" {
		o.tb.Fatalf("no notice is drafted: %v, %s%s", err, noticeIn(body), problemIn(body))
	}
	return ref, letter, noticeIn(body)
}

// A drafted notice is not forgotten: saving leads to it, and it is on Today and
// on its case until it is sent or dropped.
func TestADraftedNoticeStandsOnTodayUntilItIsSent(t *testing.T) {
	for name, ends := range map[string]func(*office, *visitor, string, string){
		"sent": func(o *office, v *visitor, ref, letter string) {
			_, body := v.get(letter)
			_, text, _ := strings.Cut(body, `<textarea id="text"`)
			_, text, _ = strings.Cut(text, ">")
			text, _, _ = strings.Cut(text, "</textarea>")
			if status, body := v.post(letter+"/text", "seen", o.seen(ref), "text", html.UnescapeString(text), "then", "send"); status != http.StatusOK {
				t.Fatalf("sending is answered %d: %s", status, problemIn(body))
			}
		},
		"dropped": func(o *office, v *visitor, ref, _ string) {
			v.post("/case/"+ref+"/act/responded", "seen", o.seen(ref), "outcome", "granted", "save", "yes")
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			v := o.officer()
			ref, letter, told := o.extended(v)
			if !strings.Contains(told, "The notice that the law requires is drafted, and has still to be sent.") || !strings.Contains(told, `href="`+letter+`"`) {
				t.Errorf("saving says not that the notice has still to be sent, with a link: %s", told)
			}
			if _, body := v.get("/case/" + ref); strings.Count(body, `<li><a href="`+letter+`"`) != 1 {
				t.Error("the case does not offer to send the notice")
			}
			for lang, says := range map[string]string{"en": "Required by law", "cy": "Gofynnol yn ôl y gyfraith"} {
				v.post("/language", "to", lang, "back", "/")
				if _, body := v.get("/"); !strings.Contains(body, `<a href="`+letter+`">`) || !strings.Contains(body, says) {
					t.Errorf("%s: the notice does not stand on Today", lang)
				}
			}
			v.post("/language", "to", "en", "back", "/")
			_, screen := v.get(letter)
			_, list := v.get("/letters?state=drafted")
			for _, body := range []string{screen, list} {
				if !strings.Contains(body, "A draft, which goes when somebody sends it.") || strings.Contains(body, "or acknowledge the request another way") {
					t.Error("the notice is told of in words of an acknowledgement")
				}
			}
			if other, body := v.get("/letters?state=held"); other != http.StatusOK || strings.Contains(body, letter) {
				t.Error("the draft stands among the letters that something holds")
			}
			ends(o, v, ref, letter)
			if _, body := v.get("/"); strings.Contains(body, letter) {
				t.Error("it stands on Today still")
			}
		})
	}
}

// inDoubt reads every mail as a person's whose kind alone is in doubt.
type inDoubt struct{}

func (inDoubt) Read(_ *classify.Classifier, _ intake.MailLocation, raw []byte, complete bool,
	next func(*intake.Message) (intake.Thread, bool, error)) (*intake.Message, *intake.Reading, error) {
	m := eml.Parse(raw, complete)
	_, on, err := next(m)
	if err != nil || !on {
		return m, nil, err
	}
	return m, (&intake.Reading{Kind: intake.FOI, Decision: intake.Triage, Language: "en", Neutral: true, Why: "doubt"}).Filled(), nil
}

// noRequest is a mail that somebody decided is none, when its sender had been told
// otherwise: a letter that says so is drafted.
func (o *office) noRequest() (letter string) {
	o.tb.Helper()
	o.e.ReadWith(inDoubt{})
	ref := o.undecided(1)
	o.officer().post("/case/"+ref+"/take", "seen", o.seen(ref))
	o.set(time.Date(2026, 11, 25, 12, 0, 0, 0, deadlines.London()))
	if err := o.e.Clock.Tick(o.tb.Context()); err != nil {
		o.tb.Fatal(err)
	}
	err := o.db.Update(func(tx *store.Tx) error {
		for _, l := range tx.LettersOf(ref) {
			if l.Purpose == intake.ForNeutral {
				l.State, l.Attempts, l.Settled = intake.LetterSent, 1, tx.Now()
				if err := tx.PutLetter(l); err != nil {
					return err
				}
				return o.e.RecordOutcome(tx, &l)
			}
		}
		return errors.New("no neutral letter was written")
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	o.officer().post("/triage/"+ref, "seen", o.seen(ref), "decide", "not-a-request")
	for _, l := range o.view(ref).Letters {
		if l.Purpose == intake.ForNoRequest && l.State == intake.LetterHeld {
			return fmt.Sprint("/letters/", l.ID)
		}
	}
	o.tb.Fatal("no letter is drafted")
	return ""
}

// The letter that says that a mail is no request waits for a word on a case that is
// not open any more. It is among the work of whoever is in charge, and of nobody else.
func TestWhoIsInChargeSeesTheLetterOfNoRequest(t *testing.T) {
	o := newOffice(t)
	letter := o.noRequest()
	v, other := o.officer(), o.visitor(o.word("another@example.org", casework.Officer))
	for _, x := range []struct {
		who  *visitor
		path string
		sees bool
	}{{v, "/", true}, {v, "/?mine=yes", true}, {other, "/", true}, {other, "/?mine=yes", false}} {
		if _, body := x.who.get(x.path); strings.Contains(body, `<a href="`+letter+`">`) != x.sees {
			t.Errorf("%s: the letter stands there: %v", x.path, !x.sees)
		}
	}
}

// Nobody knows who is in charge of a case whose record is damaged: its draft is
// everybody's, and the rest of their work is shown.
func TestADraftOnADamagedCaseHidesNobodysWork(t *testing.T) {
	storetest.FileOnly(t, "can be damaged from outside")
	whole := newOffice(t)
	letter := whole.noRequest()
	path := filepath.Join(t.TempDir(), "damaged.db")
	if err := whole.db.BackupFile(path); err != nil {
		t.Fatal(err)
	}
	storetest.Damage(t, path, "done", "CAF26-00001")
	o := unopened(t)
	var err error
	if o.db, err = store.Open(path, store.Options{Now: o.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.db.Close() })
	o.serve(config.Web{})
	if status, body := o.visitor(o.word("another@example.org", casework.Officer)).get("/?mine=yes"); status != http.StatusOK || !strings.Contains(body, `<a href="`+letter+`">`) {
		t.Errorf("My cases answers %d, with the draft: %v", status, strings.Contains(body, letter))
	}
}

// A waiting letter says when it will be sent and why then, and can be held from
// the list.
func TestAWaitingLetterIsHeldFromTheList(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	ref := o.receive("Neville Strand <n.strand1@example.org>", "A question", "Hello, could you help me with something about last year?")
	v.post("/triage/"+ref, "seen", o.seen(ref), "decide", "foi")
	l, _ := o.ack(ref)
	until := o.now().Add(10 * time.Minute).In(deadlines.London()).Format("15:04")
	_, body := v.get("/letters?state=waiting")
	_, row, _ := strings.Cut(body, fmt.Sprintf(`href="/letters/%d"`, l.ID))
	row, _, _ = strings.Cut(row, "</tr>")
	if !strings.Contains(row, until) || !strings.Contains(row, "Somebody let it go.") {
		t.Errorf("the list says not when it goes and why: %s", row)
	}
	_, row, _ = strings.Cut(row, `action="`)
	path, _, _ := strings.Cut(row, `"`)
	v.post(path, "back", "/letters?state=waiting")
	if l, _ := o.ack(ref); l.State != intake.LetterHeld {
		t.Errorf("after Hold it is %s", l.State)
	}
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// save sends the form of a preview as a browser would.
func (v *visitor) save(preview string, fields ...string) (int, string) {
	v.o.tb.Helper()
	_, form, _ := strings.Cut(preview, `<form method="post" action="/case/`)
	path, form, _ := strings.Cut(form, `"`)
	form, _, _ = strings.Cut(form, "</form>")
	sent := url.Values{"save": {"yes"}}
	for _, m := range hidden.FindAllStringSubmatch(form, -1) {
		sent.Add(m[1], html.UnescapeString(m[2]))
	}
	for i := 0; i < len(fields); i += 2 {
		sent.Add(fields[i], fields[i+1])
	}
	return v.do(http.MethodPost, "/case/"+path, sent)
}

// What a preview showed is saved by the preview's own button, whatever screen
// led to it.
func TestWhatAnotherScreenShowsIsSaved(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	ref := o.endangered("danger")
	v.post("/triage/"+ref, "seen", o.seen(ref), "decide", "dsar")
	_, preview := v.post("/case/"+ref+"/release", "seen", o.seen(ref), "back", "/")
	_, form, _ := strings.Cut(preview, `id="work"`)
	if status, body := v.save(preview[strings.Index(preview, `<main`):]); status != http.StatusOK || !o.waits(ref) {
		t.Errorf("it is answered %d: %s %s", status, problemIn(body), form[:min(len(form), 200)])
	}
}

// Mail from somebody else is joined to a case only after a warning and a
// confirmation; mail from the same requester at once.
func TestMailOfSomebodyElseIsJoinedOnceThatWasSeen(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	into := o.asked("Priya Raghunathan")
	question := "Hello, could you help me with something about last year?"
	same, other := o.receive("Priya Raghunathan <someone@example.org>", "A question", question), o.receive("N <n@example.org>", "A question", question)
	if same == into || other == into || same == "" || other == "" {
		t.Fatal(into, same, other)
	}
	_, body := v.post("/triage/"+same, "seen", o.seen(same), "decide", "belongs", "into", into)
	if !strings.Contains(body, same+" now belongs to "+into) {
		t.Errorf("that of the same requester is not joined: %s", problemIn(body))
	}
	_, body = v.post("/triage/"+other, "seen", o.seen(other), "decide", "belongs", "into", into, "also", "dsar")
	if s := o.view(other).State; s != intake.StateTriage || !strings.Contains(body, "Nothing is saved yet") || !strings.Contains(body, "different requesters") {
		t.Fatalf("that of another requester is %s at once, or nothing asks first", s)
	}
	if status, body := v.save(body[strings.Index(body, `<main`):], "into", into); status != http.StatusOK || o.view(other).State != intake.StateClosed {
		t.Errorf("once seen it is not joined: %d %s", status, problemIn(body))
	}
}

// The same holds for a mail that opened no case.
func TestAPassedMailOfSomebodyElseIsJoinedOnceThatWasSeen(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	into := o.asked("Priya Raghunathan")
	if ref := o.receive("N <n@example.org>", "Thank you", "Thank you for your help with the course last week.\n\nN"); ref != "" {
		t.Fatal("the mail opened a case")
	}
	const path = "/mail/2"
	status, body := v.post(path, "do", "belongs", "into", into)
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "not from the requester of that case") || len(o.view(into).Mail) != 1 {
		t.Fatalf("nothing asks first: %d", status)
	}
	if _, body = v.post(path, "do", "belongs", "into", into, "sure", "CAF26-00099"); !strings.Contains(body, `name="sure" value="`+into+`"`) {
		t.Error("what was said of another case counts for this one")
	}
	if status, _ := v.post(path, "do", "belongs", "into", into, "sure", into); status != http.StatusOK || len(o.view(into).Mail) != 2 {
		t.Errorf("said again it is not joined: %d", status)
	}
}
