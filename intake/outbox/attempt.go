package outbox

import (
	"context"
	"errors"
	"time"

	"requestd/intake"
	"requestd/store"
)

// errElsewhere is returned when another daemon now sends the letters of the
// mailbox.
var errElsewhere = errors.New("another daemon sends for the mailbox now")

// attempt records that a letter is being sent, sends it, and records what
// became of it. Meanwhile a person or a bounce may change the letter: each step
// reads it again and goes on only if it is as the step before left it.
func (l *Loop) attempt(ctx context.Context, d due) error {
	lim := l.Limits()
	var letter intake.Letter
	held, overtaken := "", false
	err := l.Store.Update(func(tx *store.Tx) (err error) {
		held = ""
		tx.PrefetchLetter(d.id, d.ref, outagePrefix+l.Mailbox, restoredKey)
		if d.to != "" {
			tx.PrefetchSent(d.to, tx.Now().Add(-24*time.Hour))
		}
		if l.StillOurs != nil && !l.StillOurs(tx) {
			return errElsewhere
		}
		if letter, err = tx.Letter(d.id); err != nil {
			return err
		}
		if overtaken = letter.State != intake.LetterWaiting || letter.Attempts != d.attempts || letter.Next.After(tx.Now()); overtaken {
			return nil
		}
		if held, err = l.bar(tx, &letter, lim); err != nil {
			return err
		}
		if held == "" && letter.Unwritten != nil {
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
	switch {
	case err != nil || overtaken:
		return err
	case held != "":
		l.Log.Warn("a letter is held for a person", "letter", letter.ID, "ref", letter.Ref, "why", held)
		return nil
	}
	l.busy(l.Now())
	r := l.Sender.Send(ctx, letter.From, letter.To, letter.Raw)
	l.busy(time.Time{})
	r = l.weigh(letter.To, r)
	l.note(l.Now(), r, lim)
	return l.keep(ctx, letter, r, lim)
}

// bar says why a letter must not be sent without a person seeing it; "" if it
// may.
func (l *Loop) bar(tx *store.Tx, letter *intake.Letter, lim Limits) (string, error) {
	switch {
	case stale(letter, waited(tx, letter), lim):
		why := "not sent within " + lim.GiveUp.String()
		if letter.Response != "" {
			why += "; the last word was: " + letter.Response
		}
		return why, nil
	case heldByRestore(tx, letter):
		return RestoredWhy, nil
	case letter.Purpose.Outside() && letter.Released.IsZero() && l.tooMany(tx, letter, lim):
		return "rate: too many letters to this address", nil
	case letter.Purpose.Outside():
		return l.OutOfDate(tx, letter)
	}
	return "", nil
}

// keep records the outcome of an attempt. It retries until the disk can be
// written, since a letter whose outcome is lost is in doubt. If the case cannot
// record the outcome, only the letter does.
func (l *Loop) keep(ctx context.Context, sent intake.Letter, r Result, lim Limits) error {
	settle := l.settle
	for alone := false; ; {
		var letter intake.Letter
		overtaken := false
		err := l.Store.Update(func(tx *store.Tx) (err error) {
			tx.PrefetchLetter(sent.ID, sent.Ref)
			if err := l.mark(tx, r); err != nil {
				return err
			}
			if letter, err = tx.Letter(sent.ID); err != nil {
				return err
			}
			overtaken = letter.State != intake.LetterSending || letter.Attempts != sent.Attempts
			if overtaken && !(r.Outcome == Sent && doubted(&letter, &sent)) {
				return nil
			}
			overtaken = false
			return l.record(tx, &letter, r, lim, settle)
		})
		switch {
		case err == nil && overtaken:
			l.Log.Warn("a letter was changed while it was being sent: that stands", "letter", letter.ID, "ref", letter.Ref, "state", string(letter.State), "outcome", r.Outcome.String(), "response", r.Response)
			return nil
		case err == nil:
			l.tell(&letter, r, lim)
			return nil
		case alone && !store.DiskFault(err):
			return err
		case !store.DiskFault(err):
			l.Log.Error("what became of a letter could not be recorded on its case: requestd verify says what is wrong with it", "letter", sent.ID, "ref", sent.Ref, "outcome", r.Outcome.String(), "error", err)
			alone, settle = true, func(tx *store.Tx, x *intake.Letter) error { return tx.PutLetter(*x) }
			continue
		}
		l.Log.Error("what became of a letter could not be recorded, to be tried again: do not stop the daemon before there is room", "letter", sent.ID, "ref", sent.Ref, "outcome", r.Outcome.String(), "error", err)
		if l.wait(ctx, l.Now().Add(diskCheck)) != nil {
			return err
		}
	}
}

// doubted reports whether another daemon, which took this one for dead, marked
// the letter as in doubt while this one was sending it, and the letter was
// neither tried again nor decided on since.
func doubted(now, sent *intake.Letter) bool {
	return (now.State == intake.LetterInDoubt || now.State == intake.LetterWaiting) &&
		now.Attempts == sent.Attempts && now.Doubts == sent.Doubts+1 && now.MessageID == sent.MessageID
}

// stale reports whether a letter has waited too long to be sent without a
// person seeing it. Mail to staff that was never tried is welcome however late.
func stale(letter *intake.Letter, waited time.Duration, lim Limits) bool {
	return lim.GiveUp > 0 && waited > lim.GiveUp && (letter.Purpose.Outside() || letter.Attempts > 0)
}

// tooMany reports whether the limits leave no room for a letter besides the
// others to its address. A repeat after doubt may be the letter's second copy.
func (l *Loop) tooMany(tx *store.Tx, letter *intake.Letter, lim Limits) bool {
	now := tx.Now()
	return lim.PerDay > 0 && tx.OutsideSent(letter.To, now.Add(-24*time.Hour), letter.ID, lim.SentAmong) >= lim.PerDay ||
		lim.PerHour > 0 && tx.OutsideSent(letter.To, now.Add(-time.Hour), letter.ID, lim.SentAmong) >= lim.PerHour
}

// record puts the outcome of an attempt into the register.
func (l *Loop) record(tx *store.Tx, letter *intake.Letter, r Result, lim Limits, settle func(*store.Tx, *intake.Letter) error) error {
	now := tx.Now()
	letter.Response = r.Response
	switch r.Outcome {
	case Sent:
		letter.State, letter.Settled, letter.Next = intake.LetterSent, now, time.Time{}
		return settle(tx, letter)
	case Refused:
		letter.State, letter.Settled, letter.Next = intake.LetterFailed, now, time.Time{}
		return settle(tx, letter)
	case Doubt:
		letter.State, letter.Doubts, letter.Looks = intake.LetterInDoubt, letter.Doubts+1, 0
		letter.Next = now.Add(waitAt(lim.InDoubt, 0))
	case AccountFault:
		letter.State, letter.Next = intake.LetterWaiting, now.Add(lim.Pause)
	case MaybeAccount: // what others have written meanwhile goes before, and shows whether it is the account
		letter.State, letter.Next = intake.LetterWaiting, now.Add(max(lim.Pause, lim.retryAfter(letter.Attempts-1)))
	default:
		letter.State, letter.Next = intake.LetterWaiting, now.Add(lim.retryAfter(letter.Attempts-1))
	}
	if letter.State == intake.LetterWaiting { // its case may have changed while the letter was being sent
		return settle(tx, letter)
	}
	return tx.PutLetter(*letter)
}

// tell logs the outcome of an attempt, once it is recorded.
func (l *Loop) tell(letter *intake.Letter, r Result, lim Limits) {
	log := l.Log.With("letter", letter.ID, "ref", letter.Ref, "purpose", string(letter.Purpose), "attempt", letter.Attempts)
	switch r.Outcome {
	case Sent:
		log.Info("letter sent", "response", r.Response)
	case Refused:
		log.Warn("letter refused for good: see requestd outbox", "response", r.Response)
	case Doubt:
		log.Warn("no answer to a letter that was handed over: it is looked for, then sent once more", "response", r.Response)
	case AccountFault:
		log.Error("the account cannot send: sending pauses for all mail of the mailbox", "mailbox", l.Mailbox, "pause", lim.Pause, "response", r.Response)
	default:
		log.Warn("letter not accepted, to be tried again", "next", letter.Next, "response", r.Response)
	}
}

// retryAfter is the wait before the next attempt, after so many that failed before
// the last.
func (lim Limits) retryAfter(failed int) time.Duration {
	if failed < len(lim.Retry) {
		return lim.Retry[failed]
	}
	return lim.RetryEvery
}

func waitAt(waits []time.Duration, i int) time.Duration {
	if len(waits) == 0 {
		return time.Minute
	}
	return waits[min(i, len(waits)-1)]
}

// note keeps the state of sending. If a server cannot be used at all the whole
// mailbox pauses, so that one letter is tried and not every one.
func (l *Loop) note(now time.Time, r Result, lim Limits) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recent = append(l.recent, now)
	switch {
	case r.Outcome == Sent:
		l.failed = 0
		l.state.LastGood, l.state.Paused, l.state.Trouble = now, time.Time{}, ""
	case r.Outcome == AccountFault:
		l.failed++
		l.state.Paused, l.state.Trouble = now.Add(lim.Pause), r.Response
	case !r.Used:
		l.state.Paused, l.state.Trouble = now.Add(lim.retryAfter(l.failed)), r.Response
		l.failed++
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
	return l.RecordOutcome(tx, letter)
}
