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
	holds := slices.Clone(it.Reading.Hold)
	add := func(reason string, when bool) {
		if when && !slices.Contains(holds, reason) {
			holds = append(holds, reason)
		}
	}
	from := ""
	if len(it.Message.From) > 0 {
		from = it.Message.From[0].Addr
	}
	add(casework.HoldJunk, it.role == mailbox.Junk)
	add(casework.HoldForwarded, it.Reading.Forward != nil)
	add(casework.HoldDate, it.doubtful)
	add(casework.HoldLate, e.Cases.Late(tx, v))
	add(casework.HoldNoAddress, !intake.Mailable(to))
	add(casework.HoldOwn, e.Cases.Rules().Own(to))
	add(casework.HoldUTF8, !ascii(to))
	add(casework.HoldReplyTo, to != "" && e.answersElsewhere(it, from, to))
	add(casework.HoldRate, e.Cases.TooMany(tx, it.place.Mailbox, to))
	return holds
}

// answersElsewhere reports whether a mail asks for answers to another account
// than the one it came from: anybody could have us write to whom they like. A
// form on a site of the body's own domain speaks for the person in it.
func (e *Engine) answersElsewhere(it *item, from, to string) bool {
	f := it.Message.Form
	ofOurs := f != nil && intake.SameAddress(f.Addr, to) && e.Cases.Rules().OwnDomain(from)
	return it.Reading.Forward == nil && !ofOurs && intake.Account(to) != intake.Account(from)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}
