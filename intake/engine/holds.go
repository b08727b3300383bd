package engine

import (
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

// Reasons why an acknowledgement waits for a person, beside those that the
// classifier finds.
const (
	holdJunk      = "junk"       // found in the junk folder
	holdForwarded = "forwarded"  // a colleague passed it on: address and date want a look
	holdLate      = "late"       // the promise to acknowledge is broken already
	holdRate      = "rate"       // too many letters to one address
	holdReplyTo   = "reply-to"   // answers are wanted in another domain than the sender's
	holdNoAddress = "no-address" // there is nobody to answer
	holdOwn       = "own-address"
	holdUTF8      = "smtputf8" // an address that not every server can carry
	holdDate      = "no-date"  // the server gave no usable date of receipt
)

// lateAfter is how many working days past the day to acknowledge a letter may
// still go out unseen.
const lateAfter = 2

// holds lists everything that keeps the acknowledgement back. The classifier's
// reasons come first.
func (e *Engine) holds(tx *store.Tx, it *item, v *intake.View, to string) []string {
	holds := slices.Clone(it.reading.Hold)
	add := func(reason string, when bool) {
		if when && !slices.Contains(holds, reason) {
			holds = append(holds, reason)
		}
	}
	from := ""
	if len(it.msg.From) > 0 {
		from = it.msg.From[0].Addr
	}
	add(holdJunk, it.role == mailbox.Junk)
	add(holdForwarded, it.reading.Forward != nil)
	add(holdDate, it.doubtful)
	add(holdLate, e.late(tx, v))
	add(holdNoAddress, !mailable(to))
	add(holdOwn, e.own(to))
	add(holdUTF8, !ascii(to))
	add(holdReplyTo, it.reading.Forward == nil && to != "" && domainOf(to) != domainOf(from))
	add(holdRate, e.tooMany(tx, to))
	return holds
}

// late reports whether a letter would only tell its reader that a promise is
// broken: more than two working days past the day to acknowledge, or past the
// reply-by date.
func (e *Engine) late(tx *store.Tx, v *intake.View) bool {
	day := today(tx)
	limit := e.Calendar().AddWorkingDays(deadlines.EnglandAndWales, v.AcknowledgeBy, lateAfter)
	if limit != 0 && day > limit {
		return true
	}
	return slices.ContainsFunc(v.Clocks, func(k intake.Clock) bool { return k.RespondBy != 0 && day > k.RespondBy })
}

// tooMany counts the letters that already go or went to an address: whoever
// writes to a machine gets no more than these.
func (e *Engine) tooMany(tx *store.Tx, to string) bool {
	limit, now := e.Settings().Sending.PerAddress, tx.Now()
	return limit.Hour > 0 && tx.OutsideSent(to, now.Add(-time.Hour), 0) >= limit.Hour ||
		limit.Day > 0 && tx.OutsideSent(to, now.Add(-24*time.Hour), 0) >= limit.Day
}

func mailable(addr string) bool {
	local, domain, ok := strings.Cut(addr, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(addr, " \t\r\n\x00<>,;\"")
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}
