package outbox

import (
	"context"
	"time"

	"requestd/intake"
	"requestd/store"
)

// attempt records that a letter is being sent, sends it, and records what
// became of it.
func (l *Loop) attempt(ctx context.Context, letter intake.Letter) error {
	lim := l.Limits()
	held := ""
	err := l.Store.Update(func(tx *store.Tx) error {
		now := tx.Now()
		switch {
		case stale(&letter, now, lim):
			held = "not sent within " + lim.GiveUp.String()
			if letter.Response != "" {
				held += "; the last word was: " + letter.Response
			}
		case letter.Purpose.Outside() && letter.Freed.IsZero() && l.tooMany(tx, &letter, lim):
			held = "rate: too many letters to this address"
		}
		if held == "" && letter.Draft != nil {
			if err := l.Write(&letter); err != nil {
				held = "it cannot be written: " + err.Error()
			}
		}
		if held != "" {
			letter.State, letter.Response = intake.LetterHeld, held
			return l.settle(tx, &letter)
		}
		letter.State, letter.Attempts = intake.LetterSending, letter.Attempts+1
		return tx.PutLetter(letter)
	})
	if err != nil || held != "" {
		if held != "" {
			l.Log.Warn("a letter is held for a person", "letter", letter.ID, "ref", letter.Ref, "why", held)
		}
		return err
	}
	l.busy(l.Now())
	r := l.Sender.Send(ctx, letter.From, letter.To, letter.Raw)
	l.busy(time.Time{})
	l.note(l.Now(), r, lim)
	return l.keep(ctx, letter, r, lim)
}

// keep records the outcome of an attempt, however long it takes until the disk
// can be written: a letter whose outcome is lost is in doubt.
func (l *Loop) keep(ctx context.Context, letter intake.Letter, r Result, lim Limits) error {
	for {
		err := l.Store.Update(func(tx *store.Tx) error { return l.record(tx, letter, r, lim) })
		if !store.DiskFault(err) {
			return err
		}
		l.Log.Error("what became of a letter could not be recorded, to be tried again: do not stop the daemon before there is room", "letter", letter.ID, "ref", letter.Ref, "outcome", r.Outcome.String(), "error", err)
		if l.wait(ctx, l.Now().Add(diskCheck)) != nil {
			return err
		}
	}
}

// stale reports whether a letter is too old to go out unseen. Mail to staff
// that was never tried is welcome however late.
func stale(letter *intake.Letter, now time.Time, lim Limits) bool {
	since := letter.Created
	if letter.Freed.After(since) {
		since = letter.Freed
	}
	return lim.GiveUp > 0 && now.Sub(since) > lim.GiveUp && (letter.Purpose.Outside() || letter.Attempts > 0)
}

// tooMany reports whether the limits leave no room for a letter beside the
// others to its address. A repeat after doubt may be the second of its own.
func (l *Loop) tooMany(tx *store.Tx, letter *intake.Letter, lim Limits) bool {
	now := tx.Now()
	return lim.PerHour > 0 && tx.OutsideSent(letter.To, now.Add(-time.Hour), letter.ID) >= lim.PerHour ||
		lim.PerDay > 0 && tx.OutsideSent(letter.To, now.Add(-24*time.Hour), letter.ID) >= lim.PerDay
}

// record puts the outcome of an attempt into the register.
func (l *Loop) record(tx *store.Tx, letter intake.Letter, r Result, lim Limits) error {
	now := tx.Now()
	letter.Response = r.Response
	log := l.Log.With("letter", letter.ID, "ref", letter.Ref, "purpose", string(letter.Purpose), "attempt", letter.Attempts)
	switch r.Outcome {
	case Sent:
		letter.State, letter.Settled, letter.Next = intake.LetterSent, now, time.Time{}
		log.Info("letter sent", "response", r.Response)
		return l.settle(tx, &letter)
	case Refused:
		letter.State, letter.Settled, letter.Next = intake.LetterFailed, now, time.Time{}
		log.Warn("letter refused for good: see requestd outbox", "response", r.Response)
		return l.settle(tx, &letter)
	case Doubt:
		letter.State, letter.Doubts, letter.Looks = intake.LetterInDoubt, letter.Doubts+1, 0
		letter.Next = now.Add(waitAt(lim.InDoubt, 0))
		log.Warn("no answer to a letter that was handed over: it is looked for, then sent once more", "response", r.Response)
		return tx.PutLetter(letter)
	case Account:
		letter.State, letter.Next = intake.LetterWaiting, now.Add(lim.Pause)
		log.Error("the account cannot send: sending pauses for all mail of the mailbox", "mailbox", l.Mailbox, "pause", lim.Pause, "response", r.Response)
		return tx.PutLetter(letter)
	default:
		letter.State, letter.Next = intake.LetterWaiting, now.Add(l.backoff(letter, r, lim))
		log.Warn("letter not accepted, to be tried again", "next", letter.Next, "response", r.Response)
		return tx.PutLetter(letter)
	}
}

// backoff is the wait before the next attempt.
func (l *Loop) backoff(letter intake.Letter, r Result, lim Limits) time.Duration {
	if letter.Attempts-1 < len(lim.Retry) {
		return lim.Retry[letter.Attempts-1]
	}
	return lim.RetryEvery
}

func waitAt(waits []time.Duration, i int) time.Duration {
	if len(waits) == 0 {
		return time.Minute
	}
	return waits[min(i, len(waits)-1)]
}

// note keeps how sending stands. A server that cannot be used at all rests
// the whole mailbox, so that one letter is tried and not every one.
func (l *Loop) note(now time.Time, r Result, lim Limits) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recent = append(l.recent, now)
	switch {
	case r.Outcome == Sent:
		l.failed = 0
		l.state.LastGood, l.state.Paused, l.state.Trouble = now, time.Time{}, ""
	case r.Outcome == Account:
		l.failed++
		l.state.Paused, l.state.Trouble = now.Add(lim.Pause), r.Response
	case !r.Used:
		wait := lim.RetryEvery
		if l.failed < len(lim.Retry) {
			wait = lim.Retry[l.failed]
		}
		l.failed++
		l.state.Paused, l.state.Trouble = now.Add(wait), r.Response
	default:
		l.failed = 0
		l.state.Trouble = ""
	}
}

// settle records a letter and, on its case, what became of it.
func (l *Loop) settle(tx *store.Tx, letter *intake.Letter) error {
	if err := tx.PutLetter(*letter); err != nil {
		return err
	}
	return l.Settled(tx, letter)
}

// look decides about a letter in doubt: it is looked for in the Sent folder,
// where there is one; if it is not there it is sent once more, byte for byte
// the same; if that leaves doubt again, a person decides.
func (l *Loop) look(ctx context.Context, letter intake.Letter) error {
	lim := l.Limits()
	found, looked := false, false
	if l.Find != nil {
		var err error
		if found, err = l.Find(ctx, letter.MessageID); err != nil {
			return l.later(letter, lim, err)
		}
		looked = true
	}
	return l.Store.Update(func(tx *store.Tx) error {
		now := tx.Now()
		letter.Looks++
		switch {
		case found:
			letter.State, letter.Settled, letter.Next = intake.LetterSent, now, time.Time{}
			letter.Response = "found in the Sent folder"
			l.Log.Info("a letter in doubt was found in the Sent folder", "letter", letter.ID, "ref", letter.Ref)
			return l.settle(tx, &letter)
		case looked && letter.Looks < len(lim.InDoubt):
			letter.Next = now.Add(waitAt(lim.InDoubt, letter.Looks))
			return tx.PutLetter(letter)
		case letter.Doubts >= 2:
			letter.State, letter.Next = intake.LetterHeld, time.Time{}
			letter.Response = "in doubt twice: " + letter.Response
			l.Log.Error("a letter is in doubt for the second time: a person decides; see requestd outbox", "letter", letter.ID, "ref", letter.Ref)
			return l.settle(tx, &letter)
		}
		letter.State, letter.Next = intake.LetterWaiting, now
		return tx.PutLetter(letter)
	})
}

// later puts off a look that the mailbox did not allow.
func (l *Loop) later(letter intake.Letter, lim Limits, err error) error {
	l.Log.Warn("the Sent folder could not be searched for a letter in doubt, to be tried again", "letter", letter.ID, "ref", letter.Ref, "error", err)
	return l.Store.Update(func(tx *store.Tx) error {
		letter.Next = tx.Now().Add(waitAt(lim.InDoubt, len(lim.InDoubt)-1))
		return tx.PutLetter(letter)
	})
}
