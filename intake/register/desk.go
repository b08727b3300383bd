package register

import (
	"context"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// Desk is one open case as a list of work shows it.
type Desk struct {
	*intake.View
	Officer string        // who said that they work on it; "" for nobody
	Due     deadlines.Day // the earliest date of its parts, promised ones included
	Events  int           // how many events it has
}

// Open gives every open case of some mailboxes, nil being all, by the date
// that comes first.
func (rg *Register) Open(_ context.Context, mailboxes []string) (list []Desk, err error) {
	err = rg.store.View(func(tx *store.Tx) error {
		for c, ix := range tx.OpenCases() {
			if among(c.Mailbox, mailboxes) {
				list = append(list, Desk{View: rg.cases.View(tx, c), Officer: OfficerOf(c), Due: ix.Due, Events: len(c.Events)})
			}
		}
		return nil
	})
	return list, err
}

// OfficerOf is who last said that they work on a case.
func OfficerOf(c *intake.Case) (officer string) {
	for _, ev := range c.Live() {
		if ev.Name == intake.Note && ev.Code == intake.CodeMine {
			officer = intake.ActorName(ev.Actor)
		}
	}
	return officer
}
