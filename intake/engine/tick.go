package engine

import (
	"context"
	"fmt"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// remindAtOnce is how many cases are looked at in one transaction.
const remindAtOnce = 200

// Tick does what the clock asks for at this moment: reminders that fell due,
// the digest of a working morning and the list of what came before the start.
// Its cost is that of what is due, save at the first and where the clock was
// set back: then every open case is looked at. It may run at any time and twice.
func (e *Engine) Tick(ctx context.Context) error {
	if err := e.noteClock(); err != nil {
		return fmt.Errorf("remind staff: %w", err)
	}
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := e.store.Update(func(tx *store.Tx) (err error) {
			more, err = e.remind(tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("remind staff: %w", err)
		}
	}
	err := e.store.Update(func(tx *store.Tx) error {
		if err := e.forgetReplies(tx); err != nil {
			return err
		}
		if err := e.listBeforeStart(tx); err != nil {
			return err
		}
		return e.digest(tx)
	})
	if err != nil {
		return fmt.Errorf("write the digest: %w", err)
	}
	e.work()
	return nil
}

// noteClock has reminders looked for from now on again where the clock ran
// ahead and was set back: a case counts as looked at up to a time that is yet
// to come. What went out early does not go out again, and what was sent counts
// against the limits as sent now.
func (e *Engine) noteClock() error {
	now := e.now()
	if e.ticked.Load() != 0 && !e.setBack(now) {
		e.ticked.Store(now.UnixNano())
		return nil
	}
	err := e.store.Update(func(tx *store.Tx) error {
		if err := tx.SettleOutside(); err != nil {
			return err
		}
		for c := range tx.OpenCases() {
			if !c.Reminded.After(tx.Now()) {
				continue
			}
			c.Reminded = tx.Now()
			if err := e.put(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		e.ticked.Store(now.UnixNano())
	}
	return err
}

// slewed is by how much a clock may go back that is only kept exact.
const slewed = time.Minute

// setBack reports whether the clock lies before the time at which it last came
// round.
func (e *Engine) setBack(now time.Time) bool { return now.UnixNano() < e.ticked.Load()-int64(slewed) }

// TickOnce is Tick for a run that has read every mailbox to its end: lists
// need not wait until no more mail comes in.
func (e *Engine) TickOnce(ctx context.Context) error {
	e.once.Store(true)
	return e.Tick(ctx)
}

// NextTick is when the clock next asks for something: now, where it was set
// back.
func (e *Engine) NextTick() (next time.Time, err error) {
	if now := e.now(); e.setBack(now) {
		return now, nil
	}
	err = e.store.View(func(tx *store.Tx) error {
		next, err = e.nextDigest(tx)
		if err != nil {
			return err
		}
		quiet, err := e.nextBeforeStart(tx)
		if err != nil {
			return err
		}
		if !quiet.IsZero() && quiet.Before(next) {
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
// may be more. Of several that a case missed only the most urgent goes out.
func (e *Engine) remind(tx *store.Tx) (bool, error) {
	var due []string
	for _, ref := range tx.WakeThrough(tx.Now()) {
		if due = append(due, ref); len(due) == remindAtOnce {
			break
		}
	}
	for _, ref := range due {
		c, err := tx.Case(ref)
		if err != nil {
			return false, err
		}
		v := e.view(tx, c)
		reminders := v.DueReminders(e.schedule(), e.cal.Load(), c.Reminded, tx.Now())
		c.Reminded = tx.Now()
		if err := e.putRead(tx, c, v); err != nil {
			return false, err
		}
		for _, r := range reminders {
			if err := e.tell(tx, c.Mailbox, v, e.reminder(tx, c, v, r)); err != nil {
				return false, err
			}
		}
	}
	return len(due) == remindAtOnce, nil
}

func (e *Engine) reminder(tx *store.Tx, c *intake.Case, v *intake.View, r intake.Reminder) note {
	n := note{purpose: r.Purpose, gets: config.GetsReminders, code: r.Code, escalate: r.Escalate}
	n.notice = templates.Notice{Case: caseNotice(v, c), Due: r.Due, Days: e.days(tx, v, r)}
	n.notice.In = e.firstMail(tx, c)
	if len(v.Clocks) > 1 {
		n.notice.DueKind, n.notice.DueOf = string(r.Part), string(v.Of)
	}
	switch r.Purpose {
	case intake.ForOverdue:
		n.kind, n.gets = templates.Overdue, config.GetsOverdue
	case intake.ForAckAtRisk:
		n.kind = templates.AckAtRisk
	case intake.ForUndecided:
		n.kind, n.gets = templates.Undecided, config.GetsTriage
	case intake.ForUrgent:
		n.kind, n.gets = templates.Urgent, config.GetsUrgent
	case intake.ForRecall:
		n.kind = templates.Recall
	case intake.ForClosing:
		n.kind = templates.Closing
	default:
		n.kind = templates.Reminder
	}
	return n
}

// days counts working days between now and the date of a reminder.
func (e *Engine) days(tx *store.Tx, v *intake.View, r intake.Reminder) int {
	region := deadlines.EnglandAndWales
	for _, k := range v.Clocks {
		if k.Kind == r.Part {
			region = k.Result.Region
		}
	}
	n := e.Calendar().WorkingDaysBetween(region, today(tx), r.Due)
	return max(n, -n)
}

// firstMail is what the register keeps of the mail that opened a case.
func (e *Engine) firstMail(tx *store.Tx, c *intake.Case) templates.Incoming {
	p := c.Person()
	in := templates.Incoming{Name: p.Requester.Name, Address: p.Requester.Addr, Subject: p.Subject, Verified: true}
	if len(c.Messages) > 0 {
		in.ID = fmt.Sprint(c.Messages[0])
	}
	in.ReceivedOn = deadlines.DayOf(c.Opening().Received)
	return in
}
