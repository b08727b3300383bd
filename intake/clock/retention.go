package clock

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/health"
	"requestd/intake/register"
	"requestd/store"
)

// PastRetention is a case, or a mail without one, that is past its retention period.
type PastRetention struct {
	Ref     string        `json:"ref"`     // "" if it is a mail
	Message uint64        `json:"message"` // 0 if it is a case
	Mailbox string        `json:"mailbox"`
	Why     string        `json:"why"`   // the key of the retention period that is over
	Ended   deadlines.Day `json:"ended"` // when something was last done about it
	Due     deadlines.Day `json:"due"`   // since when it may be erased
}

// PastRetention lists what retention allows to be erased, the cases first. It
// never lists an open case, nor one that is linked to an open case.
func (cl *Clock) PastRetention(ctx context.Context) (list []PastRetention, err error) {
	err = cl.eachOutlived(ctx, func(o PastRetention) { list = append(list, o) })
	return list, err
}

// lookAtOnce is how many records are looked at in one transaction: during a
// long one the file grows, or the database keeps what nobody needs any more.
const lookAtOnce = 5000

func (cl *Clock) eachOutlived(ctx context.Context, found func(PastRetention)) error {
	looks := []func(*store.Tx) bool{cl.lookAtCases(found), cl.lookAtMail(found)}
	for more := false; len(looks) > 0; {
		err := ctx.Err()
		if err == nil {
			err = cl.store.View(func(tx *store.Tx) error {
				more = looks[0](tx)
				return nil
			})
		}
		if err != nil {
			return fmt.Errorf("look what retention allows to erase: %w", err)
		}
		if !more {
			looks = looks[1:]
		}
	}
	return nil
}

// lookAtCases returns a function that looks at the next settled cases each time
// it is called, and reports whether there are more.
func (cl *Clock) lookAtCases(found func(PastRetention)) func(*store.Tx) bool {
	after := ""
	return func(tx *store.Tx) bool {
		n := 0
		for c := range tx.ClosedReadOnly(after) {
			if o, due := cl.outlivedCase(tx, c); due {
				found(o)
			}
			after = c.Ref
			if n++; n == lookAtOnce {
				return true
			}
		}
		return false
	}
}

// lookAtMail does the same for mail.
func (cl *Clock) lookAtMail(found func(PastRetention)) func(*store.Tx) bool {
	after := uint64(0)
	return func(tx *store.Tx) bool {
		n := 0
		for a := range tx.Arrivals(store.ArrivalFilter{After: after}) {
			if o, due := cl.outlivedMail(tx, &a); due {
				found(o)
			}
			after = a.ID
			if n++; n == lookAtOnce {
				return true
			}
		}
		return false
	}
}

func (cl *Clock) outlivedCase(tx *store.Tx, c *intake.Case) (PastRetention, bool) {
	ended := lastDone(c)
	if tx.Today() < shortest(cl.cases.Settings().Retention).After(ended) || c.Erased() && !casework.LeftOver(tx, c) {
		return PastRetention{}, false
	}
	v := cl.cases.View(tx, c)
	why, period := cl.periodOf(c, v)
	o := PastRetention{Ref: c.Ref, Mailbox: c.Mailbox, Why: why, Ended: ended}
	o.Due = period.After(o.Ended)
	if v.IsOpen() || period.IsZero() || tx.Today() < o.Due || linkedOpen(tx, c) {
		return o, false
	}
	return o, true
}

// shortest returns the shortest period for which any case can be kept, so that
// most cases need not be looked at more closely.
func shortest(r config.Retention) config.Period {
	least := config.Period{}
	for _, p := range []config.Period{r.FOI, r.DSAR, r.Review, r.EIR, r.Rights, r.Withdrawn, r.Lapsed, r.Transferred, r.Duplicate, r.NotARequest} {
		if !p.IsZero() && (least.IsZero() || p.After(0) < least.After(0)) {
			least = p
		}
	}
	return least
}

// periodOf returns how long a settled case is kept, depending on its outcome,
// else on its kind; of several kinds the longest period counts.
func (cl *Clock) periodOf(c *intake.Case, v *intake.View) (string, config.Period) {
	r := cl.cases.Settings().Retention
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
	byKind := map[intake.Kind]config.Period{intake.FOI: r.FOI, intake.DSAR: r.DSAR, intake.Review: r.Review, intake.EIR: r.EIR, intake.Rights: r.Rights}
	why, longest := "", config.Period{Days: 1}
	for _, k := range v.Parts() {
		p := byKind[k]
		if p.IsZero() || !longest.IsZero() && p.After(0) > longest.After(0) {
			why, longest = string(k), p
		}
	}
	if why == "" { // no kind of the case has its own period
		return "not_a_request", r.NotARequest
	}
	return why, longest
}

// closedFor returns why a case was closed without an answer.
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

// lastDone returns the day on which something was last recorded on a case or,
// by its own date, done about it.
func lastDone(c *intake.Case) deadlines.Day {
	var last deadlines.Day
	for _, ev := range c.Events {
		last = max(last, deadlines.DayOf(ev.At))
	}
	return last
}

// linkedOpen reports whether a case is linked to one that is open, such as the
// review of its outcome: until that ends nothing of it is erased.
func linkedOpen(tx *store.Tx, c *intake.Case) bool {
	return slices.ContainsFunc(c.Live(), func(ev intake.Event) bool {
		if ev.Ref == "" {
			return false
		}
		_, ix, err := tx.CaseIndex(ev.Ref)
		return err == nil && ix.Open
	})
}

func (cl *Clock) outlivedMail(tx *store.Tx, a *intake.Arrival) (PastRetention, bool) {
	if a.Ref != "" || store.Erased(a) {
		return PastRetention{}, false
	}
	r := cl.cases.Settings().Retention
	why, period := "passed", r.Passed
	if a.Decision == intake.DidIgnore {
		why, period = "ignored", r.Ignored
	}
	o := PastRetention{Message: a.ID, Mailbox: a.Mailbox, Why: why, Ended: deadlines.DayOf(a.Registered)}
	o.Due = period.After(o.Ended)
	return o, !period.IsZero() && tx.Today() >= o.Due
}

// eraseAtOnce is how many cases and mails are erased in one transaction.
const eraseAtOnce = 100

// ErasePastRetention erases those entries of PastRetention that the actor may
// erase, and returns how many. A case whose letter is still being sent is left
// for another day. If anything was erased the file is rewritten, so that no
// free page keeps it.
func (cl *Clock) ErasePastRetention(ctx context.Context, by casework.By) (n health.Retention, err error) {
	list, err := cl.PastRetention(ctx)
	if err != nil {
		return n, err
	}
	for chunk := range slices.Chunk(list, eraseAtOnce) {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		done := n
		err := cl.store.Update(func(tx *store.Tx) error {
			done = n
			for _, o := range chunk {
				if err := cl.eraseOne(tx, by, o, &done); err != nil {
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
	cl.log.Info("erased what was kept for its period", "cases", n.Cases, "mails", n.Mails, "actor", by.Actor)
	return n, cl.store.Compact(ctx)
}

func mayErase(by casework.By, mailbox string) bool { return by.May(casework.ToErase, mailbox) == nil }

// eraseOne checks again before it erases: meanwhile a case may have been
// reopened.
func (cl *Clock) eraseOne(tx *store.Tx, by casework.By, o PastRetention, n *health.Retention) error {
	if o.Ref == "" {
		a, err := tx.Arrival(o.Message)
		if err != nil {
			return err
		}
		if _, due := cl.outlivedMail(tx, &a); !due || !mayErase(by, a.Mailbox) {
			return nil
		}
		n.Mails++
		return tx.EraseArrival(o.Message)
	}
	c, err := tx.Case(o.Ref)
	if err != nil {
		return err
	}
	if _, due := cl.outlivedCase(tx, c); !due || !mayErase(by, c.Mailbox) {
		return nil
	}
	if _, ok := casework.OnItsWay(tx, c); ok {
		return nil
	}
	n.Cases++
	return cl.cases.EraseFor(tx, by, c, o.Why)
}

// leapOfDays is how many days may lie between two checks. What is erased by a
// wrong clock is gone for good, so after a longer gap nothing is erased until
// the next day.
const leapOfDays = 7

// ApplyRetention checks once a day what is past its retention period, and
// erases it if the configuration says so.
func (cl *Clock) ApplyRetention(ctx context.Context) error {
	var last health.Retention
	var day deadlines.Day
	due := false
	err := cl.store.View(func(tx *store.Tx) error {
		day, last = tx.Today(), register.Retention(tx)
		due = last.Looked != day
		return nil
	})
	if err != nil || !due {
		return err
	}
	leapt := last.Looked != 0 && (day < last.Looked || day > last.Looked+leapOfDays)
	if leapt {
		cl.log.Warn("nothing is erased today: the date is far from that of the last look, and one of the two may be wrong", "looked", last.Looked.String(), "today", day.String())
	}
	if !leapt {
		if err := cl.dropTexts(ctx); err != nil {
			return err
		}
	}
	if cl.cases.Settings().Retention.Erase == "automatic" && !leapt {
		if _, err := cl.ErasePastRetention(ctx, casework.ByAdministrator(intake.ActorSelf)); err != nil {
			return err
		}
	}
	if err := cl.compact(ctx); err != nil {
		return err
	}
	return cl.countOutlived(ctx, day)
}

// compact rewrites the file if something was erased since the last night, by a
// person or by itself.
func (cl *Clock) compact(ctx context.Context) error {
	holds := false
	err := cl.store.View(func(tx *store.Tx) error {
		holds = tx.HasErasedPages()
		return nil
	})
	if err != nil || !holds {
		return err
	}
	return cl.store.Compact(ctx)
}

// dropTexts deletes the text of mail without a case whose period is over. The
// mail itself stays in the mailbox, and its line in messages stays too.
func (cl *Clock) dropTexts(ctx context.Context) error {
	period := cl.cases.Settings().Retention.Texts
	dropped := 0
	for more := !period.IsZero(); more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := 0
		err := cl.store.Update(func(tx *store.Tx) error {
			n = 0
			for id := range tx.LooseTexts() {
				a, err := tx.Arrival(id)
				if errors.Is(err, store.ErrUnreadable) {
					continue // an alarm reports it
				}
				if err != nil {
					return err
				}
				if tx.Today() < period.After(deadlines.DayOf(a.Registered)) || n == eraseAtOnce {
					return nil
				}
				if err := tx.DropText(id); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("let go of the texts of mail without a case: %w", err)
		}
		dropped, more = dropped+n, n == eraseAtOnce
	}
	if dropped > 0 {
		cl.log.Info("let go of the texts of mail without a case", "mails", dropped)
	}
	return nil
}

// countOutlived records how much may be erased, for the status.
func (cl *Clock) countOutlived(ctx context.Context, day deadlines.Day) error {
	n := health.Retention{Looked: day}
	err := cl.eachOutlived(ctx, func(o PastRetention) {
		if o.Ref != "" {
			n.Cases++
		} else {
			n.Mails++
		}
	})
	if err != nil {
		return err
	}
	return cl.store.Update(func(tx *store.Tx) error { return register.KeepRetention(tx, n) })
}
