package casework

import (
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// Reasons why an acknowledgement waits for a person, beside those that the
// classifier finds.
const (
	HoldJunk        = "junk"       // found in the junk folder
	HoldForwarded   = "forwarded"  // a colleague passed it on: address and date want a look
	HoldCopy        = "copy"       // the same person's last request in the same words: sent twice, it seems
	HoldLate        = "late"       // the promise to acknowledge is broken already
	HoldRate        = "rate"       // too many letters to one address
	HoldReplyTo     = "reply-to"   // answers are wanted at another account than the sender's
	HoldNoAddress   = "no-address" // there is nobody to answer
	HoldOwn         = "own-address"
	HoldUTF8        = "smtputf8"     // an address that not every server can carry
	HoldDate        = "no-date"      // the server gave no usable date of receipt
	HoldBeforeStart = "before-start" // the mail is older than the daemon's first day
	HoldTakenOver   = "taken-over"   // the case ran before the daemon did
)

// lateAfter is how many working days past the day to acknowledge a letter may
// still go out unseen.
const lateAfter = 2

// Late reports whether a letter would only tell its reader that a promise is
// broken: more than two working days past the day to acknowledge, or past the
// reply-by date.
func (cs *Cases) Late(tx *store.Tx, v *intake.View) bool {
	day := tx.Today()
	limit := cs.Calendar().AddWorkingDays(deadlines.EnglandAndWales, v.AcknowledgeBy, lateAfter)
	if limit != 0 && day > limit {
		return true
	}
	return slices.ContainsFunc(v.Clocks, func(k intake.Clock) bool { return k.RespondBy != 0 && day > k.RespondBy })
}
