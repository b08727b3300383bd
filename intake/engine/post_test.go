package engine_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/config/configtest"
	"requestd/intake/engine"
	"requestd/intake/mailbox"
	"requestd/intake/register"
	"requestd/store"
	"requestd/store/storetest"
)

// failed is an acknowledgement that a server refused once.
func (o *office) failed(ref string) intake.Letter {
	o.t.Helper()
	l := o.ack(ref)
	l.State, l.Attempts, l.Next = intake.LetterFailed, 1, time.Time{}
	o.put(l)
	if err := o.db.Update(func(tx *store.Tx) error { return o.e.RecordOutcome(tx, &l) }); err != nil {
		o.t.Fatal(err)
	}
	return l
}

// TestALetterThatIsTriedAgainStatesTheDatesOfToday, even if it was tried
// before, and its release is in the case's history.
func TestALetterThatIsTriedAgainStatesTheDatesOfToday(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	l := o.failed(ref)
	o.now = london(t, "2026-11-23 10:00")
	o.record(ref, intake.ReceivedOn, "2026-11-18")
	got, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	if v := o.view(ref); got.State != intake.LetterWaiting || len(got.Promises) != 1 || got.Promises[0].Day != v.RespondBy || got.Promises[0].Day == l.Promises[0].Day {
		t.Errorf("it is %s and promises %v; the case is due %s, and it said %v", got.State, got.Promises, v.RespondBy, l.Promises)
	}
	events := o.view(ref).Events
	if last := events[len(events)-2]; last.Name != intake.AckReleased || last.Actor != o.by().Actor || last.Letter != l.ID {
		t.Errorf("the release is %+v in the history", last)
	}
}

// TestALetterInDoubtWithOldDatesIsNotTriedAgain: its bytes can no longer
// change, and what they say is wrong.
func TestALetterInDoubtWithOldDatesIsNotTriedAgain(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	l := o.ack(ref)
	l.State, l.Attempts, l.Doubts = intake.LetterHeld, 2, 2
	o.put(l)
	o.record(ref, intake.ReceivedOn, "2026-11-18")
	_, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID)
	refused(t, err, "dates that are no longer true")
}

func TestTheLetterOfACaseThatEndedIsNotTriedAgain(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	l := o.failed(ref)
	o.record(ref, intake.Withdrawn, "")
	_, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID)
	refused(t, err, "is withdrawn")
}

// TestUndoingASecondMergeGivesEachCaseItsMail: the mail of the first merge
// already says that it was merged.
func TestUndoingASecondMergeGivesEachCaseItsMail(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	var refs []string
	for i := range 3 {
		m := foiMail(fmt.Sprintf("m%d@example.org", i))
		m.body += fmt.Sprintf("\nPart %d.\n", i)
		refs = append(refs, o.one("cafcass", m).Ref)
	}
	o.send()
	a, b, c := refs[0], refs[1], refs[2]
	merge := func(into, ref string) {
		t.Helper()
		o.did(o.e.Cases.Do(t.Context(), o.by(), into, casework.Merge(ref, 0)))
	}
	undo := func(ref string) {
		t.Helper()
		o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Undo(0)))
	}
	want := func(ref string, n int) {
		t.Helper()
		if v := o.view(ref); v.Messages != n || len(v.Mail) != n {
			t.Errorf("%s has %d mails, want %d", ref, v.Messages, n)
		}
	}
	merge(b, a)
	o.now = o.now.Add(time.Minute)
	merge(c, b)
	want(c, 3)
	undo(c)
	want(c, 1)
	want(b, 2)
	undo(b)
	want(a, 1)
	want(b, 1)
}

func TestAMailIsNotAttachedToACaseThatWasMerged(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	first, second := o.one("cafcass", foiMail("a@example.org")), o.one("cafcass", dsarMail("b@example.org", asksFOI))
	idle := o.one("cafcass", idleMail(1))
	o.send()
	o.did(o.e.Cases.Do(t.Context(), o.by(), first.Ref, casework.Merge(second.Ref, 0)))
	_, err := o.e.Cases.Do(t.Context(), o.by(), second.Ref, casework.Attach(idle.ID))
	refused(t, err, "was merged into "+first.Ref)
}

// TestNoMergeWhileALetterIsInDoubt: else both acknowledgements could be sent.
func TestNoMergeWhileALetterIsInDoubt(t *testing.T) {
	for _, state := range []intake.LetterState{intake.LetterInDoubt, intake.LetterSending} {
		t.Run(string(state), func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			first, second := o.one("cafcass", foiMail("a@example.org")), o.one("cafcass", dsarMail("b@example.org", asksFOI))
			l := o.ack(second.Ref)
			l.State, l.Attempts, l.Doubts = state, 1, 1
			o.put(l)
			_, err := o.e.Cases.Do(t.Context(), o.by(), first.Ref, casework.Merge(second.Ref, 0))
			refused(t, err, "is not known")
			l = o.letter(l.ID)
			l.State, l.Settled = intake.LetterSent, o.now
			o.put(l)
			if err := o.db.Update(func(tx *store.Tx) error { return o.e.RecordOutcome(tx, &l) }); err != nil {
				t.Fatal(err)
			}
			o.did(o.e.Cases.Do(t.Context(), o.by(), first.Ref, casework.Merge(second.Ref, 0)))
			if l := o.ack(first.Ref); l.State != intake.LetterFailed {
				t.Errorf("the acknowledgement of the case that stays is %s, want it withdrawn: the other's went", l.State)
			}
		})
	}
}

// TestAColleaguesReplyIsSeenOnceAndNamesNobodyAfterErasing, with and without a
// Message-ID.
func TestAColleaguesReplyIsSeenOnceAndNamesNobodyAfterErasing(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	sent := func(id, body string) {
		o.receive("cafcass", mailbox.Sent, mail{id: id, from: "governance@cafcass.gov.uk", to: asksFOI, subject: "Re: " + ref, body: body,
			head: []string{"In-Reply-To: <a@example.org>"}})
	}
	for range 2 {
		sent("zaphod.beeblebrox@example.org", "Our answer is attached.")
		sent("", "A first part.")
		sent("", "A second part.")
	}
	seen := 0
	for _, ev := range o.view(ref).Events {
		if ev.Name != intake.ReplySeen {
			continue
		}
		if seen++; strings.Contains(ev.Code, "zaphod") {
			t.Errorf("event %d keeps %q, which no erasing reaches", ev.N, ev.Code)
		}
	}
	if seen != 3 {
		t.Errorf("%d replies were seen, want 3", seen)
	}
}

// TestAPageOfOverdueCasesGoesOnThoughACaseOnItWasSettled meanwhile.
func TestAPageOfOverdueCasesGoesOnThoughACaseOnItWasSettled(t *testing.T) {
	o := newOffice(t, "2026-11-02 10:00")
	for i := range 6 {
		m := foiMail(fmt.Sprintf("m%d@example.org", i))
		m.from, m.body = fmt.Sprintf("p%d@example.org", i), m.body+fmt.Sprintf("\nPart %d.\n", i)
		o.one("cafcass", m)
	}
	o.now = london(t, "2027-01-20 10:00")
	var got []string
	f := register.CaseFilter{Overdue: true, DueWithin: -1, Limit: 2}
	for {
		page, next, err := o.e.Register.Cases(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page {
			got = append(got, v.Ref)
		}
		if next == "" {
			break
		}
		f.After = next
		o.record(page[len(page)-1].Ref, intake.Withdrawn, "")
	}
	if len(got) != 6 {
		t.Errorf("the pages list %v, want all six", got)
	}
}

// TestVerifyIsNotMisledByAReload, which sorts the cases by other rules while
// verify is looking at them.
func TestVerifyIsNotMisledByAReload(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	for i := range 5 {
		m := foiMail(fmt.Sprintf("m%d@example.org", i))
		m.body += fmt.Sprintf("\nPart %d.\n", i)
		o.one("cafcass", m)
	}
	var cfgs []*config.Config
	for _, more := range []string{"", "reminders: {before: [10, 2]}\n"} {
		cfgs = append(cfgs, configtest.Load(t, more+settings))
	}
	var reloads sync.WaitGroup
	reloads.Go(func() {
		for i := range 20 {
			if err := o.e.Cases.Reload(cfgs[(i+1)%2]); err != nil {
				t.Error(err)
			}
		}
	})
	for range 20 {
		if found, err := o.e.Register.Verify(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("on a sound register: %v, %v", found, err)
		}
	}
	reloads.Wait()
}

// TestTheRestWorksBesideARecordThatCannotBeRead damages a case, its mail and a
// letter: reminders, lists, new mail and mail about the damaged case still
// work.
func TestTheRestWorksBesideARecordThatCannotBeRead(t *testing.T) {
	storetest.FileOnly(t, "can be damaged from outside")
	o := newOffice(t, "2026-11-20 10:00")
	lost := o.one("cafcass", foiMail("a@example.org"))
	o.one("cafcass", dsarMail("b@example.org", "bob@example.org"))
	path := filepath.Join(t.TempDir(), "damaged.db")
	if err := o.db.BackupFile(path); err != nil {
		t.Fatal(err)
	}
	number := func(n uint64) string { return string([]byte{0, 0, 0, 0, 0, 0, 0, byte(n)}) }
	storetest.Damage(t, path, "open", lost.Ref)
	storetest.Damage(t, path, "arrivals", number(lost.ID))
	storetest.Damage(t, path, "queue", number(o.ack(lost.Ref).ID))
	db, err := store.Open(path, store.Options{Now: o.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	cfg := configtest.Load(t, settings)
	o.db = db
	if o.e, err = engine.New(casework.Options{Store: db, Now: o.clock, Log: slog.New(slog.DiscardHandler)}, cfg); err != nil {
		t.Fatal(err)
	}
	o.now = london(t, "2027-01-20 10:00")
	o.tick()
	o.tick()
	if next, err := o.e.Clock.NextTick(); err != nil || !next.After(o.now) {
		t.Errorf("the clock asks for something at %s, %v: it never rests", next, err)
	}
	if views, _, err := o.e.Register.Cases(t.Context(), register.CaseFilter{Overdue: true, DueWithin: -1}); err != nil || len(views) != 1 {
		t.Errorf("%d overdue cases are listed, %v; want the other one", len(views), err)
	}
	if _, _, err := o.e.Register.Standing(t.Context()); err != nil {
		t.Error(err)
	}
	if a := o.one("cafcass", foiMail("c@example.org")); a.Ref == "" {
		t.Errorf("a new request became %+v", a)
	}
	m := foiMail("d@example.org")
	m.subject, m.body, m.head = "Re: "+lost.Ref, "When will you answer my request?", []string{"In-Reply-To: <a@example.org>"}
	o.one("cafcass", m)
	o.one("cafcass", foiMail("a@example.org"))
	if told := db.Damaged(); len(told) != 3 {
		t.Errorf("told is %v, want the case, its mail and its letter", told)
	}
}
