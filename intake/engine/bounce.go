package engine

import (
	"requestd/intake"
	"requestd/intake/register"
	"requestd/store"
)

// bounced finds the letter of ours that a machine's mail returns. Only a
// Message-ID made by us counts; a delay is no failure (RFC 3464 2.3.3).
func (e *Engine) bounced(tx *store.Tx, it *item) (intake.Letter, bool) {
	m := it.Message
	if r := m.Report; r != nil {
		if r.Action != "failed" && r.Action != "" || r.Type != "delivery-status" {
			return intake.Letter{}, false
		}
		if r.MessageID != "" {
			return tx.LetterByMessageID(r.MessageID)
		}
	}
	if it.Reading.Seems != "bounce" {
		return intake.Letter{}, false
	}
	for _, in := range m.Inner {
		if l, ok := tx.LetterByMessageID(in.MessageID); ok {
			return l, true
		}
	}
	for _, id := range append(m.InReplyTo, m.References...) {
		if l, ok := tx.LetterByMessageID(id); ok {
			return l, true
		}
	}
	return intake.Letter{}, false
}

// believed reports whether a report can be about the letter: the letter has
// left us, and the report names its recipient. Within its own domain a server
// may know the same person under another name. A recipient in another domain is
// somebody to whom the requester forwards mail, or somebody whom we never wrote
// to.
func believed(l intake.Letter, r *intake.Report) bool {
	if l.Attempts == 0 {
		return false
	}
	if r == nil || r.Recipient == "" {
		return true
	}
	return intake.DomainOf(r.Recipient) == intake.DomainOf(l.To) || intake.SameAddress(r.Original, l.To)
}

// letterBounced records that a letter came back. An acknowledgement then no
// longer counts as made, and staff find it in the next list.
func (e *Engine) letterBounced(tx *store.Tx, l intake.Letter, it *item, a *intake.Arrival) error {
	if l.State == intake.LetterBounced {
		return nil
	}
	l.State, l.Settled = intake.LetterBounced, tx.Now()
	if r := it.Message.Report; r != nil {
		l.Response = intake.OneLine("returned: "+r.Status, intake.MaxSubject)
	}
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	if l.Ref == "" || !l.Purpose.Outside() {
		tx.AfterCommit(func() {
			e.log.Warn("a mail to staff came back: check the staff addresses in the configuration", "letter", l.ID, "message", a.ID)
		})
		return register.StaffMailReturned(tx, l.ID)
	}
	c, err := tx.Case(l.Ref)
	if err != nil {
		return err
	}
	e.Cases.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: l.Purpose.Event(intake.AckBounced), Letter: l.ID, Message: a.ID, Code: codeOf(&l)})
	return e.Cases.Put(tx, c)
}
