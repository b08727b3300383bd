package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

// wind lets time pass as in the daemon, which sleeps until the engine next has
// something to do, at most a minute.
func (o *office) wind(until time.Time) {
	o.t.Helper()
	for o.now.Before(until) {
		next, err := o.e.Clock.NextTick()
		if err != nil {
			o.t.Fatal(err)
		}
		wait := min(max(0, next.Sub(o.now)), time.Minute)
		if wait == 0 {
			o.tick()
			if again, err := o.e.Clock.NextTick(); err != nil || !again.After(o.now) {
				o.t.Fatalf("at %s the clock asks again for %s (%v): it would never sleep", o.now, again, err)
			}
			continue
		}
		o.now = o.now.Add(wait)
	}
}

func TestTheDigestGoesEachWorkingMorningByTheClockAlone(t *testing.T) {
	o := newOffice(t, "2026-11-19 15:00") // a Thursday
	o.tick()
	var want []string
	for i, d := range []string{"2026-11-19", "2026-11-20", "2026-11-23", "2026-11-24"} {
		if a := o.one("cafcass", idleMail(i)); a.Decision != intake.DidPass {
			t.Fatalf("decided %s (%s), want passed", a.Decision, a.Why)
		}
		if i > 0 {
			want = append(want, d+" 08:00")
		}
		next := map[string]string{"2026-11-19": "2026-11-20", "2026-11-20": "2026-11-23", "2026-11-23": "2026-11-24", "2026-11-24": "2026-11-25"}[d]
		o.wind(london(t, next+" 12:00"))
	}
	want = append(want, "2026-11-25 08:00")
	var got []string
	for _, l := range o.letters(intake.ForDigest) {
		got = append(got, l.Created.In(o.now.Location()).Format("2006-01-02 15:04"))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("digests on %v, want %v", got, want)
	}
}

func TestADigestMissedWhileTheDaemonWasDownIsMadeUpOnce(t *testing.T) {
	o := newOffice(t, "2026-11-19 15:00")
	o.tick()
	o.one("cafcass", idleMail(1))
	o.now = london(t, "2026-11-24 14:00")
	if next, err := o.e.Clock.NextTick(); err != nil || next.After(o.now) {
		t.Errorf("next %s (%v), want no waiting: today's digest is owed", next, err)
	}
	o.wind(o.now.Add(time.Hour))
	if n := len(o.letters(intake.ForDigest)); n != 1 {
		t.Errorf("%d digests, want one", n)
	}
}

// everyRow checks that the mails of a purpose name each of n subjects once.
func (o *office) everyRow(purpose intake.Purpose, n int) {
	o.t.Helper()
	var all strings.Builder
	letters := o.letters(purpose)
	for _, l := range letters {
		all.WriteString(text(o.t, o.letter(l.ID)))
	}
	if len(letters) < 2 {
		o.t.Errorf("%d mails for %d rows, want several short ones", len(letters), n)
	}
	for i := range n {
		if k := strings.Count(all.String(), fmt.Sprintf("no %d.", i)); k != 1 {
			o.t.Errorf("row %d stands %d times, want once", i, k)
		}
	}
}

func TestEveryPassedMailStandsInTheDigest(t *testing.T) {
	o := newOffice(t, "2026-11-19 10:00")
	o.tick()
	var mails []mail
	for i := range 130 {
		mails = append(mails, idleMail(i))
	}
	for _, a := range o.receive("cafcass", mailbox.Inbox, mails...) {
		if a.Decision != intake.DidPass {
			t.Fatalf("decided %s (%s), want passed", a.Decision, a.Why)
		}
	}
	o.now = london(t, "2026-11-20 08:00")
	o.tick()
	o.everyRow(intake.ForDigest, 130)
	before := len(o.letters(intake.ForDigest))
	o.now = london(t, "2026-11-23 08:00")
	o.tick()
	if n := len(o.letters(intake.ForDigest)) - before; n != 0 {
		t.Errorf("%d mails tell of them once more", n)
	}
}

func TestEveryMailFromBeforeTheStartIsListed(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	var mails []mail
	for i := range 70 {
		m := foiMail(fmt.Sprintf("old-%d@example.org", i))
		m.subject, m.at = fmt.Sprintf("Freedom of Information request no %d.", i), "2026-10-30 10:00"
		m.body = strings.Replace(foiText, "section 7", fmt.Sprintf("section %d", 100+i), 1)
		mails = append(mails, m)
	}
	o.receive("cafcass", mailbox.Inbox, mails...)
	o.tick()
	o.everyRow(intake.ForBeforeStart, 70)
}

// TestAMachinesMailThatMattersStandsInTheDigest: of machines' mail only what
// staff must see is listed.
func TestAMachinesMailThatMattersStandsInTheDigest(t *testing.T) {
	o := newOffice(t, "2026-11-19 10:00")
	o.tick()
	err := o.db.Update(func(tx *store.Tx) error {
		for i, attention := range []string{"regulator", "", "regulator"} {
			a := &intake.Arrival{
				MailLocation: intake.MailLocation{Mailbox: "cafcass", Folder: "INBOX", UIDValidity: 7, UID: uint32(i + 1)},
				Received:     o.now.UTC(), Registered: o.now.UTC(), Decision: intake.DidIgnore, Kind: intake.Automated, Attention: attention,
				Subject: "Notice no. " + []string{"one", "two", "three"}[i], Fingerprint: []byte{byte(i)},
			}
			if i == 2 { // a further copy, which says nothing new
				a.Decision, a.Twin = intake.DidDuplicate, 1
			}
			if err := tx.AddArrival(a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	o.now = london(t, "2026-11-20 08:00")
	o.tick()
	s := text(t, o.to("officer@staff.example.org", intake.ForDigest))
	if !strings.Contains(s, "Notice no. one") || strings.Contains(s, "Notice no. two") || strings.Contains(s, "Notice no. three") {
		t.Errorf("the digest has not the one that matters alone:\n%s", s)
	}
}
