package engine_test

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"requestd/classify"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/eml"
	"requestd/intake/mailbox"
)

// inDoubt reads every mail as a person's with only its kind in doubt.
type inDoubt struct {
	neutral bool
	hold    []string
	flags   []string
	kind    intake.Kind // foi if none is set
	urgent  string
}

func (r inDoubt) Read(_ *classify.Classifier, _ intake.MailLocation, raw []byte, complete bool,
	next func(*intake.Message) (intake.Thread, bool, error)) (*intake.Message, *intake.Reading, error) {
	m := eml.Parse(raw, complete)
	_, on, err := next(m)
	if err != nil || !on {
		return m, nil, err
	}
	return m, (&intake.Reading{Kind: cmp.Or(r.kind, intake.FOI), Decision: intake.Triage, Language: "en", Neutral: r.neutral, Hold: r.hold, Flags: r.flags, Urgent: r.urgent, Why: "doubt"}).Filled(), nil
}

// doubtful opens a case from a mail in doubt, on a Friday: the third working
// day is Wednesday 25 November.
func doubtful(o *office, r inDoubt) string {
	o.e.ReadWith(r)
	return o.one("cafcass", mail{id: "q@example.org", from: "Ann Example <ann@example.org>", to: "governance@cafcass.gov.uk", subject: "A question",
		body: "Hello, could you help me with something about last year?"}).Ref
}

func TestAMailThatNobodyDecidesIsAcknowledgedNeutrally(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := doubtful(o, inDoubt{neutral: true})
	o.wind(london(t, "2026-11-25 11:59"))
	if got := o.letters(intake.ForNeutral); len(got) != 0 {
		t.Fatalf("%d letters before noon", len(got))
	}
	byNoon := 0
	for _, l := range o.letters(intake.ForAckAtRisk) {
		if strings.Contains(string(o.letter(l.ID).Raw), "DECIDE BY NOON") {
			byNoon++
		}
	}
	if byNoon == 0 {
		t.Error("staff were not asked to decide by noon")
	}
	next, err := o.e.Clock.NextTick()
	if err != nil || !next.Equal(london(t, "2026-11-25 12:00")) {
		t.Errorf("the clock next comes round at %s (%v), want noon", next, err)
	}
	o.now = london(t, "2026-11-25 12:00")
	o.tick()
	o.send()
	got := o.letters(intake.ForNeutral)
	if len(got) != 1 || got[0].To != "ann@example.org" || got[0].State != intake.LetterSent || len(got[0].Promises) != 0 {
		t.Fatalf("neutral letters %+v, want one, sent, that promises nothing", got)
	}
	v := o.view(ref)
	if v.View.AcknowledgedAt == nil || !v.View.Doubt || v.View.State != intake.StateTriage {
		t.Errorf("acknowledged %v, doubt %v, %s; want it acknowledged and still to be decided", v.View.AcknowledgedAt, v.View.Doubt, v.View.State)
	}
	o.tick()
	if n := len(o.letters(intake.ForNeutral)); n != 1 {
		t.Errorf("%d neutral letters after another tick", n)
	}

	t.Run("then told the date once", func(t *testing.T) {
		ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.DSAR})))
		if ch.Letter == 0 {
			t.Fatalf("no letter with the date; warnings %v", ch.Warnings)
		}
		o.send()
		at := *o.view(ref).View.AcknowledgedAt
		if !at.Equal(*v.View.AcknowledgedAt) || o.view(ref).View.Promised == 0 {
			t.Errorf("acknowledged at %s, promised %s; want the neutral letter's moment and the date of the second", at, o.view(ref).View.Promised)
		}
		o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.FOI})))
		o.send()
		if n := len(o.letters(intake.ForAcknowledgement)); n != 1 {
			t.Errorf("%d letters with a date, want one", n)
		}
	})
}

// noRequestAfterANeutralLetter is an office with a mail that turned out to be
// no request after its sender had got a neutral letter.
func noRequestAfterANeutralLetter(t *testing.T) (*office, string) {
	t.Helper()
	o := mailOffice(t, "2026-11-20 10:00")
	ref := doubtful(o, inDoubt{neutral: true})
	o.now = london(t, "2026-11-25 12:00")
	o.tick()
	o.send()
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.NotARequest})))
	return o, ref
}

func TestAfterANeutralLetterNoRequestIsToldOnAWord(t *testing.T) {
	o, ref := noRequestAfterANeutralLetter(t)
	o.send()
	if l := o.letters(intake.ForNoRequest); len(l) != 1 || l[0].State != intake.LetterHeld {
		t.Fatalf("%+v: want one draft, held", l)
	}
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{})))
	o.send()
	if l := o.letters(intake.ForNoRequest); l[0].State != intake.LetterSent {
		t.Errorf("the draft is %s after a person's word", l[0].State)
	}
}

// Whoever gives that letter other words by mail is told that it takes none, and
// the letter is not sent.
func TestNoRequestIsNotToldInOtherWordsThanGiven(t *testing.T) {
	o, _ := noRequestAfterANeutralLetter(t)
	o.one("cafcass", answer(o.to(ceri, intake.ForTriage), ceri, "SEND", passed))
	l := o.to(ceri, intake.ForRefusedChoice) // it tells her what was decided meanwhile
	if s := flat(t, l); strings.Contains(s, "not-a-request") {
		t.Errorf("it shows a code:\n%s", s)
	}
	o.now = o.now.Add(16 * time.Minute)
	o.one("cafcass", answer(l, ceri, "SEND\nBEGIN\nOur colleagues in court services can help.\nEND", passed))
	if s := flat(t, o.to(ceri, intake.ForRefusedChoice)); !strings.Contains(s, "takes no words by mail") || o.letters(intake.ForNoRequest)[0].State != intake.LetterHeld {
		t.Errorf("the letter is %s:\n%s", o.letters(intake.ForNoRequest)[0].State, s)
	}
	o.one("cafcass", answer(l, ceri, "SEND", passed))
	if l := o.letters(intake.ForNoRequest)[0]; l.State != intake.LetterWaiting {
		t.Errorf("after SEND alone the letter is %s", l.State)
	}
}

func TestTheDraftOfAnErasedCaseIsNotSent(t *testing.T) {
	o, ref := noRequestAfterANeutralLetter(t)
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Erase()))
	_, err := o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{}))
	refused(t, err, "is no request: there is nothing to acknowledge")
}

func TestADecisionInTimeLeavesNoNeutralLetter(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := doubtful(o, inDoubt{neutral: true})
	o.now = london(t, "2026-11-25 12:00")
	o.tick() // written, but not sent yet
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.FOI})))
	if n, a := o.letters(intake.ForNeutral), o.letters(intake.ForAcknowledgement); n[0].State != intake.LetterFailed || len(a) != 1 || a[0].State != intake.LetterWaiting {
		t.Errorf("neutral %s, acknowledgements %d", n[0].State, len(a))
	}
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Undo(0)))
	if n, a := o.letters(intake.ForNeutral), o.letters(intake.ForAcknowledgement); n[0].State != intake.LetterWaiting || a[0].State == intake.LetterWaiting {
		t.Errorf("after the undo: neutral %s, acknowledgement %s; want the neutral one alone to wait", n[0].State, a[0].State)
	}
}

func TestNoNeutralLetterGoes(t *testing.T) {
	for name, c := range map[string]struct {
		read     inDoubt
		settings string
		before   func(*office, string)
	}{
		"where the reading does not allow it": {read: inDoubt{}},
		"where something holds the letter":    {read: inDoubt{neutral: true, hold: []string{"danger"}}},
		"where the mailbox has it off": {read: inDoubt{neutral: true},
			settings: strings.Replace(settings, "reference: CAF,", "reference: CAF, neutral_acknowledgement: false,", 1)},
		"once a person decided": {read: inDoubt{neutral: true}, before: func(o *office, ref string) {
			o.did(o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.FOI})))
		}},
		"days too late": {read: inDoubt{neutral: true}, before: func(o *office, _ string) { o.now = london(o.t, "2026-12-01 09:00") }},
		"from the junk folder": {read: inDoubt{}, before: func(o *office, _ string) {
			o.e.ReadWith(inDoubt{neutral: true})
			o.receive("cafcass", mailbox.Junk, mail{id: "j@example.org", from: "Jo <jo@example.org>", to: "governance@cafcass.gov.uk", subject: "A question", body: "Could you help?"})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			with := settings
			if c.settings != "" {
				with = c.settings
			}
			o := newOfficeWith(t, "2026-11-20 10:00", with)
			ref := doubtful(o, c.read)
			if c.before != nil {
				c.before(o, ref)
			}
			if noon := london(t, "2026-11-25 12:00"); o.now.Before(noon) {
				o.now = noon
			}
			o.tick()
			if l := o.letters(intake.ForNeutral); len(l) != 0 {
				t.Errorf("a neutral letter to %s", l[0].To)
			}
		})
	}
}

// waiting opens a case in doubt whose neutral letter is written but not sent.
func waiting(t *testing.T) (*office, string) {
	t.Helper()
	o := newOffice(t, "2026-11-20 10:00")
	ref := doubtful(o, inDoubt{neutral: true})
	o.now = london(t, "2026-11-25 12:00")
	o.tick()
	if l := o.letters(intake.ForNeutral); len(l) != 1 || l[0].State != intake.LetterWaiting {
		t.Fatalf("neutral letters %+v, want one that waits", l)
	}
	return o, ref
}

// another opens a second case in doubt from the same person.
func another(o *office) string {
	return o.one("cafcass", mail{id: "again@example.org", from: "Ann Example <ann@example.org>", to: "governance@cafcass.gov.uk", subject: "Something else",
		body: "Hello, there is another thing that I wonder about."}).Ref
}

// TestANeutralLetterThatIsOvertakenCountsAsOnItsWayNoLonger: else a case that
// is reopened would have no acknowledgement and nobody would know.
func TestANeutralLetterThatIsOvertakenCountsAsOnItsWayNoLonger(t *testing.T) {
	for name, act := range map[string]casework.Act{
		"withdrawn":    casework.Record(casework.RecordInput{Event: intake.Withdrawn}),
		"acknowledged": casework.Acknowledge(casework.AckInput{ByHand: 0}),
		"no request":   casework.Decide(casework.KindInput{Kind: intake.NotARequest}),
	} {
		t.Run(name, func(t *testing.T) {
			o, ref := waiting(t)
			if name == "acknowledged" {
				act = casework.Acknowledge(casework.AckInput{ByHand: day(t, "2026-11-24")})
			}
			ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, act))
			if l, a := o.letters(intake.ForNeutral)[0], o.view(ref).Ack; l.State != intake.LetterFailed || a.Queued {
				t.Fatalf("the letter is %s; the case says %+v", l.State, a)
			}
			if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), o.letters(intake.ForNeutral)[0].ID); err == nil {
				t.Error("the letter that was overtaken goes on a word")
			}
			void := o.did(o.do(ref, casework.RecordInput{Event: intake.Void, Void: ch.Event}))
			if l, a := o.letters(intake.ForNeutral)[0], o.view(ref).Ack; l.State != intake.LetterWaiting || !a.Queued {
				t.Errorf("after %v was struck the letter is %s, and the case says %+v", void.Event, l.State, a)
			}
		})
	}
}

// TestADecisionTakenBackAfterNoonLetsTheNeutralLetterGo, even if its hour
// passed while there was a decision.
func TestADecisionTakenBackAfterNoonLetsTheNeutralLetterGo(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := doubtful(o, inDoubt{neutral: true})
	o.now = london(t, "2026-11-25 09:00")
	o.tick()
	ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.NotARequest})))
	o.now = london(t, "2026-11-25 15:00")
	o.tick()
	if n := len(o.letters(intake.ForNeutral)); n != 0 {
		t.Fatalf("%d neutral letters although somebody decided", n)
	}
	o.did(o.do(ref, casework.RecordInput{Event: intake.Void, Void: ch.Event}))
	o.send()
	if l := o.letters(intake.ForNeutral); len(l) != 1 || l[0].State != intake.LetterSent {
		t.Errorf("%+v: want one neutral letter, sent", l)
	}
}

func TestANeutralLetterSaysWhatIsTrueWhenItGoes(t *testing.T) {
	o, ref := waiting(t)
	o.did(o.do(ref, casework.RecordInput{Event: intake.ReceivedOn, Date: day(t, "2026-11-19")}))
	if s := string(o.letter(o.letters(intake.ForNeutral)[0].ID).Raw); !strings.Contains(s, "19 November 2026") || strings.Contains(s, "20 November 2026") {
		t.Errorf("the letter says\n%s", s)
	}
}

// TestANeutralLetterIsHeldOnAWord, and waits for a word from then on, whatever is
// put right meanwhile.
func TestANeutralLetterIsHeldOnAWord(t *testing.T) {
	o, ref := waiting(t)
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Hold()))
	o.did(o.do(ref, casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Name: "Anne Sample", Address: "anne@example.net"}}))
	l := o.draft(intake.ForNeutral)
	if l.State != intake.LetterHeld {
		t.Errorf("the letter that a person held is %s", l.State)
	}
	if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
		t.Fatal(err)
	}
	l = o.draft(intake.ForNeutral)
	if s := flat(t, l); l.State != intake.LetterWaiting || l.To != "anne@example.net" || !strings.Contains(s, "Dear Anne Sample") {
		t.Errorf("let go it is %s, to %s:\n%s", l.State, l.To, s)
	}
}

// TestANeutralLetterThatMayHaveArrivedIsLeftAlone by what is put right, which is
// recorded all the same. On a person's word it goes as it was.
func TestANeutralLetterThatMayHaveArrivedIsLeftAlone(t *testing.T) {
	for name, l := range map[string]intake.Letter{
		"at the server":              {State: intake.LetterSending, Attempts: 1},
		"to be repeated after doubt": {State: intake.LetterWaiting, Attempts: 1, Doubts: 1},
	} {
		t.Run(name, func(t *testing.T) {
			o, ref := waiting(t)
			was := o.draft(intake.ForNeutral)
			was.State, was.Attempts, was.Doubts = l.State, l.Attempts, l.Doubts
			o.put(was)
			o.did(o.do(ref, casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Name: "Anne Sample"}}))
			if now := o.draft(intake.ForNeutral); now.State != l.State || now.MessageID != was.MessageID {
				t.Errorf("it is %s, and was written anew: %t", now.State, now.MessageID != was.MessageID)
			}
			if l.State == intake.LetterSending {
				return
			}
			if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), was.ID); err != nil || o.draft(intake.ForNeutral).MessageID != was.MessageID {
				t.Errorf("let go: %v, written anew: %t", err, o.draft(intake.ForNeutral).MessageID != was.MessageID)
			}
		})
	}
}

func TestMergersAndNeutralLetters(t *testing.T) {
	t.Run("the one of a case that ends is stopped", func(t *testing.T) {
		o, old := waiting(t)
		kept := another(o)
		ch := o.did(o.e.Cases.Do(t.Context(), o.by(), kept, casework.Merge(old, 0)))
		if l := o.letters(intake.ForNeutral); l[0].State != intake.LetterFailed || len(l) != 2 || l[1].State != intake.LetterWaiting {
			t.Errorf("%+v: want that of the case that stays, whose hour has passed by the receipt that it took over", l)
		}
		o.did(o.do(kept, casework.RecordInput{Event: intake.Void, Void: ch.Event}))
		if l := o.letters(intake.ForNeutral); l[0].State != intake.LetterWaiting {
			t.Errorf("after the merger was struck: %+v, want that it waits again", l)
		}
	})
	t.Run("nobody gets two, and the dates are told", func(t *testing.T) {
		o, old := waiting(t)
		o.send()
		kept := another(o)
		o.did(o.e.Cases.Do(t.Context(), o.by(), kept, casework.Merge(old, 0)))
		o.now = london(t, "2026-11-30 12:00")
		o.tick()
		o.did(o.e.Cases.Do(t.Context(), o.by(), kept, casework.Decide(casework.KindInput{Kind: intake.FOI})))
		o.send()
		if n, a := o.letters(intake.ForNeutral), o.letters(intake.ForAcknowledgement); len(n) != 1 || len(a) != 1 || a[0].State != intake.LetterSent {
			t.Errorf("%d neutral letters and %+v, want one of each, sent", len(n), a)
		}
	})
	t.Run("the dates of a case that was decided are told", func(t *testing.T) {
		o, old := waiting(t)
		o.send()
		kept := another(o)
		o.did(o.e.Cases.Do(t.Context(), o.by(), kept, casework.Decide(casework.KindInput{Kind: intake.FOI})))
		o.did(o.e.Cases.Do(t.Context(), o.by(), kept, casework.Merge(old, 0)))
		o.send()
		if a := o.letters(intake.ForAcknowledgement); len(a) != 1 || a[0].State != intake.LetterSent {
			t.Errorf("%+v: want the letter with the dates sent", a)
		}
	})
}
