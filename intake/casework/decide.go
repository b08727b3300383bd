package casework

import (
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/holds"
	"requestd/store"
)

// KindInput is a person's decision on what a mail is.
type KindInput struct {
	Kind  intake.Kind   `json:"kind"`  // foi, dsar, review, eir, rights, not-a-request
	Of    intake.Kind   `json:"of"`    // of a review
	Right []string      `json:"right"` // of rights; if empty, those found in the mail
	Also  []intake.Kind `json:"also"`
}

func (in KindInput) has(k intake.Kind) bool { return in.Kind == k || slices.Contains(in.Also, k) }

// ofKinds are the kinds that a review can be about.
var ofKinds = []intake.Kind{intake.FOI, intake.DSAR, intake.EIR, intake.Rights, intake.Unknown}

func (in KindInput) check() error {
	if !in.Kind.HasClock() && in.Kind != intake.NotARequest {
		return OnKind.Refuse("kind %q: want foi, dsar, review, eir, rights or not-a-request", in.Kind)
	}
	if in.Of != "" && (in.Kind != intake.Review || !slices.Contains(ofKinds, in.Of)) {
		return OnKind.Refuse("of %q: only a review is of something, foi, dsar, eir or rights", in.Of)
	}
	for _, k := range in.Also {
		if !k.HasClock() || k == in.Kind {
			return OnAlso.Refuse("also %q: want a further kind of foi, dsar, review, eir, rights", k)
		}
	}
	for _, r := range in.Right {
		if !in.has(intake.Rights) {
			return OnRight.Refuse("right %q: only the kind rights has any", r)
		}
		if !slices.Contains(intake.RightNames, r) {
			return OnRight.Refuse("right %q: want one of %s", r, strings.Join(intake.RightNames, ", "))
		}
	}
	return nil
}

// heldWhatever are reasons that a decision on the kind does not settle: the
// letter is sent only when somebody releases that very letter. The perils of a
// case are such reasons too. A missing address is not: once it is given the
// letter can be sent.
var heldWhatever = []string{holds.Published, holds.Own, holds.BeforeStart, holds.TakenOver}

// Decide records a person's decision on the kind, and sends the
// acknowledgement if it is still owed.
func Decide(in KindInput) Act {
	return Act{ToDecide, func(cs *Cases, tx *store.Tx, c *intake.Case, ch *Change, by By) error {
		if err := in.check(); err != nil {
			return err
		}
		if in.Kind == intake.Review && in.Of == "" {
			in.Of = intake.Unknown
		}
		return cs.reclassify(tx, c, ch, by, in)
	}}
}

func (cs *Cases) reclassify(tx *store.Tx, c *intake.Case, ch *Change, by By, in KindInput) error {
	v := ch.Before
	if into := c.MergedInto(); into != "" {
		return refuse("case %s was merged into %s: decide on that one", c.Ref, into)
	}
	if in.has(intake.Rights) && len(in.Right) == 0 {
		if in.Right = v.Right; len(in.Right) == 0 {
			ch.noRight()
		}
	}
	for _, k := range v.Parts() {
		if v.Decided && in.Kind.HasClock() && in.Kind != k && !slices.Contains(in.Also, k) {
			ch.warn("the part %s ends with this, and nobody is reminded of it any more: --also %s keeps it", k, k)
		}
	}
	for _, k := range v.Clocks {
		if k.Outcome != "" && k.Outcome != intake.Unspecified && k.Kind != in.Kind && in.Kind.HasClock() && !slices.Contains(intake.OutcomesOf(in.Kind, in.Of), k.Outcome) {
			ch.warn("the answer was recorded as %q, which is no outcome of a %s: strike it and record it again with one of %s", k.Outcome, in.Kind, strings.Join(intake.OutcomesOf(in.Kind, in.Of), ", "))
		}
	}
	cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Reclassified, Kind: in.Kind, Of: in.Of, Also: in.Also, Right: in.Right})
	ch.Event = len(c.Events)
	if err := stopNeutral(tx, c); err != nil {
		return err
	}
	if in.Kind == intake.Review && in.Of == intake.Unknown {
		ch.warn("it is not known what the review is of, so the earlier date is kept: say it with --of foi, dsar, eir or rights once you know")
	}
	if in.Kind == intake.NotARequest {
		_, neutrally := cs.onlyNeutrally(tx, c, v)
		if !neutrally && v.Ack.Letter != 0 && !v.Ack.At.IsZero() {
			ch.warn("the acknowledgement has gone out: write to the requester yourself that this is not dealt with as a request")
		}
		if err := cs.withdrawLetter(tx, c, "a person decided that it is no request"); err != nil || !neutrally {
			return err
		}
		return cs.draftNoRequest(tx, c, ch)
	}
	if !v.Ack.At.IsZero() && !cs.datesStillToTell(tx, c, cs.View(tx, c)) {
		if last, ok := cs.lastStatement(tx, c); ok && sendingOrDone(last) && wrongIn(c, cs.View(tx, c), last).Any() {
			ch.warn("the letter that went out said something else: requestd acknowledge %s --correct sends a correction", c.Ref)
		}
		return nil
	}
	if !intake.Mailable(c.Person().ReplyTo) {
		ch.noAddress(c.Ref)
		return nil
	}
	if !cs.View(tx, c).IsOpen() {
		ch.warn("the case is %s: no acknowledgement is sent", cs.View(tx, c).State)
		return nil
	}
	switch why, err := StaysHeld(tx, c, v); {
	case err != nil:
		return err
	case why != "":
		ch.warn("the acknowledgement stays held (%s): requestd acknowledge %s releases it", holds.Short(why), c.Ref)
		return nil
	}
	switch l, written := cs.AckLetter(tx, c); {
	case written && l.State == intake.LetterBounced:
		ch.warn("the acknowledgement came back: acknowledge it another way and record that with requestd acknowledge %s --by-hand DATE", c.Ref)
	case written && sendingOrDone(l):
		ch.warn("an acknowledgement is on its way (%s): requestd outbox shows it", l.State)
	case written && l.Doubts > 0 && cs.outdated(c, cs.View(tx, c), l):
		ch.warn("an acknowledgement with other dates may be on its way: once it is sent, requestd acknowledge %s --correct puts it right", c.Ref)
	default:
		queued, err := cs.releaseAfter(tx, c, by.Actor, by.UndoWait)
		if err != nil {
			return err
		}
		ch.Letter = queued.ID
	}
	return nil
}

// StaysHeld returns the first reason why the acknowledgement needs a release of
// its own, so that neither a decision on the kind nor the program sends it; ""
// if there is none. The error is the store's.
func StaysHeld(tx *store.Tx, c *intake.Case, v *intake.View) (string, error) {
	why := v.Perils()
	urgent, err := urgentMail(tx, c)
	if err != nil {
		return "", err
	}
	if urgent {
		why = append(why, holds.Danger)
	}
	for _, code := range slices.Concat(v.Opening.Hold, v.Ack.Held) {
		if slices.Contains(heldWhatever, code) {
			why = append(why, code)
		}
	}
	if len(why) == 0 {
		return "", nil
	}
	return why[0], nil
}

func sendingOrDone(l intake.Letter) bool {
	return slices.Contains([]intake.LetterState{intake.LetterSending, intake.LetterSent, intake.LetterInDoubt}, l.State) ||
		l.State == intake.LetterWaiting && l.Doubts > 0
}
