package clock

import (
	"fmt"
	"time"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/notices"
	"requestd/store"
	"requestd/templates"
)

// beforeStart are arrivals from before the start that staff have still to see.
type beforeStart struct {
	Waiting []uint64  `json:"waiting"`
	Last    time.Time `json:"last"` // when the last of them came in
}

// settleTime is how long the first reading of a mailbox must have been quiet
// before the list is written, so that there is one list and not many.
const settleTime = 30 * time.Second

// NoteBeforeStart puts a mail from before the start on the list that staff get
// once its mailbox has been read.
func NoteBeforeStart(tx *store.Tx, a *intake.Arrival) error {
	b := notListed(tx, a.Mailbox)
	b.Waiting, b.Last = append(b.Waiting, a.ID), tx.Now()
	return tx.SetFact("before-start/"+a.Mailbox, b)
}

func notListed(tx *store.Tx, mailbox string) beforeStart {
	b, _ := store.Fact[beforeStart](tx, "before-start/"+mailbox)
	return b
}

// listBeforeStart shows staff, once, the mail from before the start that may
// still be within a statutory period.
func (cl *Clock) listBeforeStart() error {
	for _, box := range cl.cases.Settings().Mailboxes {
		var b beforeStart
		due := func(tx *store.Tx) bool {
			b = notListed(tx, box.Name)
			return len(b.Waiting) > 0 && (tx.Now().Sub(b.Last) >= settleTime || cl.once.Load())
		}
		err := cl.whenDue(due, func(tx *store.Tx) error { return cl.tellBeforeStart(tx, &box, b) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (cl *Clock) tellBeforeStart(tx *store.Tx, box *config.Mailbox, b beforeStart) error {
	list := templates.List{Title: "From before " + box.Since.String() + ", perhaps still inside a statutory period"}
	for _, id := range b.Waiting {
		a, err := tx.Arrival(id)
		if err != nil {
			return err
		}
		addRow(&list, arrivalRow(a))
	}
	for i, page := range paged([]templates.List{list}) {
		n := notices.News{
			Purpose: intake.ForBeforeStart, Kind: templates.BeforeStart, Subscription: config.GetsTriage,
			Code: fmt.Sprintf("%s/through-%d/%d", box.Name, b.Waiting[len(b.Waiting)-1], i+1), Notice: templates.Notice{Lists: page, Due: box.Since},
		}
		if err := cl.notices.Notify(tx, box.Name, nil, n); err != nil {
			return err
		}
	}
	return tx.DeleteFact("before-start/" + box.Name)
}

// nextBeforeStart is when the list of mail from before the start may be
// written; the zero time when there is none to write.
func (cl *Clock) nextBeforeStart(tx *store.Tx) (next time.Time) {
	for _, box := range cl.cases.Settings().Mailboxes {
		b := notListed(tx, box.Name)
		if at := b.Last.Add(settleTime); len(b.Waiting) > 0 && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
