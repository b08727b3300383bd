package engine

import (
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/mailbox"
	"requestd/store"
)

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
	add(casework.HoldJunk, it.role == mailbox.Junk)
	add(casework.HoldForwarded, it.reading.Forward != nil)
	add(casework.HoldDate, it.doubtful)
	add(casework.HoldLate, e.Cases.Late(tx, v))
	add(casework.HoldNoAddress, !intake.Mailable(to))
	add(casework.HoldOwn, e.Cases.Rules().Own(to))
	add(casework.HoldUTF8, !ascii(to))
	add(casework.HoldReplyTo, it.reading.Forward == nil && to != "" && intake.DomainOf(to) != intake.DomainOf(from))
	add(casework.HoldRate, e.Cases.TooMany(tx, to))
	return holds
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}
