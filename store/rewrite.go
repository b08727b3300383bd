package store

import (
	"crypto/sha256"
	"fmt"

	"requestd/intake"
)

// RewriteLetter writes new bytes for a letter, and a new Message-ID: for
// example, a held letter is written anew when it is released, with the dates of
// that time. It refuses a letter that may have left: every attempt at it must
// have been refused by a server's answer.
func (tx *Tx) RewriteLetter(l *intake.Letter) error {
	old, counted, err := tx.letterAt(l.ID)
	if err != nil {
		return err
	}
	if old.Doubts > 0 || old.State != intake.LetterWaiting && old.State != intake.LetterHeld && old.State != intake.LetterFailed {
		return fmt.Errorf("letter %d is %s and may have left: its bytes never change", l.ID, old.State)
	}
	if old.Key != l.Key || old.Ref != l.Ref || old.Purpose != l.Purpose {
		return fmt.Errorf("letter %d: its key, case and purpose never change", l.ID)
	}
	sum := sha256.Sum256(l.Raw)
	l.Hash = sum[:]
	if old.MessageID != "" {
		tx.dropID(bThreads, threadKey(old.MessageID), l.ID<<1|threadLetter)
	}
	tx.addID(bThreads, threadKey(l.MessageID), l.ID<<1|threadLetter)
	tx.writeLetter(l, &old, counted)
	return tx.err
}

// FreeLocation makes room for another mail if the server uses a UID twice. The
// first mail stays recorded without a place.
func (tx *Tx) FreeLocation(p intake.MailLocation) error {
	key, err := tx.placeKey(p, false)
	if key == nil || err != nil {
		return err
	}
	for _, id := range uvarints(tx.get(bPlaces, key)) {
		a, err := tx.Arrival(id)
		if err != nil {
			return err
		}
		a.UIDValidity, a.UID = 0, 0
		tx.putArrival(&a)
	}
	tx.remove(bPlaces, key)
	return tx.err
}
