package casework

import (
	"slices"

	"requestd/intake"
	"requestd/templates"
)

// ToCheck returns what only a person can judge about a case, for mail to staff.
func ToCheck(v *intake.View) templates.Case {
	t := templates.Case{Flags: fitting(v.Flags), Hold: v.Ack.Held, Urgent: v.Urgent, Attention: v.Opening.Attend}
	if v.Doubt && !slices.Contains(t.Hold, intake.AckUndecided) { // it was acknowledged neutrally and has still to be decided
		t.Hold = append(slices.Clone(t.Hold), intake.AckUndecided)
	}
	return t
}

// Checks returns the same in words, one point a line, in English or Welsh
// (templates.Welsh).
func (cs *Cases) Checks(v *intake.View, language string) []string {
	rules := cs.Rules()
	list, err := rules.Letters.Checks(rules.Box(v.Mailbox).Body, ToCheck(v), language)
	if err != nil {
		cs.log.Error("what to check on a case could not be said", "ref", v.Ref, "error", err)
	}
	return list
}

// fitting returns the checks that fit the writer. A child or a representative
// is not asked whether somebody asks for a child, and a representative's words
// about the post may be about an authority sent by post.
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
