package register

import (
	"cmp"
	"context"
	"slices"

	"requestd/intake"
	"requestd/store"
)

// DatesFilter chooses whose dates are listed. Zero fields choose all.
type DatesFilter struct {
	Officer   string // in charge, or deputy
	Mailbox   string
	Mailboxes []string // those that the caller may read; nil is all
}

// Dates returns every day by which something is still owed, in order of day.
func (rg *Register) Dates(_ context.Context, f DatesFilter) ([]intake.Date, error) {
	if err := rg.checkMailbox(f.Mailbox); err != nil {
		return nil, err
	}
	dates := []intake.Date{}
	wanted := CaseFilter{Officer: f.Officer, Mailbox: f.Mailbox, Mailboxes: f.Mailboxes}
	err := rg.store.View(func(tx *store.Tx) error {
		for _, d := range rg.open(tx) {
			if wanted.matches(d.View) {
				dates = append(dates, d.Dates()...)
			}
		}
		return nil
	})
	slices.SortStableFunc(dates, func(a, b intake.Date) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Ref, b.Ref)) })
	return dates, err
}
