package store

import (
	"time"

	"requestd/intake"
)

// NextDue gives, with its bytes, the letter of a mailbox whose time has come
// longest ago, leaving out those that skip refuses. A nil skip refuses none.
func (tx *Tx) NextDue(now time.Time, mailbox string, skip func(*intake.Letter) bool) (intake.Letter, bool) {
	for k := range tx.from(bNext, nil, func(k []byte) bool { return !keyTime(k).After(now) }) {
		l, _, err := tx.letterAt(keyID(k))
		if err != nil {
			tx.passes(err)
			continue
		}
		if l.Mailbox != mailbox || skip != nil && skip(&l) {
			continue
		}
		l, err = tx.Letter(l.ID)
		tx.fail(err)
		return l, err == nil
	}
	return intake.Letter{}, false
}
