package casework

import (
	"slices"

	"requestd/intake"
	"requestd/templates"
)

// ToCheck is what of a case only a person can judge, for the words of mail to staff.
func ToCheck(v *intake.View) templates.Case {
	t := templates.Case{Flags: fitting(v.Flags), Hold: v.Ack.Held, Urgent: v.Urgent, Attention: v.Opening.Attend}
	if v.Doubt && !slices.Contains(t.Hold, intake.AckUndecided) { // acknowledged neutrally, and still to be decided
		t.Hold = append(slices.Clone(t.Hold), intake.AckUndecided)
	}
	return t
}

// Checks says it in those words, a point a line, in English or Welsh (templates.Welsh).
func (cs *Cases) Checks(v *intake.View, language string) []string {
	rules := cs.Rules()
	list, err := rules.Letters.Checks(rules.Box(v.Mailbox).Body, ToCheck(v), language)
	if err != nil {
		cs.log.Error("what to check on a case could not be said", "ref", v.Ref, "error", err)
	}
	return list
}

// fitting are the checks that fit the one who writes: a child, or a
// representative, is not asked whether somebody asks for a child, and the post
// that a representative speaks of may be an authority's.
func fitting(flags []string) []string {
	represented := slices.Contains(flags, "representative")
	var fit []string
	for _, f := range flags {
		switch {
		case f == "for-child" && (represented || slices.Contains(flags, intake.ChildAsking)):
		case f == "hard-copy" && represented:
			fit = append(fit, "by-post")
		default:
			fit = append(fit, f)
		}
	}
	return fit
}
