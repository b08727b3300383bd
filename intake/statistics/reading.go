package statistics

import (
	"slices"

	"requestd/intake"
)

// addReading counts, of a mail that opened a case, whether what it was read as
// stood: a person decided its kind, let its letter go, or left the automatic
// acknowledgement as it was until the case ended. What nobody has decided yet
// does not count.
func (n *Count) addReading(c *intake.Case, v *intake.View) {
	first, o := c.Events[0], c.Opening()
	if o.Source != "mail" && o.Source != "forward" || first.Actor != intake.ActorSelf {
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
	if !decided {
		return
	}
	decision := "acknowledge"
	if o.Triage {
		decision = "triage"
	}
	r := n.reading[first.Kind]
	if r.ByDecision == nil {
		r.ByDecision = map[string]Read{}
	}
	d := r.ByDecision[decision]
	r.Decided, d.Decided = r.Decided+1, d.Decided+1
	if right {
		r.ReadRightly, d.ReadRightly = r.ReadRightly+1, d.ReadRightly+1
	}
	r.ByDecision[decision] = d
	n.reading[first.Kind] = r
}

func sameOf(read, decided intake.Event) bool {
	return read.Kind != intake.Review || read.Of == decided.Of
}

func sameKinds(a, b []intake.Kind) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(k intake.Kind) bool { return !slices.Contains(b, k) })
}

// Reading gives by kind how well mail was read.
func (n *Count) Reading() map[intake.Kind]Read { return n.reading }
