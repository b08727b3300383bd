package engine_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/mailbox"
)

// do records something on a case, or returns the refusal.
func (o *office) do(ref string, in casework.RecordInput) (*casework.Change, error) {
	return o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Record(in))
}

// opened opens a case as a person does, received on the office's present day,
// and returns its reference.
func (o *office) opened(in casework.KindInput) string {
	o.t.Helper()
	return o.did(o.e.Cases.OpenCase(o.t.Context(), o.by(), casework.OpenInput{
		Mailbox: "cafcass", KindInput: in, Requester: intake.Address{Name: "Lee Example", Addr: "lee@example.net"},
	})).View.Ref
}

// refusedWith checks that an act was refused with these words.
func refusedWith(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("refused with %v, want %q", err, w)
		}
	}
}

// TestOutcomesByRegime: each regime accepts its own outcomes and refuses
// another's with the list of its own.
func TestOutcomesByRegime(t *testing.T) {
	for _, c := range []struct {
		kind, of intake.Kind
		takes    string
		refuses  string
		lists    string
	}{
		{intake.FOI, "", "cost-limit", "excessive", "vexatious"},
		{intake.EIR, "", "manifestly-unreasonable", "cost-limit", "manifestly-unreasonable"},
		{intake.DSAR, "", "manifestly-unfounded", "vexatious", "excessive"},
		{intake.Rights, "", "complied", "granted", "complied, part, refused"},
		{intake.Review, intake.FOI, "decision-overturned", "complaint-upheld", "decision-part-upheld"},
		{intake.Review, intake.EIR, "decision-upheld", "upheld", "decision-overturned"},
		{intake.Review, intake.DSAR, "complaint-not-upheld", "decision-upheld", "complaint-part-upheld"},
		{intake.Review, intake.Rights, "complaint-upheld", "not-upheld", "complaint-not-upheld"},
	} {
		t.Run(string(c.kind)+" "+string(c.of), func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			ref := o.opened(casework.KindInput{Kind: c.kind, Of: c.of})
			before := o.events(ref)
			_, err := o.do(ref, casework.RecordInput{Event: intake.Responded, Outcome: c.refuses})
			refusedWith(t, err, c.refuses, "want one of", c.lists)
			if o.events(ref) != before {
				t.Error("what was refused has changed the case")
			}
			ch := o.did(o.do(ref, casework.RecordInput{Event: intake.Responded, Outcome: c.takes}))
			if k := ch.View.Clocks[0]; k.Outcome != c.takes {
				t.Errorf("outcome %q, want %q", k.Outcome, c.takes)
			}
		})
	}
}

// TestWhatAnAnswerReliesOn is checked against the Act of its regime.
func TestWhatAnAnswerReliesOn(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.opened(casework.KindInput{Kind: intake.FOI, Also: []intake.Kind{intake.DSAR}})
	answer := casework.RecordInput{Event: intake.Responded, Part: intake.FOI, Outcome: "part", Exemptions: []string{"40(2)", "s.31", "s.40(2)"}, Officer: "Jo Sample"}
	wrong := answer
	wrong.Exemptions = []string{"40(2)", "99"}
	_, err := o.do(ref, wrong)
	refusedWith(t, err, `exemption "99"`, "21 to 24")
	wrong.Part, wrong.Exemptions = intake.DSAR, []string{"40(2)"}
	_, err = o.do(ref, wrong)
	refusedWith(t, err, "Data Protection Act 2018", "sch 2 para 16")
	_, err = o.do(ref, casework.RecordInput{Event: intake.Note, Note: "x", Exemptions: []string{"40(2)"}})
	refusedWith(t, err, "responded and extended")
	v := o.did(o.do(ref, answer)).View
	if k := v.Clocks[0]; !slices.Equal(k.Exemptions, []string{"40(2)", "31"}) || k.Outcome != "part" || k.DecidedBy != "Jo Sample" || v.Clocks[1].Outcome != "" {
		t.Errorf("recorded as %+v", v.Clocks)
	}
}

// TestANoticeOfExtensionSaysWhatTheLawWants: for FOIA s.17 the exemption and an
// estimate, for Article 12A(4) a reason. What is missing is warned of.
func TestANoticeOfExtensionSaysWhatTheLawWants(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.opened(casework.KindInput{Kind: intake.FOI})
	warned(t, o.did(o.do(ref, casework.RecordInput{Event: intake.Extended})), "FOIA s.17")
	ch := o.did(o.do(ref, casework.RecordInput{Event: intake.Extended, Exemptions: []string{"43(2)"}, Reason: "weighing the public interest", Estimate: day(t, "2027-01-15")}))
	if strings.Contains(strings.Join(ch.Warnings, "\n"), "s.17") {
		t.Errorf("warned: %q", ch.Warnings)
	}
	full := o.view(ref)
	ev := full.Events[ch.Event-1]
	if !slices.Equal(ev.Exemptions, []string{"43(2)"}) || ev.Note != "weighing the public interest" || full.Promised != day(t, "2027-01-15") {
		t.Errorf("recorded as %+v, promised %s", ev, full.Promised)
	}
	dsar := o.opened(casework.KindInput{Kind: intake.DSAR})
	warned(t, o.did(o.do(dsar, casework.RecordInput{Event: intake.Extended})), "Article 12A(4)")
}

// TestThePeopleOfACase: who is in charge, who is the deputy, and what the
// Commissioner has to do with it.
func TestThePeopleOfACase(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.opened(casework.KindInput{Kind: intake.FOI})
	_, err := o.do(ref, casework.RecordInput{Event: intake.Assigned})
	refusedWith(t, err, "--officer ADDRESS")
	_, err = o.do(ref, casework.RecordInput{Event: intake.Assigned, Officer: "Jo Sample"})
	refusedWith(t, err, `officer "Jo Sample": assigned takes a mail address`)
	_, err = o.do(ref, casework.RecordInput{Event: intake.Assigned, Officer: "jo@staff.example.org", Cover: "Kit"})
	refusedWith(t, err, `cover "Kit"`)
	v := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Claim())).View
	o.did(o.do(ref, casework.RecordInput{Event: intake.Assigned, Officer: v.Officer, Cover: "kit@staff.example.org"})) // as it was before
	v = o.did(o.do(ref, casework.RecordInput{Event: intake.Assigned, Officer: "jo@staff.example.org", Cover: "kit@staff.example.org"})).View
	if v.Officer != "jo@staff.example.org" || v.Cover != "kit@staff.example.org" {
		t.Errorf("in charge %q, covered by %q", v.Officer, v.Cover)
	}
	o.did(o.do(ref, casework.RecordInput{Event: intake.Responded, Outcome: "refused"}))
	o.did(o.do(ref, casework.RecordInput{Event: intake.CommissionerNotified, Reference: "IC-000001-X1Y2", Due: day(t, "2026-12-18")}))
	_, err = o.do(ref, casework.RecordInput{Event: intake.CommissionerDecided, Outcome: "granted"})
	refusedWith(t, err, "complaint-part-upheld")
	v = o.did(o.do(ref, casework.RecordInput{Event: intake.CommissionerDecided, Outcome: "complaint-not-upheld"})).View
	want := intake.Commissioner{Reference: "IC-000001-X1Y2", Notified: day(t, "2026-11-20"), Due: day(t, "2026-12-18"), Decided: day(t, "2026-11-20"), Outcome: "complaint-not-upheld"}
	if v.Commissioner == nil || *v.Commissioner != want || v.State != intake.StateResponded {
		t.Errorf("the Commissioner: %+v, state %s", v.Commissioner, v.State)
	}
}

// TestAMergeIsVoidedLikeAnyAct: both cases are as they were before.
func TestAMergeIsVoidedLikeAnyAct(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	first, second := o.opened(casework.KindInput{Kind: intake.DSAR}), o.opened(casework.KindInput{Kind: intake.Review, Of: intake.DSAR})
	ch := o.did(o.e.Cases.Do(t.Context(), o.by(), first, casework.Merge(second, 0)))
	if v := o.view(second); v.State != intake.StateClosed || len(ch.View.Clocks) != 2 {
		t.Fatalf("merged: %s is %s, %s has %d parts", second, v.State, first, len(ch.View.Clocks))
	}
	o.did(o.do(first, casework.RecordInput{Event: intake.Void, Void: ch.Event}))
	if a, b := o.view(first), o.view(second); len(a.Clocks) != 1 || a.Kind != intake.DSAR || b.State != intake.StateOpen || b.RespondBy == 0 {
		t.Errorf("voided: %s has parts %v, %s is %s", first, a.Parts(), second, b.State)
	}
}

// TestCorrections: each is an event, and striking it restores what was there
// before.
func TestCorrections(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	put := func(c casework.Correction) *casework.Change {
		t.Helper()
		return o.did(o.do(ref, casework.RecordInput{Event: intake.Corrected, Correction: c}))
	}
	long := strings.Repeat("é", 400)
	put(casework.Correction{Postal: long})
	if _, err := o.do(ref, casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Postal: long + "s"}}); err == nil || !strings.Contains(err.Error(), "401 characters") || o.view(ref).Postal != long {
		t.Errorf("an address by post is not kept whole, or cut without a word: %v", err)
	}
	put(casework.Correction{Name: "Anna Example", Postal: "1 Example Street\nExampleton"})
	moved := put(casework.Correction{Address: "anna@example.com", Language: "cy"})
	v := o.view(ref)
	if v.Requester.Name != "Anna Example" || v.Requester.Addr != "anna@example.com" || v.Postal != "1 Example Street\nExampleton" || v.Language != "cy" {
		t.Errorf("corrected to %+v, %q, %s", v.Requester, v.Postal, v.Language)
	}
	if l := o.ack(ref); l.To != "anna@example.com" || !strings.Contains(text(t, l), "Anna Example") {
		t.Errorf("the letter that still waited goes to %s:\n%s", l.To, text(t, l))
	}
	o.did(o.do(ref, casework.RecordInput{Event: intake.Void, Void: moved.Event}))
	if v := o.view(ref); v.Requester.Addr != asksFOI || v.Requester.Name != "Anna Example" || v.Language != "en" {
		t.Errorf("with the second struck: %+v, %s", v.Requester, v.Language)
	}
	put(casework.Correction{Mailbox: "cymru"})
	if v := o.view(ref); v.Mailbox != "cymru" || v.ReplyLanguage != "cy-en" {
		t.Errorf("of the other body: %s, letters in %s", v.Mailbox, v.ReplyLanguage)
	}
	if l := o.ack(ref); l.Mailbox != "cymru" || !strings.Contains(text(t, l), "Cafcass Cymru") {
		t.Errorf("the letter goes in the name of %s:\n%s", l.Mailbox, text(t, l))
	}
	for words, c := range map[string]casework.Correction{
		"say what is right": {}, "want one of those in the configuration": {Mailbox: "nowhere"}, "want en, cy or bi": {Language: "fr"},
		"want the requester's": {Address: "not an address"},
	} {
		_, err := o.do(ref, casework.RecordInput{Event: intake.Corrected, Correction: c})
		refusedWith(t, err, words)
	}
}

// TestNoCorrectionPutsAnAnswerBeforeItsRequest, neither a new date of receipt
// nor striking an earlier correction.
func TestNoCorrectionPutsAnAnswerBeforeItsRequest(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	earlier := o.did(o.do(ref, casework.RecordInput{Event: intake.ReceivedOn, Date: day(t, "2026-11-02")}))
	o.did(o.do(ref, casework.RecordInput{Event: intake.Responded, Date: day(t, "2026-11-10"), Outcome: "granted"}))
	_, err := o.do(ref, casework.RecordInput{Event: intake.ReceivedOn, Date: day(t, "2026-11-12")})
	refusedWith(t, err, "received on 2026-11-12", "answer is dated 2026-11-10")
	_, err = o.do(ref, casework.RecordInput{Event: intake.Void, Void: earlier.Event})
	refusedWith(t, err, "received on 2026-11-20")
	o.did(o.do(ref, casework.RecordInput{Event: intake.ReceivedOn, Date: day(t, "2026-11-10")}))
}

// TestARequestNotedAfterACallIsTheCallers: a colleague's note of a telephone
// call does not make the colleague the requester, and no letter is sent to
// them.
func TestARequestNotedAfterACallIsTheCallers(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	note := mail{id: "note@cafcass.gov.uk", from: "Col League <col.league@cafcass.gov.uk>", to: "governance@cafcass.gov.uk", subject: "A call", body: "Are you coming to lunch on Friday? Thanks, Col"}
	a := o.receive("cafcass", mailbox.Inbox, note)[0]
	if a.Ref != "" {
		t.Fatalf("the note was decided %s (%s)", a.Decision, a.Why)
	}
	v := o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{
		Message: a.ID, KindInput: casework.KindInput{Kind: intake.DSAR}, Source: "telephone", Requester: intake.Address{Name: "Cal Example"},
	})).View
	if v.Requester != (intake.Address{Name: "Cal Example"}) || o.view(v.Ref).Source != "telephone" {
		t.Errorf("the requester is %+v by %s", v.Requester, o.view(v.Ref).Source)
	}
	if !slices.Contains(v.Ack.Held, "no-address") {
		t.Errorf("held %q, want for want of an address", v.Ack.Held)
	}
	for _, l := range o.letters(intake.ForAcknowledgement) {
		if l.To == "col.league@cafcass.gov.uk" {
			t.Error("the colleague is written to")
		}
	}

	// Nor is the colleague the requester if the note itself is read as a request.
	own := o.one("cafcass", mail{id: "own@cafcass.gov.uk", from: "Col League <col.league@cafcass.gov.uk>", to: "governance@cafcass.gov.uk", subject: "Freedom of Information request", body: foiText})
	if own.Ref == "" {
		t.Fatalf("it was decided %s (%s)", own.Decision, own.Why)
	}
	if v := o.view(own.Ref); v.Requester != (intake.Address{}) || v.Source != "colleague" || !slices.Contains(v.Ack.Held, "no-address") {
		t.Errorf("the requester is %+v by %s, held %q", v.Requester, v.Source, v.Ack.Held)
	}
	ch := o.did(o.do(own.Ref, casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Name: "Cal Example", Address: "-"}}))
	if ch.View.Requester != (intake.Address{Name: "Cal Example"}) {
		t.Errorf("put right to %+v", ch.View.Requester)
	}
	if l := o.letters(intake.ForAcknowledgement); slices.ContainsFunc(l, func(l intake.Letter) bool { return l.Ref == own.Ref && l.State == intake.LetterWaiting }) {
		t.Error("a letter still waits to go to the colleague")
	}
}
