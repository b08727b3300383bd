package engine

import (
	"fmt"
	"io"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// view derives how a case stands at the transaction's moment.
func (e *Engine) view(tx *store.Tx, c *intake.Case) *intake.View { return e.viewAt(tx.Now(), c) }

func (e *Engine) viewAt(now time.Time, c *intake.Case) *intake.View {
	return c.Read(now, e.cal.Load(), e.rulesOf(c.Mailbox))
}

// rulesOf are the house rules of a mailbox.
func (e *Engine) rulesOf(mailbox string) deadlines.Rules {
	r, box := deadlines.DefaultRules(), e.box(mailbox)
	if box.Acknowledge.Days > 0 {
		r.AckDays = box.Acknowledge.Days
		r.AckCalendar = deadlines.EnglandAndWales
		if box.Acknowledge.Calendar == "united-kingdom" {
			r.AckCalendar = deadlines.AnyUK
		}
	}
	if box.ReviewDays > 0 {
		r.ReviewDays = box.ReviewDays
	}
	return r
}

// Schedule is the schedule of reminders in force.
func (e *Engine) schedule() intake.Schedule {
	c := e.Settings().Reminders
	s := intake.Schedule{
		Hour: c.At.Hour, Minute: c.At.Minute, HalfTime: c.HalfTime, Before: c.Before, Overdue: c.Overdue,
		Undecided: c.TriageAfter, UrgentAfter: c.UrgentAfter, RecallEvery: c.RecallEvery, CloseAfter: c.SuggestClose,
	}
	for n := c.AckBefore; n >= 0; n-- {
		s.AckBefore = append(s.AckBefore, n)
	}
	return s
}

// append records one event on a case, at the transaction's moment.
func (e *Engine) append(tx *store.Tx, c *intake.Case, ev intake.Event) {
	ev.At = tx.Now()
	if ev.Day == 0 {
		ev.Day = today(tx)
	}
	var salt []byte
	if ev.Personal != nil {
		salt = e.bytes(intake.SaltSize)
	}
	c.Append(ev, salt)
}

// bytes gives n random ones.
func (e *Engine) bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(e.random, b); err != nil {
		panic("engine: the system's random source failed: " + err.Error()) // crypto/rand never does
	}
	return b
}

// put stores a case with what it is found by: its earliest date and the
// moment of its next reminder.
func (e *Engine) put(tx *store.Tx, c *intake.Case) error { return e.putRead(tx, c, e.view(tx, c)) }

// putRead is put for a case of which v is the present view.
func (e *Engine) putRead(tx *store.Tx, c *intake.Case, v *intake.View) error {
	if err := tx.PutCase(c, e.index(c, v)); err != nil {
		return fmt.Errorf("store case %s: %w", c.Ref, err)
	}
	return nil
}

// Index derives what a case is found by. It does not depend on the present
// moment, so that verify can derive it again at any other.
func (e *Engine) Index(c *intake.Case) intake.Index { return e.index(c, e.viewAt(c.Reminded, c)) }

func (e *Engine) index(c *intake.Case, v *intake.View) intake.Index {
	return v.Index(v.NextReminder(e.schedule(), e.cal.Load(), c.Reminded))
}
