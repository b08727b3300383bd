package register

import (
	"context"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/statistics"
	"requestd/store"
)

// StatisticsQuery says what is to be counted. AsAt 0 is the usual day.
type StatisticsQuery struct {
	statistics.Period
	Mailbox   string
	Mailboxes []string // those that whoever asks may read; nil is all
}

// Statistics are the figures of a period.
type Statistics struct {
	Rows    []statistics.Row                `json:"rows"`
	Reading map[intake.Kind]statistics.Read `json:"reading"`
}

// Statistics counts what was received within a period, as at a day: from the
// events recorded by then and the bank holidays known then.
func (rg *Register) Statistics(ctx context.Context, q StatisticsQuery) (*Statistics, error) {
	if err := rg.checkMailbox(q.Mailbox); err != nil {
		return nil, err
	}
	var n *statistics.Count
	err := rg.store.View(func(tx *store.Tx) error {
		if q.From == 0 || q.To < q.From || q.From > tx.Today() {
			return &casework.Refusal{Says: "statistics: want a period that begins before it ends, and not after today"}
		}
		if q.AsAt == 0 {
			q.AsAt = statistics.AsAt(q.To, tx.Today(), rg.cases.Calendar())
		}
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
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Statistics{Rows: n.Rows(), Reading: n.Reading()}, nil
}

// house gives the house rules by mailbox, each read once.
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
