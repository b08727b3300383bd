package casework

import (
	"fmt"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// OutOfDate says why a letter to the requester that has waited must not be sent
// without a person seeing it: a date in it has passed or was corrected, or the
// address has changed; "" if it may be sent. Other changes to the case rewrite
// a waiting letter at once, but nothing rewrites it when days pass.
func (cs *Cases) OutOfDate(tx *store.Tx, l *intake.Letter) (string, error) {
	if l.Ref == "" {
		return "", nil
	}
	c, err := tx.Case(l.Ref)
	if err != nil {
		return "", err
	}
	if !c.Erased() && !intake.SameAddress(l.To, c.Person().ReplyTo) { // whoever released it
		return "letters on the case go to another address by now", nil
	}
	if !c.Erased() && l.Doubts == 0 {
		v := cs.View(tx, c)
		named, right, err := misdated(tx, c, v, l)
		if err != nil {
			return "", err
		}
		if named != 0 {
			return fmt.Sprintf("it names %s, which was put right to %s since", named.Long(), right.Long()), nil
		}
		day, err := cs.lapsed(tx, c, v, l)
		if err != nil {
			return "", err
		}
		if day != 0 {
			return fmt.Sprintf("it asks for an answer by %s, which has passed meanwhile", day.Long()), nil
		}
	}
	for _, p := range l.Promises {
		unseen := l.Released.IsZero() || p.Day >= deadlines.DayOf(l.Released) // whoever released it has not seen this
		if p.Day < tx.Today() && unseen {
			return fmt.Sprintf("it promises an answer by %s, which has passed meanwhile", p.Day.Long()), nil
		}
	}
	acknowledges := l.Purpose == intake.ForAcknowledgement || l.Purpose == intake.ForNeutral
	if acknowledges && l.Released.IsZero() && cs.Late(tx, cs.View(tx, c)) {
		return fmt.Sprintf("it could not go for so long that it comes more than %d working days after the day to acknowledge", lateAfter), nil
	}
	return "", nil
}
