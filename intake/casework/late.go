package casework

import (
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// lateAfter is how many working days after the day to acknowledge a letter may
// still be sent without a person seeing it.
const lateAfter = 2

// Late reports whether a letter would only tell its reader that a promise is
// broken: it is more than two working days after the day to acknowledge, or
// after the reply-by date.
func (cs *Cases) Late(tx *store.Tx, v *intake.View) bool {
	day := tx.Today()
	limit := cs.Calendar().AddWorkingDays(deadlines.EnglandAndWales, v.AcknowledgeBy, lateAfter)
	if limit != 0 && day > limit {
		return true
	}
	return slices.ContainsFunc(v.Clocks, func(k intake.Clock) bool { return k.RespondBy != 0 && day > k.RespondBy })
}
