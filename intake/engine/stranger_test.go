package engine_test

import (
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// TestAReferenceTellsAStrangerNothing: references are consecutive numbers.
// Somebody who names another person's reference learns from no letter, hold or
// delay whether it exists, its kind or its state.
func TestAReferenceTellsAStrangerNothing(t *testing.T) {
	type seen struct {
		decision intake.Disposition
		kind, of intake.Kind
		hold     string
		neutral  bool
		letter   string
	}
	bodies := map[string]string{
		"a review":         "I am not satisfied with your answer to %s. Please carry out an internal review of it.\n\nMallory Example\n",
		"a late answer":    "You have not answered %s and the time has passed. I ask for an internal review of your handling of it.\n\nMallory Example\n",
		"a new request":    "Regarding %s: under the Freedom of Information Act 2000 please tell me how many offices you have in each county.\n\nMallory Example\n",
		"own data":         "My reference is %s. Please send me a copy of all the personal data that you hold about me.\n\nMallory Example\n",
		"a question":       "How does %s stand, please? When will you answer it?\n\nMallory Example\n",
		"a withdrawal":     "Please withdraw %s.\n\nMallory Example\n",
		"what was sent on": "Here is my passport, which you asked me for in %s.\n\nMallory Example\n",
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			var all []seen
			for _, ref := range []string{"CAF26-00001", "CAF26-00002", "CAF26-00003", "CAF26-04711"} {
				o := newOffice(t, "2026-11-02 10:00")
				open := o.one("cafcass", foiMail("foi@example.org"))
				o.one("cafcass", dsarMail("dsar@example.org", "Dee Example <dee@example.org>"))
				done := o.one("cafcass", foiMail("done@example.org"))
				o.did(o.do(done.Ref, casework.RecordInput{Event: intake.Responded, Outcome: "granted"}))
				if open.Ref != "CAF26-00001" || done.Ref != "CAF26-00003" {
					t.Fatalf("the cases are %s and %s", open.Ref, done.Ref)
				}
				o.now = london(t, "2026-12-14 10:00") // all dates have passed
				a := o.one("cafcass", mail{id: "stranger@example.net", from: "Mallory Example <mallory@example.net>", to: "governance@cafcass.gov.uk",
					subject: "Your letter", body: strings.ReplaceAll(body, "%s", ref)})
				s := seen{decision: a.Decision, kind: a.Kind}
				if s.decision == intake.DidFollowup { // attached if there is a case, which nobody outside sees
					s.decision = intake.DidPass
				} else if a.Ref != "" {
					v := o.view(a.Ref)
					s.of, s.hold, s.neutral = v.Of, strings.Join(v.Ack.Held, " "), v.Opening.Neutral
					for _, l := range o.letters(intake.ForAcknowledgement) {
						if l.Ref == a.Ref {
							_, s.letter, _ = strings.Cut(text(t, o.letter(l.ID)), "\n\n")
							s.letter = strings.ReplaceAll(s.letter, ref, "(theirs)")
						}
					}
				}
				all = append(all, s)
			}
			for i, s := range all[1:] {
				if s != all[0] {
					t.Errorf("case %d tells itself apart:\n%+v\nand the first\n%+v", i+2, s, all[0])
				}
			}
		})
	}
}

// TestNeutralLettersTellAStrangerNothing: somebody who names a case, even one
// that was acknowledged neutrally, is written to at the same hour in the same
// words as somebody who names none, and not at all if they want answers
// elsewhere.
func TestNeutralLettersTellAStrangerNothing(t *testing.T) {
	for _, head := range [][]string{nil, {"Reply-To: victim@example.net"}} {
		var all []string
		for _, ref := range []string{"CAF26-00001", "CAF26-00002", "CAF26-04711"} {
			o := newOffice(t, "2026-11-16 10:00")
			open := o.one("cafcass", foiMail("foi@example.org"))
			neutral := doubtful(o, inDoubt{neutral: true})
			o.now = london(t, "2026-11-19 12:00")
			o.tick()
			o.send()
			if open.Ref != "CAF26-00001" || neutral != "CAF26-00002" || len(o.letters(intake.ForNeutral)) != 1 {
				t.Fatalf("the cases are %s and %s, with %d neutral letters", open.Ref, neutral, len(o.letters(intake.ForNeutral)))
			}
			o.now = london(t, "2026-11-20 10:00")
			a := o.one("cafcass", mail{id: "stranger@example.net", from: "Mallory Example <mallory@example.net>", to: "governance@cafcass.gov.uk",
				subject: "Re: " + ref, body: "I write about " + ref + ". Could you look at it again?\n", head: head})
			s := string(a.Decision)
			o.now = london(t, "2026-11-25 12:00")
			o.tick()
			for _, l := range o.letters("") {
				if l.To == "mallory@example.net" || l.To == "victim@example.net" {
					_, body, _ := strings.Cut(text(t, o.letter(l.ID)), "\n\n")
					s += " " + string(l.Purpose) + " " + string(l.State) + " " + l.Next.String() + strings.ReplaceAll(body, a.Ref, "(theirs)")
				}
			}
			all = append(all, s)
		}
		if all[1] != all[0] || all[2] != all[0] || (head == nil) != strings.Contains(all[0], string(intake.ForNeutral)) {
			t.Errorf("with %v:\n%s", head, strings.Join(all, "\n---\n"))
		}
	}
}
