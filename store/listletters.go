package store

import (
	"iter"
	"slices"
	"time"

	"requestd/intake"
)

// LetterFilter chooses among letters. Zero fields choose all.
type LetterFilter struct {
	After   uint64 // letters with a higher number
	State   intake.LetterState
	Purpose intake.Purpose
	Mailbox string
	Unsent  bool      // neither sent nor bounced; only these are looked at
	Since   time.Time // created then or later, if the clock was never set back; only these are looked at
}

// Letters iterates over letters, without their bytes, in the order in which
// they were written, settled ones last.
func (tx *Tx) Letters(f LetterFilter) iter.Seq[intake.Letter] {
	places := [][]byte{bQueue, bSettled}
	switch {
	case f.Unsent || f.State != "" && !settled(f.State):
		places = places[:1]
	case f.State != "":
		places = places[1:]
	}
	return func(yield func(intake.Letter) bool) {
		for _, place := range places {
			after := f.After
			if !f.Since.IsZero() {
				after = max(after, tx.firstLetterSince(f.Since)-1)
			}
			for k, v := range tx.from(place, idKey(after+1), all) {
				l, _, err := readLetter(keyID(k), v)
				if err != nil {
					_ = tx.unreadable(letterRecord(keyID(k)), err) // the others are still returned
					continue
				}
				if f.match(&l) && !yield(l) {
					return
				}
			}
		}
	}
}

// firstLetterSince returns the number of the first letter created at or after
// t, or the one after the last. It relies on the clock not having been set
// back.
func (tx *Tx) firstLetterSince(t time.Time) uint64 {
	return tx.firstSince(tx.t.LastNumber(bQueue), t, func(id uint64) (time.Time, error) {
		l, err := tx.letter(id)
		return l.Created, err
	})
}

func (f *LetterFilter) match(l *intake.Letter) bool {
	return (f.State == "" || l.State == f.State) && (f.Purpose == "" || l.Purpose == f.Purpose) &&
		(f.Mailbox == "" || l.Mailbox == f.Mailbox)
}

// InState iterates over the letters in a state, without their bytes.
func (tx *Tx) InState(s intake.LetterState) iter.Seq[intake.Letter] {
	return tx.Letters(LetterFilter{State: s})
}

// LettersOf returns the letters on a case in the order in which they were
// written, without their bytes.
func (tx *Tx) LettersOf(ref string) []intake.Letter {
	return slices.DeleteFunc(tx.topicLetters(ref), func(l intake.Letter) bool { return l.Ref != ref })
}

func (tx *Tx) topicLetters(topic string) []intake.Letter {
	var ids []uint64
	prefix := topicKey(topic)
	for _, v := range tx.from(bKeys, prefix, hasPrefix(prefix)) {
		ids = append(ids, uvarints(v)...)
	}
	slices.Sort(ids)
	letters := make([]intake.Letter, 0, len(ids))
	for _, id := range ids {
		l, err := tx.letter(id)
		if err != nil {
			tx.passes(err)
			continue
		}
		letters = append(letters, l)
	}
	return letters
}
