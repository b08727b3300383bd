package engine_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config/configtest"
	"requestd/intake/engine"
)

// brokenOff is the context of a daemon that is stopped as soon as something has
// happened.
type brokenOff struct {
	context.Context
	once func() bool
}

func (b brokenOff) Err() error {
	if b.once() {
		return context.Canceled
	}
	return nil
}

const threeOfficers = `
  - address: second@staff.example.org
  - address: third@staff.example.org
mailboxes:`

// threeRead is an office of three officers, the first of whom has a superior.
func threeRead(t *testing.T, at string) (*office, string) {
	t.Helper()
	conf := strings.Replace(settings, "\nmailboxes:", threeOfficers, 1)
	return newOfficeWith(t, at, conf), conf
}

// breakOff ticks until that many lists are in the outbox, and lets another
// daemon go on.
func (o *office) breakOff(lists int, conf string) {
	o.t.Helper()
	ctx := brokenOff{o.t.Context(), func() bool { return len(o.letters(intake.ForDigest)) >= lists }}
	if err := o.e.Clock.Tick(ctx); err == nil || len(o.letters(intake.ForDigest)) != lists {
		o.t.Fatalf("%d lists were written (%v), want the morning broken off after %d", len(o.letters(intake.ForDigest)), err, lists)
	}
	e, err := engine.New(casework.Options{Store: o.db, Now: o.clock, Log: slog.New(slog.DiscardHandler)}, configtest.Load(o.t, conf))
	if err != nil {
		o.t.Fatal(err)
	}
	o.e = e
}

// listed counts, by reader, the lists that contain a text.
func (o *office) listed(words string) map[string]int {
	o.t.Helper()
	in := map[string]int{}
	for _, l := range o.letters(intake.ForDigest) {
		in[strings.TrimSuffix(l.To, "@staff.example.org")] += strings.Count(text(o.t, o.letter(l.ID)), words)
	}
	return in
}

// TestAMorningThatIsBrokenOffGoesOn: nobody is told twice and nobody is left
// out, whether the work goes on the same day or the next.
func TestAMorningThatIsBrokenOffGoesOn(t *testing.T) {
	for name, x := range map[string]struct {
		again string
		lists int
	}{
		"the same morning":     {"2026-11-20 08:00", 3},
		"the next working day": {"2026-11-23 08:00", 3},
	} {
		t.Run(name, func(t *testing.T) {
			o, conf := threeRead(t, "2026-11-19 10:00")
			o.tick()
			o.one("cafcass", idleMail(1))
			o.now = london(t, "2026-11-20 08:00")
			o.breakOff(1, conf)
			o.now = london(t, x.again)
			if next, err := o.e.Clock.NextTick(); err != nil || next.After(o.now) {
				t.Errorf("next %s (%v), want no waiting: two are not told yet", next, err)
			}
			o.tick()
			o.tick()
			want := map[string]int{"officer": 1, "second": 1, "third": 1}
			if got := o.listed("no 1."); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("the mail is listed to %v, want once to each", got)
			}
			if n := len(o.letters(intake.ForDigest)); n != x.lists {
				t.Errorf("%d lists, want %d", n, x.lists)
			}
		})
	}
}

// TestWhatCameMeanwhileIsListedOnce: mail that comes in while a morning is
// broken off is in the next day's list, both for those who had their list and
// those who did not.
func TestWhatCameMeanwhileIsListedOnce(t *testing.T) {
	o, conf := threeRead(t, "2026-11-19 10:00")
	o.tick()
	o.one("cafcass", idleMail(1))
	o.now = london(t, "2026-11-20 08:00")
	o.breakOff(2, conf)
	o.now = o.now.Add(time.Hour)
	o.one("cymru", idleMail(2))
	o.tick()
	o.now = london(t, "2026-11-23 08:00")
	o.tick()
	want := map[string]int{"officer": 1, "second": 1, "third": 1}
	for _, words := range []string{"no 1.", "no 2."} {
		if got := o.listed(words); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is listed to %v, want once to each", words, got)
		}
	}
}

// TestAListIsMadeAsTheCasesThenStand: a case that is answered between two lists
// is only in the first.
func TestAListIsMadeAsTheCasesThenStand(t *testing.T) {
	o, conf := threeRead(t, "2026-11-20 10:00")
	o.tick()
	ref := o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", Received: day(t, "2026-10-20"), Acknowledged: day(t, "2026-10-20"),
		Requester: intake.Address{Name: "Kit Example", Addr: "kit@example.org"}, KindInput: casework.KindInput{Kind: intake.FOI}})).View.Ref
	o.one("cafcass", idleMail(1))
	o.now = london(t, "2026-11-23 08:00")
	o.breakOff(1, conf)
	first := o.letters(intake.ForDigest)[0].To
	o.record(ref, intake.Responded, "2026-11-23")
	o.tick()
	for _, l := range o.letters(intake.ForDigest) {
		if has := strings.Contains(text(t, o.letter(l.ID)), ref); has != (l.To == first) {
			t.Errorf("to %s the case is listed: %v", l.To, has)
		}
	}
}

// TestAskingForTheListStopsNoDraft: a draft that nobody released in time is
// missing from the list, but only the morning's work stops it.
func TestAskingForTheListStopsNoDraft(t *testing.T) {
	o := mailOffice(t, "2026-11-02 10:00")
	o.tick()
	ref := o.one("cafcass", dsarMail("kim@example.org", "kim@example.org")).Ref
	o.send()
	o.record(ref, intake.IdentityRequested, "2026-11-02")
	l := o.draft(intake.ForAskIdentity)
	o.now = london(t, "2026-11-16 09:00") // the tenth working day, after its list
	o.tick()
	ask := func() string {
		t.Helper()
		before := len(o.letters(""))
		o.one("cafcass", writes(ceri, "LIST", passed))
		all := o.letters("")
		if len(all) != before+1 {
			t.Fatalf("LIST was answered %d times", len(all)-before)
		}
		return strings.Join(strings.Fields(text(t, o.letter(all[len(all)-1].ID))), " ")
	}
	named := fmt.Sprintf("letter %d, which asks", l.ID)
	if s := ask(); !strings.Contains(s, named) {
		t.Errorf("the draft is not listed:\n%s", s)
	}
	o.now = london(t, "2026-11-17 07:00") // before the next list
	if s := ask(); strings.Contains(s, named) {
		t.Errorf("the draft is listed after its time:\n%s", s)
	}
	if is := o.letter(l.ID); is.State != intake.LetterHeld {
		t.Errorf("asking for the list made the draft %s (%s)", is.State, is.Response)
	}
	o.now = london(t, "2026-11-17 08:00")
	o.tick()
	if is := o.letter(l.ID); is.State != intake.LetterFailed || !strings.Contains(is.Response, "10 working days") {
		t.Errorf("in the morning the draft is %s (%s)", is.State, is.Response)
	}
}

// TestALateCaseStaysLateInTheList: a question to the requester moves its date,
// but the case was late all the same.
func TestALateCaseStaysLateInTheList(t *testing.T) {
	o := newOffice(t, "2026-11-27 10:00")
	o.tick()
	ref := o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", Received: day(t, "2026-10-20"), Acknowledged: day(t, "2026-10-20"),
		Requester: intake.Address{Name: "Kit Example", Addr: "kit@example.org"}, KindInput: casework.KindInput{Kind: intake.DSAR}})).View.Ref
	o.record(ref, intake.IdentityRequested, "2026-11-27")
	o.now = london(t, "2026-11-30 08:00")
	o.tick()
	s := strings.Join(strings.Fields(text(t, o.to("officer@staff.example.org", intake.ForDigest))), " ")
	if want := "waiting for identity since 27 November 2026, 1 working day; late since 21 November 2026"; !strings.Contains(s, want) {
		t.Errorf("the list lacks %q:\n%s", want, s)
	}
}

// TestTheSubjectCountsWhatIsToBeDone, and so does STATUS in the same words;
// both also say when there is nothing to do.
func TestTheSubjectCountsWhatIsToBeDone(t *testing.T) {
	o := mailOffice(t, "2026-11-26 10:00")
	o.tick()
	status := func(want string) {
		t.Helper()
		o.now = o.now.Add(time.Hour)
		o.one("cafcass", writes(ceri, "STATUS", passed))
		all := o.letters("")
		if s := text(t, o.letter(all[len(all)-1].ID)); !strings.Contains(s, "To do: "+want+"\n") {
			t.Errorf("STATUS does not say %q:\n%s", want, s)
		}
	}
	status("nothing")
	o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", Received: day(t, "2026-10-20"), Acknowledged: day(t, "2026-10-20"),
		Requester: intake.Address{Name: "Kit Example", Addr: "kit@example.org"}, KindInput: casework.KindInput{Kind: intake.FOI}}))
	o.triage()
	o.one("cafcass", idleMail(1))
	o.now = london(t, "2026-11-27 08:00")
	o.tick()
	if s := strings.ReplaceAll(text(t, o.to(ceri, intake.ForDigest)), "\r", ""); !strings.Contains(s, "Subject: LIST Fri 27 Nov 2026: 1 late, 1 to acknowledge, 1 read as no\n request [Cafcass]") {
		t.Errorf("the subject counts other things:\n%s", s)
	}
	status("1 late, 1 to acknowledge")
}

// TestMoreMailIsListedToThoseWhoDealWithTheCase, depending on the mail's kind.
func TestMoreMailIsListedToThoseWhoDealWithTheCase(t *testing.T) {
	const foiOnly = "  - address: officer@staff.example.org\n    kinds: [foi, eir, review]\n  - address: data@staff.example.org\n    kinds: [dsar, rights]\n    gets: [triage]\n"
	o := newOfficeWith(t, "2026-11-19 10:00", strings.Replace(settings, "  - address: officer@staff.example.org\n", foiOnly, 1))
	o.tick()
	first := foiMail("a@example.org")
	ref := o.one("cafcass", first).Ref
	o.send()
	o.tick()
	more := mail{id: "b@example.org", from: first.from, to: first.to, subject: "Re: [" + ref + "] your request", body: "Dear officer,\n\nis there any news of it?\n\nAnn"}
	if a := o.one("cafcass", more); a.Decision != intake.DidFollowup || a.Ref != ref {
		t.Fatalf("decided %s of %q (%s), want more mail on %s", a.Decision, a.Ref, a.Why, ref)
	}
	o.now = london(t, "2026-11-20 08:00")
	o.tick()
	if got := o.listed("MORE MAIL ON CASES"); got["officer"] != 1 || got["data"] != 0 {
		t.Errorf("the mail is listed to %v, want to whom the case concerns alone", got)
	}
}
