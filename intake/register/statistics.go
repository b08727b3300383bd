package register

import (
	"cmp"
	"context"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/statistics"
	"requestd/store"
)

// StatisticsQuery says what to count. AsAt 0 is the usual day.
type StatisticsQuery struct {
	statistics.Period
	Mailbox   string
	Mailboxes []string // those that the caller may read; nil is all
}

// Statistics are the figures of a period.
type Statistics struct {
	Rows    []statistics.Row                `json:"rows"`
	Reading map[intake.Kind]statistics.Read `json:"reading"`
}

// Statistics counts what was received within a period, as at a day: from the
// events recorded and the bank holidays known by then.
func (rg *Register) Statistics(ctx context.Context, q StatisticsQuery) (*Statistics, error) {
	if err := rg.checkMailbox(q.Mailbox); err != nil {
		return nil, err
	}
	var n *statistics.Count
	err := rg.store.View(func(tx *store.Tx) error {
		if q.From == 0 || q.To < q.From || q.From > tx.Today() {
			return &casework.Refusal{Says: "statistics: want a period that begins before it ends, and not after today"}
		}
		q.AsAt = cmp.Or(q.AsAt, statistics.AsAt(q.To, tx.Today(), rg.cases.Calendar()))
		if q.AsAt < q.From || q.AsAt > tx.Today() {
			return &casework.Refusal{Says: "statistics as at " + q.AsAt.String() + ": want a day from the beginning of the period to today"}
		}
		cal, err := rg.cases.CalendarAt(tx, (q.AsAt+1).Time(0, 0))
		if err != nil {
			return err
		}
		n = statistics.New(q.Period, cal, rg.house())
		keep := func(mailbox string) bool {
			return (q.Mailbox == "" || mailbox == q.Mailbox) && among(mailbox, q.Mailboxes)
		}
		for c := range tx.ReceivedWithin(q.From, q.To) {
			if err := ctx.Err(); err != nil {
				return err
			}
			n.Add(c, keep)
		}
		return rg.countMail(ctx, tx, n, q.Period, keep)
	})
	if err != nil {
		return nil, err
	}
	return &Statistics{Rows: n.Rows(), Reading: n.Reading()}, nil
}

// countMail counts the mail of a period that opened no case itself.
func (rg *Register) countMail(ctx context.Context, tx *store.Tx, n *statistics.Count, p statistics.Period, keep func(string) bool) error {
	first := tx.FirstArrivalSince(p.From.Time(0, 0))
	for a := range tx.Arrivals(store.ArrivalFilter{After: first - 1, Until: (min(p.To, p.AsAt) + 1).Time(0, 0), InOrder: true}) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !keep(a.Mailbox) || a.Ref != "" && a.Decision != intake.DidFollowup {
			continue
		}
		var c *intake.Case
		if a.Ref != "" {
			if c, _ = tx.CaseReadOnly(a.Ref); c == nil {
				continue // an alarm reports a case that cannot be read
			}
		}
		n.AddMail(&a, c)
	}
	return nil
}

// house returns a function that returns a mailbox's house rules, reading each
// once.
func (rg *Register) house() func(string) deadlines.Rules {
	known, rules := map[string]deadlines.Rules{}, rg.cases.Rules()
	return func(mailbox string) deadlines.Rules {
		r, ok := known[mailbox]
		if !ok {
			r = rules.House(mailbox)
			known[mailbox] = r
		}
		return r
	}
}
