package simulate

import (
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// file is what the simulation knows about a case: the facts that the daemon was
// given, from which every date follows.
type file struct {
	ref       string
	mailbox   string
	received  deadlines.Day
	kind, of  intake.Kind
	also      []intake.Kind
	doubt     bool
	facts     []fact
	reminded  []string // occurrences that staff were reminded of
	mark      int64    // up to when, in the daemon's time
	releases  int      // how often a person released a letter to the requester
	said      []said
	heard     int  // the last event that an officer's mail caused
	settled   bool // people think that they are done with it
	neglected bool // nobody deals with it
	erased    bool // a person had it erased
	merged    bool // it was merged into another case

	ack      intake.Ack          // as the last comparison found it
	chain    []byte              // of its history then, if it was settled
	calendar *deadlines.Calendar // with which it was compared
}

// fact is one event that somebody recorded.
type fact struct {
	n      int
	name   intake.EventName
	day    deadlines.Day
	part   intake.Kind
	refers int
	kind   intake.Kind
	of     intake.Kind
	also   []intake.Kind
	from   string // the case that was merged into this one and brought it
}

// live returns the facts that are not struck; a void that is struck strikes
// nothing.
func (f *file) live() []fact {
	struck := map[int]bool{}
	for _, x := range slices.Backward(f.facts) {
		if x.name == intake.Void && !struck[x.n] {
			struck[x.refers] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(f.facts), func(x fact) bool { return struck[x.n] })
}

// now is the state of the case by its facts.
type now struct {
	kind, of intake.Kind
	also     []intake.Kind
	doubt    bool
	received deadlines.Day
	clocks   []deadlines.Result
	parts    []intake.Kind
	opened   []intake.Kind // what it was when it was opened
}

func (w *world) stand(f *file) now {
	n := now{kind: f.kind, of: f.of, also: f.also, doubt: f.doubt, received: f.received, opened: append([]intake.Kind{f.kind}, f.also...)}
	live := f.live()
	for _, x := range live {
		switch x.name {
		case intake.Reclassified:
			n.kind, n.of, n.also, n.doubt = x.kind, x.of, x.also, false
		case intake.ReceivedOn:
			if x.part == "" {
				n.received = x.day
			}
		}
	}
	if n.kind == intake.NotARequest {
		return n
	}
	for _, k := range append([]intake.Kind{n.kind}, n.also...) {
		if (k == intake.FOI || k == intake.DSAR || k == intake.Review) && !slices.Contains(n.parts, k) {
			n.parts = append(n.parts, k)
		}
	}
	for _, part := range n.parts {
		n.clocks = append(n.clocks, w.compute(n, part, n.of, live))
	}
	if len(n.parts) == 0 || n.doubt {
		n.earliest(w, live)
	}
	return n
}

// earliest replaces the first clock by the earliest plausible date.
func (n *now) earliest(w *world, live []fact) {
	var best deadlines.Result
	for _, k := range []intake.Kind{intake.FOI, intake.DSAR, intake.Review} {
		of := intake.Kind("")
		if k == intake.Review {
			of = intake.Unknown
		}
		if r := w.compute(*n, k, of, live); best.Kind == "" || r.RespondBy != 0 && (best.RespondBy == 0 || r.RespondBy < best.RespondBy) {
			best = r
		}
	}
	if len(n.clocks) == 0 {
		n.clocks, n.parts = []deadlines.Result{best}, []intake.Kind{intake.Kind(best.Kind)}
		return
	}
	if c := n.clocks[0]; best.RespondBy != 0 && (c.RespondBy == 0 || best.RespondBy < c.RespondBy) {
		n.clocks[0] = best
	}
}

func (w *world) compute(n now, part, of intake.Kind, live []fact) deadlines.Result {
	r := deadlines.Request{Kind: string(part), Received: n.received}
	if part == intake.Review {
		r.Of = string(of)
		if of == "" {
			r.Of = string(intake.Unknown)
		}
	}
	var about []fact // the facts about this part
	for i, x := range live {
		if x.part != "" && x.part != part || x.part == "" && i < brought(part, n, live) {
			continue
		}
		about = append(about, x)
		switch x.name {
		case intake.ReceivedOn:
			if x.part == part {
				r.Received = x.day
			}
		case intake.Reclassified, intake.Note, intake.Void, intake.Acknowledged:
		default:
			r.Events = append(r.Events, deadlines.Event{Name: string(x.name), Date: x.day})
		}
	}
	res, err := w.cal.Compute(r, deadlines.DefaultRules())
	if err != nil {
		w.fail("%s has no dates: %v", part, err)
	}
	n.received = r.Received
	w.checkCounted(n, part, intake.Kind(r.Of), about, res.RespondBy)
	return res
}

// brought returns the place of the merge that last brought a part that the case
// did not have; facts about the whole case from before do not concern that
// part.
func brought(part intake.Kind, n now, live []fact) (at int) {
	had := slices.Contains(n.opened, part)
	for i, x := range live {
		if x.name != intake.Reclassified {
			continue
		}
		has := x.kind == part || slices.Contains(x.also, part)
		switch {
		case has && !had && x.from != "":
			at = i
		case has && !had:
			at = 0
		}
		had = has
	}
	return at
}

// compare checks every date of a case against the calendar's.
func (w *world) compare(v *intake.View) {
	f := w.cases[v.Ref]
	n := w.stand(f)
	if v.Kind != n.kind || v.ReceivedOn != n.received {
		w.fail("case %s is %s of %s; by its facts %s of %s", v.Ref, v.Kind, v.ReceivedOn, n.kind, n.received)
	}
	if len(v.Clocks) != len(n.clocks) {
		w.fail("case %s has %d clocks; by its facts %d", v.Ref, len(v.Clocks), len(n.clocks))
	}
	if len(n.clocks) > 0 {
		// A part that a merge brought keeps its own receipt.
		if want := w.free.after(date(n.clocks[0].Received), 3, england); !date(v.AcknowledgeBy).Equal(want) {
			w.fail("case %s is to be acknowledged by %s; by its facts %s", v.Ref, v.AcknowledgeBy, want.Format(time.DateOnly))
		}
	}
	for i, c := range v.Clocks {
		want := n.clocks[i]
		if f.merged && !want.State.Ended() {
			want.State = deadlines.Closed
		}
		if c.RespondBy != want.RespondBy || c.State != string(want.State) {
			w.fail("case %s (%s) is to be answered by %s and is %s; by its facts %s and %s", v.Ref, c.Kind, c.RespondBy, c.State, want.RespondBy, want.State)
		}
	}
}

// meet notes the cases that mail has opened.
func (w *world) meet() {
	var touched []string
	w.view(func(tx *store.Tx) error {
		for a := range tx.Arrivals(store.ArrivalFilter{After: w.met}) {
			w.met = a.ID
			if a.Ref == "" {
				continue
			}
			w.hear(&a)
			if touched = append(touched, a.Ref); w.cases[a.Ref] != nil {
				continue
			}
			c, err := tx.Case(a.Ref)
			if err != nil {
				return err
			}
			w.know(w.read(tx, c))
		}
		return nil
	})
	for _, ref := range touched {
		w.obeyed(w.cases[ref])
		w.readLetters(w.cases[ref])
	}
}

// know notes a case.
func (w *world) know(v *intake.View) {
	f := &file{
		ref: v.Ref, mailbox: v.Mailbox, received: deadlines.DayOf(v.Opening.Received), kind: v.Kind, of: v.Of, also: v.Also,
		doubt: v.Opening.Doubt, neglected: w.chance(40), mark: deadlines.DayOf(v.Opening.Received).Time(0, 0).UnixNano(),
	}
	w.cases[v.Ref] = f
	w.refs = append(w.refs, v.Ref)
	w.say("case %s: %s, %s, received %s", v.Ref, v.Kind, v.State, v.ReceivedOn)
	w.compare(v)
}

// read returns a case as the daemon reads it.
func (w *world) read(tx *store.Tx, c *intake.Case) *intake.View {
	return c.ViewAt(tx.Now(), w.engine.Cases.Calendar(), deadlines.DefaultRules())
}
