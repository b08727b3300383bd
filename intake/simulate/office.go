package simulate

import (
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// desk does the day's work: cases in doubt are decided, and cases that are a
// week old are answered. A few are neglected.
func (w *world) desk() {
	for _, ref := range w.refs {
		f := w.cases[ref]
		age, wait := w.today()-f.received, 5
		if f.neglected {
			wait = 30
		}
		if f.settled || age < 1 || !w.chance(wait) {
			continue
		}
		n := w.stand(f)
		switch {
		case n.doubt:
			w.report.Acts++
			w.reclassify(f)
		case len(f.ack.Held) > 0 && w.chance(2): // some cannot be released
			w.report.Acts++
			w.acknowledge(f, casework.AckInput{})
		case f.ack.Bounced && w.chance(2):
			w.report.Acts++
			w.acknowledge(f, casework.AckInput{ByHand: w.day0(f)})
		case age >= 7:
			w.report.Acts++
			w.answer(f, n)
		}
	}
}

// answer records that every part of a case was answered.
func (w *world) answer(f *file, n now) {
	in := casework.RecordInput{Event: intake.Responded, Outcome: "granted", Date: max(w.today(), f.received)}
	if len(n.parts) < 2 {
		in.Outcome = firstOutcome(n.kind)
		w.enter(f, in)
		return
	}
	for _, in.Part = range n.parts {
		in.Outcome = firstOutcome(in.Part)
		w.enter(f, in)
	}
	f.settled = true
}

// firstOutcome returns an outcome of the regime.
func firstOutcome(part intake.Kind) string {
	if list := intake.OutcomesOf(part, ""); len(list) > 0 && part != intake.Review {
		return list[0]
	}
	return "" // for a review, what was upheld depends on what it is about
}

// enter records one event.
func (w *world) enter(f *file, in casework.RecordInput) {
	if w.defect("decision-lost") {
		if in.Event == intake.Responded && in.Part == "" && w.stand(f).kind != intake.NotARequest {
			f.facts = append(f.facts, fact{n: 1000 + len(f.facts), name: in.Event, day: in.Date})
		}
		return
	}
	before, waiting, index := w.events(f.ref), w.waiting(f), w.indexOf(f.ref)
	parted := w.mergedBy(f, in.Void)
	var ch *casework.Change
	w.alive("record "+string(in.Event), func() (err error) {
		ch, err = w.engine.Cases.Do(w.ctx, by, f.ref, casework.Record(in))
		return err
	})
	if w.events(f.ref) == before {
		return // refused, or lost with the machine before anybody was told
	}
	if parted != nil { // striking a merger undoes it, and both cases are separate again
		w.say("unmerged: %s of %s", parted.ref, f.ref)
		for _, x := range []*file{f, parted} {
			x.settled = false
			w.adopt(x)
			w.recheck(x)
		}
		return
	}
	n := w.lastOf(f.ref, in.Event)
	if n <= before || ch != nil && ch.Event != n {
		w.fail("record %s on %s: the event's number is %d, want %d", in.Event, f.ref, ch.Event, n)
	}
	w.say("recorded %d on %s: %s %s %s", n, f.ref, in.Event, in.Date, in.Part)
	f.facts = append(f.facts, fact{n: n, name: in.Event, day: in.Date, part: in.Part, refers: in.Void})
	switch {
	case in.Event == intake.Responded && in.Part == "":
		f.settled = true
	case in.Event == intake.Reopened || in.Event == intake.Void:
		f.settled = false
	}
	switch {
	case w.defect("stale-dates"):
		w.staleDates(f, waiting)
	case w.defect("withdrawn-goes") && in.Event == intake.Withdrawn:
		w.goesAnyway(f)
	case w.defect("index-stale"):
		w.staleIndex(f.ref, index)
	}
	w.recheck(f)
}

// mergedBy returns the case that event n of a case merged into it; nil if it is
// another event.
func (w *world) mergedBy(f *file, n int) (old *file) {
	w.view(func(tx *store.Tx) error {
		c, err := tx.Case(f.ref)
		if err == nil && n > 0 && n <= len(c.Events) && c.Events[n-1].Name == intake.Merged {
			old = w.cases[c.Events[n-1].Ref]
		}
		return err
	})
	return old
}

// indexOf returns where the register sorts a case.
func (w *world) indexOf(ref string) (ix intake.Index) {
	w.view(func(tx *store.Tx) (err error) {
		_, ix, err = tx.CaseIndex(ref)
		return err
	})
	return ix
}

// letterNow returns a letter as it is now.
func (w *world) letterNow(id uint64) (l intake.Letter) {
	w.view(func(tx *store.Tx) (err error) {
		l, err = tx.Letter(id)
		return err
	})
	return l
}

func (w *world) events(ref string) (n int) {
	w.view(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err == nil {
			n = len(c.Events)
		}
		return err
	})
	return n
}

// lastOf returns the number of the last event with a name on a case.
func (w *world) lastOf(ref string, name intake.EventName) (n int) {
	w.view(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		for _, ev := range c.Events {
			if ev.Name == name {
				n = ev.N
			}
		}
		return nil
	})
	return n
}

// recheck compares the case that an act touched with its facts.
func (w *world) recheck(f *file) {
	full, err := w.engine.Register.Case(w.ctx, f.ref)
	if err != nil {
		w.fail("case %s: %v", f.ref, err)
	}
	w.compare(full.View)
	w.readLetters(f)
}
