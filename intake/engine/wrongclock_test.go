package engine_test

import (
	"fmt"
	"testing"
	"time"

	"requestd/intake"
	"requestd/store"
)

func (o *office) reminded() int {
	return len(o.letters(intake.ForReminder)) + len(o.letters(intake.ForOverdue))
}

// sleepUntil lets time pass as in the daemon, which runs the clock's work when
// that asks for it.
func (o *office) sleepUntil(at string) {
	o.t.Helper()
	for end := london(o.t, at); o.now.Before(end); o.now = o.now.Add(10 * time.Minute) {
		next, err := o.e.Clock.NextTick()
		if err != nil {
			o.t.Fatal(err)
		}
		if !next.After(o.now) {
			o.tick()
		}
	}
}

// TestAClockThatRanAheadSilencesNobody: reminders that were sent too early do
// not come again, and all later ones do.
func TestAClockThatRanAheadSilencesNobody(t *testing.T) {
	for ahead, want := range map[string]int{"": 2, "2026-11-30 10:00": 2, "2031-05-05 10:00": 1, "2031-05-06 10:00": 1} { // on working days, and on a bank holiday
		t.Run(ahead, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			o.one("cafcass", foiMail("a@example.org"))
			o.send()
			o.tick()
			if ahead != "" {
				o.now = london(t, ahead)
				o.tick()
			}
			reminded, digests := o.reminded(), len(o.letters(intake.ForDigest))
			o.now = london(t, "2026-11-20 10:05")
			o.sleepUntil("2026-12-24 09:30")
			// On the day itself, and on the working day after it.
			if n := o.reminded() - reminded; n != want {
				t.Errorf("%d reminders, want %d", n, want)
			}
			if len(o.letters(intake.ForDigest)) == digests {
				t.Error("no digest in a month")
			}
		})
	}
}

func TestALimitForgetsWhatAClockAheadHasStamped(t *testing.T) {
	o := newOffice(t, "2027-11-22 10:00")
	o.one("cafcass", foiMail("a@example.org"))
	o.send()
	o.now = london(t, "2027-05-20 11:00")
	o.tick()
	for _, c := range []struct {
		later time.Duration
		want  int
	}{{time.Minute, 1}, {25 * time.Hour, 0}} { // it was sent just before the clock was corrected
		o.now = o.now.Add(c.later)
		err := o.db.View(func(tx *store.Tx) error {
			if n := tx.OutsideSent(asksFOI, o.now.Add(-24*time.Hour), 0, store.MailboxSet{}); n != c.want {
				t.Errorf("%s after the clock was set right %d letters count, want %d", c.later, n, c.want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPaceForgetsWhatAClockAheadHasCounted(t *testing.T) {
	const colleague = "practitioner@cafcass.gov.uk"
	o := mailOffice(t, "2027-11-22 10:00")
	forward := func(n int) {
		o.one("cafcass", mail{id: fmt.Sprintf("fw-%d@cafcass.gov.uk", n), from: "Practitioner <" + colleague + ">", to: "governance@cafcass.gov.uk", subject: "FW: Freedom of Information request",
			head: []string{"Authentication-Results: mx.example.org; dmarc=pass header.from=cafcass.gov.uk"},
			body: fmt.Sprintf("Please see below.\n\nFrom: Ann Example <ann%d@example.org>\nSent: 19 November 2026 09:00\nTo: Practitioner <%s>\nSubject: Freedom of Information request\n\n%s", n, colleague, foiText)})
	}
	for n := range 30 {
		forward(n)
	}
	o.now = london(t, "2027-05-20 10:00")
	forward(31)
	if _, held := o.states(intake.ForReceipt, colleague); held != 0 {
		t.Errorf("%d receipts are held for what is counted half a year on", held)
	}
}

// TestRetentionWaitsOutAClockThatLeapt: what retention erases is gone for good.
func TestRetentionWaitsOutAClockThatLeapt(t *testing.T) {
	o := erasing(t)
	kept := o.one("cafcass", idleMail(1)).ID
	keep := func(at string) {
		o.now = london(t, at)
		if err := o.e.Clock.ApplyRetention(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	erased := func(id uint64) (is bool) {
		if err := o.db.View(func(tx *store.Tx) error {
			a, err := tx.Arrival(id)
			is = store.Erased(&a)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return is
	}
	keep("2026-11-20 11:00")
	keep("2031-05-06 10:00")
	if erased(kept) {
		t.Fatal("a minute of a wrong clock erased what is to be kept")
	}
	keep("2026-11-21 10:00")
	keep("2027-11-22 10:00")
	keep("2027-11-23 10:00")
	if !erased(kept) {
		t.Error("a mail kept for a month is there after a year, and after a second look")
	}
}
