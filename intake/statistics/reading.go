package statistics

import (
	"slices"

	"requestd/deadlines"
	"requestd/intake"
)

// read counts a mail by how it was read and what was done about it.
func (n *Count) read(kind intake.Kind, decision intake.Disposition, right bool) {
	r := n.reading[kind]
	if r.ByDecision == nil {
		r.ByDecision = map[string]Read{}
	}
	d := r.ByDecision[string(decision)]
	r.Decided, d.Decided = r.Decided+1, d.Decided+1
	if right {
		r.ReadRightly, d.ReadRightly = r.ReadRightly+1, d.ReadRightly+1
	}
	r.ByDecision[string(decision)] = d
	n.reading[kind] = r
}

// addReading counts, for a mail that opened a case, whether it had been read
// rightly: a person decided its kind, released its letter, or left the
// automatic acknowledgement unchanged until the case ended. What nobody has
// decided yet does not count.
func (n *Count) addReading(c *intake.Case, v *intake.View) {
	first, o := c.Events[0], c.Opening()
	if first.Actor != intake.ActorSelf {
		if openedFrom(c) {
			n.read(intake.Other, intake.DidPass, false)
		}
		return
	}
	decided, right := !o.Triage && !v.IsOpen(), true
	for _, e := range c.Live() {
		byPerson := e.Actor != intake.ActorSelf
		switch {
		case e.Name == intake.Reclassified && e.Ref == "" && byPerson:
			decided = true
			right = e.Kind == first.Kind && sameOf(first, e) && sameKinds(e.Also, first.Also)
		case (e.Name == intake.AckReleased || e.Name == intake.Acknowledged) && byPerson && !o.Doubt:
			decided = true
		}
	}
	switch {
	case !decided:
	case o.Triage:
		n.read(first.Kind, intake.DidTriage, right)
	default:
		n.read(first.Kind, intake.DidAcknowledge, right)
	}
}

// openedFrom reports whether a person opened the case from a mail that had been
// passed: its first mail was not attached to it later.
func openedFrom(c *intake.Case) bool {
	return len(c.Messages) > 0 && intake.IsPerson(c.Events[0].Actor) &&
		!slices.ContainsFunc(c.Events, func(e intake.Event) bool { return e.Name == intake.MailAttached && e.Message == c.Messages[0] })
}

// AddMail counts a mail that opened no case by itself: one that was passed or
// ignored, which was right as long as nobody takes it out, or one that was put
// with a case. c is its case, nil if it has none.
func (n *Count) AddMail(a *intake.Arrival, c *intake.Case) {
	if c == nil {
		if (a.Decision == intake.DidPass || a.Decision == intake.DidIgnore) && a.Seems == "" { // otherwise it is an officer's answer, or about one of our letters
			n.read(a.Kind, a.Decision, true)
		}
		return
	}
	i := slices.IndexFunc(c.Events, func(e intake.Event) bool {
		return (e.Name == intake.MailAttached || e.Name == intake.UnverifiedReply) && e.Message == a.ID
	})
	if i < 0 {
		return
	}
	e, then := c.Events[i], AsRecorded(c, n.period.AsAt)
	switch known := then != nil && i < len(then.Events); {
	case intake.IsPerson(e.Actor): // it had been passed, and on an earlier day it still was
		n.read(a.Kind, intake.DidPass, deadlines.DayOf(e.At) > n.period.AsAt)
	case known:
		n.read(a.Kind, intake.DidFollowup, !then.Struck(e.N))
	}
}

func sameOf(read, decided intake.Event) bool {
	return read.Kind != intake.Review || read.Of == decided.Of
}

func sameKinds(a, b []intake.Kind) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(k intake.Kind) bool { return !slices.Contains(b, k) })
}

// Reading returns by kind how well mail was read.
func (n *Count) Reading() map[intake.Kind]Read { return n.reading }
