package engine_test

import (
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// asked is an office with a subject access request that was acknowledged.
func asked(t *testing.T) (*office, string) {
	t.Helper()
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", mail{id: "sar@example.org", from: "Bob Sample <bob@example.org>", to: "governance@cafcass.gov.uk", subject: "Subject access request", body: dsarText}).Ref
	if l := o.ack(ref); l.State == intake.LetterHeld {
		o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{})))
	}
	o.send()
	return o, ref
}

// draft returns the only letter of a purpose.
func (o *office) draft(p intake.Purpose) intake.Letter {
	o.t.Helper()
	all := o.letters(p)
	if len(all) != 1 {
		o.t.Fatalf("%d letters %s, want one", len(all), p)
	}
	return o.letter(all[0].ID)
}

// TestNobodyIsAskedForProofThatTheLawDoesNotWant: the clock of a request under
// the Freedom of Information Act runs whoever makes it, also while it waits for
// something else.
func TestNobodyIsAskedForProofThatTheLawDoesNotWant(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	promised := o.view(ref).Promised
	warned(t, o.record(ref, intake.IdentityRequested, ""), "no clock waits for it")
	if v := o.view(ref); v.Promised != promised || promised == 0 {
		t.Errorf("promised were %s and are %s", promised, v.Promised)
	}
	o.record(ref, intake.ClarificationRequested, "")
	o.record(ref, intake.AuthorityRequested, "")
	o.record(ref, intake.IdentityRequested, "")
	if n := len(o.letters(intake.ForAskIdentity)) + len(o.letters(intake.ForAskAuthority)); n > 0 {
		t.Errorf("%d letters ask for proof", n)
	}
}

func TestNextStepsAreDraftedAndGoOnAWord(t *testing.T) {
	o, ref := asked(t)
	o.now = london(t, "2026-11-23 10:00")
	ch := o.record(ref, intake.IdentityRequested, "")
	l := o.draft(intake.ForAskIdentity)
	if l.State != intake.LetterHeld || ch.Draft != l.ID || ch.Letter != 0 {
		t.Fatalf("the letter is %s, the change tells of draft %d and letter %d", l.State, ch.Draft, ch.Letter)
	}
	o.send()
	if l = o.draft(intake.ForAskIdentity); l.State != intake.LetterHeld {
		t.Fatal("a draft went without a word")
	}
	if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
		t.Fatal(err)
	}
	o.send()
	if l = o.draft(intake.ForAskIdentity); l.State != intake.LetterSent {
		t.Errorf("after a word the letter is %s", l.State)
	}
	v := o.view(ref)
	if at := v.View.AcknowledgedAt; at == nil || !at.Before(london(t, "2026-11-21 00:00")) {
		t.Errorf("acknowledged %v: another letter moved it", at)
	}

	o.now = london(t, "2026-12-04 10:00")
	o.record(ref, intake.IdentityReceived, "")
	date := o.draft(intake.ForNewDate)
	if got := text(t, date); !strings.Contains(got, "by 4 January 2027 at the latest") {
		t.Errorf("the letter lacks the new date:\n%s", got)
	}
	if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), date.ID); err != nil {
		t.Fatal(err)
	}
	o.send()
	if got := o.view(ref).View.Promised; got != day(t, "2027-01-04") {
		t.Errorf("promised %s, want the date that the letter gave", got)
	}
	var names []string
	for _, ev := range o.view(ref).Events {
		if strings.HasPrefix(string(ev.Name), "letter-") {
			names = append(names, string(ev.Name))
		}
	}
	if got := strings.Join(names, " "); got != "letter-drafted letter-released letter-sent letter-drafted letter-released letter-sent" {
		t.Errorf("events %s", got)
	}
	if faults, err := o.e.Register.Verify(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("the register has faults: %v, %v", faults, err)
	}
}

func TestADraftWithAGapIsEditedBeforeItGoes(t *testing.T) {
	o, ref := asked(t)
	o.record(ref, intake.ClarificationRequested, "")
	l := o.draft(intake.ForAskClarification)
	if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err == nil || !strings.Contains(err.Error(), "gap") {
		t.Fatalf("a letter with a gap went: %v", err)
	}
	if _, err := o.e.Cases.EditLetter(t.Context(), o.by(), l.ID, "Which years?"); err == nil {
		t.Error("a letter without its reference was taken")
	}
	if _, err := o.e.Cases.EditLetter(t.Context(), o.by(), l.ID, "Dear Bob\n\nWhich years do you mean, of "+ref+"?\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
		t.Fatal(err)
	}
	o.send()
	story, err := o.e.Register.Story(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if last := story.Texts[len(story.Texts)-1]; last.Purpose != intake.ForAskClarification || !strings.Contains(last.Text, "Which years do you mean") {
		t.Errorf("the last that was said is %+v", last)
	}
	if _, err := o.e.Cases.EditLetter(t.Context(), o.by(), l.ID, "More of "+ref); err == nil {
		t.Error("a letter that has gone was edited")
	}
}

// TestADraftThatIsNoLongerTrueIsStopped: its reason was struck, or what it asks
// for has come.
func TestADraftThatIsNoLongerTrueIsStopped(t *testing.T) {
	for name, then := range map[string]func(*office, string, int){
		"struck": func(o *office, ref string, n int) {
			o.did(o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Void, Void: n})))
		},
		"it came": func(o *office, ref string, _ int) { o.record(ref, intake.AuthorityReceived, "") },
		"closed": func(o *office, ref string, _ int) {
			o.did(o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Closed, Reason: "lapsed"})))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, ref := asked(t)
			ch := o.record(ref, intake.AuthorityRequested, "")
			then(o, ref, ch.Event)
			l := o.draft(intake.ForAskAuthority)
			if l.State != intake.LetterFailed || !strings.HasPrefix(l.Response, intake.NotSent) {
				t.Errorf("the draft is %s (%s)", l.State, l.Response)
			}
			if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err == nil {
				t.Error("it went all the same")
			}
		})
	}
}

func TestNoDraftOfWhatWasDoneBefore(t *testing.T) {
	o, ref := asked(t)
	o.now = london(t, "2026-11-24 10:00")
	o.record(ref, intake.IdentityRequested, "2026-11-23")
	if n := len(o.letters(intake.ForAskIdentity)); n != 0 {
		t.Errorf("%d letters are drafted of a question that was asked the day before", n)
	}
}

func TestOfficersSendADraftByMail(t *testing.T) {
	o, ref := asked(t)
	o.now = london(t, "2026-11-23 10:00")
	o.one("cafcass", answer(o.to(ceri, intake.ForCopy), ceri, "EXTENDED today", passed))
	done := o.to(ceri, intake.ForConfirmation)
	if got := text(t, done); !strings.Contains(got, "THE DRAFTED LETTER") || !strings.Contains(got, "[[ write it here ]]") || strings.Contains(got, "requestd outbox") {
		t.Fatalf("the mail does not show the draft:\n%s", got)
	}
	l := o.draft(intake.ForExtension)
	o.one("cafcass", answer(done, ceri, "SEND", passed))
	if got := text(t, o.to(ceri, intake.ForRefusedChoice)); !strings.Contains(got, "gap") {
		t.Errorf("a letter with a gap was not refused:\n%s", got)
	}
	if _, err := o.e.Cases.EditLetter(t.Context(), o.by(), l.ID, "We need until 22 February 2027 for "+ref+", since there is much to read.\n"); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(5 * time.Minute) // so that the mail program's next mail has another date
	o.one("cafcass", answer(done, ceri, "SEND", passed))
	if l = o.draft(intake.ForExtension); l.State != intake.LetterWaiting || !l.Next.After(o.now) {
		t.Fatalf("the letter is %s and goes at %s: want it to wait for UNDO\n%s", l.State, l.Next, text(t, o.to(ceri, intake.ForRefusedChoice)))
	}
	o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "UNDO", passed))
	if l = o.draft(intake.ForExtension); l.State != intake.LetterHeld {
		t.Errorf("after UNDO the letter is %s, want it a draft again", l.State)
	}
	o.now = o.now.Add(5 * time.Minute)
	o.one("cafcass", answer(done, ceri, "SEND", passed))
	o.now = o.now.Add(o.e.Cases.Settings().Replies.UndoWait)
	o.send()
	if l = o.draft(intake.ForExtension); l.State != intake.LetterSent {
		t.Errorf("the letter is %s", l.State)
	}
}

// flat returns the text of a letter with its lines joined.
func flat(t *testing.T, l intake.Letter) string {
	return strings.Join(strings.Fields(text(t, l)), " ")
}

// TestOfficersWriteADraftByMail: the words for its gap, or the whole text, are
// between BEGIN and END; they are kept when its release is undone.
func TestOfficersWriteADraftByMail(t *testing.T) {
	o, ref := asked(t)
	o.now = london(t, "2026-11-23 10:00")
	o.one("cafcass", answer(o.to(ceri, intake.ForCopy), ceri, "CLARIFICATION REQUESTED today", passed))
	done := o.to(ceri, intake.ForConfirmation)
	if s := text(t, done); !strings.Contains(s, "body=SEND%0D%0A%0D%0ABEGIN%0D%0A%0D%0AEND%0D%0A>") {
		t.Errorf("no link has room for what belongs in the gap:\n%s", s)
	}
	says := func(words, refusal string) {
		t.Helper()
		o.now = o.now.Add(16 * time.Minute) // so that there are not too many refusals in an hour
		o.one("cafcass", answer(done, ceri, words, passed))
		l := o.draft(intake.ForAskClarification)
		if refusal == "" {
			if l.State != intake.LetterWaiting {
				t.Fatalf("%q: the letter is %s\n%s", words, l.State, text(t, o.to(ceri, intake.ForRefusedChoice)))
			}
			return
		}
		if s := flat(t, o.to(ceri, intake.ForRefusedChoice)); !strings.Contains(s, refusal) || l.State != intake.LetterHeld || l.Edited {
			t.Errorf("%q: the letter is %s, and the refusal lacks %q:\n%s", words, l.State, refusal, s)
		}
	}
	says("SEND", "Write what belongs there below SEND, between a line BEGIN and a line END.")
	if s := text(t, o.to(ceri, intake.ForRefusedChoice)); !strings.Contains(s, "[[ write it here ]]") {
		t.Errorf("the refusal does not show the draft:\n%s", s)
	}
	says("SEND\nBEGIN\nWhich years do you mean?", "no END")
	says("SEND\nBEGIN\nWhich years?\nEND\nBEGIN\nAnd where?\nEND", "the gaps of the drafted letter are 1")
	says("SEND\nBEGIN\nFor "+ref+" [[ write it here ]]\nEND", "gap")
	events := o.events(ref)

	says("SEND\n\nBEGIN\nWhich years do you mean?\nEND\n\nCeri", "")
	if s := flat(t, o.draft(intake.ForAskClarification)); !strings.Contains(s, "we need to know something first: Which years do you mean? The days") || strings.Contains(s, "Ceri") || strings.Contains(s, "[[") {
		t.Errorf("the letter says:\n%s", s)
	}
	sent := o.to(ceri, intake.ForConfirmation)
	if s := text(t, sent); !strings.Contains(s, "WHAT THE LETTER SAYS") || !strings.Contains(s, "Which years do you mean?") {
		t.Errorf("the mail does not show what goes:\n%s", s)
	}
	var names []string
	for _, ev := range o.view(ref).Events[events:] {
		names = append(names, string(ev.Name)+" "+intake.ActorName(ev.Actor))
	}
	if got := strings.Join(names, ", "); got != "letter-edited "+ceri+", letter-released "+ceri {
		t.Errorf("the events are %s", got)
	}
	o.one("cafcass", answer(sent, ceri, "UNDO", passed))
	if l := o.draft(intake.ForAskClarification); l.State != intake.LetterHeld || !strings.Contains(flat(t, l), "Which years do you mean?") {
		t.Errorf("after UNDO the letter is %s:\n%s", l.State, text(t, l))
	}

	says("SEND\nBEGIN\n| Dear Bob,\n|\n| Which years, and which office? Our reference is "+ref+".\n|\n| Yours sincerely,\n| Ceri\nEND", "")
	o.now = o.now.Add(o.e.Cases.Settings().Replies.UndoWait)
	o.send()
	story, err := o.e.Register.Story(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if last := story.Texts[len(story.Texts)-1].Text; o.draft(intake.ForAskClarification).State != intake.LetterSent || !strings.HasPrefix(last, "Dear Bob,\n\nWhich years") || !strings.HasSuffix(strings.TrimSpace(last), "Yours sincerely,\nCeri") {
		t.Errorf("what went is:\n%s", last)
	}
	if faults, err := o.e.Register.Verify(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("the register has faults: %v, %v", faults, err)
	}
}

// TestShowShowsTheDraft, and how it is sent and changed.
func TestShowShowsTheDraft(t *testing.T) {
	o, ref := asked(t)
	o.record(ref, intake.IdentityRequested, "")
	o.one("cafcass", answer(o.to(ceri, intake.ForCopy), ceri, "SHOW "+ref, passed))
	if s := flat(t, o.to(ceri, intake.ForConfirmation)); !strings.Contains(s, "THE DRAFTED LETTER") || !strings.Contains(s, "one document with your photograph") || !strings.Contains(s, `Send the drafted letter: "SEND"`) {
		t.Errorf("the answer to SHOW lacks the draft:\n%s", s)
	}
}

// TestOfficersSayForWhomLettersAreWritten: the mail about a child's request
// offers the usual letters, and its DONE shows which one is sent.
func TestOfficersSayForWhomLettersAreWritten(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", mail{id: "child@example.org", from: "Jo <jo@example.org>", to: "governance@cafcass.gov.uk", subject: "question",
		body: "hi im 11 and cafcass came to my house when mum and dad split up. can i see what you wrote down about me please\n\nJo"}).Ref
	held := o.to(ceri, intake.ForHeld)
	if s := flat(t, held); !strings.Contains(s, `"CORRECT LETTERS ORDINARY"`) || !strings.Contains(s, "A child seems to be asking: no letter goes unseen.") || strings.Contains(s, "- child ") {
		t.Fatalf("the mail does not offer the usual letters, or names a code:\n%s", s)
	}
	for words, childs := range map[string]bool{"CORRECT LETTERS ORDINARY": false, "CYWIRO LLYTHYRAU PLENTYN": true} {
		o.now = o.now.Add(time.Minute)
		o.one("cafcass", answer(held, ceri, words, passed))
		o.now = o.now.Add(time.Minute)
		o.one("cafcass", answer(held, ceri, "SEND", passed))
		if s := text(t, o.to(ceri, intake.ForConfirmation)); strings.Contains(s, "Childline") != childs || o.ack(ref).State != intake.LetterWaiting {
			t.Errorf("%s: the letter is %s:\n%s", words, o.ack(ref).State, s)
		}
		o.now = o.now.Add(time.Minute)
		o.one("cafcass", answer(o.to(ceri, intake.ForConfirmation), ceri, "UNDO", passed))
	}
}

// TestWhoDoesNotAnswerIsAskedAgain: a letter is drafted once for each question,
// is in the list, and is dropped if nobody wants it.
func TestWhoDoesNotAnswerIsAskedAgain(t *testing.T) {
	o, ref := asked(t)
	o.record(ref, intake.IdentityRequested, "")
	o.now = london(t, "2026-12-04 09:00") // ten working days after
	o.tick()
	l := o.draft(intake.ForNoAnswer)
	if got := text(t, l); l.State != intake.LetterHeld || !strings.Contains(got, "On 20 November 2026 we asked you") || !strings.Contains(got, ref) {
		t.Errorf("the letter is %s:\n%s", l.State, got)
	}
	if got := strings.Join(strings.Fields(text(t, o.to(ceri, intake.ForDigest))), " "); !strings.Contains(got, "DRAFTED LETTERS") || !strings.Contains(got, "asks the requester again") {
		t.Errorf("the list does not tell of the draft:\n%s", got)
	}
	for _, at := range []string{"2026-12-07 09:00", "2026-12-22 09:00"} {
		o.now = london(t, at)
		o.tick()
	}
	if l = o.draft(intake.ForNoAnswer); l.State != intake.LetterFailed {
		t.Errorf("after ten working days the draft is %s", l.State)
	}
}

// TestACorrectionLeavesARightThatRunsAlone: a right that nobody has confirmed
// has no date to state, and the letter does not say that it is over.
func TestACorrectionLeavesARightThatRunsAlone(t *testing.T) {
	o, ref := asked(t)
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.NotARequest})))
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{Correct: true})))
	got := strings.Join(strings.Fields(text(t, o.draft(intake.ForCorrection))), " ")
	for _, want := range []string{"a request for a copy of personal information", "the time for any right that you use"} {
		if !strings.Contains(got, want) {
			t.Errorf("the correction lacks %q: %s", want, got)
		}
	}
	if strings.Contains(got, "no longer applies") {
		t.Errorf("the correction says that a date no longer applies: %s", got)
	}
}

// TestALetterThatWasTurnedDownAndHeldGoesOnAWord: whoever holds it must say
// SEND again, and SEND still means that letter.
func TestALetterThatWasTurnedDownAndHeldGoesOnAWord(t *testing.T) {
	o, ref := asked(t)
	o.now = london(t, "2026-11-23 10:00")
	o.record(ref, intake.IdentityRequested, "")
	o.one("cafcass", answer(o.to(ceri, intake.ForCopy), ceri, "SEND", passed))
	sent := o.to(ceri, intake.ForConfirmation)
	l := o.draft(intake.ForAskIdentity)
	l.Attempts, l.Next, l.Response, l.Raw = 1, o.now.Add(time.Hour), "450 try again later", nil
	if err := o.db.Update(func(tx *store.Tx) error { return tx.PutLetter(l) }); err != nil {
		t.Fatal(err)
	}
	o.one("cafcass", answer(sent, ceri, "HOLD", passed))
	if l := o.draft(intake.ForAskIdentity); l.State != intake.LetterHeld {
		t.Fatalf("after HOLD the letter is %s", l.State)
	}
	o.now = o.now.Add(time.Minute)
	o.one("cafcass", answer(sent, ceri, "SEND", passed))
	if l := o.draft(intake.ForAskIdentity); l.State != intake.LetterWaiting {
		t.Errorf("after SEND the letter is %s", l.State)
	}
}
