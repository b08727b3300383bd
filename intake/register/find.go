package register

import (
	"errors"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"requestd/intake"
	"requestd/store"
)

// byReference returns, in the order of references, no more cases than a filter
// needs: for an address those of that person, for words those that contain
// them, for days of receipt those received then, for a state that only open
// cases have those in that state.
func (rg *Register) byReference(tx *store.Tx, f CaseFilter) iter.Seq[*intake.View] {
	switch {
	case tx.HasCase(f.Search):
		return rg.those(tx, f.After, slices.Values([]string{store.NormalRef(f.Search)}))
	case f.Search != "":
		if refs := slices.Collect(tx.CasesOf(f.Search)); len(refs) > 0 {
			return rg.those(tx, f.After, slices.Values(refs))
		}
		if refs, ok := tx.Find(f.Search); ok {
			return rg.those(tx, f.After, slices.Values(refs))
		}
	case f.From != 0 && f.To != 0:
		return rg.those(tx, f.After, tx.ReceivedRefs(f.From, f.To))
	}
	if f.State == intake.StateTriage || f.State == intake.StateOpen || f.State == intake.StateWaiting {
		return rg.standingOf(tx, tx.InCaseState(f.State, f.After))
	}
	return func(yield func(*intake.View) bool) {
		for c := range tx.CasesReadOnly(f.After) {
			if c.Matches(f.Search) && !yield(rg.cases.View(tx, c)) { // making a view costs more than comparing the words
				return
			}
		}
	}
}

// those returns the cases of some references after the cursor, in order and
// each once.
func (rg *Register) those(tx *store.Tx, after string, refs iter.Seq[string]) iter.Seq[*intake.View] {
	return rg.standingOf(tx, func(yield func(string) bool) {
		for _, ref := range slices.Compact(slices.Sorted(refs)) {
			if (after == "" || store.NormalRef(ref) > store.NormalRef(after)) && !yield(ref) {
				return
			}
		}
	})
}

// standingOf returns the cases of references in the order in which these come:
// a page of a list asks for no more of them than it shows.
func (rg *Register) standingOf(tx *store.Tx, refs iter.Seq[string]) iter.Seq[*intake.View] {
	return func(yield func(*intake.View) bool) {
		for ref := range tx.PrefetchCases(refs) {
			if v, ok := rg.standing(tx, ref); ok && !yield(v) {
				return
			}
		}
	}
}

// finds reports whether a case matches a search: by its reference, however
// spelt, or by every word of the search.
func (f CaseFilter) finds(v *intake.View) bool {
	return store.NormalRef(f.Search) == store.NormalRef(v.Ref) || v.Matches(f.Search)
}

// runTogether matches a reference with nothing between year and number.
var runTogether = regexp.MustCompile(`^(?i)([a-z]+)(\d\d)(\d{1,9})$`)

// spelt returns the reference that a search means if it is written without its
// separators, as CAF2600017 or caf26 17, and there is such a case; else the
// search unchanged.
func spelt(tx *store.Tx, search string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, search)
	if p := runTogether.FindStringSubmatch(bare); p != nil && !tx.HasCase(search) {
		if ref := store.NormalRef(p[1] + p[2] + "-" + p[3]); tx.HasCase(ref) {
			return ref
		}
	}
	return search
}

// mailsOf returns the messages of the case that a filter names, by number: the
// case lists them.
func mailsOf(tx *store.Tx, f MessageFilter) iter.Seq[intake.Arrival] {
	return func(yield func(intake.Arrival) bool) {
		c, err := tx.Case(f.Ref)
		if err != nil {
			return
		}
		for _, id := range slices.Sorted(slices.Values(c.Messages)) {
			a, err := tx.Arrival(id)
			if errors.Is(err, store.ErrUnreadable) || err == nil && (store.NormalRef(a.Ref) != store.NormalRef(f.Ref) || id <= f.After ||
				f.Mailbox != "" && a.Mailbox != f.Mailbox || f.Decision != "" && a.Decision != f.Decision) {
				continue
			}
			if err != nil || !yield(a) {
				return
			}
		}
	}
}

// lettersOf returns the letters on the case that a filter names.
func lettersOf(tx *store.Tx, f LetterFilter) iter.Seq[intake.Letter] {
	return func(yield func(intake.Letter) bool) {
		c, err := tx.Case(f.Ref)
		if err != nil {
			return
		}
		for _, l := range tx.LettersOf(c.Ref) {
			if (f.State == "" || l.State == f.State) && (f.Mailbox == "" || l.Mailbox == f.Mailbox) && !yield(l) {
				return
			}
		}
	}
}
