package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
)

// texts checks that every kept text belongs to something of which it may be
// kept, and that what a letter said is what its hash is of.
func (v *verifier) texts() {
	v.each(bTexts, func(k, val []byte) {
		if len(k) != 9 || k[0] > textOfLetter {
			v.find("texts", "%x is of nothing that there is", k)
			return
		}
		id := keyID(k)
		_, text, err := unpackText(val)
		if k[0] == textOfLetter {
			where := fmt.Sprintf("letter %d", id)
			v.want(err == nil, where, "%v", err)
			l, _, lost := v.tx.letterAt(id)
			if lost != nil {
				v.find(where, "its text is kept, and it is not: %v", lost)
				return
			}
			sum := sha256.Sum256(text)
			v.want(settled(l.State) && l.Key != "", where, "is %s, and its text is kept", l.State)
			v.want(err != nil || bytes.Equal(sum[:], l.Hash), where, "its kept text is not that which it was sent with")
			return
		}
		where := fmt.Sprintf("message %d", id)
		v.want(err == nil, where, "%v", err)
		a, lost := v.tx.Arrival(id)
		if lost != nil {
			v.find(where, "its text is kept, and it is not: %v", lost)
			return
		}
		v.want(bytes.Equal(k, mailTextKey(&a)), where, "its text does not lie where its case says")
		v.want(!Erased(&a), where, "was erased, and its text is kept")
	})
}
