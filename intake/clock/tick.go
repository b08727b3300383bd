// Package clock does what falls due without a mail or a person: reminders, the
// digest, bank holidays, alarms, and erasing what retention allows.
package clock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/notices"
	"requestd/intake/register"
	"requestd/store"
	"requestd/templates"
)

// Clock does what falls due. Its methods are safe for concurrent use.
type Clock struct {
	cases   *casework.Cases
	notices *notices.Notices
	facts   *register.Register
	store   *store.DB
	now     func() time.Time
	log     *slog.Logger

	once   atomic.Bool  // everything has been read: lists need not wait for quiet
	ticked atomic.Int64 // when the clock last ran, in nanoseconds since 1970
}

// New makes a clock over a register.
func New(o casework.Options, cases *casework.Cases, facts *register.Register, tell *notices.Notices) *Clock {
	return &Clock{cases: cases, notices: tell, facts: facts, store: o.Store, now: o.Now, log: o.Log}
}

// remindAtOnce is how many cases are looked at in one transaction.
const remindAtOnce = 200

// Tick does what is due at this moment: reminders, the digest of a working
// morning and the list of mail from before the start. Its cost depends on what
// is due, except at the first call and after the clock was set back: then every
// open case is looked at. It may run at any time and more than once.
func (cl *Clock) Tick(ctx context.Context) error {
	if err := cl.noteClock(); err != nil {
		return fmt.Errorf("remind staff: %w", err)
	}
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := cl.store.Update(func(tx *store.Tx) (err error) {
			more, err = cl.remind(tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("remind staff: %w", err)
		}
	}
	if err := cl.forget(ctx); err != nil {
		return fmt.Errorf("forget the answers that staff may no longer give and the letters that no limit counts: %w", err)
	}
	if err := cl.listBeforeStart(); err != nil {
		return fmt.Errorf("list the mail from before the start: %w", err)
	}
	if err := cl.digest(ctx); err != nil {
		return fmt.Errorf("write the digest: %w", err)
	}
	cl.cases.WakeSenders()
	return nil
}

// noteClock handles a clock that ran ahead and was set back: cases then count
// as looked at up to a time in the future. It makes their reminders be looked
// for from now on. Reminders that were sent early are not sent again, and
// letters sent in the future count against the limits as sent now.
func (cl *Clock) noteClock() error {
	now := cl.now()
	if cl.ticked.Load() != 0 && !cl.setBack(now) {
		cl.ticked.Store(now.UnixNano())
		return nil
	}
	var ahead []string
	err := cl.store.View(func(tx *store.Tx) error {
		for r := range tx.OpenRecords() {
			if c, _, ok := r.Case(); ok && c.Reminded.After(tx.Now()) {
				ahead = append(ahead, c.Ref)
			}
		}
		return nil
	})
	if err == nil {
		err = cl.store.Update(func(tx *store.Tx) error { return tx.FixFutureSends() })
	}
	if err == nil {
		err = inParts(context.Background(), cl.store, ahead, cl.putBack)
	}
	if err == nil {
		cl.ticked.Store(now.UnixNano())
	}
	return err
}

// putBack makes the reminders of a case be looked for from now on.
func (cl *Clock) putBack(tx *store.Tx, ref string) error {
	c, err := tx.Case(ref)
	if errors.Is(err, store.ErrUnreadable) || err == nil && !c.Reminded.After(tx.Now()) {
		return nil // an alarm reports it, or it was done meanwhile
	}
	if err != nil {
		return err
	}
	c.Reminded = tx.Now()
	return cl.cases.Put(tx, c)
}

// slewed is how far a clock may go back when it is merely being kept exact.
const slewed = time.Minute

// setBack reports whether the clock is before the time at which it last ran.
func (cl *Clock) setBack(now time.Time) bool { return now.UnixNano() < cl.ticked.Load()-int64(slewed) }

// TickOnce is Tick for a run that has read every mailbox to its end: lists need
// not wait until no more mail comes in.
func (cl *Clock) TickOnce(ctx context.Context) error {
	cl.once.Store(true)
	return cl.Tick(ctx)
}

// NextTick returns when Tick next has something to do: now, if the clock was
// set back.
func (cl *Clock) NextTick() (next time.Time, err error) {
	if now := cl.now(); cl.setBack(now) {
		return now, nil
	}
	err = cl.store.View(func(tx *store.Tx) error {
		next = cl.nextDigest(tx)
		if quiet := cl.nextBeforeStart(tx); !quiet.IsZero() && quiet.Before(next) {
			next = quiet
		}
		if wake, ok := tx.NextWake(); ok && wake.Before(next) {
			next = wake
		}
		return nil
	})
	return next, err
}

// remind mails the reminders of cases that are due, and reports whether there
// may be more. If a case missed several only the most urgent is sent.
func (cl *Clock) remind(tx *store.Tx) (bool, error) {
	var due []string
	for _, ref := range tx.WakeThrough(tx.Now()) {
		if due = append(due, ref); len(due) == remindAtOnce {
			break
		}
	}
	for _, ref := range due {
		c, err := tx.Case(ref)
		if errors.Is(err, store.ErrUnreadable) {
			continue // an alarm tells it
		}
		if err != nil {
			return false, err
		}
		v := cl.cases.View(tx, c)
		if sent, err := cl.cases.AcknowledgeNeutrally(tx, c, v); err != nil {
			return false, err
		} else if sent {
			v = cl.cases.View(tx, c)
		}
		reminders := v.DueReminders(cl.cases.Rules().Schedule(), cl.cases.Calendar(), c.Reminded, tx.Now())
		c.Reminded = tx.Now()
		if err := cl.cases.PutWithView(tx, c, v); err != nil {
			return false, err
		}
		for _, r := range reminders {
			if err := cl.notices.Notify(tx, c.Mailbox, v, cl.reminder(tx, c, v, r)); err != nil {
				return false, err
			}
		}
	}
	return len(due) == remindAtOnce, nil
}

func (cl *Clock) reminder(tx *store.Tx, c *intake.Case, v *intake.View, r intake.Reminder) notices.News {
	n := notices.News{Purpose: r.Purpose, Subscription: config.GetsReminders, Code: r.Code, Escalate: r.Escalate && r.Purpose == intake.ForUrgent}
	n.Notice = templates.Notice{Case: notices.CaseOf(v, c), Due: r.Due, Days: cl.days(tx, v, r)}
	n.Notice.In = firstMail(c)
	if len(v.Clocks) > 1 {
		n.Notice.DueKind, n.Notice.DueOf = string(r.Part), string(v.Of)
	}
	switch r.Purpose {
	case intake.ForOverdue:
		n.Kind, n.Subscription = templates.Overdue, config.GetsOverdue
	case intake.ForAckAtRisk:
		n.Kind, n.Notice.DueKind = templates.AckAtRisk, ""
		n.Notice.ByNoon = !v.NeutralAt().IsZero() && cl.cases.Rules().Box(c.Mailbox).NeutralAcknowledgement && tx.Now().Before(v.NeutralAt())
	case intake.ForUndecided:
		n.Kind, n.Subscription = templates.Undecided, config.GetsTriage
	case intake.ForUrgent:
		n.Kind, n.Subscription = templates.Urgent, config.GetsUrgent
	case intake.ForRecall:
		n.Kind = templates.Recall
	case intake.ForClosing:
		n.Kind = templates.Closing
	default:
		n.Kind = templates.Reminder
	}
	return n
}

// days counts working days between now and the date of a reminder.
func (cl *Clock) days(tx *store.Tx, v *intake.View, r intake.Reminder) int {
	region := deadlines.EnglandAndWales
	for _, k := range v.Clocks {
		if k.Kind == r.Part {
			region = k.Result.Region
		}
	}
	n := cl.cases.Calendar().WorkingDaysBetween(region, tx.Today(), r.Due)
	return max(n, -n)
}

// firstMail is what the register keeps of the mail that opened a case.
func firstMail(c *intake.Case) templates.Incoming {
	p := c.Person()
	in := templates.Incoming{Name: p.Requester.Name, Address: p.Requester.Addr, Postal: p.Postal, Subject: p.Subject, Verified: true}
	if len(c.Messages) > 0 {
		in.ID = fmt.Sprint(c.Messages[0])
	}
	in.ReceivedOn = deadlines.DayOf(c.Opening().Received)
	return in
}

// forgetAtOnce is how many counted letters are forgotten in one transaction,
// since other changes wait for it.
const forgetAtOnce = 1000

// forget deletes once a day tokens that have expired, names of mails whose
// proof has expired, and letters that no limit counts any more.
func (cl *Clock) forget(ctx context.Context) error {
	const key = "replies/forgotten"
	due := func(tx *store.Tx) bool {
		last, _ := store.Fact[deadlines.Day](tx, key)
		return last != tx.Today()
	}
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		more = false
		err := cl.whenDue(due, func(tx *store.Tx) (err error) {
			if more, err = tx.ForgetOutside(forgetAtOnce); err != nil || more {
				return err
			}
			keep := 2 * time.Duration(cl.cases.Settings().Replies.TokenDays) * 24 * time.Hour
			return errors.Join(tx.ExpireTokens(tx.Now()), tx.ForgetFirstTimes(tx.Now().Add(-keep)), tx.SetFact(key, tx.Today()))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// whenDue does something where it is due, and then only keeps others from
// recording.
func (cl *Clock) whenDue(due func(*store.Tx) bool, do func(*store.Tx) error) error {
	var is bool
	if err := cl.store.View(func(tx *store.Tx) error { is = due(tx); return nil }); err != nil || !is {
		return err
	}
	return cl.store.Update(func(tx *store.Tx) error {
		if !due(tx) {
			return nil
		}
		return do(tx)
	})
}
