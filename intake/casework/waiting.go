package casework

import (
	"slices"
	"time"

	"requestd/intake"
	"requestd/intake/compose"
	"requestd/intake/holds"
	"requestd/store"
)

// withdrawLetter takes an unsent acknowledgement out of the outbox.
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

// Refresh brings the letters of a case up to date after an attempt to send one
// has failed, since the case may have changed while the server had the letter.
// The letter is written anew or taken out of the outbox.
func (cs *Cases) Refresh(tx *store.Tx, c *intake.Case) error {
	if err := cs.refresh(tx, c, &Change{}); err != nil {
		return err
	}
	return cs.Put(tx, c)
}

// refresh keeps a waiting letter true to its case: it is written anew if the
// dates or the kind that it states have changed, and taken out of the outbox if
// the case has ended.
func (cs *Cases) refresh(tx *store.Tx, c *intake.Case, ch *Change) error {
	for _, other := range []func(*Cases, *store.Tx, *intake.Case, *intake.View, *Change) error{
		(*Cases).stopCorrection, (*Cases).refreshNeutral, (*Cases).refreshSteps, (*Cases).readdress, (*Cases).refreshNoRequest,
	} {
		if err := other(cs, tx, c, cs.View(tx, c), ch); err != nil {
			return err
		}
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
	anew.ID, anew.Next, anew.Released = l.ID, l.Next, l.Released
	if l.Edited {
		cs.heldAnew(tx, c, anew)
	}
	return tx.RewriteLetter(anew)
}

// outdated reports whether something that a letter states is no longer true.
func (cs *Cases) outdated(c *intake.Case, v *intake.View, l intake.Letter) bool {
	kinds, dates, ended := differ(l.Promises, v.Clocks)
	return kinds || dates || ended || restated(c, l)
}

// restated reports whether something that every letter says was put right, or
// such a correction taken back, or that in turn, since a letter was written.
func restated(c *intake.Case, l intake.Letter) bool {
	return slices.ContainsFunc(c.Live(), func(ev intake.Event) bool {
		about := ev
		for (about.Name == intake.Void || about.Name == intake.DecisionUndone) && about.Refers > 0 && about.Refers < about.N {
			about = c.Events[about.Refers-1]
		}
		return (about.Name == intake.ReceivedOn || about.Name == intake.AddressGiven || about.Name == intake.Corrected) && !ev.At.Before(l.Created)
	})
}

// readdress has the drafts of a case follow it to another address, in the words
// that they have. One that was let go waits for a person's word anew.
func (cs *Cases) readdress(tx *store.Tx, c *intake.Case, _ *intake.View, ch *Change) error {
	to := c.Person().ReplyTo
	for _, l := range tx.LettersOf(c.Ref) {
		drafted := l.Purpose.NextStep() || l.Purpose == intake.ForNoRequest
		waits := l.State == intake.LetterHeld || l.State == intake.LetterWaiting
		if !drafted || !waits || l.Doubts > 0 || intake.SameAddress(l.To, to) || !intake.Mailable(to) {
			continue
		}
		l, err := tx.Letter(l.ID)
		if err != nil {
			return err
		}
		_, text, err := compose.Text(l.Raw)
		if err != nil {
			return err
		}
		l.To = to
		if err := cs.retext(tx, c, &l, text); err != nil {
			return err
		}
		if l.State == intake.LetterWaiting {
			l.State, l.Next, l.Released, l.Response = intake.LetterHeld, time.Time{}, time.Time{}, asDraft
			cs.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: l.Purpose.Event(intake.AckHeld), Letter: l.ID, Code: holds.ByHand})
			ch.warn("letter %d, which had not gone yet, is addressed anew and waits for your word", l.ID)
		}
		if err := tx.RewriteLetter(&l); err != nil {
			return err
		}
	}
	return nil
}
