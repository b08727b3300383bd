package casework

import (
	"fmt"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// Attach makes the act that adds a mail to the case.
func Attach(message uint64) Act {
	return Act{ToAttach, func(cs *Cases, tx *store.Tx, c *intake.Case, ch *Change, by By) error {
		return cs.attach(tx, c, ch, by, message)
	}}
}

func (cs *Cases) attach(tx *store.Tx, c *intake.Case, ch *Change, by By, message uint64) error {
	if into := c.MergedInto(); into != "" {
		return OnInto.Refuse("case %s was merged into %s: attach the mail to that one", c.Ref, into)
	}
	a, err := tx.Arrival(message)
	if err != nil {
		return err
	}
	if err := by.MayOn(ToAttach, a.Mailbox, fmt.Sprintf("message %d", message)); err != nil {
		return err
	}
	if a.Ref == c.Ref {
		return refuse("mail %d belongs to case %s already", message, c.Ref)
	}
	if a.Ref != "" {
		return refuse("mail %d belongs to case %s already; only if the two are one request, requestd merge %s %s makes them one", message, a.Ref, a.Ref, c.Ref)
	}
	if store.Erased(&a) {
		return refuse("mail %d was erased, and nothing is left of it to attach", message)
	}
	ch.OtherRequester = !samePerson(a.From, ch.Before.Requester)
	a.Ref, a.Decision = c.Ref, intake.DidFollowup
	a.Why = "a person attached it"
	if err := tx.PutArrival(a); err != nil {
		return err
	}
	c.Messages = append(c.Messages, a.ID)
	cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.MailAttached, Day: deadlines.DayOf(a.Received), Message: a.ID})
	return nil
}
