package outbox_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/outbox"
	"requestd/store"
	"requestd/store/storetest"
)

// scripted is a server that follows its script, one line for each mail; the
// last line holds for all further mails.
type scripted struct {
	script []outbox.Outcome
	raws   [][]byte
	to     []string
	away   bool // cannot be reached
}

func (*scripted) Close() {}

func (s *scripted) Send(_ context.Context, _, to string, raw []byte) outbox.Result {
	o := s.script[min(len(s.raws), len(s.script)-1)]
	s.raws, s.to = append(s.raws, bytes.Clone(raw)), append(s.to, to)
	return outbox.Result{Outcome: o, Response: "what the server said", Used: !s.away}
}

// office is one send loop over its own store, with a clock that the test moves.
type office struct {
	*outbox.Loop
	t      *testing.T
	now    time.Time
	server *scripted
	lim    outbox.Limits
	n      int
}

func newOffice(t *testing.T, script ...outbox.Outcome) *office {
	o := &office{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), server: &scripted{script: script}}
	o.lim = outbox.Limits{
		Retry: []time.Duration{time.Minute, 5 * time.Minute}, RetryEvery: time.Hour, GiveUp: 48 * time.Hour,
		InDoubt: []time.Duration{2 * time.Minute, 10 * time.Minute, 30 * time.Minute}, Pause: 15 * time.Minute,
	}
	clock := func() time.Time { return o.now }
	db := storetest.OpenAt(t, t.TempDir()+"/requestd.db", store.Options{Now: clock}, nil)
	o.Loop = &outbox.Loop{
		Mailbox: "m", Store: db, Sender: o.server, Now: clock, Log: slog.New(slog.DiscardHandler),
		Limits: func() outbox.Limits { return o.lim }, RecordOutcome: func(*store.Tx, *intake.Letter) error { return nil },
		OutOfDate: func(*store.Tx, *intake.Letter) (string, error) { return "", nil },
	}
	return o
}

func (o *office) letter(to string, p intake.Purpose) uint64 {
	o.t.Helper()
	return o.letterOf("m", to, p)
}

func (o *office) letterOf(mailbox, to string, p intake.Purpose) uint64 {
	o.t.Helper()
	o.n++
	l := &intake.Letter{
		Key: fmt.Sprintf("topic/%d", o.n), Mailbox: mailbox, Purpose: p, From: "m@example.org", To: to,
		MessageID: fmt.Sprintf("%d@example.org", o.n), Raw: fmt.Appendf(nil, "letter %d", o.n),
	}
	if err := o.Store.Update(func(tx *store.Tx) error { _, err := tx.Enqueue(l); return err }); err != nil {
		o.t.Fatal(err)
	}
	return l.ID
}

// pass lets time pass, in steps at which the loop wakes.
func (o *office) pass(d time.Duration) {
	o.t.Helper()
	for end := o.now.Add(d); ; {
		next, err := o.Drain(o.t.Context())
		if err != nil {
			o.t.Fatal(err)
		}
		if next.IsZero() || next.After(end) {
			o.now = end
			return
		}
		o.now = next
	}
}

func (o *office) letterAt(id uint64) (l intake.Letter) {
	o.t.Helper()
	if err := o.Store.View(func(tx *store.Tx) (err error) { l, err = tx.Letter(id); return err }); err != nil {
		o.t.Fatal(err)
	}
	return l
}

func (o *office) wantState(id uint64, state intake.LetterState) {
	o.t.Helper()
	if l := o.letterAt(id); l.State != state {
		o.t.Errorf("at %s letter %d to %s is %s (%s), want %s", o.now.Format(time.TimeOnly), id, l.To, l.State, l.Response, state)
	}
}

func (o *office) want(id uint64, state intake.LetterState, sends int) {
	o.t.Helper()
	l := o.letterAt(id)
	if l.State != state || len(o.server.raws) != sends {
		o.t.Errorf("at %s letter %d is %s (%s) after %d sendings; want %s after %d", o.now.Format(time.TimeOnly), id, l.State, l.Response, len(o.server.raws), state, sends)
	}
}

func TestRetriesUntilItIsTaken(t *testing.T) {
	o := newOffice(t, outbox.Retry, outbox.Retry, outbox.Sent)
	id := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.pass(0)
	o.want(id, intake.LetterWaiting, 1)
	o.pass(time.Minute)
	o.want(id, intake.LetterWaiting, 2)
	o.pass(5 * time.Minute)
	o.want(id, intake.LetterSent, 3)
}

func TestGivesUpAndHolds(t *testing.T) {
	o := newOffice(t, outbox.Retry)
	id := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.pass(50 * time.Hour)
	o.want(id, intake.LetterHeld, 50)
}

func TestRefusalFailsOneLetter(t *testing.T) {
	o := newOffice(t, outbox.Refused, outbox.Sent)
	bad, good := o.letter("nobody@example.com", intake.ForAcknowledgement), o.letter("jo@example.com", intake.ForAcknowledgement)
	o.pass(0)
	o.want(bad, intake.LetterFailed, 2)
	o.want(good, intake.LetterSent, 2)
}

// TestDoubtWithoutSentFolder: the letter cannot be looked for, is sent once
// more, byte for byte the same, and then waits for a person.
func TestDoubtWithoutSentFolder(t *testing.T) {
	o := newOffice(t, outbox.Doubt)
	id := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.pass(time.Minute)
	o.want(id, intake.LetterInDoubt, 1)
	o.pass(time.Minute)
	o.want(id, intake.LetterInDoubt, 2)
	o.pass(48 * time.Hour)
	o.want(id, intake.LetterHeld, 2)
	if !bytes.Equal(o.server.raws[0], o.server.raws[1]) {
		t.Error("the repeat has other bytes")
	}
}

func TestDoubtIsLookedForInTheSentFolder(t *testing.T) {
	for name, c := range map[string]struct {
		foundAt int // the look that finds it; 0 is never
		state   intake.LetterState
		sends   int
		looks   int
	}{
		"found at once":         {1, intake.LetterSent, 1, 1},
		"found at the last":     {3, intake.LetterSent, 1, 3},
		"never found, and sent": {0, intake.LetterSent, 2, 3},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, outbox.Doubt, outbox.Sent)
			looks := 0
			o.Find = func(_ context.Context, id string) (bool, error) {
				looks++
				return looks == c.foundAt && id == "1@example.org", nil
			}
			id := o.letter("jo@example.com", intake.ForAcknowledgement)
			o.pass(3 * time.Hour)
			o.want(id, c.state, c.sends)
			if looks != c.looks {
				t.Errorf("looked %d times, want %d", looks, c.looks)
			}
		})
	}
}

// TestNoRepeatWhileTheSentFolderCannotBeSeen: a letter that cannot be looked
// for is not sent again.
func TestNoRepeatWhileTheSentFolderCannotBeSeen(t *testing.T) {
	o := newOffice(t, outbox.Doubt, outbox.Sent)
	up := false
	o.Find = func(context.Context, string) (bool, error) {
		if !up {
			return false, context.DeadlineExceeded
		}
		return true, nil
	}
	id := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.pass(10 * time.Hour)
	o.want(id, intake.LetterInDoubt, 1)
	up = true
	o.pass(time.Hour)
	o.want(id, intake.LetterSent, 1)
}

// TestAccountPausesTheMailbox: one letter finds it out, the others wait, no
// letter fails, and the status says so.
func TestAccountPausesTheMailbox(t *testing.T) {
	o := newOffice(t, outbox.AccountFault, outbox.AccountFault, outbox.Sent)
	first, second := o.letter("jo@example.com", intake.ForAcknowledgement), o.letter("sam@example.com", intake.ForAcknowledgement)
	o.pass(time.Minute)
	o.want(first, intake.LetterWaiting, 1)
	if s := o.Status(); !s.Paused.After(o.now) || s.Trouble == "" {
		t.Errorf("nobody is told: %+v", s)
	}
	o.pass(40 * time.Minute)
	o.want(first, intake.LetterSent, 4)
	o.want(second, intake.LetterSent, 4)
	if s := o.Status(); s.Trouble != "" || !s.Paused.IsZero() {
		t.Errorf("the trouble is still told: %+v", s)
	}
}

// TestLimitToOneAddress: three an hour, and a letter that was tried before
// counts like any other when it is tried again.
func TestLimitToOneAddress(t *testing.T) {
	o := newOffice(t, outbox.Retry, outbox.Sent)
	o.lim.PerHour, o.lim.PerDay = 3, 10
	o.lim.Retry = []time.Duration{20 * time.Minute}
	tried := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.pass(time.Minute)
	for range 3 {
		o.letter("Jo@example.com", intake.ForAcknowledgement)
	}
	other := o.letter("sam@example.com", intake.ForAcknowledgement)
	staff := o.letter("jo@example.com", intake.ForDigest)
	o.pass(2 * time.Minute)
	o.want(other, intake.LetterSent, 6)
	o.want(staff, intake.LetterSent, 6)
	o.pass(30 * time.Minute)
	o.want(tried, intake.LetterHeld, 6)
}

// TestARepeatAfterDoubtIsALetterToItsAddress like any other: its first attempt
// may have reached nobody, or was long ago.
func TestARepeatAfterDoubtIsALetterToItsAddress(t *testing.T) {
	o := newOffice(t, outbox.Doubt, outbox.Sent)
	o.lim.PerHour, o.lim.PerDay = 3, 10
	o.lim.InDoubt = []time.Duration{2 * time.Hour}
	doubtful := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.pass(time.Minute)
	o.want(doubtful, intake.LetterInDoubt, 1)
	o.pass(110 * time.Minute)
	for range 3 {
		o.letter("jo@example.com", intake.ForAcknowledgement)
	}
	o.pass(20 * time.Minute)
	o.want(doubtful, intake.LetterHeld, 4)
}

// TestABreakerOfAnotherMailboxsOwnStopsNobodyElse: a storm of letters from a
// mailbox that is counted separately does not stop the others' letters.
func TestABreakerOfAnotherMailboxsOwnStopsNobodyElse(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	o.lim.BreakCount, o.lim.BreakWithin = 2, time.Hour
	for i := range 3 {
		id := o.letterOf("busy", fmt.Sprintf("p%d@example.com", i), intake.ForAcknowledgement)
		err := o.Store.Update(func(tx *store.Tx) error {
			l, err := tx.Letter(id)
			if err != nil {
				return err
			}
			l.State = intake.LetterSending
			return tx.PutLetter(l)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	id := o.letter("jo@example.com", intake.ForAcknowledgement)
	o.pass(time.Second)
	if o.want(id, intake.LetterWaiting, 0); !o.Status().Breaker {
		t.Error("by a limit of all the breaker is not open")
	}
	o.lim.BreakAmong = store.MailboxSet{Except: []string{"busy"}}
	o.pass(time.Minute)
	if o.want(id, intake.LetterSent, 1); o.Status().Breaker {
		t.Error("by one that leaves the busy mailbox out the breaker is open")
	}
}

// TestBreaker: a storm of letters is stopped, mail to staff goes on, and the
// storm goes on once the time is over.
func TestBreaker(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	o.lim.BreakCount, o.lim.BreakWithin = 5, 10*time.Minute
	for i := range 8 {
		o.letter(fmt.Sprintf("p%d@example.com", i), intake.ForAcknowledgement)
	}
	staff := o.letter("officer@example.org", intake.ForReminder)
	o.pass(time.Minute)
	o.want(staff, intake.LetterSent, 6)
	if !o.Status().Breaker {
		t.Error("nobody is told")
	}
	o.pass(15 * time.Minute)
	o.want(1, intake.LetterSent, 9)
}

// TestRecover: a letter that was being sent when the daemon ended is in doubt.
func TestRecover(t *testing.T) {
	o := newOffice(t, outbox.Sent)
	id := o.letter("jo@example.com", intake.ForAcknowledgement)
	if err := o.Store.Update(func(tx *store.Tx) error {
		l, err := tx.Letter(id)
		l.State, l.Attempts = intake.LetterSending, 1
		if err != nil {
			return err
		}
		return tx.PutLetter(l)
	}); err != nil {
		t.Fatal(err)
	}
	if err := outbox.MarkInterrupted(o.Store, 2*time.Minute, o.Log, nil); err != nil {
		t.Fatal(err)
	}
	o.pass(time.Minute)
	o.want(id, intake.LetterInDoubt, 0)
	o.pass(10 * time.Minute)
	o.want(id, intake.LetterSent, 1)
}
