package classify_test

import (
	"slices"
	"sync"
	"testing"

	"requestd/classify"
	"requestd/classify/corpus"
	"requestd/intake"
	"requestd/intake/eml"
)

func readText(t *testing.T, context, subject, body string) intake.Reading {
	t.Helper()
	return newClassifier(t).Classify(corpus.Text(context, subject, body), intake.Thread{}, "cafcass")
}

func TestDanger(t *testing.T) {
	c := newClassifier(t)
	for _, tt := range []struct{ text, want string }{
		{"I am going to kill myself. Nobody listens.", "harm"},
		{"He's outside the house with a knife and says he will kill me.", "harm"},
		{"My son came back today with bruises on his legs and says dad did it.", "child"},
		{"You have sent me another family's report by mistake.", "breach"},
		{"Mae fy merch wedi dod adre heno efo cleisiau ar ei breichiau.", "child"},
		{"I would like a copy of the 2019 report about me. The court had found then that my ex threatened me, and all of that is long over.", ""},
		{"How many children died or were harmed while you were involved in 2023?", ""},
		{"Please send me your policy on suicide risk.", ""},
		{"I would kill for a quick answer to my question about budgets.", ""},
	} {
		r := c.Classify(corpus.Text("new", "Hello", tt.text), intake.Thread{}, "")
		if r.Urgent != tt.want {
			t.Errorf("%q: urgent %q, want %q", tt.text, r.Urgent, tt.want)
		}
		if r.Urgent != "" && (r.Decision == intake.Pass || r.Decision == intake.Acknowledge) {
			t.Errorf("%q: urgent and %s", tt.text, r.Decision)
		}
	}
}

func TestAttention(t *testing.T) {
	for _, tt := range []struct{ subject, text, want string }{
		{"Erasure", "Please delete all the personal data you hold about me under Article 17.", "rights"},
		{"Mistake", "My date of birth is wrong in your report. Please correct your records.", "rights"},
		{"Letter before claim", "We enclose our letter before claim under the pre-action protocol for judicial review.", "legal"},
		{"Hearing", "When is my appointment with the officer?", ""},
	} {
		if r := readText(t, "new", tt.subject, tt.text); r.Attention != tt.want {
			t.Errorf("%s: attention %q, want %q (%s)", tt.subject, r.Attention, tt.want, r.Why)
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"How many advisers work in Kent?", "en"},
		{"Hoffwn gael copi o'ch polisi ar gyfweliadau os gwelwch yn dda.", "cy"},
		{"dwisio copi or polisi plis", "cy"},
		{"Faint o blant oedd yn y llys llynedd? Diolch, Siân", "cy"},
		{"Hoffwn weld fy ffeil. Mae'r achos yn Llys Teulu Caerdydd.\n\nI would also like the emails that the school sent about me, and the notes of the call.", "bi"},
		{"Please send me the report. Regards, Llinos Prydderch, Llanfairpwll", "en"},
	} {
		if r := readText(t, "new", "", tt.text); r.Language != tt.want {
			t.Errorf("%q: %s, want %s", tt.text, r.Language, tt.want)
		}
	}
}

func TestFollowups(t *testing.T) {
	for _, tt := range []struct {
		context, subject, text string
		kind                   intake.Kind
		decision               intake.Verdict
		seems                  string
	}{
		{"reply+id", "Re: SAR/25/0771 proof of identity", "Here is my passport as you asked.", intake.DSAR, intake.Pass, "identity"},
		{"reply", "Re: CAF26-0120", "Thank you very much, that is all I need.", intake.Other, intake.Pass, "thanks"},
		{"reply", "Re: CAF26-0120", "Please withdraw my request, I no longer need it.", intake.Other, intake.Pass, "withdrawal"},
		{"reply", "Re: CAF26-0120", "I am not happy with your answer. Please review the decision to refuse.", intake.Review, intake.Acknowledge, ""},
		{"reply", "Re: CAF26-0120 clarification needed", "To answer your question, I mean the last three financial years only.", intake.FOI, intake.Pass, "clarification"},
	} {
		r := readText(t, tt.context, tt.subject, tt.text)
		if r.Kind != tt.kind || r.Decision != tt.decision || r.Seems != tt.seems || !r.Followup {
			t.Errorf("%q: %s, %s, seems %q, follow-up %v; want %s, %s, %q", tt.text, r.Kind, r.Decision, r.Seems, r.Followup, tt.kind, tt.decision, tt.seems)
		}
	}
}

func TestForwardedByStaff(t *testing.T) {
	raw := mail("Hi team, one for you.\n\n________________________________\nFrom: Lorna Tate <lorna.tate@example.com>\nSent: 31 March 2026 18:02\n"+
		"To: Beth Cole <beth.cole@cafcass.gov.uk>\nSubject: Drug tests\n\nPlease send me the policy on drug tests and how many were done last year.\n",
		"From: Beth Cole <beth.cole@cafcass.gov.uk>", "Subject: FW: Drug tests")
	r := read(t, newClassifier(t), raw)
	if r.Decision != intake.Triage || !slices.Contains(r.Hold, "forwarded") {
		t.Errorf("%s, held for %v", r.Decision, r.Hold)
	}
	if r.Kind != intake.FOI || r.Forward == nil || r.Forward.From.Addr != "lorna.tate@example.com" || r.Forward.Received.IsZero() {
		t.Errorf("%s, forward %+v", r.Kind, r.Forward)
	}
	if r = read(t, newClassifier(t), mail("See below.\n\n________________________________\nFrom: Ann <ann@example.com>\nSent: 31 March 2026 18:02\nTo: Beth\n\nPlease send me my file.\n",
		"From: Stranger <stranger@example.net>")); r.Forward != nil {
		t.Error("only the bodies' own people forward")
	}
}

func TestHybrids(t *testing.T) {
	r := readText(t, "new", "Two things", "1. Please send me all the notes you hold about me.\n2. How many complaints were made about the Hull office in 2024?")
	if r.Kind != intake.DSAR || !slices.Contains(r.Also, intake.FOI) {
		t.Errorf("%s also %v", r.Kind, r.Also)
	}
}

func TestAdministratorsSignal(t *testing.T) {
	s := classify.DefaultSettings()
	s.Signals = []classify.CustomSignal{{Name: "the blue form", Phrases: []string{"blue form"}, Kind: intake.DSAR, Points: 12}}
	c, err := classify.New(s)
	if err != nil {
		t.Fatal(err)
	}
	r := c.Classify(corpus.Text("new", "x", "Herewith the blue form."), intake.Thread{}, "")
	if r.Kind != intake.DSAR || !slices.ContainsFunc(r.Evidence, func(e intake.Evidence) bool { return e.Signal == "the blue form" }) {
		t.Errorf("%s %v", r.Kind, r.Evidence)
	}
	s.Signals[0].Phrases = []string{"<no such class>"}
	if _, err := classify.New(s); err == nil {
		t.Error("a bad phrase was taken")
	}
}

func TestConcurrentReadingsAreTheSame(t *testing.T) {
	c := newClassifier(t)
	mails := corpusMails(t)[:60]
	why := make([]string, len(mails))
	for i, raw := range mails {
		why[i] = c.Classify(eml.Parse(raw, true), intake.Thread{}, "").Why
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, raw := range mails {
				if got := c.Classify(eml.Parse(raw, true), intake.Thread{}, "").Why; got != why[i] {
					t.Errorf("mail %d: %q, then %q", i, why[i], got)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzClassify(f *testing.F) {
	for i, raw := range corpusMails(f) {
		if i%20 == 0 {
			f.Add(raw)
		}
	}
	c := newClassifier(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := c.Classify(eml.Parse(raw, true), intake.Thread{}, "")
		if r.Kind == "" || r.Decision == "" || r.Language == "" || r.Evidence == nil || r.Hold == nil || r.Also == nil || r.Flags == nil {
			t.Errorf("an empty field: %+v", r)
		}
		if len(r.Hold) > 0 && r.Decision != intake.Triage || r.Urgent != "" && r.Decision == intake.Pass {
			t.Errorf("%s with hold %v, urgent %q", r.Decision, r.Hold, r.Urgent)
		}
	})
}
