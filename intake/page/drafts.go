package page

import (
	"cmp"
	"errors"
	"slices"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/store"
)

// required reports whether the law asks for a letter: only a notice in time
// extends the time.
func required(p intake.Purpose) bool { return p == intake.ForExtension }

// Required reports the same to screens.
func (f *frame) Required(l intake.Letter) bool { return required(l.Purpose) }

// waitsForWord reports whether a letter is sent only when a person releases it:
// one of the next steps, or the one that says that a mail is no request.
func waitsForWord(l *intake.Letter) bool {
	return l.IsDraft() || l.Purpose == intake.ForNoRequest && l.State == intake.LetterHeld
}

// drafts returns the unreleased letters that only a person can release, those
// that the law requires first; with mine only those of the visitor's cases.
func (v *visit) drafts(mine bool) ([]intake.Letter, error) {
	if denied := v.who.MayAnywhere(casework.ToRelease); denied != nil {
		return nil, nil //nolint:nilerr // whoever may send none is shown none
	}
	list, err := v.s.Register.Letters(v.r.Context(), register.LetterFilter{State: intake.LetterHeld, Mailboxes: v.who.Mailboxes})
	list = slices.DeleteFunc(list, func(l intake.Letter) bool { return l.Stopped() || !waitsForWord(&l) })
	if mine && err == nil {
		list, err = v.ownLetters(list)
	}
	slices.SortStableFunc(list, func(a, b intake.Letter) int {
		if required(a.Purpose) != required(b.Purpose) {
			if required(a.Purpose) {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return list, err
}

// ownLetters returns the letters of cases that the visitor is in charge of. A case
// whose letter says that a mail is no request is not open any more.
func (v *visit) ownLetters(list []intake.Letter) (own []intake.Letter, err error) {
	err = v.s.Store.View(func(tx *store.Tx) error {
		for _, l := range list {
			c, err := tx.Case(l.Ref)
			if errors.Is(err, store.ErrUnreadable) { // nobody knows whose it is
				own = append(own, l)
				continue
			}
			if err != nil {
				return err
			}
			if v.session != nil && intake.SameAddress(v.s.Cases.View(tx, c).Officer, v.session.Address) {
				own = append(own, l)
			}
		}
		return nil
	})
	return own, err
}

// Drafts returns the letters of a case that a person has still to release.
func (c *caseBody) Drafts() []intake.Letter {
	return slices.DeleteFunc(slices.Clone(c.Letters), func(l intake.Letter) bool {
		return !waitsForWord(&l)
	})
}
