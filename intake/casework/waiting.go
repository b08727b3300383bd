package casework

import (
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// withdrawLetter takes an acknowledgement that did not go out yet from the
// outbox.
func (cs *Cases) withdrawLetter(tx *store.Tx, c *intake.Case, why string) error {
	l, ok := cs.AckLetter(tx, c)
	if !ok || l.State != intake.LetterWaiting && l.State != intake.LetterHeld {
		return nil
	}
	l.State, l.Response, l.Settled = intake.LetterFailed, intake.NotSent+why, tx.Now()
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	cs.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckHeld, Letter: l.ID, Code: intake.AckWithdrawn})
	return nil
}

// refresh keeps a letter that still waits true to its case: it is written anew
// when the dates or the kind have changed that it states, and taken from the
// outbox when the case has ended.
func (cs *Cases) refresh(tx *store.Tx, c *intake.Case, ch *Change) error {
	if err := cs.stopCorrection(tx, c, cs.View(tx, c), ch); err != nil {
		return err
	}
	if err := cs.refreshNeutral(tx, c, cs.View(tx, c)); err != nil {
		return err
	}
	if err := cs.refreshSteps(tx, c, cs.View(tx, c)); err != nil {
		return err
	}
	l, ok := cs.AckLetter(tx, c)
	if !ok || l.State == intake.LetterSent || l.State == intake.LetterBounced || l.State == intake.LetterFailed {
		return nil
	}
	v := cs.View(tx, c)
	if !v.IsOpen() {
		return cs.withdrawLetter(tx, c, "the case is "+string(v.State))
	}
	if l.State == intake.LetterWaiting && l.Doubts == 0 && !intake.Mailable(c.Person().ReplyTo) {
		ch.noAddress(c.Ref)
		return cs.withdrawLetter(tx, c, "there is no address to write to")
	}
	if l.State == intake.LetterHeld || !cs.outdated(c, v, l) {
		return nil
	}
	if l.State != intake.LetterWaiting || l.Doubts > 0 {
		ch.warn("an acknowledgement with other dates may be on its way: once it is sent, requestd acknowledge %s --correct puts it right", c.Ref)
		return nil
	}
	anew, err := cs.acknowledgement(tx, c, v)
	if err != nil {
		return err
	}
	anew.ID, anew.Next, anew.Freed = l.ID, l.Next, l.Freed
	if l.Edited {
		cs.heldAnew(tx, c, anew)
	}
	return tx.RewriteLetter(anew)
}

// outdated reports whether a letter states what is no longer true.
func (cs *Cases) outdated(c *intake.Case, v *intake.View, l intake.Letter) bool {
	said := map[intake.Kind]deadlines.Day{}
	for _, p := range l.Promises {
		said[p.Part] = p.Day
	}
	for _, k := range v.Clocks {
		if k.Unconfirmed {
			continue
		}
		if said[k.Kind] != k.RespondBy {
			return true
		}
		delete(said, k.Kind)
	}
	return len(said) > 0 || restated(c, l)
}

// restated reports whether something was put right since a letter was written
// that every letter says.
func restated(c *intake.Case, l intake.Letter) bool {
	return slices.ContainsFunc(c.Live(), func(ev intake.Event) bool {
		return (ev.Name == intake.ReceivedOn || ev.Name == intake.AddressGiven || ev.Name == intake.Corrected) && !ev.At.Before(l.Created)
	})
}
