package engine_test

import (
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// TestAnAnswerIsRecordedWithWhatTheFiguresNeed: nothing is refused, since the
// answer was sent; whoever records it is warned of what looks mistaken.
func TestAnAnswerIsRecordedWithWhatTheFiguresNeed(t *testing.T) {
	for _, c := range []struct{ name, outcome, again, words string }{
		{"granted", "granted", "", ""},
		{"without an outcome", "", "", "no outcome was given"},
		{"twice", "granted", "granted", "was answered before"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			ref := o.one("cafcass", foiMail("a@example.org")).Ref
			respond := func(outcome string) *casework.Change {
				return o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Responded, Outcome: outcome})))
			}
			ch := respond(c.outcome)
			if c.again != "" {
				ch = respond(c.again)
			}
			if ch.View.State != intake.StateResponded {
				t.Errorf("the case is %s, want responded", ch.View.State)
			}
			if c.words == "" && len(ch.Warnings) > 0 {
				t.Errorf("warned: %q", ch.Warnings)
			}
			if c.words != "" {
				warned(t, ch, c.words)
			}
		})
	}
}

func TestAReviewOfSomethingUnknownSaysSo(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.Review})))
	warned(t, ch, "say it with --of foi, dsar, eir or rights")
}
