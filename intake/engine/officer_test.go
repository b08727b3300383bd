package engine_test

import (
	"fmt"
	"mime/quotedprintable"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"io"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/mailbox"
	"requestd/intake/register"
	"requestd/store"
)

// The people of these tests: two officers of the mailbox, one of the other
// mailbox, and a mail server that is trusted.
const (
	ceri   = "ceri@staff.example.org"
	bethan = "bethan@staff.example.org"
	other  = "other@staff.example.org"
	passed = "Authentication-Results: mx.example.org; dmarc=pass header.from=staff.example.org"
	failed = "Authentication-Results: mx.example.org; dmarc=fail header.from=staff.example.org"
)

// mailOffice is an office whose officers decide by mail.
func mailOffice(t *testing.T, at string) *office {
	t.Helper()
	s := strings.Replace(settings, "  - address: officer@staff.example.org\n", "  - {address: "+other+", mailboxes: [cymru]}\n  - {address: "+ceri+", mailboxes: [cafcass]}\n  - address: "+bethan+"\n    mailboxes: [cafcass]\n", 1)
	return newOfficeWith(t, at, strings.ReplaceAll(s, "since: 2026-11-01,", "since: 2026-11-01, trust: {authserv: [mx.example.org], officers: [dmarc, microsoft365]},"))
}

// to returns the last mail of a purpose that was written to somebody.
func (o *office) to(who string, purpose intake.Purpose) intake.Letter {
	o.t.Helper()
	all := o.letters(purpose)
	for _, l := range slices.Backward(all) {
		if l.To == who {
			return o.letter(l.ID)
		}
	}
	o.t.Fatalf("no mail %s to %s among %d", purpose, who, len(all))
	return intake.Letter{}
}

func (o *office) letter(id uint64) (l intake.Letter) {
	o.t.Helper()
	if err := o.db.View(func(tx *store.Tx) (err error) { l, err = tx.Letter(id); return err }); err != nil {
		o.t.Fatal(err)
	}
	if l.Unwritten != nil {
		if err := o.e.Notices.WriteStaffMail(&l); err != nil {
			o.t.Fatal(err)
		}
	}
	return l
}

// text returns a letter as its reader sees it.
func text(t *testing.T, l intake.Letter) string {
	t.Helper()
	head, body, _ := strings.Cut(string(l.Raw), "\r\n\r\n")
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	return head + "\n\n" + strings.ReplaceAll(string(b), "\r\n", "\n")
}

var answers atomic.Int64 // made so far, for their Message-IDs

// answer returns a reply to a letter as a mail program writes it.
func answer(l intake.Letter, from, words string, head ...string) mail {
	return mail{
		id: fmt.Sprintf("answer-%d@staff.example.org", answers.Add(1)), from: from, to: "governance@cafcass.gov.uk", subject: "Re: [CAF26-00001] DECIDE",
		body: words + "\n\nOn 20 November 2026 Cafcass wrote:\n> WHAT YOU CAN DO\n> NOT A REQUEST\n> - \"DSAR\"\n",
		head: append([]string{"In-Reply-To: <" + l.MessageID + ">"}, head...),
	}
}

// triage opens a case that waits for a person, and returns its reference.
func (o *office) triage() string {
	o.t.Helper()
	a := o.one("cafcass", mail{id: fmt.Sprintf("in-%d@example.org", o.uid["cafcass/INBOX"]), from: "Mair Example <mair@example.org>", to: "governance@cafcass.gov.uk",
		subject: "Request", body: "Under the Freedom of Information Act please send me the number of reports filed late in 2025.\n\nMair",
		head: []string{"X-Autoreply:"}})
	if a.Decision != intake.DidTriage || a.Ref == "" {
		o.t.Fatalf("decided %s (%s), want triage", a.Decision, a.Why)
	}
	return a.Ref
}

// events counts the events of a case.
func (o *office) events(ref string) int { return len(o.view(ref).Events) }

func TestAnOfficersAnswerDecides(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	l := o.to(ceri, intake.ForHeld)
	mailText := text(t, l)
	for _, want := range []string{`"SEND"`, `"NOT A REQUEST"`, "mailto:governance@cafcass.gov.uk?subject=Re%3A%20%5B" + ref} {
		if !strings.Contains(mailText, want) {
			t.Errorf("the mail lacks %q:\n%s", want, mailText)
		}
	}
	if strings.Contains(mailText, "http:") || strings.Contains(mailText, "https:") { // identifiers may contain the bare letters
		t.Errorf("the mail has a link that a scanner would follow:\n%s", mailText)
	}
	if a := o.one("cafcass", answer(l, ceri, "DSAR", passed)); a.Decision != intake.DidFollowup || a.Ref != ref || !strings.Contains(a.Why, "DSAR") {
		t.Errorf("the answer was registered as %s %s (%s)", a.Decision, a.Ref, a.Why)
	}
	v := o.view(ref)
	if v.Kind != intake.DSAR || v.State != intake.StateOpen {
		t.Fatalf("kind %s, state %s", v.Kind, v.State)
	}
	if ev := v.Events[len(v.Events)-3]; ev.Actor != "mail:"+ceri || ev.Name != intake.Reclassified {
		t.Errorf("the event is %+v", ev)
	}
	for _, who := range []string{ceri} {
		s := text(t, o.to(who, intake.ForConfirmation))
		for _, want := range []string{"Decided by: " + ceri, "reply by (DSAR): from", "10:10", "UNDO"} {
			if !strings.Contains(s, want) {
				t.Errorf("the confirmation to %s lacks %q:\n%s", who, want, s)
			}
		}
	}
	o.send()
	if o.view(ref).AcknowledgedAt != nil {
		t.Fatal("the letter did not wait")
	}
	o.now = o.now.Add(10 * time.Minute)
	o.send()
	if v := o.view(ref); v.AcknowledgedAt == nil {
		t.Error("the letter never went")
	}
}

func TestALinksSubjectIsProofEnough(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	token := regexp.MustCompile(`rq-[0-9a-z]{20}`).FindString(text(t, o.to(ceri, intake.ForHeld)))
	if token == "" {
		t.Fatal("the mail carries no token")
	}
	m := mail{id: "link@staff.example.org", from: ceri, to: "governance@cafcass.gov.uk", subject: "Re: [" + ref + "] Cafcass " + strings.ToUpper(token),
		body: "MINE\n", head: []string{passed}}
	n := o.events(ref)
	if o.one("cafcass", m); o.events(ref) != n+1 {
		t.Error("the link did nothing")
	}
}

func TestHTMLAloneIsRead(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	m := answer(o.to(ceri, intake.ForHeld), ceri, "", passed, "Content-Type: text/html; charset=utf-8")
	m.body = `<html><head><style>p{}</style></head><body><div dir="ltr">“Not a request.”<br></div><div class="gmail_quote"><blockquote>FOI</blockquote></div></body></html>`
	o.one("cafcass", m)
	if v := o.view(ref); v.State != intake.StateNotARequest {
		t.Errorf("state %s", v.State)
	}
}

// TestAttacks are the ways in which an answer must change nothing. Each says
// who is answered, and whether an alarm is raised.
func TestAttacks(t *testing.T) {
	for name, c := range map[string]struct {
		mail  func(o *office, l intake.Letter) mail
		told  bool // the member of staff is told why
		alarm bool
		role  mailbox.Role
	}{
		"a forged From with a real proof": {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "NOT A REQUEST", failed) }, told: true, alarm: true},
		"a From that nobody vouches for":  {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "NOT A REQUEST") }, told: true, alarm: true},
		"a pass by a server that is not believed": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, ceri, "NOT A REQUEST", "Authentication-Results: mx.example.net; dmarc=pass header.from=staff.example.org")
		}, told: true, alarm: true},
		"a pass that the sender wrote below the real failure": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, ceri, "NOT A REQUEST", failed, passed)
		}, told: true, alarm: true},
		"a proof forwarded to a colleague": {mail: func(_ *office, l intake.Letter) mail { return answer(l, bethan, "NOT A REQUEST", passed) }, told: true, alarm: true},
		"a proof forwarded to an outsider": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, "mallory@example.net", "NOT A REQUEST", "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net")
		}, alarm: true},
		"an officer of the other mailbox": {mail: func(_ *office, l intake.Letter) mail { return answer(l, other, "NOT A REQUEST", passed) }, told: true, alarm: true},
		"two authors": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, ceri+", mallory@example.net", "NOT A REQUEST", passed)
		}, alarm: true},
		"the junk folder": {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "NOT A REQUEST", passed) }, told: true, alarm: true, role: mailbox.Junk},
		"an out-of-office that quotes a command": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, ceri, "NOT A REQUEST", passed, "Auto-Submitted: auto-replied")
		}},
		"an out-of-office known by its subject": {mail: func(_ *office, l intake.Letter) mail {
			m := answer(l, ceri, "NOT A REQUEST", passed)
			m.subject = "Ateb awtomatig: [CAF26-00001] DECIDE"
			return m
		}},
		"an out-of-office in another language": {mail: func(_ *office, l intake.Letter) mail {
			m := answer(l, ceri, "CLOSED today", passed)
			m.subject = "Automatische Antwort: [CAF26-00001] DECIDE"
			return m
		}},
		"an out-of-office that looks like a note": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, ceri, "Note: I am away until Monday.", passed)
		}},
		"an everyday word":      {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "Acknowledged.", passed) }, told: true},
		"another everyday word": {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "Closed", passed) }, told: true},
		"a command that its reader is not shown": {mail: func(_ *office, l intake.Letter) mail {
			m := answer(l, ceri, "", passed, "Content-Type: text/html; charset=utf-8")
			m.body = `<div style="display:none">NOT A REQUEST<p>This line is long enough to be taken for all there is.</div><p>Thanks</p>`
			return m
		}, told: true},
		"a soft sign of a machine": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, ceri, "NOT A REQUEST", passed, "Precedence: list")
		}},
		"a command in quoted text": {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "> NOT A REQUEST", passed) }, told: true},
		"a command in the second line": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, ceri, "Thank you all.\nNOT A REQUEST", passed)
		}, told: true},
		"a command in a signature": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, ceri, "Thank you.\n\n-- \nNOT A REQUEST", passed)
		}, told: true},
		"a telephone's autocorrect":   {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "For", passed) }, told: true},
		"a question":                  {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "FOI?", passed) }, told: true},
		"a mail without words":        {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "", passed) }, told: true},
		"a command that is not there": {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "ERASE", passed) }, told: true},
		"a new address for letters":   {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "SEND to mallory@example.net", passed) }, told: true},
		"words for the requester": {mail: func(_ *office, l intake.Letter) mail {
			return answer(l, ceri, "SEND and say that we are sorry", passed)
		}, told: true},
		"an answer of a year ago": {mail: func(o *office, l intake.Letter) mail {
			o.now = o.now.AddDate(1, 0, 0)
			return answer(l, ceri, "NOT A REQUEST", passed)
		}, told: true},
		"a guessed token": {mail: func(_ *office, l intake.Letter) mail {
			m := answer(l, ceri, "NOT A REQUEST", passed)
			m.head, m.subject = []string{passed}, "Re: [CAF26-00001] Cafcass rq-00000000000000000000"
			return m
		}, told: true},
		"the reference alone": {mail: func(_ *office, l intake.Letter) mail {
			m := answer(l, ceri, "NOT A REQUEST", passed)
			m.head = []string{passed, "References: <case.caf26-00001@cafcass.gov.uk>"}
			return m
		}, told: true},
		"the subject alone": {mail: func(_ *office, l intake.Letter) mail {
			m := answer(l, ceri, "FOI", passed)
			m.head = []string{passed}
			return m
		}, told: true},
		"another case of another mailbox": {mail: func(o *office, l intake.Letter) mail {
			a := o.one("cymru", mail{id: "cy@example.org", from: "Ann <ann@example.net>", to: "CafcassCymru@gov.wales", subject: "Freedom of Information request", body: foiText})
			return answer(l, ceri, "MERGE "+a.Ref, passed)
		}, told: true},
		"a date that lies ahead": {mail: func(_ *office, l intake.Letter) mail { return answer(l, ceri, "EXTENDED 1 December 2026", passed) }, told: true},
	} {
		t.Run(name, func(t *testing.T) {
			o := mailOffice(t, "2026-11-20 10:00")
			ref := o.triage()
			l := o.to(ceri, intake.ForHeld)
			m := c.mail(o, l)
			cases, n := o.cases(), o.events(ref)
			told, alarms := len(o.letters(intake.ForRefusedChoice)), len(o.letters(intake.ForAlarm))
			role := c.role
			if role == "" {
				role = mailbox.Inbox
			}
			a := o.receive("cafcass", role, m)[0]
			if got := o.view(ref); o.cases() != cases && !strings.Contains(m.from, "mallory") || got.Kind != intake.FOI || got.State != intake.StateTriage || changed(got.Events[n:]) {
				t.Errorf("it changed something: %d cases, kind %s, state %s, %+v (%s)", o.cases(), got.Kind, got.State, got.Events[n:], a.Why)
			}
			if got := len(o.letters(intake.ForRefusedChoice)) > told; got != c.told {
				t.Errorf("the officer was told: %t, want %t (%s)", got, c.told, a.Why)
			}
			if got := len(o.letters(intake.ForAlarm)) > alarms; got != c.alarm {
				t.Errorf("an alarm was raised: %t, want %t (%s)", got, c.alarm, a.Why)
			}
			for _, l := range o.letters(intake.ForAlarm) {
				if s := text(t, o.letter(l.ID)); l.Ref != ref || !strings.Contains(s, "looks forged ["+ref+"]") {
					t.Errorf("the alarm is about %q, want %s:\n%s", l.Ref, ref, s)
				}
			}
			for _, l := range o.letters("")[1:] {
				if strings.Contains(l.To, "mallory") {
					t.Errorf("a stranger was written to: %+v", l)
				}
			}
			for _, l := range o.letters(intake.ForAcknowledgement) {
				if (l.To == ceri || l.To == bethan) && l.State != intake.LetterHeld {
					t.Errorf("staff were acknowledged: %+v", l)
				}
			}
		})
	}
}

// changed reports whether there are events other than a stranger's mail being
// listed.
func changed(events []register.ShownEvent) bool {
	return slices.ContainsFunc(events, func(ev register.ShownEvent) bool {
		return ev.Name != intake.UnverifiedReply && ev.Name != intake.MailAttached && ev.Name != intake.Linked
	})
}

func (o *office) cases() int {
	o.t.Helper()
	all, _, err := o.e.Register.Cases(o.t.Context(), register.CaseFilter{DueWithin: -1})
	if err != nil {
		o.t.Fatal(err)
	}
	return len(all)
}

func TestAReplayActsOnce(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	first := answer(o.to(ceri, intake.ForHeld), ceri, "IDENTITY REQUESTED today", passed)
	first.body = "NOTE once and no more\n"
	o.one("cafcass", first)
	n := o.events(ref)
	same := first
	if a := o.one("cafcass", same); a.Decision != intake.DidDuplicate || o.events(ref) != n {
		t.Errorf("the same mail again: %s, %d events more", a.Decision, o.events(ref)-n)
	}
	id := first
	id.body = "NOTE another text under the same Message-ID\n"
	if o.one("cafcass", id); o.events(ref) != n {
		t.Error("another text under the same Message-ID acted")
	}
	renamed := first
	renamed.id = "renamed@staff.example.org"
	if o.one("cafcass", renamed); o.events(ref) != n {
		t.Error("the same mail under another Message-ID acted")
	}
}

func TestWithoutAnAuthorityTheChannelIsOff(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	l := o.to("officer@staff.example.org", intake.ForHeld)
	if s := text(t, l); strings.Contains(s, "mailto:") || strings.Contains(s, "in the first line") || !strings.Contains(s, "This mail cannot be answered") || strings.Contains(s, "--") {
		t.Errorf("answers are offered, or it does not say that there are none:\n%s", s)
	}
	n, letters := o.events(ref), len(o.letters(""))
	a := o.one("cafcass", answer(l, "officer@staff.example.org", "NOT A REQUEST", passed))
	if o.events(ref) != n || len(o.letters("")) != letters || o.cases() != 1 {
		t.Errorf("something happened: %s (%s), %d events, %d letters, %d cases", a.Decision, a.Why, o.events(ref)-n, len(o.letters(""))-letters, o.cases())
	}
}

func TestMicrosoftsMarkVouchesToo(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	o.one("cafcass", answer(o.to(ceri, intake.ForHeld), ceri, "MINE", "X-MS-Exchange-Organization-AuthAs: Internal", "X-MS-Exchange-Organization-AuthSource: a.example.org"))
	if ev := o.view(ref).Events; ev[len(ev)-1].Code != "mine" {
		t.Error("the mark of mail from inside was not believed")
	}
}

func TestTheFirstOfTwoOfficersDecides(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	hers, his := o.to(ceri, intake.ForHeld), o.to(bethan, intake.ForHeld)
	o.now = o.now.Add(time.Minute)
	got := o.receive("cafcass", mailbox.Inbox, answer(hers, ceri, "FOI", passed), answer(his, bethan, "DSAR", passed))
	if want := "an answer of staff that came after another decision"; got[1].Why != want {
		t.Errorf("the second mail is registered as %q, want %q", got[1].Why, want)
	}
	if v := o.view(ref); v.Kind != intake.FOI {
		t.Errorf("kind %s: the second decision stands", v.Kind)
	}
	s := text(t, o.to(bethan, intake.ForRefusedChoice))
	for _, want := range []string{ceri, bethan, "already decided", "reply by (DSAR)"} {
		if !strings.Contains(s, want) {
			t.Errorf("the second officer does not learn %q:\n%s", want, s)
		}
	}
	o.now = o.now.Add(time.Minute)
	o.one("cafcass", answer(o.to(bethan, intake.ForRefusedChoice), bethan, "DSAR", passed))
	if v := o.view(ref); v.Kind != intake.DSAR {
		t.Errorf("kind %s: who knows of the first decision may change it", v.Kind)
	}
}

func TestUndoTakesDecisionAndLetterBack(t *testing.T) {
	for name, c := range map[string]struct {
		words, at string
		kind      intake.Kind
	}{
		"a kind":           {words: "DSAR"},
		"the letter alone": {words: "SEND"},
		"no request":       {words: "NOT A REQUEST"},
		"by hand":          {words: "ACKNOWLEDGED today"},
		"an answer":        {words: "RESPONDED granted today"},
		"an extension":     {words: "EXTENDED today"},
		"an event":         {words: "CLARIFICATION REQUESTED today"},
	} {
		t.Run(name, func(t *testing.T) {
			o := mailOffice(t, "2026-11-20 10:00")
			ref := o.triage()
			before := o.view(ref)
			o.now = o.now.Add(time.Minute)
			o.one("cafcass", answer(o.to(ceri, intake.ForHeld), ceri, c.words, passed))
			o.now = o.now.Add(time.Minute)
			o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "Undo", passed))
			v := o.view(ref)
			if v.Promised != before.Promised || v.AcknowledgedAt != nil {
				t.Errorf("promised %s, acknowledged %v", v.Promised, v.AcknowledgedAt)
			}
			if v.State != before.State || v.Kind != before.Kind || v.RespondBy != before.RespondBy || !slices.Equal(v.Hold, before.Hold) {
				t.Errorf("state %s, kind %s, reply by %s, held %v; want %s, %s, %s, %v", v.State, v.Kind, v.RespondBy, v.Hold, before.State, before.Kind, before.RespondBy, before.Hold)
			}
			if !slices.ContainsFunc(v.Events, func(ev register.ShownEvent) bool {
				return ev.Name == intake.DecisionUndone && ev.Actor == "mail:"+ceri && ev.Code == ""
			}) {
				t.Error("the history does not say who undid it")
			}
			o.now = o.now.Add(time.Hour)
			o.send()
			if v := o.view(ref); v.AcknowledgedAt != nil || len(o.letters(intake.ForAcknowledgement)) != 1 {
				t.Error("the letter went all the same")
			}
			if l := o.letters(intake.ForAcknowledgement)[0]; l.State != intake.LetterHeld {
				t.Errorf("the letter is %s", l.State)
			}
			o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "FOI", passed))
			o.now = o.now.Add(time.Hour)
			o.send()
			if v := o.view(ref); v.AcknowledgedAt == nil || v.Kind != intake.FOI {
				t.Errorf("the case cannot be decided any more: kind %s, acknowledged %v", v.Kind, v.AcknowledgedAt)
			}
		})
	}
}

func TestUndoIsTooLateOnceTheLetterHasGone(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	o.one("cafcass", answer(o.to(ceri, intake.ForHeld), ceri, "DSAR", passed))
	o.now = o.now.Add(11 * time.Minute)
	o.send()
	n := o.events(ref)
	o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "UNDO", passed))
	if s := text(t, o.to(ceri, intake.ForRefusedChoice)); o.events(ref) != n || !strings.Contains(s, "too late") {
		t.Errorf("%d events more:\n%s", o.events(ref)-n, s)
	}
}

func TestHoldKeepsTheDecisionAndStopsTheLetter(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	o.one("cafcass", answer(o.to(ceri, intake.ForHeld), ceri, "FOI", passed))
	o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "HOLD", passed))
	o.now = o.now.Add(time.Hour)
	o.send()
	if v := o.view(ref); v.AcknowledgedAt != nil || v.Kind != intake.FOI {
		t.Errorf("kind %s, acknowledged %v", v.Kind, v.AcknowledgedAt)
	}
	o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "Send", passed))
	o.now = o.now.Add(time.Hour)
	o.send()
	if v := o.view(ref); v.AcknowledgedAt == nil {
		t.Error("the letter was not released")
	}
}

func TestAMailIsOpenedFromTheDailyList(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	a := o.one("cafcass", mail{id: "p@example.org", from: "Kim Example <kim@example.org>", to: "governance@cafcass.gov.uk", subject: "Thank you", body: "Thank you for your kind help last week.\n\nKim\n"})
	if a.Decision != intake.DidPass {
		t.Fatalf("decided %s", a.Decision)
	}
	o.now = london(t, "2026-11-23 08:30")
	o.tick()
	l := o.to(ceri, intake.ForDigest)
	want := fmt.Sprintf("OPEN %d FOI", a.ID)
	if s := text(t, l); !strings.Contains(s, want) {
		t.Fatalf("the list lacks %q:\n%s", want, s)
	}
	got := o.one("cafcass", answer(l, ceri, want, passed))
	v := o.view(got.Ref)
	if v.Kind != intake.FOI || v.ReceivedOn.String() != "2026-11-20" || v.Requester.Addr != "kim@example.org" {
		t.Errorf("kind %s, received %s, requester %s", v.Kind, v.ReceivedOn, v.Requester.Addr)
	}
	o.send()
	if o.view(got.Ref).AcknowledgedAt != nil {
		t.Error("the letter did not wait")
	}
	o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "UNDO", passed))
	o.now = o.now.Add(time.Hour)
	o.send()
	if v := o.view(got.Ref); v.State != intake.StateNotARequest || v.AcknowledgedAt != nil {
		t.Errorf("state %s, acknowledged %v", v.State, v.AcknowledgedAt)
	}
}

func TestAHybridWithAReviewIsDecidedByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	o.one("cafcass", answer(o.to(ceri, intake.ForHeld), ceri, "DSAR and review FOI", passed))
	if v := o.view(ref); v.Kind != intake.Review || v.Of != intake.FOI || !slices.Equal(v.Also, []intake.Kind{intake.DSAR}) {
		t.Errorf("kind %s of %s, also %v", v.Kind, v.Of, v.Also)
	}
	n := o.events(ref)
	o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "EXTENDED today", passed))
	if s := text(t, o.to(ceri, intake.ForRefusedChoice)); o.events(ref) != n || !strings.Contains(s, "several parts") {
		t.Errorf("an event without its part was recorded:\n%s", s)
	}
	if o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "EXTENDED DSAR today", passed)); o.events(ref) != n+3 { // also the date that its notice promised, and the draft of that notice
		t.Error("an event with its part was not recorded")
	}
}

func TestVoidDoesNotLeaveALetterBehind(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	o.one("cafcass", answer(o.to(ceri, intake.ForHeld), ceri, "DSAR", passed))
	n := o.events(ref)
	o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, fmt.Sprintf("VOID %d", n-2), passed))
	if s := text(t, o.to(ceri, intake.ForRefusedChoice)); o.events(ref) != n || !strings.Contains(s, "UNDO") {
		t.Errorf("%d events more:\n%s", o.events(ref)-n, s)
	}
}

func TestCasesAreMergedAndPartedByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	first := o.one("cafcass", foiMail("first@example.org")).Ref
	o.now = o.now.Add(time.Hour)
	second := o.triage()
	o.now = o.now.Add(time.Hour)
	o.one("cafcass", answer(o.to(ceri, intake.ForHeld), ceri, "ATTACH "+strings.ToLower(first), passed))
	if v := o.view(second); v.State != intake.StateClosed {
		t.Fatalf("the second case is %s", v.State)
	}
	o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "UNDO", passed))
	if v := o.view(second); v.State != intake.StateTriage || v.Messages != 1 || len(v.Mail) != 1 {
		t.Errorf("the second case is %s with %d mails", v.State, v.Messages)
	}
	if found, err := o.e.Register.Verify(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestAnsweringIsBounded(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	o.triage()
	for i := range 50 {
		l := o.to(ceri, intake.ForHeld)
		if i > 0 {
			l = o.to(ceri, intake.ForRefusedChoice)
		}
		o.one("cafcass", answer(l, ceri, "Thank you, I shall look at it", passed))
		o.now = o.now.Add(time.Minute)
	}
	if n := len(o.letters(intake.ForRefusedChoice)); n > 5 {
		t.Errorf("%d answers within an hour", n)
	}
}

func TestAColleaguesForwardStaysAForward(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	a := o.one("cafcass", mail{id: "fw@cafcass.gov.uk", from: "Practitioner <practitioner@cafcass.gov.uk>", to: "governance@cafcass.gov.uk", subject: "FW: Freedom of Information request",
		body: "Please see below.\n\nFrom: Ann Example <ann@example.org>\nSent: 19 November 2026 09:00\nTo: Practitioner <practitioner@cafcass.gov.uk>\nSubject: Freedom of Information request\n\n" + foiText})
	if a.Ref == "" || o.view(a.Ref).Requester.Addr != asksFOI {
		t.Fatalf("a colleague's forward was decided %s (%s)", a.Decision, a.Why)
	}
	s := text(t, o.to(ceri, intake.ForTriage))
	if !strings.Contains(s, `"SEND"`) || !strings.Contains(s, `"RECEIVED 19/11/2026"`) {
		t.Errorf("neither the letter nor the date can be confirmed:\n%s", s)
	}
	o.one("cafcass", answer(o.to(ceri, intake.ForTriage), ceri, "RECEIVED 18/11/2026", passed))
	o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "SEND", passed))
	o.now = o.now.Add(11 * time.Minute)
	o.send()
	if v := o.view(a.Ref); v.ReceivedOn.String() != "2026-11-18" || v.AcknowledgedAt == nil {
		t.Errorf("received %s, acknowledged %v", v.ReceivedOn, v.AcknowledgedAt)
	}
}

func TestTheRegisterVerifiesAfterDecisionsByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	o.triage()
	for _, words := range []string{"FOI", "UNDO", "DSAR", "IDENTITY REQUESTED today", "Identity received today", "EXTENDED today", "NOTE a word", "VOID 2", "RESPONDED granted today"} {
		l := o.to(ceri, intake.ForHeld)
		if len(o.letters(intake.ForConfirmation)) > 0 {
			l = o.to(ceri, intake.ForConfirmation)
		}
		o.one("cafcass", answer(l, ceri, words, passed))
		o.now = o.now.Add(time.Minute)
	}
	found, err := o.e.Register.Verify(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// TestStaffOfAnotherMailboxAreNotObeyed: Ceri was staff of the mailbox when the
// mail was sent to her, but no longer is when she answers it.
func TestStaffOfAnotherMailboxAreNotObeyed(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	l := o.to(ceri, intake.ForHeld)
	moved := *o.e.Cases.Settings()
	moved.Staff = slices.Clone(moved.Staff)
	for i := range moved.Staff {
		if moved.Staff[i].Address == ceri {
			moved.Staff[i].Mailboxes = []string{"cymru"}
		}
	}
	if err := o.e.Cases.Reload(&moved); err != nil {
		t.Fatal(err)
	}
	n := o.events(ref)
	o.one("cafcass", answer(l, ceri, "DSAR", passed))
	if o.events(ref) != n {
		t.Error("it was obeyed")
	}
	if s := text(t, o.to(ceri, intake.ForRefusedChoice)); !strings.Contains(s, "not among the staff of this mailbox") {
		t.Errorf("she is told:\n%s", s)
	}
}

func TestAMailIsAttachedByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("first@example.org")).Ref
	theirs := o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: "cymru", KindInput: casework.KindInput{Kind: intake.FOI}})).View.Ref
	passedOver := o.one("cafcass", idleMail(1))
	foreign := o.one("cymru", mail{id: "cy@example.org", from: "Bob Sample <bob@example.org>", to: "CafcassCymru@gov.wales", subject: "Lunch", body: "Hi Jo, are you free for lunch? Bob"})
	o.now = london(t, "2026-11-23 08:30")
	o.tick()
	list := o.to(ceri, intake.ForDigest)
	for _, c := range []struct{ words, says string }{
		{fmt.Sprintf("ATTACH %d CAF26-09999", passedOver.ID), "no case CAF26-09999 in this mailbox"},
		{fmt.Sprintf("ATTACH %d %s", passedOver.ID, theirs), "no case " + theirs + " in this mailbox"},
		{fmt.Sprintf("ATTACH %d %s", foreign.ID, ref), fmt.Sprintf("no mail %d in this mailbox", foreign.ID)},
		{fmt.Sprintf("ATTACH 9999 %s", ref), "no mail 9999 in this mailbox"},
	} {
		n := o.events(ref)
		o.one("cafcass", answer(list, ceri, c.words, passed))
		if s := text(t, o.to(ceri, intake.ForRefusedChoice)); !strings.Contains(s, c.says) || o.events(ref) != n {
			t.Errorf("%s: %d events more, and she is told:\n%s", c.words, o.events(ref)-n, s)
		}
	}
	got := o.one("cafcass", answer(list, ceri, fmt.Sprintf("ATTACH %d %s", passedOver.ID, ref), passed))
	v := o.view(ref)
	last := v.Events[len(v.Events)-1]
	if got.Ref != ref || last.Name != intake.MailAttached || last.Message != passedOver.ID || last.Actor != "mail:"+ceri || last.Day.String() != "2026-11-20" {
		t.Errorf("the answer is of %s; the last event is %+v", got.Ref, last)
	}
	if !slices.ContainsFunc(v.Mail, func(a intake.Arrival) bool { return a.ID == passedOver.ID && a.Decision == intake.DidFollowup }) {
		t.Error("the mail is not among those of the case")
	}
	if v := o.view(theirs); v.Messages != 0 {
		t.Error("the other mailbox's case was reached")
	}
}
