package engine_test

import (
	"errors"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
	"requestd/store/storetest"
)

// erasing returns an office that erases by itself what has been over for a
// month.
func erasing(t *testing.T) *office {
	o := newOffice(t, "2026-11-20 10:00")
	cfg := *o.e.Cases.Settings()
	cfg.Retention.Erase = "automatic"
	cfg.Retention.FOI, cfg.Retention.Passed = cfg.Retention.Ignored, cfg.Retention.Ignored
	if err := o.e.Cases.Reload(&cfg); err != nil {
		t.Fatal(err)
	}
	return o
}

// month lets 31 days pass, and what has been over that long be erased.
func (o *office) month() {
	o.t.Helper()
	for range 31 {
		o.now = o.now.AddDate(0, 0, 1)
		if err := o.e.Clock.ApplyRetention(o.t.Context()); err != nil {
			o.t.Fatal(err)
		}
	}
	if findings, err := o.e.Register.Verify(o.t.Context()); err != nil || len(findings) > 0 {
		o.t.Fatalf("after erasing the register does not verify: %v, %v", findings, err)
	}
}

func refused(t *testing.T, err error, words string) {
	t.Helper()
	var r *casework.Refusal
	if !errors.As(err, &r) || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v, want a refusal that says %q", err, words)
	}
}

// TestNothingIsMadeOfAnErasedMail: if attached to a case it would lose the mark
// that it was erased, and the register would look for what is gone.
func TestNothingIsMadeOfAnErasedMail(t *testing.T) {
	o := erasing(t)
	gone := o.one("cafcass", idleMail(1)).ID
	o.month()
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	_, err := o.e.Cases.Do(t.Context(), o.by(), ref, casework.Attach(gone))
	refused(t, err, "was erased")
	_, err = o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Message: gone, KindInput: casework.KindInput{Kind: intake.FOI}})
	refused(t, err, "was erased")
}

// TestALetterOfAnErasedCaseIsNotLetGo: its bytes are gone, which is no fault in
// the register.
func TestALetterOfAnErasedCaseIsNotLetGo(t *testing.T) {
	o := erasing(t)
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	l := o.ack(ref)
	l.State, l.Attempts, l.Response = intake.LetterFailed, 1, "550 5.1.1 unknown"
	o.put(l)
	o.record(ref, intake.Responded, "2026-11-20")
	for _, l := range o.letters(intake.ForCopy) {
		l.State, l.Attempts = intake.LetterFailed, 1
		o.put(l)
	}
	o.month()
	_, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID)
	refused(t, err, "was erased")
}

// TestWhatReachesAnErasedCaseGoesInItsTurn: a mail that names the reference of
// an erased case is kept for the case's period, and no longer.
func TestWhatReachesAnErasedCaseGoesInItsTurn(t *testing.T) {
	o := erasing(t)
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	o.record(ref, intake.Responded, "2026-11-20")
	o.send()
	o.month()
	if f := o.view(ref); f.Requester.Addr != "" {
		t.Fatalf("the case still names %s", f.Requester.Addr)
	}
	late := idleMail(2)
	late.subject, late.body = "Re: "+ref, "Thank you very much, that is all I need.\n\nBob\n"
	id := o.one("cafcass", late).ID
	if f := o.view(ref); len(f.Mail) != 2 || f.Mail[1].ID != id || f.Mail[1].From.Addr == "" {
		t.Fatalf("the mail is not among those of its case: %+v", f.Mail)
	}
	o.send()
	o.month()
	if f := o.view(ref); f.Mail[1].From.Addr != "" || f.Mail[1].Subject != "" {
		t.Errorf("the mail still names %s, about %q", f.Mail[1].From.Addr, f.Mail[1].Subject)
	}
	if list, err := o.e.Clock.PastRetention(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("there is more to erase: %+v, %v", list, err)
	}
}

// TestTheNightAfterErasingWritesTheRegisterAnew: the pages that held what a
// person erased are left behind.
func TestTheNightAfterErasingWritesTheRegisterAnew(t *testing.T) {
	storetest.FileOnly(t, "is written anew")
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	o.did(o.do(ref, casework.RecordInput{Event: intake.Responded, Outcome: "granted"}))
	if err := o.e.Clock.ApplyRetention(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Erase()))
	holds := func() (holds bool) {
		if err := o.db.View(func(tx *store.Tx) error { holds = tx.HasErasedPages(); return nil }); err != nil {
			t.Fatal(err)
		}
		return holds
	}
	if !holds() {
		t.Fatal("the register does not say that its free pages hold what was erased")
	}
	o.now = o.now.AddDate(0, 0, 1)
	if err := o.e.Clock.ApplyRetention(t.Context()); err != nil {
		t.Fatal(err)
	}
	if holds() {
		t.Error("a night later the register still holds what was erased")
	}
}
