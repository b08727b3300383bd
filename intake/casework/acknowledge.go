package casework

import (
	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/compose"
	"requestd/store"
)

// AckInput says how an acknowledgement is to be made.
type AckInput struct {
	ByHand  deadlines.Day `json:"by_hand"` // the day on which it was made in another way
	Address string        `json:"address"` // where it goes if the mail gave no address or a wrong one
	Correct bool          `json:"correct"` // send a correction of the one that was sent
	Text    string        `json:"-"`       // a person's text; "" keeps the usual one
}

// Acknowledge releases a held acknowledgement, records one that was made in
// another way, or sends the letter that corrects a wrong one.
func Acknowledge(in AckInput) Act {
	return Act{ToAcknowledge, func(cs *Cases, tx *store.Tx, c *intake.Case, ch *Change, by By) error {
		return cs.acknowledge(tx, c, ch, by, in)
	}}
}

func (cs *Cases) acknowledge(tx *store.Tx, c *intake.Case, ch *Change, by By, in AckInput) error {
	v := ch.Before
	if in.Address != "" {
		if !intake.Mailable(in.Address) || cs.Rules().Own(in.Address) {
			return OnAddress.Refuse("address %q: want the requester's, of the form name@example.org", in.Address)
		}
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.AddressGiven, Personal: &intake.Personal{ReplyTo: in.Address}})
	}
	switch {
	case in.ByHand != 0:
		return cs.record(tx, c, ch, by, RecordInput{Event: intake.Acknowledged, Date: in.ByHand})
	case in.Correct:
		return cs.correct(tx, c, ch, by)
	case !v.Ack.At.IsZero() && !cs.datesStillToTell(tx, c, v) && v.Kind != intake.NotARequest:
		return refuse("case %s was acknowledged on %s: one automatic acknowledgement a case; --correct sends a correction", c.Ref, deadlines.DayOf(v.Ack.At))
	case v.Kind == intake.NotARequest:
		if sent, err := cs.sendNoRequest(tx, c, ch, by); sent || err != nil {
			return err
		}
		return refuse("case %s is no request: there is nothing to acknowledge", c.Ref)
	case c.MergedInto() != "":
		return refuse("case %s was merged: there is nothing to acknowledge", c.Ref)
	case !v.IsOpen():
		return refuse("case %s is %s: there is nothing to acknowledge any more", c.Ref, v.State)
	case v.Doubt || len(v.Parts()) == 0:
		if in.Address != "" { // kept for the letter that the decision will write
			ch.warn("case %s is not decided yet: requestd reclassify %s KIND decides and sends the acknowledgement", c.Ref, c.Ref)
			return nil
		}
		return refuse("case %s is not decided yet: requestd reclassify %s KIND decides and sends the acknowledgement", c.Ref, c.Ref)
	}
	if l, ok := cs.AckLetter(tx, c); ok && sendingOrDone(l) {
		return refuse("the acknowledgement of %s is on its way already (%s): requestd outbox shows it", c.Ref, l.State)
	}
	if in.Text != "" {
		if err := cs.wordAcknowledgement(tx, c, by, in.Text); err != nil {
			return err
		}
	}
	n := len(c.Events)
	l, err := cs.releaseAfter(tx, c, by.Actor, by.UndoWait)
	if err != nil {
		return err
	}
	ch.Letter, ch.Event = l.ID, c.Events[n].N // undoing takes back the release only: the words stay
	return nil
}

// wordAcknowledgement replaces the text of the held acknowledgement by a
// person's.
func (cs *Cases) wordAcknowledgement(tx *store.Tx, c *intake.Case, by By, text string) error {
	l, ok := cs.AckLetter(tx, c)
	if !ok {
		return refuse("case %s has no acknowledgement that waits and could be given a text", c.Ref)
	}
	if err := cs.writeForNow(tx, c, &l); err != nil {
		return err
	}
	if err := cs.giveText(tx, c, &l, text); err != nil {
		return err
	}
	cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.StepEdited, Letter: l.ID, Code: string(l.Purpose)})
	return tx.RewriteLetter(&l)
}

// HeldText returns the text of a case's acknowledgement that is held or has
// still to be released; "" if there is none, or if it cannot be sent in the
// present state of the case.
func (cs *Cases) HeldText(tx *store.Tx, c *intake.Case) (string, error) {
	l, ok := cs.AckLetter(tx, c)
	if !ok || l.State != intake.LetterHeld || !Editable(&l) {
		return "", nil
	}
	l, err := tx.Letter(l.ID)
	if err == nil && (len(l.Raw) == 0 || !l.Edited || cs.outdated(c, cs.View(tx, c), l)) {
		err = cs.writeForNow(tx, c, &l)
	}
	if err, refused := toRead(err); refused || err != nil {
		return "", err
	}
	_, text, err := compose.Text(l.Raw)
	return text, err
}
