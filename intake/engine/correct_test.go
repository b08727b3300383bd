package engine_test

import (
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// corrected is a case whose acknowledgement was sent with the wrong kind.
func corrected(t *testing.T) (*office, string) {
	t.Helper()
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	warned(t, o.decide(ref, intake.DSAR), "--correct sends a correction")
	return o, ref
}

func (o *office) decide(ref string, kind intake.Kind, also ...intake.Kind) *casework.Change {
	o.t.Helper()
	return o.did(o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: kind, Also: also})))
}

func (o *office) correct(ref string) (*casework.Change, error) {
	return o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{Correct: true}))
}

func TestACorrectionGoesOutOnce(t *testing.T) {
	o, ref := corrected(t)
	o.did(o.correct(ref))
	if _, err := o.correct(ref); err == nil || !strings.Contains(err.Error(), "which says what is true now, is waiting") {
		t.Errorf("asked a second time while it waits: %v", err)
	}
	o.send()
	if _, err := o.correct(ref); err == nil || !strings.Contains(err.Error(), "nothing to correct") {
		t.Errorf("asked once more when it was sent: %v", err)
	}
	if n := len(o.letters(intake.ForCorrection)); n != 1 {
		t.Errorf("%d corrections, want 1", n)
	}
}

func TestACorrectionThatWasWrongIsCorrected(t *testing.T) {
	o, ref := corrected(t)
	o.did(o.correct(ref))
	o.send()
	warned(t, o.decide(ref, intake.FOI), "--correct sends a correction")
	o.did(o.correct(ref))
	o.send()
	all := o.letters(intake.ForCorrection)
	if len(all) != 2 || all[1].State != intake.LetterSent || all[1].Promises[0].Part != intake.FOI {
		t.Errorf("corrections %+v, want a second one of the FOI request", all)
	}
}

func TestACorrectionThatIsOvertakenIsStopped(t *testing.T) {
	o, ref := corrected(t)
	o.did(o.correct(ref))
	warned(t, o.decide(ref, intake.FOI), "was stopped")
	o.send()
	all := o.letters(intake.ForCorrection)
	if len(all) != 1 || all[0].State != intake.LetterFailed {
		t.Errorf("corrections %+v, want one that was stopped: the first letter said what is true", all)
	}
	if _, err := o.correct(ref); err == nil || !strings.Contains(err.Error(), "nothing to correct") {
		t.Errorf("the acknowledgement is right: %v", err)
	}
}

func TestALaterAcknowledgementByHandKeepsTheEarlierDate(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	first := *o.view(ref).AcknowledgedAt
	o.now = london(t, "2026-11-27 10:00")
	ch := o.record(ref, intake.Acknowledged, "")
	warned(t, ch, "stays the date that counts")
	if !ch.View.AcknowledgedAt.Equal(first) {
		t.Errorf("acknowledged %s, want %s", ch.View.AcknowledgedAt, first)
	}
}

func TestAMergedCaseTakesNoEvents(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	other := o.one("cafcass", dsarMail("b@example.org", "Bob Sample <bob@example.org>")).Ref
	warned(t, o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Merge(other, 0))), "different requesters")
	_, err := o.e.Cases.Do(t.Context(), o.by(), other, casework.Record(casework.RecordInput{Event: intake.Responded}))
	if err == nil || !strings.Contains(err.Error(), "was merged into "+ref) {
		t.Errorf("recorded on a merged case: %v", err)
	}
	o.did(o.e.Cases.Do(t.Context(), o.by(), other, casework.Record(casework.RecordInput{Event: intake.Note, Note: "kept"})))
}

func TestAPartThatEndsIsNamed(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.decide(ref, intake.DSAR, intake.FOI)
	warned(t, o.decide(ref, intake.FOI), "--also dsar keeps it")
}
