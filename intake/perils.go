package intake

import (
	"slices"

	"requestd/intake/holds"
)

// Perils returns the reasons why no letter on this case may be sent before a
// person has seen it: danger is mentioned, a child asks, or somebody whom the
// sender fears may read their mail. Each is a code of package holds. They
// follow from the mail and from corrections, and so remain whatever becomes of
// one letter.
func (v *View) Perils() []string {
	list := []string{}
	add := func(code string, there bool) {
		if there {
			list = append(list, code)
		}
	}
	add(holds.Danger, v.Urgent != "" || slices.Contains(v.Opening.Hold, holds.Danger))
	add(holds.Child, slices.Contains(v.Flags, ChildAsking)) // a person may have said otherwise
	add(holds.ContactUnsafe, slices.Contains(v.Flags, ContactUnsafe) || slices.Contains(v.Opening.Hold, holds.ContactUnsafe))
	return list
}

// settled removes, from the reasons why a letter is held, the doubt about the
// kind once the kind is decided and other reasons remain.
func (v *View) settled(held []string) []string {
	if v.Doubt || len(held) < 2 {
		return held
	}
	return slices.DeleteFunc(slices.Clone(held), func(code string) bool { return code == AckUndecided })
}
