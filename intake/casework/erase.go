package casework

import (
	"requestd/intake"
	"requestd/store"
)

// Erase removes a settled case's personal data. What statistics need stays.
func Erase() Act {
	return Act{ToErase, func(cs *Cases, tx *store.Tx, c *intake.Case, ch *Change, by By) error {
		if ch.Before.IsOpen() {
			return refuse("case %s is open (%s): an open case is never erased; close it first", c.Ref, ch.Before.State)
		}
		if c.Erased() && !LeftOver(tx, c) {
			return refuse("case %s was erased before", c.Ref)
		}
		if l, ok := OnItsWay(tx, c); ok {
			return refuse("letter %d (%s) of case %s is still %s; hold it first, with requestd outbox hold %d", l.ID, l.Purpose, c.Ref, l.State, l.ID)
		}
		return cs.EraseFor(tx, by, c, "")
	}}
}

// EraseFor erases a case for a reason, such as the key of the retention period
// that is over. The caller has checked that the case is settled and that no
// letter of it is being sent.
func (cs *Cases) EraseFor(tx *store.Tx, by By, c *intake.Case, why string) error {
	if err := authorize(by, ToErase, c); err != nil {
		return err
	}
	cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Erased, Code: why})
	return tx.Erase(c, cs.Index(c))
}

// LeftOver reports whether an event or a mail was added to a case after it was
// erased.
func LeftOver(tx *store.Tx, c *intake.Case) bool {
	if c.Events[len(c.Events)-1].Name != intake.Erased {
		return true
	}
	if len(c.Messages) == 0 {
		return false
	}
	a, err := tx.Arrival(c.Messages[len(c.Messages)-1])
	return err == nil && !store.Erased(&a)
}

// OnItsWay returns a letter of a case that may still be sent, if there is one.
func OnItsWay(tx *store.Tx, c *intake.Case) (intake.Letter, bool) {
	for _, l := range tx.LettersOf(c.Ref) {
		if l.State == intake.LetterWaiting || l.State == intake.LetterSending || l.State == intake.LetterInDoubt {
			return l, true
		}
	}
	return intake.Letter{}, false
}
