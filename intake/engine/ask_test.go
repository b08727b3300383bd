package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"requestd/intake"
)

// writes returns a new mail by an officer, not a reply to one of ours.
func writes(from, words string, head ...string) mail {
	return mail{id: fmt.Sprintf("own-%d@staff.example.org", answers.Add(1)), from: from, to: "governance@cafcass.gov.uk", subject: "Question", body: words + "\n\nCeri\n", head: head}
}

// TestAnOfficerAsksByMail: a question to the daemon need not be a reply to one
// of its mails, and is answered to the officer alone.
func TestAnOfficerAsksByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	foreign := o.one("cymru", dsarMail("c@example.org", "Kim Dunne <kim@example.org>")).Ref
	for words, want := range map[string][]string{
		"LIST":               {"Subject: LIST", "Nothing is to be done."},
		"OFFICIAL\n\nRhestr": {"Subject: LIST"},
		"STATUS":             {"Mailbox cafcass: last read", "To do: "},
		"HELP":               {"- SEND / ANFON", "- RESPONDED / ATEBWYD: GRANTED, PART", "CAF26-00003 RESPONDED GRANTED today"},
		"SHOW " + ref:        {"FOI request, A. Example", "reply by Mon 21 Dec 2026", "RESPONDED GRANTED today"},
		"SEARCH ann":         {"FOUND (1)", ref + " FOI request, Ann Example"},
		"SEARCH " + asksFOI:  {"FOUND (1)", ref},
		"SEARCH Dunne":       {"FOUND (0)"},
		"SHOW " + foreign:    {"There is no case"},
	} {
		o.now = o.now.Add(time.Hour)
		before := len(o.letters(""))
		n := o.events(ref)
		a := o.one("cafcass", writes(ceri, words, passed))
		all := o.letters("")
		if len(all) != before+1 || all[len(all)-1].To != ceri || a.Decision != intake.DidPass && a.Decision != intake.DidFollowup || o.events(ref) != n {
			t.Errorf("%q: %d mails go out, the mail is %s (%s)", words, len(all)-before, a.Decision, a.Why)
			continue
		}
		s := strings.NewReplacer("\r\n ", " ", "\n  ", " ", "\n ", " ", "\n", " ").Replace(text(t, o.letter(all[len(all)-1].ID)))
		for _, w := range want {
			if !strings.Contains(s, w) {
				t.Errorf("%q is answered without %q:\n%s", words, w, s)
			}
		}
		if strings.Contains(s, "--") {
			t.Errorf("%q is answered with a command line:\n%s", words, s)
		}
	}
}

// TestNobodyElseAsksByMail: a forger in an officer's name is told nothing, and a
// colleague's everyday words stay ordinary mail.
func TestNobodyElseAsksByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	for name, m := range map[string]mail{
		"a forged name":      writes(ceri, "LIST", failed),
		"nobody vouches":     writes(ceri, "HELP"),
		"a stranger":         writes("mallory@example.net", "LIST"),
		"more than the word": writes(ceri, "Help me with the printer, please", passed),
		"a change":           writes(ceri, "FOI", passed),
		"a machine":          writes(ceri, "LIST", passed, "Auto-Submitted: auto-replied"),
	} {
		before := len(o.letters(""))
		a := o.one("cafcass", m)
		for _, l := range o.letters("")[before:] {
			if l.Purpose == intake.ForConfirmation || l.Purpose == intake.ForRefusedChoice {
				t.Errorf("%s (%s): a mail %s to %s", name, a.Why, l.Purpose, l.To)
			}
		}
	}
}

// TestAMistakeIsAnsweredWithTheNearestForm; after several the answer says that
// it is the last for a while.
func TestAMistakeIsAnsweredWithTheNearestForm(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	o.triage()
	l := o.to(ceri, intake.ForHeld)
	for i := range 7 {
		o.now = o.now.Add(time.Minute)
		o.one("cafcass", answer(l, ceri, fmt.Sprintf("DSAR please no %d", i), passed))
	}
	all := o.letters(intake.ForRefusedChoice)
	if len(all) != 5 {
		t.Fatalf("%d mistakes of seven are answered, want five", len(all))
	}
	for i, l := range all {
		s := strings.ReplaceAll(text(t, o.letter(l.ID)), "\n", " ")
		if !strings.Contains(s, `Understood was "DSAR", and the rest not.`) {
			t.Errorf("it does not say what was understood:\n%s", s)
		}
		if last := strings.Contains(s, "the last of these mails for a while"); last != (i == 4) {
			t.Errorf("mail %d says that it is the last: %v", i+1, last)
		}
	}
	o.now = london(t, "2026-11-23 08:00")
	o.tick()
	for _, l := range o.letters(intake.ForDigest) {
		if s := text(t, o.letter(l.ID)); strings.Contains(s, "DSAR please") {
			t.Errorf("an officer's own mistake is listed as a passed mail:\n%s", s)
		}
	}
}

// TestAnAnswerToAnOldMailBringsAFreshOne: the token of the old mail has
// expired.
func TestAnAnswerToAnOldMailBringsAFreshOne(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	old := o.to(ceri, intake.ForHeld)
	o.now = london(t, "2027-01-05 10:00")
	o.one("cafcass", answer(old, ceri, "DSAR", passed))
	if v := o.view(ref); v.Kind == intake.DSAR {
		t.Fatal("an answer to a mail of six weeks ago decided")
	}
	fresh := o.to(ceri, intake.ForRefusedChoice)
	if s := text(t, fresh); !strings.Contains(s, `"DSAR"`) || !strings.Contains(s, "it is fresh") {
		t.Errorf("no fresh mail with its choices:\n%s", s)
	}
	o.one("cafcass", answer(fresh, ceri, "DSAR", passed))
	if v := o.view(ref); v.Kind != intake.DSAR {
		t.Errorf("the fresh one is not answered: kind %s", v.Kind)
	}
}

// TestARequestByTelephoneIsRegisteredByMail with its requester, and its letter
// waits as long as it can be taken back.
func TestARequestByTelephoneIsRegisteredByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	o.triage()
	l := o.to(ceri, intake.ForHeld)
	a := o.one("cafcass", answer(l, ceri, "REGISTER DSAR BY TELEPHONE yesterday FROM Kim Dunne kim@example.org", passed))
	v := o.view(a.Ref)
	if v.Kind != intake.DSAR || v.Source != "telephone" || v.ReceivedOn != day(t, "2026-11-19") || v.Requester != (intake.Address{Name: "Kim Dunne", Addr: "kim@example.org"}) || v.Mailbox != "cafcass" {
		t.Fatalf("%s: %+v", a.Why, v.View)
	}
	if s := text(t, o.to(ceri, intake.ForConfirmation)); !strings.Contains(s, "10:10") {
		t.Errorf("the letter does not wait for UNDO:\n%s", s)
	}
	o.one("cafcass", answer(l, ceri, "REGISTER FOI BY POST FROM Lee Sample, 4 Mill Lane", passed, "X: no day"))
	if s := strings.Join(strings.Fields(text(t, o.to(ceri, intake.ForConfirmation))), " "); !strings.Contains(s, "4 Mill Lane, Friday 20 November 2026)") {
		t.Errorf("the confirmation does not say which day was taken where none was written:\n%s", s)
	}
	o.now = o.now.Add(10 * time.Minute)
	o.send()
	if l := o.ack(a.Ref); l.To != "kim@example.org" || l.State != intake.LetterSent {
		t.Errorf("the acknowledgement to %s is %s", l.To, l.State)
	}
	post := o.one("cafcass", answer(l, ceri, "REGISTER RIGHT ERASURE BY POST yesterday FROM Kim Dunne, 2 Mill Lane, York YO1 9AB", passed, "X: post"))
	if s := text(t, o.to(ceri, intake.ForConfirmation)); !strings.Contains(s, "2 Mill Lane") {
		t.Errorf("the confirmation does not say what was understood:\n%s", s)
	}
	if v := o.view(post.Ref); v.Postal != "2 Mill Lane, York YO1 9AB" || v.Requester.Name != "Kim Dunne" || len(v.Clocks) != 1 || strings.Join(v.Clocks[0].Right, " ") != "erasure" {
		t.Errorf("the address by post or the right is not kept: %+v", v.View)
	}
	if a := o.one("cafcass", answer(l, ceri, "REGISTER FOI BY POST yesterday FROM Dunne, Kim, 2 Mill Lane", passed, "X: index")); o.view(a.Ref).Requester.Name != "Dunne, Kim" || o.view(a.Ref).Postal != "2 Mill Lane" {
		t.Errorf("a name as in an index is read as %+v", o.view(a.Ref).View)
	}
	o.now = o.now.Add(time.Minute)
	o.one("cafcass", answer(l, ceri, "SHOW "+post.Ref, passed, "X: show"))
	if s := text(t, o.to(ceri, intake.ForConfirmation)); !strings.Contains(s, "By post: 2 Mill Lane, York YO1 9AB") {
		t.Errorf("SHOW does not say where letters go by post:\n%s", s)
	}
	for words, want := range map[string]string{
		"REGISTER DSAR FROM Kim Dunne":                  "BY TELEPHONE, BY POST or IN PERSON",
		"REGISTER DSAR BY POST IN cymru FROM Kim Dunne": "not among the staff",
		"REGISTER DSAR": "Who asks?",
		"REGISTER DSAR BY POST FROM Kim Dunne, 2 Mill Lane, " + strings.Repeat("York ", 80): "has 412 characters, of which 400 can be kept",
	} {
		o.now = o.now.Add(time.Hour)
		o.one("cafcass", answer(l, ceri, words, passed, "X: "+words))
		if s := strings.ReplaceAll(text(t, o.to(ceri, intake.ForRefusedChoice)), "\n", " "); !strings.Contains(s, want) {
			t.Errorf("%q is answered without %q:\n%s", words, want, s)
		}
	}
}

// TestWhereLettersGoIsChangedByTwoOfficers; a name or a language is changed by
// one.
func TestWhereLettersGoIsChangedByTwoOfficers(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.triage()
	hers, his := o.to(ceri, intake.ForHeld), o.to(bethan, intake.ForHeld)
	say := func(l intake.Letter, who, words string) {
		t.Helper()
		o.now = o.now.Add(time.Minute)
		o.one("cafcass", answer(l, who, words, passed, "X: "+words))
	}
	say(hers, ceri, "CORRECT NAME Mair Elin Example")
	say(hers, ceri, "CORRECT LANGUAGE WELSH")
	if v := o.view(ref); v.Requester.Name != "Mair Elin Example" || v.Language != "cy" {
		t.Errorf("the case is of %q in %s", v.Requester.Name, v.Language)
	}
	where := func(want, when string) {
		t.Helper()
		if got := o.view(ref).Requester.Addr; got != want {
			t.Errorf("%s letters go to %s, want %s", when, got, want)
		}
	}
	say(hers, ceri, "CORRECT ADDRESS elin@example.org")
	where("mair@example.org", "after one officer's word")
	say(hers, ceri, "CORRECT ADDRESS elin@example.org again")
	say(hers, ceri, "Correct address <elin@example.org>")
	where("mair@example.org", "after the same officer's second")
	say(his, bethan, "CORRECT ADDRESS mallory@example.net")
	where("mair@example.org", "after another address of the second")
	say(hers, ceri, "CORRECT ADDRESS elin@example.org")
	asked := o.to(bethan, intake.ForConfirmation)
	if s := text(t, asked); !strings.Contains(s, `"CORRECT ADDRESS elin@example.org"`) || !strings.Contains(s, "Nothing has changed yet") {
		t.Errorf("the second officer is asked:\n%s", s)
	}
	say(asked, bethan, "CORRECT ADDRESS elin@example.org")
	where("elin@example.org", "after both")
}

// TestAnAnswerWithItsExemptionsIsRecordedByMail; an exemption that is not in
// the Act is refused with the list of those that are.
func TestAnAnswerWithItsExemptionsIsRecordedByMail(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	l := o.to(ceri, intake.ForCopy)
	o.one("cafcass", answer(l, ceri, "RESPONDED PART s25(1)", passed))
	if s := strings.ReplaceAll(text(t, o.to(ceri, intake.ForRefusedChoice)), "\n", " "); !strings.Contains(s, "has none such") {
		t.Errorf("it does not say what is possible:\n%s", s)
	}
	o.now = o.now.Add(time.Minute)
	o.one("cafcass", answer(l, ceri, "RESPONDED PART s40(2), 31(1)(a)", passed))
	v := o.view(ref)
	ev := v.Events[len(v.Events)-1]
	if v.State != intake.StateResponded || ev.Outcome != "part" || strings.Join(ev.Exemptions, " ") != "40(2) 31(1)(a)" {
		t.Errorf("the case is %s with %+v", v.State, ev)
	}
}
