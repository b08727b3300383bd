package outbox_test

import (
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/outbox"
	"requestd/store"
)

// free releases a held letter, as a person does with requestd outbox retry.
func (o *office) free(id uint64) {
	o.t.Helper()
	if err := o.Store.Update(func(tx *store.Tx) error {
		l, err := tx.Letter(id)
		if err != nil {
			return err
		}
		l.State, l.Next, l.Released = intake.LetterWaiting, tx.Now(), tx.Now()
		return tx.PutLetter(l)
	}); err != nil {
		o.t.Fatal(err)
	}
}

// TestAPersonsWordGoesBeforeTheLimitToOneAddress: a letter that somebody
// released is sent within the same hour, and one that nobody released still
// waits.
func TestAPersonsWordGoesBeforeTheLimitToOneAddress(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	o.lim.PerHour, o.lim.PerDay = 3, 10
	var held uint64
	for range 4 {
		held = o.letter("jo@example.com", intake.ForAcknowledgement)
		o.pass(time.Minute)
	}
	o.want(held, intake.LetterHeld, 3)
	o.free(held)
	further := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.pass(time.Minute)
	o.want(held, intake.LetterSent, 4)
	o.want(further, intake.LetterHeld, 4)
}

// TestTheBreakerStopsReleasedLettersToo: releasing one letter does not release
// a storm.
func TestTheBreakerStopsReleasedLettersToo(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	o.lim.PerHour, o.lim.BreakCount, o.lim.BreakWithin = 1, 2, 10*time.Minute
	o.letter("a@example.com", intake.ForAcknowledgement)
	held := o.letter("a@example.com", intake.ForAcknowledgement)
	o.letter("b@example.com", intake.ForAcknowledgement)
	o.pass(time.Minute)
	o.want(held, intake.LetterHeld, 2)
	o.free(held)
	o.pass(time.Minute)
	o.want(held, intake.LetterWaiting, 2)
	o.pass(15 * time.Minute)
	o.want(held, intake.LetterSent, 3)
}

// TestALetterGivenUpIsTriedAgainOnceLetGo: the time after which a letter is
// given up begins again when a person releases it, and only then.
func TestALetterGivenUpIsTriedAgainOnceLetGo(t *testing.T) {
	for _, purpose := range []intake.Purpose{intake.ForAcknowledgement, intake.ForCorrection, intake.ForReminder} {
		t.Run(string(purpose), func(t *testing.T) {
			o := newOffice(t, outbox.Retry)
			id := o.letter("jo@example.com", purpose)
			o.pass(50 * time.Hour)
			tried := len(o.server.raws)
			o.want(id, intake.LetterHeld, tried)
			o.free(id)
			o.pass(0)
			o.want(id, intake.LetterWaiting, tried+1)
			o.pass(50 * time.Hour)
			o.want(id, intake.LetterHeld, len(o.server.raws))
			o.server.script = []outbox.Outcome{outbox.Sent}
			o.free(id)
			o.pass(0)
			o.want(id, intake.LetterSent, len(o.server.raws))
		})
	}
}

// TestOnceSaysWhyLettersStay: a single run that leaves due letters behind does
// not end as if all were well.
func TestOnceSaysWhyLettersStay(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	if err := o.Once(t.Context()); err != nil {
		t.Errorf("with nothing to send: %v", err)
	}
	o.lim.BreakCount, o.lim.BreakWithin = 2, 10*time.Minute
	for range 3 {
		o.letter("jo@example.com", intake.ForAcknowledgement)
	}
	if err := o.Once(t.Context()); err == nil || !strings.Contains(err.Error(), "too many went out") {
		t.Errorf("with the breaker open: %v", err)
	}
	o.now = o.now.Add(11 * time.Minute)
	if err := o.Once(t.Context()); err != nil {
		t.Errorf("once the time is over: %v", err)
	}
	o.want(3, intake.LetterSent, 3)
	o.server.script = []outbox.Outcome{outbox.AccountFault}
	o.letter("sam@example.com", intake.ForAcknowledgement)
	if err := o.Once(t.Context()); err == nil || !strings.Contains(err.Error(), "what the server said") {
		t.Errorf("with an account that cannot send: %v", err)
	}
}
