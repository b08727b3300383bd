package casework

import (
	"context"
	"fmt"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/holds"
	"requestd/store"
	"requestd/templates"
)

// Hold stops a letter to the requester that has not been sent: the
// acknowledgement, the neutral acknowledgement, or a released letter of the
// next steps. A letter of the next steps is stopped before the others, the
// latest first.
func Hold() Act {
	return Act{ToHold, func(cs *Cases, tx *store.Tx, c *intake.Case, _ *Change, by By) error {
		l, ok := cs.AckLetter(tx, c)
		if !ok {
			l, ok = tx.LetterByKey(neutralKey(c.Ref))
		}
		for _, step := range tx.LettersOf(c.Ref) {
			if step.Purpose.NextStep() && step.State == intake.LetterWaiting && step.Doubts == 0 {
				l, ok = step, true
			}
		}
		switch {
		case !ok || l.Stopped():
			return &Refusal{Says: "There is no letter that could be held.", Mend: "Nothing goes out before you decide."}
		case l.State == intake.LetterHeld:
			return &Refusal{Says: "The letter is held already.", Mend: "Nothing needs to be done: it goes out when you answer SEND."}
		case l.State != intake.LetterWaiting || l.Doubts > 0:
			return &Refusal{Says: fmt.Sprintf("It is too late: the letter's state is %s.", l.State), Mend: "The administrator can send a correction."}
		}
		l.State, l.Response = intake.LetterHeld, "held by "+by.Actor
		takeWordBack(&l)
		if err := tx.PutLetter(l); err != nil {
			return err
		}
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: l.Purpose.Event(intake.AckHeld), Letter: l.ID, Code: holds.ByHand})
		return nil
	}}
}

// takeWordBack turns a held letter of the next steps back into a draft that
// must be released, even if a server has refused it.
func takeWordBack(l *intake.Letter) {
	if l.Purpose.NextStep() {
		l.Released = time.Time{}
	}
}

// Claim makes the act that records that the actor works on the case.
func Claim() Act {
	return Act{ToClaim, func(cs *Cases, tx *store.Tx, c *intake.Case, _ *Change, by By) error {
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Note, Code: intake.CodeMine})
		return nil
	}}
}

// ReleaseLetter makes a letter due at once: one that waits, was held, failed or
// is in doubt. An acknowledgement that was held is written anew.
func (cs *Cases) ReleaseLetter(_ context.Context, by By, id uint64) (intake.Letter, error) {
	var l intake.Letter
	err := cs.store.Update(func(tx *store.Tx) (err error) {
		l, err = cs.retryLetter(tx, by, id)
		return err
	})
	if err != nil {
		return l, err
	}
	cs.log.Info("letter released", "letter", id, "actor", by.Actor)
	cs.WakeSenders()
	return l, nil
}

func (cs *Cases) retryLetter(tx *store.Tx, by By, id uint64) (intake.Letter, error) {
	l, c, err := letterOf(tx, by, ToRelease, id)
	if err != nil {
		return l, err
	}
	switch {
	case l.State == intake.LetterSent || l.State == intake.LetterSending:
		return l, refuse("letter %d is %s: it is not sent twice", id, l.State)
	case l.Key == "":
		return l, refuse("letter %d was erased with its case %s, and nothing is left of it to send", id, l.Ref)
	case l.Purpose == intake.ForAcknowledgement && l.Attempts == 0 && l.State == intake.LetterWaiting:
		return l, nil
	case l.Purpose == intake.ForAcknowledgement && l.Attempts == 0, l.IsDraft():
		act := SendDraft(id)
		if l.Purpose == intake.ForAcknowledgement {
			act = Acknowledge(AckInput{})
		}
		if _, err := cs.DoIn(tx, by, c, act); err != nil {
			return l, err
		}
		l, err = tx.Letter(id)
		l.Raw = nil
		return l, err
	case l.State == intake.LetterBounced && !l.Purpose.Outside():
		return l, refuse("letter %d came back from %s, and its text is not kept: see that the address under staff is right", id, l.To)
	case l.State == intake.LetterBounced:
		return l, refuse("letter %d came back from %s and does not go there again: acknowledge it another way, and record that with requestd acknowledge %s --by-hand DATE", id, l.To, l.Ref)
	}
	return l, cs.tryAgain(tx, by, c, &l)
}

// letterOf reads a letter that somebody acts on, and its case if it has one.
func letterOf(tx *store.Tx, by By, act ActName, id uint64) (l intake.Letter, c *intake.Case, err error) {
	if l, err = tx.Letter(id); err != nil {
		return l, nil, err
	}
	mailbox := l.Mailbox
	if l.Ref != "" {
		if c, err = tx.Case(l.Ref); err != nil {
			return l, nil, err
		}
		mailbox = c.Mailbox
	}
	if err := by.MayOn(act, mailbox, fmt.Sprintf("letter %d", id)); err != nil || c == nil {
		return l, nil, err
	}
	return l, c, believed(c, by.SeenEvents)
}

// tryAgain puts a letter back into the queue. One to the requester is sent only
// while its case asks for it, with the dates of now, and the release is
// recorded in the case's history.
func (cs *Cases) tryAgain(tx *store.Tx, by By, c *intake.Case, l *intake.Letter) error {
	reason := "released by " + by.Actor
	if !l.Purpose.Outside() {
		l.State, l.Next, l.Released, l.Response = intake.LetterWaiting, tx.Now(), tx.Now(), reason
		return tx.PutLetter(*l)
	}
	v := cs.View(tx, c)
	if l.Purpose.NextStep() {
		if err := cs.readyToGo(tx, c, v, l); err != nil {
			return err
		}
	}
	named, _, err := misdated(tx, c, v, l)
	if err != nil {
		return err
	}
	switch {
	case l.Purpose == intake.ForCorrection && wrongIn(c, v, *l).Any():
		return refuse("correction %d does not say what is true of %s now: requestd acknowledge %s --correct writes another", l.ID, c.Ref, c.Ref)
	case l.Purpose == intake.ForNeutral && !(v.Doubt && v.IsOpen() && v.Ack.At.IsZero()):
		return refuse("case %s was decided, acknowledged or ended: its neutral acknowledgement does not go out any more", c.Ref)
	case l.Purpose == intake.ForNoRequest && c.MergedInto() != "":
		return refuse("case %s was merged into %s: letter %d, which says that it is no request, does not go out any more", c.Ref, c.MergedInto(), l.ID)
	case l.Purpose == intake.ForNoRequest && v.Kind != intake.NotARequest:
		return refuse("case %s is a request: letter %d, which says that it is none, does not go out any more", c.Ref, l.ID)
	case l.Purpose == intake.ForAcknowledgement && !v.IsOpen():
		return refuse("case %s is %s: its acknowledgement does not go out any more", c.Ref, v.State)
	case l.Purpose == intake.ForAcknowledgement && !v.Ack.At.IsZero():
		return refuse("case %s was acknowledged on %s: one automatic acknowledgement a case", c.Ref, deadlines.DayOf(v.Ack.At))
	case l.Purpose == intake.ForAcknowledgement && (cs.outdated(c, v, *l) || named != 0) && l.Doubts > 0:
		return mayHaveArrived(c, *l)
	case named != 0 && l.Purpose != intake.ForAcknowledgement && (l.Doubts > 0 || l.Edited || l.Purpose == intake.ForCorrection || l.Purpose.NextStep()):
		return cs.trueDays(tx, c, v, l)
	case l.Purpose == intake.ForAcknowledgement && cs.outdated(c, v, *l), l.Purpose == intake.ForNeutral && l.Doubts == 0 && restated(c, *l), named != 0:
		anew, err := cs.anew(tx, c, v, l)
		if err != nil {
			return err
		}
		anew.ID, anew.Attempts, anew.Released, anew.Response = l.ID, l.Attempts, tx.Now(), reason
		*l, err = *anew, tx.RewriteLetter(anew)
		if err != nil {
			return err
		}
	default:
		l.State, l.Next, l.Released, l.Settled, l.Response = intake.LetterWaiting, tx.Now(), tx.Now(), time.Time{}, reason
		if err := tx.PutLetter(*l); err != nil {
			return err
		}
	}
	code := "again"
	if l.Purpose == intake.ForCorrection {
		code = "correction"
	}
	cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: l.Purpose.Event(intake.AckReleased), Letter: l.ID, Code: code})
	if l.Purpose == intake.ForAcknowledgement {
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.AckQueued, Letter: l.ID})
	}
	return cs.Put(tx, c)
}

// mayHaveArrived makes the refusal of an acknowledgement that cannot be written
// anew.
func mayHaveArrived(c *intake.Case, l intake.Letter) error {
	return refuse("letter %d may have arrived, with dates that are no longer true, and does not go again: ask %s, and record with requestd acknowledge %s --by-hand DATE how they were told", l.ID, l.To, c.Ref)
}

// anew writes a letter again for the present state of its case: an
// acknowledgement, a neutral one, or one that says that a mail is no request.
func (cs *Cases) anew(tx *store.Tx, c *intake.Case, v *intake.View, l *intake.Letter) (*intake.Letter, error) {
	anew, err := cs.letterTo(tx, c, v, l.Purpose, l.Key, templates.Corrected{})
	if err == nil && !intake.Mailable(anew.To) {
		return nil, refuse("case %s has no address to write to: requestd record %s corrected --address ADDRESS gives it one", c.Ref, c.Ref)
	}
	return anew, err
}

// HoldLetter holds a letter that has not been sent yet.
func (cs *Cases) HoldLetter(_ context.Context, by By, id uint64) (intake.Letter, error) {
	var l intake.Letter
	err := cs.store.Update(func(tx *store.Tx) (err error) {
		var c *intake.Case
		if l, c, err = letterOf(tx, by, ToHold, id); err != nil {
			return err
		}
		if l.State != intake.LetterWaiting && l.State != intake.LetterInDoubt {
			return refuse("letter %d is %s: only one that waits or is in doubt can be held", id, l.State)
		}
		l.State, l.Next, l.Response = intake.LetterHeld, time.Time{}, "held by "+by.Actor
		takeWordBack(&l)
		if err := tx.PutLetter(l); err != nil || !l.Purpose.Outside() {
			return err
		}
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: l.Purpose.Event(intake.AckHeld), Letter: l.ID, Code: holds.ByHand})
		return cs.Put(tx, c)
	})
	if err == nil {
		cs.log.Info("letter held", "letter", id, "actor", by.Actor)
	}
	return l, err
}
