package engine_test

import (
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// TestAQuestionThatOnlyRepeatedIsStruck: if a question was asked twice and
// answered once, the clock stays stopped until somebody says that the second
// asked for nothing new.
func TestAQuestionThatOnlyRepeatedIsStruck(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", dsarMail("a@example.org", "Bob Sample <bob@example.org>")).Ref
	o.send()
	o.now = london(t, "2026-11-27 10:00")
	o.record(ref, intake.IdentityRequested, "2026-11-23")
	again := o.record(ref, intake.IdentityRequested, "2026-11-25").Event
	ch := o.record(ref, intake.IdentityReceived, "2026-11-27")
	if ch.View.RespondBy != 0 {
		t.Errorf("due %s, want no day while a question is open", ch.View.RespondBy)
	}
	warned(t, ch, "waits for a second answer")
	ch = o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Void, Void: again})))
	if v := ch.View; v.RespondBy != day(t, "2026-12-29") || len(v.Warnings) != 0 {
		t.Errorf("due %s with the warnings %q, want 2026-12-29 and none", v.RespondBy, v.Warnings)
	}
}

// TestTheDateOfAnExtensionIsThatOfItsNotice: a holiday proclaimed later moves
// the date in law, not the date that the requester was told.
func TestTheDateOfAnExtensionIsThatOfItsNotice(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	ch := o.record(ref, intake.Extended, "")
	told := ch.View.RespondBy
	if ch.View.Promised != told || told == 0 {
		t.Fatalf("promised %s, due %s; want the date of the notice", ch.View.Promised, told)
	}
	o.proclaim("2026-12-11")
	if v := o.view(ref); v.RespondBy <= told || v.Promised != told {
		t.Errorf("due %s, promised %s; want later than %s, and that", v.RespondBy, v.Promised, told)
	}
}

// proclaim adds a bank holiday in England and Wales.
func (o *office) proclaim(date string) {
	o.t.Helper()
	list := `{"england-and-wales":{"division":"england-and-wales","events":[{"title":"Christmas Day","date":"2026-12-25"},{"title":"A day of thanks","date":"` + date + `"}]},
		"scotland":{"division":"scotland","events":[{"title":"Christmas Day","date":"2026-12-25"}]},
		"northern-ireland":{"division":"northern-ireland","events":[{"title":"Christmas Day","date":"2026-12-25"}]}}`
	if n, err := o.e.Clock.AddHolidays(o.t.Context(), []byte(list), "a list"); n != 1 || err != nil {
		o.t.Fatalf("%d holidays were new, %v; want one", n, err)
	}
}
