package casework

import (
	"fmt"
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
	"requestd/templates"
)

// lastStatement returns the last letter that told the requester the kind and
// the dates: the acknowledgement, or a correction of it that can no longer be
// stopped.
func (cs *Cases) lastStatement(tx *store.Tx, c *intake.Case) (last intake.Letter, ok bool) {
	last, ok = cs.AckLetter(tx, c)
	for _, l := range tx.LettersOf(c.Ref) {
		if l.Purpose == intake.ForCorrection && l.ID > last.ID && sendingOrDone(l) {
			last, ok = l, true
		}
	}
	return last, ok
}

// unsentCorrection returns a correction that can still be stopped, if there is
// one.
func unsentCorrection(tx *store.Tx, c *intake.Case) (intake.Letter, bool) {
	for _, l := range tx.LettersOf(c.Ref) {
		if l.Purpose == intake.ForCorrection && l.Doubts == 0 && (l.State == intake.LetterHeld || l.State == intake.LetterWaiting) && !sendingOrDone(l) {
			return l, true
		}
	}
	return intake.Letter{}, false
}

// stopCorrection takes a correction out of the outbox if what it says is no
// longer true.
func (cs *Cases) stopCorrection(tx *store.Tx, c *intake.Case, v *intake.View, ch *Change) error {
	l, ok := unsentCorrection(tx, c)
	if !ok {
		return nil
	}
	named, _, err := misdated(tx, c, v, &l)
	if err != nil || named == 0 && !wrongIn(c, v, l).Any() && intake.SameAddress(l.To, c.Person().ReplyTo) {
		return err
	}
	l.State, l.Response, l.Settled = intake.LetterFailed, intake.NotSent+"it was overtaken", tx.Now()
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	ch.warn("correction %d, which had not gone yet, no longer said what is true and was stopped", l.ID)
	return nil
}

// wrongIn says in what a letter that was sent differs from the case as it is
// now.
func wrongIn(c *intake.Case, v *intake.View, old intake.Letter) templates.Corrected {
	w := templates.Corrected{SentOn: deadlines.DayOf(old.Settled)}
	if old.Settled.IsZero() {
		w.SentOn = deadlines.DayOf(old.Created)
	}
	w.Kind, w.Dates, _ = differ(old.Promises, v.Clocks)
	for _, p := range old.Promises {
		if w.Kind {
			w.Was = append(w.Was, string(p.Part))
		}
	}
	for _, ev := range c.Live() {
		w.Received = w.Received || ev.Name == intake.ReceivedOn && ev.At.After(old.Created)
	}
	return w
}

// differ compares the dates in a letter with those of its case now: whether the
// letter names other kinds of request, another date for one of them, or a date
// for one that no longer has any.
func differ(said []intake.Promise, now []intake.Clock) (kinds, dates, ended bool) {
	left := map[intake.Kind]deadlines.Day{}
	for _, p := range said {
		left[p.Part] = p.Day
	}
	for _, k := range now {
		if k.Unconfirmed {
			continue
		}
		day, named := left[k.Kind]
		switch {
		case k.RespondBy == 0:
			ended = ended || day != 0
		case !named:
			kinds = true
		case day != k.RespondBy:
			dates = true
		}
		delete(left, k.Kind)
	}
	return kinds || len(left) > 0, dates, ended
}

// correct sends the letter that corrects an earlier acknowledgement. Only a
// person does that.
func (cs *Cases) correct(tx *store.Tx, c *intake.Case, ch *Change, by By) error {
	v := ch.Before
	old, ok := cs.lastStatement(tx, c)
	if !ok || v.Ack.At.IsZero() && !v.Ack.Bounced {
		return refuse("case %s was not acknowledged by the daemon: there is no letter to correct", c.Ref)
	}
	if err := cs.stopCorrection(tx, c, v, ch); err != nil {
		return err
	}
	if l, ok := unsentCorrection(tx, c); ok {
		return refuse("case %s: letter %d, which says what is true now, is %s: requestd outbox shows it", c.Ref, l.ID, l.State)
	}
	key := ""
	for n, taken := 1, true; taken; n++ {
		key = fmt.Sprintf("%s/%s/%d", c.Ref, intake.ForCorrection, n)
		_, taken = tx.LetterByKey(key)
	}
	wrong := wrongIn(c, v, old)
	if v.Kind != intake.NotARequest && !slices.ContainsFunc(v.Clocks, func(k intake.Clock) bool { return !k.Unconfirmed }) {
		return refuse("case %s: nobody has confirmed the right that is left of it, whose time runs: requestd reclassify %s rights does, and then there is a date to write of", c.Ref, c.Ref)
	}
	if !wrong.Any() {
		return refuse("case %s: the letter that went out on %s said what is true now; there is nothing to correct", c.Ref, wrong.SentOn)
	}
	l, err := cs.letterTo(tx, c, v, intake.ForCorrection, key, wrong)
	if err != nil {
		return err
	}
	if !intake.Mailable(l.To) {
		return refuse("case %s has no address to write to: requestd record %s corrected --address ADDRESS gives it one", c.Ref, c.Ref)
	}
	l.Next = l.Next.Add(by.UndoWait)
	if _, err := tx.Enqueue(l); err != nil {
		return err
	}
	ch.Letter = l.ID
	cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.AckReleased, Letter: l.ID, Code: "correction"})
	return nil
}
