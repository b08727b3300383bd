package simulate

import (
	"errors"
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

var by = casework.ByAdministrator("local:officer")

var recorded = []intake.EventName{
	intake.ClarificationRequested, intake.ClarificationReceived, intake.IdentityRequested, intake.IdentityReceived,
	intake.AuthorityRequested, intake.AuthorityReceived, intake.FeeRequested, intake.FeeReceived, intake.Extended,
	intake.Responded, intake.Responded, intake.Responded, intake.Responded, intake.Responded, intake.Responded, intake.Responded, intake.Closed, intake.Withdrawn, intake.Reopened,
	intake.ReceivedOn, intake.Void, intake.Note, intake.Acknowledged,
}

// act does something that a member of staff does.
func (w *world) act() {
	if len(w.refs) == 0 {
		return
	}
	recent := w.refs[max(0, len(w.refs)-40):]
	f := w.cases[pick(w, recent)]
	w.report.Acts++
	if w.now.Before(w.post.down) && w.chance(3) {
		w.changeOfMind()
		return
	}
	switch k := w.rng.IntN(20); {
	case k < 10:
		w.record(f)
	case k < 13:
		w.reclassify(f)
	case k < 15:
		w.release(f)
	case k < 16:
		w.open()
	case k < 17:
		w.merge(f, w.cases[pick(w, recent)])
	case k < 18:
		w.attach(f)
	case k < 19:
		w.outbox()
	default:
		if w.try("erase", func() (*casework.Change, error) { return w.engine.Cases.Do(w.ctx, by, f.ref, casework.Erase()) }) != nil {
			f.erased = true
		}
	}
}

// try runs an act during which the machine is not killed; nil if it was
// refused.
func (w *world) try(what string, do func() (*casework.Change, error)) *casework.Change {
	ch, err := do()
	var refused *casework.Refusal
	switch {
	case errors.As(err, &refused), errors.Is(err, store.ErrTaken), errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		w.fail("%s: %v", what, err)
	}
	w.say("%s: %s is %s", what, ch.View.Ref, ch.View.State)
	return ch
}

func (w *world) day0(f *file) deadlines.Day {
	d := w.today() - deadlines.Day(w.rng.IntN(6))
	return max(d, f.received)
}

// record records an event. If the machine is killed meanwhile the event is
// there, or it is not.
func (w *world) record(f *file) {
	in := casework.RecordInput{Event: pick(w, recorded), Date: w.day0(f)}
	switch in.Event {
	case intake.Note:
		in.Note = "seen"
	case intake.Responded:
		in.Outcome = "granted"
	case intake.Closed:
		in.Reason = "lapsed"
	case intake.ReceivedOn:
		in.Date = f.received - deadlines.Day(w.rng.IntN(3))
	case intake.Void:
		in.Date, in.Void = w.today(), 1+w.rng.IntN(12)
	}
	if n := w.stand(f); len(n.parts) > 1 && w.chance(2) {
		in.Part = pick(w, n.parts)
	}
	w.enter(f, in)
}

// freed reports whether a person released a letter, which the limits to an
// address do not hold.
func (w *world) freed(messageID string) (freed bool) {
	w.view(func(tx *store.Tx) error {
		l, ok := tx.LetterByMessageID(messageID)
		freed = ok && !l.Released.IsZero()
		return nil
	})
	return freed
}

func (w *world) reclassify(f *file) {
	in := casework.KindInput{Kind: pick(w, []intake.Kind{intake.FOI, intake.FOI, intake.DSAR, intake.DSAR, intake.Review, intake.NotARequest})}
	if in.Kind == intake.Review {
		in.Of = pick(w, []intake.Kind{intake.FOI, intake.DSAR, intake.Unknown})
	}
	if in.Kind == intake.FOI && w.chance(4) {
		in.Also = []intake.Kind{intake.DSAR}
	}
	if ch := w.try("reclassify", func() (*casework.Change, error) { return w.engine.Cases.Do(w.ctx, by, f.ref, casework.Decide(in)) }); ch != nil {
		f.facts = append(f.facts, fact{n: ch.Event, name: intake.Reclassified, kind: in.Kind, of: in.Of, also: in.Also})
		w.letGo(f, ch.Letter)
		w.recheck(f)
	}
}

func (w *world) release(f *file) {
	in := casework.AckInput{Correct: w.chance(3)}
	if w.chance(4) {
		in = casework.AckInput{ByHand: w.day0(f)}
	}
	w.acknowledge(f, in)
}

func (w *world) acknowledge(f *file, in casework.AckInput) {
	ch := w.try("acknowledge", func() (*casework.Change, error) { return w.engine.Cases.Do(w.ctx, by, f.ref, casework.Acknowledge(in)) })
	if ch == nil {
		return
	}
	w.letGo(f, ch.Letter)
	if in.ByHand != 0 {
		f.facts = append(f.facts, fact{n: ch.Event, name: intake.Acknowledged, day: in.ByHand})
	}
	w.readLetters(f)
}

// letGo notes that a person released the letter to the requester, which may
// have been in doubt twice; 0 is none.
func (w *world) letGo(f *file, letter uint64) {
	if letter == 0 {
		return
	}
	f.releases++
	w.view(func(tx *store.Tx) error {
		l, err := tx.Letter(letter)
		w.freedAgain(l.MessageID)
		if s := w.post.taken[l.MessageID]; s != nil {
			s.allowed++
		}
		return err
	})
}

// open registers a request that came by post, or a mail that was not taken for
// one.
func (w *world) open() {
	in := casework.OpenInput{Mailbox: pick(w, w.boxes).cfg.Name, Source: "post", Received: w.today() - deadlines.Day(w.rng.IntN(10))}
	in.Kind = pick(w, []intake.Kind{intake.FOI, intake.DSAR})
	if w.chance(2) {
		in.Requester = intake.Address{Name: "Jo", Addr: w.person()}
	}
	if w.chance(3) {
		in.Message = 1 + uint64(w.rng.IntN(max(1, w.report.Mails)))
		in.Received = 0
	}
	if in.Message != 0 && w.fromMachine(in.Message) {
		return // nobody would do that
	}
	if ch := w.try("open", func() (*casework.Change, error) { return w.engine.Cases.OpenCase(w.ctx, by, in) }); ch != nil {
		w.know(ch.View)
		w.readLetters(w.cases[ch.View.Ref])
	}
}

// fromMachine reports whether nobody would make a case of a mail: it is a
// machine's, or nothing is left of it.
func (w *world) fromMachine(id uint64) (is bool) {
	w.view(func(tx *store.Tx) error {
		a, err := tx.Arrival(id)
		m := w.byID[a.MessageID]
		is = err != nil || m == nil || m.sort == machine || m.sort == bounce || a.Decision == intake.DidIgnore
		return nil //nolint:nilerr // a mail that is not there is nobody's
	})
	return is
}

func (w *world) merge(f, into *file) {
	ch := w.try("merge "+f.ref+" into", func() (*casework.Change, error) {
		return w.engine.Cases.Do(w.ctx, by, into.ref, casework.Merge(f.ref, 0))
	})
	if ch == nil {
		return
	}
	w.adopt(into)
	w.adopt(f)
	w.recheck(f)
	w.recheck(into)
}

// adopt takes the facts of a case from its history: what a merge carries over
// follows from the rules of merging, and is not computed again here.
func (w *world) adopt(f *file) {
	w.view(func(tx *store.Tx) error {
		c, err := tx.Case(f.ref)
		if err != nil {
			return err
		}
		f.facts, f.merged = nil, c.MergedInto() != ""
		for _, e := range c.Events[1:] {
			if name := e.Name; name.Recordable() || name == intake.Reclassified || name == intake.DecisionUndone {
				if name == intake.DecisionUndone {
					name = intake.Void
				}
				f.facts = append(f.facts, fact{n: e.N, name: name, day: e.Day, part: e.Part, refers: e.Refers, kind: e.Kind, of: e.Of, also: e.Also, from: e.Ref})
			}
		}
		return nil
	})
}

func (w *world) attach(f *file) {
	id := 1 + uint64(w.rng.IntN(max(1, w.report.Mails)))
	w.try("attach", func() (*casework.Change, error) { return w.engine.Cases.Do(w.ctx, by, f.ref, casework.Attach(id)) })
}

// outbox releases a letter that is held, failed or in doubt, or holds one.
func (w *world) outbox() {
	var list []intake.Letter
	w.view(func(tx *store.Tx) error {
		list = slices.Collect(tx.Letters(store.LetterFilter{Unsent: true}))
		return nil
	})
	if len(list) == 0 {
		return
	}
	l := pick(w, list)
	var refused *casework.Refusal
	if w.chance(3) {
		was := w.letterNow(l.ID)
		switch held, err := w.engine.Cases.HoldLetter(w.ctx, by, l.ID); {
		case err != nil && !errors.As(err, &refused):
			w.fail("hold letter %d: %v", l.ID, err)
		case err == nil:
			w.heldBack(held)
			w.say("letter %d (%s, %s) is held", l.ID, l.Purpose, was.State)
			if w.defect("hold-overwritten") {
				w.overwrite(was)
			}
		}
		return
	}
	f := w.cases[l.Ref]
	if f != nil && l.Purpose.Outside() {
		f.releases++
	}
	if s := w.post.taken[l.MessageID]; s != nil {
		s.allowed++
	}
	_, err := w.engine.Cases.ReleaseLetter(w.ctx, by, l.ID)
	switch {
	case err == nil:
		w.freedAgain(l.MessageID)
	case !errors.As(err, &refused):
		w.fail("let letter %d go again: %v", l.ID, err)
	}
	w.say("letter %d (%s, %s) was let go: %v", l.ID, l.Purpose, l.State, err)
	if f != nil {
		w.readLetters(f)
	}
}
