package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
)

// texts checks that every stored text belongs to something whose text may be
// stored, and that a letter's text matches its hash.
func (v *verifier) texts() {
	v.each(bTexts, func(k, val []byte) {
		if len(k) != 9 || k[0] > textOfLetter {
			v.find("texts", "%x is of nothing that there is", k)
			return
		}
		where, check := "message", v.mailText
		if k[0] == textOfLetter {
			where, check = "letter", v.letterText
		}
		where = fmt.Sprintf("%s %d", where, keyID(k))
		_, text, err := unpackText(val)
		if err != nil {
			v.find(where, "%v", err)
			return
		}
		if lost := check(where, k, text); lost != nil {
			v.find(where, "its text is kept, and it is not: %v", lost)
		}
	})
}

func (v *verifier) letterText(where string, k, text []byte) error {
	l, _, err := v.tx.letterAt(keyID(k))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	v.want(settled(l.State), where, "is %s, and its text is kept", l.State)
	v.want(l.Key != "", where, "was erased, and its text is kept")
	v.want(bytes.Equal(sum[:], l.Hash), where, "its kept text is not that which it was sent with")
	return nil
}

func (v *verifier) mailText(where string, k, _ []byte) error {
	a, err := v.tx.Arrival(keyID(k))
	if err != nil {
		return err
	}
	v.want(bytes.Equal(k, mailTextKey(&a)), where, "its text does not lie where its case says")
	v.want(!Erased(&a), where, "was erased, and its text is kept")
	return nil
}
