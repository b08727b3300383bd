package engine

import (
	"context"
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// KindInput is a person's decision on what a mail is.
type KindInput struct {
	Kind intake.Kind   `json:"kind"` // foi, dsar, review, not-a-request
	Of   intake.Kind   `json:"of"`   // of a review
	Also []intake.Kind `json:"also"`
}

func (in KindInput) check() error {
	if !in.Kind.HasClock() && in.Kind != intake.NotARequest {
		return refuse("kind %q: want foi, dsar, review or not-a-request", in.Kind)
	}
	if in.Of != "" && (in.Kind != intake.Review || in.Of != intake.FOI && in.Of != intake.DSAR && in.Of != intake.Unknown) {
		return refuse("of %q: only a review is of something, foi or dsar", in.Of)
	}
	for _, k := range in.Also {
		if !k.HasClock() || k == in.Kind {
			return refuse("also %q: want a further kind of foi, dsar, review", k)
		}
	}
	return nil
}

// heldWhatever are reasons that a decision on the kind does not settle: the
// letter goes only when somebody releases that very letter. A missing address
// is not among them: once it is given the letter can go.
var heldWhatever = []string{"danger", "whatdotheyknow-dsar", holdOwn, holdBeforeStart, holdTakenOver}

// Reclassify records a person's decision on the kind, and sends the
// acknowledgement if it is still owed.
func (e *Engine) Reclassify(_ context.Context, by By, ref string, in KindInput) (*Change, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.Kind == intake.Review && in.Of == "" {
		in.Of = intake.Unknown
	}
	return e.act(ref, by, func(tx *store.Tx, c *intake.Case, ch *Change) error {
		return e.reclassify(tx, c, ch, by, in)
	})
}

func (e *Engine) reclassify(tx *store.Tx, c *intake.Case, ch *Change, by By, in KindInput) error {
	v := ch.Before
	if into := mergedInto(c); into != "" {
		return refuse("case %s was merged into %s: decide on that one", c.Ref, into)
	}
	for _, k := range v.Parts() {
		if v.Decided && in.Kind.HasClock() && in.Kind != k && !slices.Contains(in.Also, k) {
			ch.warn("the part %s ends with this, and nobody is reminded of it any more: --also %s keeps it", k, k)
		}
	}
	e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Reclassified, Kind: in.Kind, Of: in.Of, Also: in.Also})
	ch.Event = len(c.Events)
	if in.Kind == intake.Review && in.Of == intake.Unknown {
		ch.warn("it is not known what the review is of, so the earlier date is kept: say it with --of foi or --of dsar once you know")
	}
	if in.Kind == intake.NotARequest {
		if v.Ack.Letter != 0 && !v.Ack.At.IsZero() {
			ch.warn("the acknowledgement has gone out: write to the requester yourself that this is not dealt with as a request")
		}
		return e.withdrawLetter(tx, c, "a person decided that it is no request")
	}
	if !v.Ack.At.IsZero() {
		if last, ok := e.told(tx, c); ok && sendingOrDone(last) && wrongIn(c, e.view(tx, c), last).Any() {
			ch.warn("the letter that went out said something else: requestd acknowledge %s --correct sends a correction", c.Ref)
		}
		return nil
	}
	if !mailable(c.Person().ReplyTo) {
		ch.noAddress(c.Ref)
		return nil
	}
	if !e.view(tx, c).IsOpen() {
		ch.warn("the case is %s: no acknowledgement is sent", e.view(tx, c).State)
		return nil
	}
	for _, why := range slices.Concat(v.Opening.Hold, v.Ack.Held) {
		if slices.Contains(heldWhatever, why) {
			ch.warn("the acknowledgement stays held (%s): requestd acknowledge %s releases it", why, c.Ref)
			return nil
		}
	}
	l, written := e.ackLetter(tx, c)
	if written && l.State == intake.LetterBounced {
		ch.warn("the acknowledgement came back from %s: acknowledge it another way and record that with requestd acknowledge %s --by-hand DATE", l.To, c.Ref)
		return nil
	}
	if written && sendingOrDone(l) {
		ch.warn("an acknowledgement is on its way (%s): requestd outbox shows it", l.State)
		return nil
	}
	queued, err := e.releaseAfter(tx, c, by.Actor, by.Wait)
	if err != nil {
		return err
	}
	ch.Letter = queued.ID
	return nil
}

func sendingOrDone(l intake.Letter) bool {
	switch l.State {
	case intake.LetterSending, intake.LetterSent, intake.LetterInDoubt:
		return true
	}
	return l.State == intake.LetterWaiting && l.Attempts > 0
}

func nonNil(k []intake.Kind) []intake.Kind {
	if k == nil {
		return []intake.Kind{}
	}
	return k
}

func merged(c *intake.Case) bool { return mergedInto(c) != "" }

// mergedInto names the case in which this one ended; "" for none.
func mergedInto(c *intake.Case) (ref string) {
	for _, ev := range c.Live() {
		if ev.Name == intake.MergedInto {
			ref = ev.Ref
		}
	}
	return ref
}

// AckInput says how an acknowledgement is settled.
type AckInput struct {
	ByHand  deadlines.Day `json:"by_hand"` // it was made otherwise on that day
	Address string        `json:"address"` // where it is to go, where the mail gave none or a wrong one
	Correct bool          `json:"correct"` // send a correction of the one that went out
}

// Acknowledge releases a held acknowledgement, records one made otherwise, or
// sends the letter that corrects a wrong one.
func (e *Engine) Acknowledge(_ context.Context, by By, ref string, in AckInput) (*Change, error) {
	return e.act(ref, by, func(tx *store.Tx, c *intake.Case, ch *Change) error {
		return e.acknowledge(tx, c, ch, by, in)
	})
}

func (e *Engine) acknowledge(tx *store.Tx, c *intake.Case, ch *Change, by By, in AckInput) error {
	v := ch.Before
	if in.Address != "" {
		if !mailable(in.Address) || e.own(in.Address) {
			return refuse("address %q: want the requester's, of the form name@example.org", in.Address)
		}
		e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.AddressGiven, Personal: &intake.Personal{ReplyTo: in.Address}})
	}
	switch {
	case in.ByHand != 0:
		return e.record(tx, c, ch, by, RecordInput{Event: intake.Acknowledged, Date: in.ByHand})
	case in.Correct:
		return e.correct(tx, c, ch, by)
	case !v.Ack.At.IsZero():
		return refuse("case %s was acknowledged on %s: one automatic acknowledgement a case; --correct sends a correction", c.Ref, deadlines.DayOf(v.Ack.At))
	case v.Kind == intake.NotARequest || merged(c):
		return refuse("case %s is no request, or was merged: there is nothing to acknowledge", c.Ref)
	case !v.IsOpen():
		return refuse("case %s is %s: there is nothing to acknowledge any more", c.Ref, v.State)
	case v.Doubt || len(v.Parts()) == 0:
		if in.Address != "" { // kept for the letter that the decision sets off
			ch.warn("case %s is not decided yet: requestd reclassify %s KIND decides and sends the acknowledgement", c.Ref, c.Ref)
			return nil
		}
		return refuse("case %s is not decided yet: requestd reclassify %s KIND decides and sends the acknowledgement", c.Ref, c.Ref)
	}
	if l, ok := e.ackLetter(tx, c); ok && sendingOrDone(l) {
		return refuse("the acknowledgement of %s is on its way already (%s): requestd outbox shows it", c.Ref, l.State)
	}
	l, err := e.releaseAfter(tx, c, by.Actor, by.Wait)
	if err != nil {
		return err
	}
	ch.Letter = l.ID
	return nil
}
