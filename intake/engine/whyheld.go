package engine

import (
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/holds"
	"requestd/intake/mailbox"
	"requestd/store"
)

// whyHeld lists everything that speaks against sending the acknowledgement. The
// classifier's reasons come first.
func (e *Engine) whyHeld(tx *store.Tx, it *item, v *intake.View, to string) []string {
	why := slices.Clone(it.Reading.Hold)
	add := func(reason string, when bool) {
		if when && !slices.Contains(why, reason) {
			why = append(why, reason)
		}
	}
	add(holds.Junk, it.role == mailbox.Junk)
	add(holds.Forwarded, it.Reading.Forward != nil)
	add(holds.NoDate, it.doubtful)
	add(holds.Late, e.Cases.Late(tx, v))
	add(holds.NoAddress, !intake.Mailable(to))
	add(holds.Own, e.Cases.Rules().Own(to))
	add(holds.UTF8, !ascii(to))
	add(holds.ReplyTo, to != "" && e.answersElsewhere(it, it.Message.Author().Addr, to))
	add(holds.TooMany, e.Cases.TooMany(tx, it.place.Mailbox, to))
	return why
}

// answersElsewhere reports whether a mail asks for answers to another account
// than the one it came from: else anybody could make us write to whom they
// like. A form on a site of the body's own domain may name the person in it.
func (e *Engine) answersElsewhere(it *item, from, to string) bool {
	f := it.Message.Form
	ofOurs := f != nil && intake.SameAddress(f.Addr, to) && e.Cases.Rules().OwnDomain(from)
	return it.Reading.Forward == nil && !ofOurs && intake.Account(to) != intake.Account(from)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}
