package daemon

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/mailtest"
)

// turn sets the daemon's clock and waits until the work of that time is done,
// and every due letter is sent.
func (d *desk) turn(at time.Time) {
	d.t.Helper()
	d.hand.set(at)
	d.wake()
	d.until("the clock's work at "+at.Format(time.DateTime), func() bool {
		next, err := d.Engine.Clock.NextTick()
		return err == nil && next.After(at) && !slices.ContainsFunc(d.outbox(), func(l intake.Letter) bool {
			return l.State == intake.LetterSending || l.State == intake.LetterWaiting && !l.Next.After(at)
		})
	})
}

// reminders counts the mails to staff that only the clock causes, by kind and
// case.
func (d *desk) reminders() map[string]int {
	d.t.Helper()
	all := map[string]int{}
	for _, l := range d.outbox() {
		switch l.Purpose {
		case intake.ForDigest, intake.ForReminder, intake.ForOverdue, intake.ForAckAtRisk, intake.ForUndecided, intake.ForRecall, intake.ForClosing:
			all[l.Key]++
		}
	}
	return all
}

// A month with three cases, once with a correct clock and once with one that is
// set back an hour and runs three days ahead for a while: there are the same
// dates, one acknowledgement each, and every reminder once.
func TestAClockThatIsSetBackAndForwardDoublesNothing(t *testing.T) {
	at := func(day int, hour int) time.Time {
		return time.Date(2026, 11, 20+day, hour, 0, 0, 0, deadlines.London())
	}
	month := func(t *testing.T, wrong bool) (dates []string, reminders map[string]int) {
		d := newField(t, brisk)
		d.hand.set(at(0, 10))
		d.arrives(d.asks("first"))
		d.run()
		d.answered("first")
		d.turn(at(3, 0).Add(time.Hour / 2))
		if wrong { // the server's clock is correct: its mail comes from tomorrow
			d.turn(at(3, 0).Add(-time.Hour / 2))
		}
		d.arrivesAt(d.asks("second"), at(3, 0).Add(time.Minute))
		d.answered("second")
		for day := 3; day <= 42; day++ {
			if wrong && day == 5 {
				d.turn(at(day+3, 7))
			}
			if day == 5 {
				d.arrivesAt(d.asks("third"), at(day, 7))
				d.answered("third")
				d.turn(at(day, 7).Add(time.Minute))
			}
			d.turn(at(day, 8))
			d.turn(at(day, 17))
		}
		for _, id := range []string{"first", "second", "third"} {
			v := d.view(d.arrival(id).Ref)
			dates = append(dates, fmt.Sprint(v.ReceivedOn, v.AcknowledgeBy, v.RespondBy, v.Promised))
			if n := d.got(id + "@example.org"); n != 1 {
				t.Errorf("%s was acknowledged %d times", id, n)
			}
		}
		if n := len(d.letters(intake.ForAcknowledgement)); n != 3 || d.cases() != 3 {
			t.Errorf("%d acknowledgements and %d cases of three requests", n, d.cases())
		}
		d.sound()
		return dates, d.reminders()
	}
	rightDates, right := month(t, false)
	dates, got := month(t, true)
	if want := []string{"2026-11-20", "2026-11-23", "2026-11-25"}; !slices.EqualFunc(rightDates, want, strings.HasPrefix) || !slices.Equal(dates, rightDates) {
		t.Errorf("the dates are %q by the wrong clock, and %q by the right one", dates, rightDates)
	}
	if len(right) < 6 || !maps.Equal(got, right) {
		t.Errorf("reminders by the wrong clock:\n%q\nby the right one:\n%q", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(right)))
	}
}

// Mail that could not be sent while the clock was days ahead is sent once the
// clock is correct again, and not only at the time that it showed.
func TestLettersDoNotWaitForATimeThatNeverWas(t *testing.T) {
	d := newField(t, "")
	d.hand.set(friday)
	d.run()
	d.polls()
	d.turn(friday.AddDate(0, 0, 3))
	d.smtp.Script(mailtest.SMTPFault{At: mailtest.AtBanner, Reply: "421 4.3.2 come back later"})
	d.smtp.HangUp()
	d.arrivesAt(d.asks("meanwhile"), friday)
	d.until("a failed attempt", func() bool { return d.asked().Mailboxes[0].SendPaused != nil })
	d.smtp.Script()
	d.hand.set(friday.Add(time.Minute))
	d.wake()
	d.answered("meanwhile")
	if n := d.got("meanwhile@example.org"); n != 1 {
		t.Errorf("acknowledged %d times", n)
	}
	if v := d.view(d.arrival("meanwhile").Ref); v.RespondBy != deadlines.NewDay(2026, 12, 21) {
		t.Errorf("reply by %s", v.RespondBy)
	}
}
