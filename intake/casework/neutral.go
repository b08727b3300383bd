package casework

import (
	"errors"
	"slices"
	"time"

	"requestd/intake"
	"requestd/store"
	"requestd/templates"
)

func neutralKey(ref string) string { return ref + "/" + string(intake.ForNeutral) }

func noRequestKey(ref string) string { return ref + "/" + string(intake.ForNoRequest) }

// AcknowledgeNeutrally puts the neutral acknowledgement of a case into the
// outbox if it is due by now, and reports whether it did. It does so once a
// thread, within the limits of sending, and not if further mail speaks of
// danger.
func (cs *Cases) AcknowledgeNeutrally(tx *store.Tx, c *intake.Case, v *intake.View) (bool, error) {
	at := v.NeutralAt()
	if at.IsZero() || tx.Now().Before(at) || !cs.Rules().Box(c.Mailbox).NeutralAcknowledgement || cs.Late(tx, v) {
		return false, nil
	}
	if ok, err := cs.mayBeNeutral(tx, c, v); !ok || err != nil {
		return false, err
	}
	l, err := cs.letterTo(tx, c, v, intake.ForNeutral, neutralKey(c.Ref), templates.Corrected{})
	if err != nil || !intake.Mailable(l.To) {
		return false, err
	}
	if added, err := tx.Enqueue(l); !added || err != nil {
		return false, err
	}
	cs.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckQueued, Letter: l.ID, Code: string(intake.ForNeutral)})
	tx.AfterCommit(func() {
		cs.log.Info("a mail that nobody decided in time is acknowledged neutrally", "ref", c.Ref, "letter", l.ID)
	})
	return true, nil
}

// mayBeNeutral reports whether a neutral letter is allowed by the thread, the
// limits of sending and the further mail on the case.
func (cs *Cases) mayBeNeutral(tx *store.Tx, c *intake.Case, v *intake.View) (bool, error) {
	if cs.TooMany(tx, c.Mailbox, c.Person().ReplyTo) {
		cs.log.Warn("no neutral acknowledgement: too many letters to this address", "ref", c.Ref)
		return false, nil
	}
	for _, ev := range c.Live() {
		if ev.Name == intake.Linked {
			// Another person who names the case must not learn in this way that it had a
			// neutral letter.
			if l, written := tx.LetterByKey(neutralKey(ev.Ref)); written && intake.Account(l.To) == intake.Account(c.Person().ReplyTo) {
				return false, nil
			}
		}
	}
	why, err := StaysHeld(tx, c, v) // meanwhile a person may have said that a child asks
	return why == "", err
}

// urgentMail reports whether any mail of a case speaks of danger or may: also
// later mail, mail of a case that was merged into it, and mail whose record
// cannot be read.
func urgentMail(tx *store.Tx, c *intake.Case) (bool, error) {
	for _, id := range c.Messages {
		a, err := tx.Arrival(id)
		switch {
		case errors.Is(err, store.ErrUnreadable), err == nil && a.Urgent != "":
			return true, nil
		case err != nil:
			return false, err
		}
	}
	return false, nil
}

// TooMany reports whether an address has already had as many automatic letters
// as the limits per hour or per day allow.
func (cs *Cases) TooMany(tx *store.Tx, mailbox, to string) bool {
	limit, share := cs.Settings().PerAddressOf(mailbox)
	now, among := tx.Now(), store.MailboxSet(share)
	return limit.Day > 0 && tx.OutsideSent(to, now.Add(-24*time.Hour), 0, among) >= limit.Day ||
		limit.Hour > 0 && tx.OutsideSent(to, now.Add(-time.Hour), 0, among) >= limit.Hour
}

// neutral returns the neutral acknowledgement of a case, or of one that was
// merged into it, if it was sent or may have been: then the requester must
// still be told what becomes of the mail.
func (cs *Cases) neutral(tx *store.Tx, c *intake.Case) (intake.Letter, bool) {
	refs := []string{c.Ref}
	for _, ev := range c.Live() {
		if ev.Name == intake.Merged {
			refs = append(refs, ev.Ref)
		}
	}
	for _, ref := range refs {
		if l, ok := tx.LetterByKey(neutralKey(ref)); ok && sendingOrDone(l) {
			return l, true
		}
	}
	return intake.Letter{}, false
}

// onlyNeutrally reports whether a case was acknowledged only by a neutral
// letter, its own or that of a case merged into it.
func (cs *Cases) onlyNeutrally(tx *store.Tx, c *intake.Case, v *intake.View) (intake.Letter, bool) {
	l, ok := cs.neutral(tx, c)
	own := v.Ack.Letter == l.ID
	brought := v.Ack.ByHand && !slices.ContainsFunc(c.Live(), func(ev intake.Event) bool { return ev.Name == intake.Acknowledged && ev.Ref == "" })
	return l, ok && (own || brought)
}

// datesStillToTell reports whether a case was acknowledged neutrally and the
// requester has not been told yet what it is and by when it is answered.
func (cs *Cases) datesStillToTell(tx *store.Tx, c *intake.Case, v *intake.View) bool {
	n, ok := cs.onlyNeutrally(tx, c, v)
	if !ok || v.Doubt || v.Kind == intake.NotARequest {
		return false
	}
	l, written := cs.AckLetter(tx, c)
	return n.State != intake.LetterBounced && (!written || !sendingOrDone(l) && l.State != intake.LetterBounced)
}

// stopNeutral takes a neutral letter that did not go yet from the outbox, once
// there is something better to say.
func stopNeutral(tx *store.Tx, c *intake.Case) error {
	l, ok := tx.LetterByKey(neutralKey(c.Ref))
	if !ok || sendingOrDone(l) || l.State != intake.LetterWaiting && l.State != intake.LetterHeld {
		return nil
	}
	l.State, l.Response, l.Settled = intake.LetterFailed, intake.NotSent+"it was overtaken", tx.Now()
	return tx.PutLetter(l)
}

// draftNoRequest drafts the letter to somebody who was acknowledged neutrally
// and whose mail turned out to be no request. A person sends it.
func (cs *Cases) draftNoRequest(tx *store.Tx, c *intake.Case, ch *Change) error {
	l, err := cs.letterTo(tx, c, cs.View(tx, c), intake.ForNoRequest, noRequestKey(c.Ref), templates.Corrected{})
	if err != nil {
		return err
	}
	if old, ok := tx.LetterByKey(l.Key); ok {
		if sendingOrDone(old) {
			return nil
		}
		l.ID = old.ID
	}
	l.State, l.Next, l.Response = intake.LetterHeld, time.Time{}, "a draft: a person sends it or answers in another way"
	if l.ID == 0 {
		_, err = tx.Enqueue(l)
	} else {
		err = tx.RewriteLetter(l)
	}
	if err != nil {
		return err
	}
	ch.warn("the sender had a neutral acknowledgement: letter %d, which says kindly that this is not dealt with as a request, is drafted and goes when you answer SEND (or with requestd outbox retry %d)", l.ID, l.ID)
	return nil
}

// sendNoRequest releases that draft, if there is one.
func (cs *Cases) sendNoRequest(tx *store.Tx, c *intake.Case, ch *Change, by By) (bool, error) {
	l, ok := cs.NoRequestLetter(tx, c)
	if !ok {
		return false, nil
	}
	if l.Edited { // otherwise it is written anew
		if err := cs.trueDays(tx, c, ch.Before, &l); err != nil {
			return false, err
		}
	}
	l.State, l.Next, l.Released, l.Response = intake.LetterWaiting, tx.Now().Add(by.UndoWait), tx.Now(), "released by "+by.Actor
	cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.AckReleased, Letter: l.ID, Code: string(intake.ForNoRequest)})
	ch.Letter = l.ID
	return true, tx.PutLetter(l)
}

// NoRequestLetter returns the letter that says that a mail is no request, if
// one is drafted and not released yet.
func (cs *Cases) NoRequestLetter(tx *store.Tx, c *intake.Case) (intake.Letter, bool) {
	l, ok := tx.LetterByKey(noRequestKey(c.Ref))
	return l, ok && l.Key != "" && l.State == intake.LetterHeld && l.Doubts == 0 // nothing is left to send of one that was erased
}

// refreshNeutral keeps the letters around a neutral acknowledgement true to
// the case. One that was overtaken is stopped, and the case says so: else it
// would count as on its way for ever. Where that is taken back it goes after
// all, and where its hour has passed meanwhile it goes now.
func (cs *Cases) refreshNeutral(tx *store.Tx, c *intake.Case, v *intake.View, _ *Change) error {
	if l, ok := tx.LetterByKey(noRequestKey(c.Ref)); ok && !saysNoRequest(c, v) && !sendingOrDone(l) && l.Doubts == 0 && l.State != intake.LetterFailed {
		l.State, l.Response, l.Settled = intake.LetterFailed, intake.NotSent+"it was overtaken", tx.Now()
		if err := tx.PutLetter(l); err != nil {
			return err
		}
	}
	if v.Doubt && v.IsOpen() && v.Ack.At.IsZero() {
		return cs.startNeutral(tx, c, v)
	}
	if err := stopNeutral(tx, c); err != nil {
		return err
	}
	if l, ok := tx.LetterByKey(neutralKey(c.Ref)); ok && l.Stopped() && v.Ack.Queued && v.Ack.Letter == l.ID {
		cs.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckHeld, Letter: l.ID, Code: intake.AckWithdrawn})
	}
	return nil
}

// saysNoRequest reports whether a letter may say that the case is no request:
// it is decided to be none, and is not merged into another.
func saysNoRequest(c *intake.Case, v *intake.View) bool {
	return v.Kind == intake.NotARequest && c.MergedInto() == ""
}

// refreshNoRequest rewrites the letter that says that a mail is no request,
// held or released, if what it states was corrected. A released one in a
// person's own words must be released again.
func (cs *Cases) refreshNoRequest(tx *store.Tx, c *intake.Case, v *intake.View, ch *Change) error {
	l, ok := tx.LetterByKey(noRequestKey(c.Ref))
	if !ok || l.Doubts > 0 || l.State != intake.LetterHeld && l.State != intake.LetterWaiting {
		return nil
	}
	named, _, err := misdated(tx, c, v, &l)
	switch {
	case err != nil:
		return err
	case !l.Edited && (named != 0 || restated(c, l)):
		return cs.rewriteNoRequest(tx, c, v, l)
	case named != 0 && l.State == intake.LetterWaiting:
		return cs.waitAgain(tx, c, &l, ch)
	}
	return nil
}

// rewriteNoRequest writes that letter anew and leaves it held or released.
func (cs *Cases) rewriteNoRequest(tx *store.Tx, c *intake.Case, v *intake.View, l intake.Letter) error {
	anew, err := cs.letterTo(tx, c, v, intake.ForNoRequest, l.Key, templates.Corrected{})
	if err != nil || !intake.Mailable(anew.To) {
		return err
	}
	anew.ID, anew.State, anew.Next, anew.Attempts, anew.Released, anew.Response = l.ID, l.State, l.Next, l.Attempts, l.Released, l.Response
	return tx.RewriteLetter(anew)
}

// startNeutral lets the neutral letter of a case that still waits for a
// decision be sent: one that was stopped, or whose text is no longer true, or
// whose hour has passed.
func (cs *Cases) startNeutral(tx *store.Tx, c *intake.Case, v *intake.View) error {
	l, ok := tx.LetterByKey(neutralKey(c.Ref))
	if !ok {
		_, err := cs.AcknowledgeNeutrally(tx, c, v)
		return err
	}
	stopped := l.Stopped() && v.Ack.Letter == l.ID && (v.Ack.Queued || slices.Equal(v.Ack.Held, []string{intake.AckWithdrawn}))
	waits := l.State == intake.LetterWaiting && l.Doubts == 0
	if !stopped && (!waits || !restated(c, l)) {
		return nil
	}
	anew, err := cs.letterTo(tx, c, v, intake.ForNeutral, l.Key, templates.Corrected{})
	if err != nil || !intake.Mailable(anew.To) {
		return err
	}
	anew.ID = l.ID
	if err := tx.RewriteLetter(anew); err != nil || v.Ack.Queued {
		return err
	}
	cs.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckQueued, Letter: l.ID, Code: string(intake.ForNeutral)})
	return nil
}
