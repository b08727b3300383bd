package engine

import (
	"context"
	"fmt"
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/health"
	"requestd/store"
)

// Outlived is a case, or a mail without one, that was kept for its period.
type Outlived struct {
	Ref     string        `json:"ref"`     // "" of a mail
	Message uint64        `json:"message"` // 0 of a case
	Mailbox string        `json:"mailbox"`
	Why     string        `json:"why"`   // the key of retention whose period is over
	Ended   deadlines.Day `json:"ended"` // when something was last done about it
	Due     deadlines.Day `json:"due"`   // since when it may go
}

// Outlived lists what retention allows to erase, the cases first. An open case
// is never among it, nor one that is linked to an open case.
func (e *Engine) Outlived(ctx context.Context) (list []Outlived, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		for c := range tx.DoneCases() {
			if err := ctx.Err(); err != nil {
				return err
			}
			if o, due := e.outlivedCase(tx, c); due {
				list = append(list, o)
			}
		}
		for a := range tx.Arrivals(store.ArrivalFilter{}) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if o, due := e.outlivedMail(tx, &a); due {
				list = append(list, o)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look what retention allows to erase: %w", err)
	}
	return list, nil
}

func (e *Engine) outlivedCase(tx *store.Tx, c *intake.Case) (Outlived, bool) {
	if c.Erased() && !leftOver(tx, c) {
		return Outlived{}, false
	}
	v := e.view(tx, c)
	why, period := e.periodOf(c, v)
	o := Outlived{Ref: c.Ref, Mailbox: c.Mailbox, Why: why, Ended: lastDone(c)}
	o.Due = period.After(o.Ended)
	if v.IsOpen() || period.IsZero() || today(tx) < o.Due || linkedOpen(tx, c) {
		return o, false
	}
	return o, true
}

// leftOver reports whether something reached a case after it was erased: an
// event, or a mail, which stand behind all that was there.
func leftOver(tx *store.Tx, c *intake.Case) bool {
	if c.Events[len(c.Events)-1].Name != intake.Erased {
		return true
	}
	if len(c.Messages) == 0 {
		return false
	}
	a, err := tx.Arrival(c.Messages[len(c.Messages)-1])
	return err == nil && !store.Erased(&a)
}

// periodOf is how long a settled case is kept, by its outcome, else by its
// kind; of several kinds the longest counts.
func (e *Engine) periodOf(c *intake.Case, v *intake.View) (string, config.Period) {
	r := e.Settings().Retention
	switch v.State {
	case intake.StateNotARequest:
		return "not_a_request", r.NotARequest
	case intake.StateWithdrawn:
		return "withdrawn", r.Withdrawn
	case intake.StateClosed:
		switch closedFor(c) {
		case "lapsed":
			return "lapsed", r.Lapsed
		case "transferred":
			return "transferred", r.Transferred
		case "duplicate":
			return "duplicate", r.Duplicate
		}
	}
	byKind := map[intake.Kind]config.Period{intake.FOI: r.FOI, intake.DSAR: r.DSAR, intake.Review: r.Review}
	why, longest := "", config.Period{Days: 1}
	for _, k := range v.Parts() {
		p := byKind[k]
		if p.IsZero() || !longest.IsZero() && p.After(0) > longest.After(0) {
			why, longest = string(k), p
		}
	}
	if why == "" { // of no kind that has a period of its own
		return "not_a_request", r.NotARequest
	}
	return why, longest
}

// closedFor is why a case was closed without an answer.
func closedFor(c *intake.Case) string {
	reason := ""
	for _, ev := range c.Live() {
		switch ev.Name {
		case intake.MergedInto:
			return "duplicate"
		case intake.Closed:
			reason = ev.Reason
		}
	}
	return reason
}

// lastDone is the day on which something was last recorded on a case or, by
// its own date, done about it.
func lastDone(c *intake.Case) deadlines.Day {
	var last deadlines.Day
	for _, ev := range c.Events {
		last = max(last, deadlines.DayOf(ev.At))
	}
	return last
}

// linkedOpen reports whether a case belongs to one that is open, such as the
// review of its outcome: until that ends nothing of it goes.
func linkedOpen(tx *store.Tx, c *intake.Case) bool {
	return slices.ContainsFunc(c.Live(), func(ev intake.Event) bool {
		if ev.Ref == "" {
			return false
		}
		_, ix, err := tx.CaseIndex(ev.Ref)
		return err == nil && ix.Open
	})
}

func (e *Engine) outlivedMail(tx *store.Tx, a *intake.Arrival) (Outlived, bool) {
	if a.Ref != "" || store.Erased(a) {
		return Outlived{}, false
	}
	r := e.Settings().Retention
	why, period := "passed", r.Passed
	if a.Decision == intake.DidIgnore {
		why, period = "ignored", r.Ignored
	}
	o := Outlived{Message: a.ID, Mailbox: a.Mailbox, Why: why, Ended: deadlines.DayOf(a.Registered)}
	o.Due = period.After(o.Ended)
	return o, !period.IsZero() && today(tx) >= o.Due
}

// eraseAtOnce is how many cases and mails are erased in one transaction.
const eraseAtOnce = 100

// EraseOutlived erases what Outlived lists, and reports how much that was. A
// case whose letter is still on its way is left for another day. Where
// anything was erased the file is written anew, so that no free page keeps it.
func (e *Engine) EraseOutlived(ctx context.Context, by By) (n health.Retention, err error) {
	list, err := e.Outlived(ctx)
	if err != nil {
		return n, err
	}
	for chunk := range slices.Chunk(list, eraseAtOnce) {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		done := n
		err := e.store.Update(func(tx *store.Tx) error {
			done = n
			for _, o := range chunk {
				if err := e.eraseOne(tx, by, o, &done); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, fmt.Errorf("erase what was kept for its period: %w", err)
		}
		n = done
	}
	if n.Cases+n.Mails == 0 {
		return n, nil
	}
	e.log.Info("erased what was kept for its period", "cases", n.Cases, "mails", n.Mails, "actor", by.Actor)
	return n, e.store.Compact()
}

// eraseOne looks once more: meanwhile a case may have been opened again.
func (e *Engine) eraseOne(tx *store.Tx, by By, o Outlived, n *health.Retention) error {
	if o.Ref == "" {
		a, err := tx.Arrival(o.Message)
		if err != nil {
			return err
		}
		if _, due := e.outlivedMail(tx, &a); !due {
			return nil
		}
		n.Mails++
		return tx.EraseArrival(o.Message)
	}
	c, err := tx.Case(o.Ref)
	if err != nil {
		return err
	}
	if _, due := e.outlivedCase(tx, c); !due {
		return nil
	}
	if _, ok := onItsWay(tx, c); ok {
		return nil
	}
	n.Cases++
	e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Erased, Code: o.Why})
	return tx.Erase(c, e.Index(c))
}

// onItsWay finds a letter of a case that may still be sent.
func onItsWay(tx *store.Tx, c *intake.Case) (intake.Letter, bool) {
	for _, l := range tx.LettersOf(c.Ref) {
		if l.State == intake.LetterWaiting || l.State == intake.LetterSending || l.State == intake.LetterInDoubt {
			return l, true
		}
	}
	return intake.Letter{}, false
}

// leapOfDays is how far apart two looks may lie. What is erased by a clock that
// is wrong is gone for good, so after a longer time the next day is waited for.
const leapOfDays = 7

// Keep looks once a day what retention allows to erase, and erases it where
// the configuration says that it goes by itself.
func (e *Engine) Keep(ctx context.Context) error {
	var last health.Retention
	var day deadlines.Day
	due := false
	err := e.store.View(func(tx *store.Tx) error {
		day = today(tx)
		_, err := tx.Get(retentionKey, &last)
		due = last.Looked != day
		return err
	})
	if err != nil || !due {
		return err
	}
	leapt := last.Looked != 0 && (day < last.Looked || day > last.Looked+leapOfDays)
	if leapt {
		e.log.Warn("nothing is erased today: the date is far from that of the last look, and one of the two may be wrong", "looked", last.Looked.String(), "today", day.String())
	}
	if e.Settings().Retention.Erase == "automatic" && !leapt {
		if _, err := e.EraseOutlived(ctx, By{Actor: actorSelf}); err != nil {
			return err
		}
	}
	return e.countOutlived(ctx, day)
}

// countOutlived records how much may be erased, for the status.
func (e *Engine) countOutlived(ctx context.Context, day deadlines.Day) error {
	list, err := e.Outlived(ctx)
	if err != nil {
		return err
	}
	n := health.Retention{Looked: day}
	for _, o := range list {
		if o.Ref != "" {
			n.Cases++
		} else {
			n.Mails++
		}
	}
	return e.store.Update(func(tx *store.Tx) error { return tx.Set(retentionKey, n) })
}
