package outbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/outbox"
	"requestd/store"
)

// during is a server that runs a function while it accepts a mail.
type during struct {
	*scripted
	do func()
}

func (s *during) Send(ctx context.Context, from, to string, raw []byte) outbox.Result {
	if do := s.do; do != nil {
		s.do = nil
		do()
	}
	return s.scripted.Send(ctx, from, to, raw)
}

// change changes a letter as somebody else does, in another transaction.
func (o *office) change(id uint64, f func(*intake.Letter)) {
	o.t.Helper()
	if err := o.Store.Update(func(tx *store.Tx) error {
		l, err := tx.Letter(id)
		if err != nil {
			return err
		}
		f(&l)
		return tx.PutLetter(l)
	}); err != nil {
		o.t.Fatal(err)
	}
}

func hold(l *intake.Letter)   { l.State, l.Response = intake.LetterHeld, "held by hand" }
func bounce(l *intake.Letter) { l.State, l.Response = intake.LetterBounced, "returned: 5.1.1" }

// TestALetterHeldBetweenChoosingAndSendingStays: a letter that somebody holds
// at the moment when it was chosen stays held.
func TestALetterHeldBetweenChoosingAndSendingStays(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	id := o.letter("jo@example.com", intake.ForAcknowledgement)
	read := o.Loop.Limits
	calls := 0
	o.Loop.Limits = func() outbox.Limits {
		if calls++; calls == 4 { // for forward, rest and next, and now for the attempt
			o.change(id, hold)
		}
		return read()
	}
	o.pass(0)
	if calls < 4 {
		t.Fatal("the letter was never held")
	}
	o.want(id, intake.LetterHeld, 0)
}

// TestALetterHeldWhileItIsLookedForIsNotSentAgain: searching the Sent folder
// takes seconds, during which a person may decide.
func TestALetterHeldWhileItIsLookedForIsNotSentAgain(t *testing.T) {
	for name, found := range map[string]bool{"found": true, "not found": false} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, outbox.Doubt, outbox.Sent)
			id := o.letter("jo@example.com", intake.ForAcknowledgement)
			o.Find = func(context.Context, string) (bool, error) {
				o.change(id, hold)
				return found, nil
			}
			o.pass(5 * time.Hour)
			o.want(id, intake.LetterHeld, 1)
		})
	}
}

// TestABounceDuringTheAnswerStands: a server may return a letter before it has
// said that it accepted it.
func TestABounceDuringTheAnswerStands(t *testing.T) {
	for _, outcome := range []outbox.Outcome{outbox.Sent, outbox.Retry, outbox.Doubt, outbox.Refused, outbox.AccountFault} {
		t.Run(outcome.String(), func(t *testing.T) {
			o := newOffice(t, outcome)
			id := o.letter("jo@example.com", intake.ForAcknowledgement)
			o.Sender = &during{o.server, func() { o.change(id, bounce) }}
			o.pass(5 * time.Hour)
			o.want(id, intake.LetterBounced, 1)
		})
	}
}

// TestALetterThatIsWrittenAnewGoesAsItIsNow: a person releases a letter again,
// with other dates, between its choosing and its attempt.
func TestALetterThatIsWrittenAnewGoesAsItIsNow(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	id := o.letter("jo@example.com", intake.ForAcknowledgement)
	read, calls := o.Loop.Limits, 0
	o.Loop.Limits = func() outbox.Limits {
		if calls++; calls == 4 {
			if err := o.Store.Update(func(tx *store.Tx) error {
				l, err := tx.Letter(id)
				l.Raw, l.MessageID = []byte("other dates"), "anew@example.org"
				return errors.Join(err, tx.RewriteLetter(&l))
			}); err != nil {
				t.Fatal(err)
			}
		}
		return read()
	}
	o.pass(0)
	o.want(id, intake.LetterSent, 1)
	if got := string(o.server.raws[0]); got != "other dates" {
		t.Errorf("it went out as %q", got)
	}
}

// TestOneLetterStopsNoOther: a letter that the register refuses to change is
// left out for a while and reported, and the others are sent.
func TestOneLetterStopsNoOther(t *testing.T) {
	o := newOffice(t, outbox.Refused, outbox.Sent)
	o.lim.GiveUp = time.Hour
	bad := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.now = o.now.Add(2 * time.Hour) // too old by now: it must be held, but its case cannot record that
	good := o.letter("sam@example.com", intake.ForReminder)
	o.RecordOutcome = func(_ *store.Tx, l *intake.Letter) error {
		if l.ID == bad {
			return errors.New("the case cannot be read")
		}
		return nil
	}
	o.pass(time.Minute)
	o.want(good, intake.LetterFailed, 1)
	if s := o.Status(); len(s.Aside) != 1 || s.Aside[0] != bad {
		t.Errorf("nobody is told: %+v", s)
	}
	o.RecordOutcome = func(*store.Tx, *intake.Letter) error { return nil }
	o.pass(2 * time.Hour)
	o.want(bad, intake.LetterHeld, 1)
	if s := o.Status(); len(s.Aside) != 0 {
		t.Errorf("it is still told: %+v", s)
	}
}

// TestALetterThatWentIsSentThoughItsCaseCannotTakeIt: else it would stay in the
// state of being sent, and be sent again after the next start.
func TestALetterThatWentIsSentThoughItsCaseCannotTakeIt(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	id := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.RecordOutcome = func(*store.Tx, *intake.Letter) error { return errors.New("the case cannot be read") }
	o.pass(time.Minute)
	o.want(id, intake.LetterSent, 1)
}
