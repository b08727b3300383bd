package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/outbox"
	"requestd/store"
)

// fault is a server whose state at each moment the test decides.
type fault struct {
	o    *office
	at   func(now time.Time) outbox.Result
	sent int
}

func (*fault) Close() {}

func (f *fault) Send(context.Context, string, string, []byte) outbox.Result {
	r := f.at(f.o.now)
	if r.Outcome == outbox.Sent {
		f.sent++
	}
	return r
}

var (
	accountAtFault = outbox.Result{Outcome: outbox.AccountFault, Response: "553 5.7.1 not owned by user", Used: true}
	outOfReach     = outbox.Result{Outcome: outbox.Retry, Response: "connection refused"}
	notNow         = outbox.Result{Outcome: outbox.Retry, Response: "450 4.2.1 mailbox busy", Used: true}
	taken          = outbox.Result{Outcome: outbox.Sent, Response: "250 taken", Used: true}
)

// phase is the state of a server for some time.
type phase struct {
	of time.Duration
	is outbox.Result
}

// TestWhatALetterWaitsForOutagesIsNotItsOwn: a letter is sent by itself when
// its account is mended or its server is back, however long that took. It is
// held once its own recipient was refused for as long as letters are tried.
func TestWhatALetterWaitsForOutagesIsNotItsOwn(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		phases []phase
		state  intake.LetterState
	}{
		"an account mended after three days":   {[]phase{{3 * day, accountAtFault}, {day, taken}}, intake.LetterSent},
		"a server back after three days":       {[]phase{{3 * day, outOfReach}, {day, taken}}, intake.LetterSent},
		"one and then the other":               {[]phase{{2 * day, outOfReach}, {2 * day, accountAtFault}, {day, taken}}, intake.LetterSent},
		"refused for itself for two days":      {[]phase{{3 * day, notNow}, {day, taken}}, intake.LetterHeld},
		"refused for itself around an outage":  {[]phase{{30 * time.Hour, notNow}, {3 * day, outOfReach}, {30 * time.Hour, notNow}, {day, taken}}, intake.LetterHeld},
		"refused for less than that around it": {[]phase{{20 * time.Hour, notNow}, {3 * day, outOfReach}, {20 * time.Hour, notNow}, {day, taken}}, intake.LetterSent},
		"many short outages":                   {append(repeated(40, phase{3 * time.Hour, outOfReach}, phase{time.Minute, notNow}), phase{day, taken}), intake.LetterSent},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.lim.Pause = time.Hour
			server := &fault{o: o, at: until(o.now, c.phases)}
			o.Sender = server
			first, second := o.letter("jo@example.com", intake.ForAcknowledgement), o.letter("sam@example.com", intake.ForReminder)
			for _, p := range c.phases {
				o.pass(p.of)
				o.restart() // what is not in the register is forgotten
			}
			o.is(first, c.state)
			if c.state == intake.LetterSent {
				o.is(second, intake.LetterSent)
				if server.sent != 2 {
					t.Errorf("%d mails went, want each of the two once", server.sent)
				}
			}
		})
	}
}

func repeated(n int, p ...phase) (all []phase) {
	for range n {
		all = append(all, p...)
	}
	return all
}

// until returns the state of a server that goes through phases; the last has no
// end.
func until(start time.Time, phases []phase) func(time.Time) outbox.Result {
	return func(now time.Time) outbox.Result {
		end := start
		for _, p := range phases {
			if end = end.Add(p.of); now.Before(end) {
				return p.is
			}
		}
		return phases[len(phases)-1].is
	}
}

// restart replaces the running loop by another.
func (o *office) restart() {
	was := o.Loop
	o.Loop = &outbox.Loop{
		Mailbox: was.Mailbox, Store: was.Store, Sender: was.Sender, Now: was.Now, Log: was.Log,
		Limits: was.Limits, RecordOutcome: was.RecordOutcome, OutOfDate: was.OutOfDate,
	}
}

// is checks the state of a letter.
func (o *office) is(id uint64, want intake.LetterState) {
	o.t.Helper()
	var l intake.Letter
	if err := o.Store.View(func(tx *store.Tx) (err error) { l, err = tx.Letter(id); return err }); err != nil {
		o.t.Fatal(err)
	}
	if l.State != want {
		o.t.Errorf("letter %d is %s (%s) after %d attempts; want %s", id, l.State, l.Response, l.Attempts, want)
	}
}

// TestAnOutageOfOneMailboxIsNoneOfAnother: a letter that waits for its own
// reasons is held even if another mailbox cannot send.
func TestAnOutageOfOneMailboxIsNoneOfAnother(t *testing.T) {
	o := newOffice(t)
	o.Sender = &fault{o: o, at: until(o.now, []phase{{time.Hour, outOfReach}})}
	o.letter("jo@example.com", intake.ForReminder)
	o.pass(time.Hour)
	o.Mailbox = "other"
	o.Sender = &fault{o: o, at: until(o.now, []phase{{time.Hour, notNow}})}
	own := o.letterOf("other", "sam@example.com", intake.ForAcknowledgement)
	o.pass(60 * time.Hour)
	o.is(own, intake.LetterHeld)
}

// TestALetterThatIsOutOfDateIsHeld for the reason that OutOfDate returns, and
// the server never sees it.
func TestALetterThatIsOutOfDateIsHeld(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	old := o.letter("jo@example.com", intake.ForAcknowledgement)
	staff := o.letter("officer@example.org", intake.ForReminder)
	o.OutOfDate = func(_ *store.Tx, l *intake.Letter) (string, error) {
		return fmt.Sprintf("letter %d is too late", l.ID), nil
	}
	o.pass(time.Minute)
	o.want(old, intake.LetterHeld, 1)
	o.want(staff, intake.LetterSent, 1)
}
