package store

import (
	"fmt"

	"requestd/intake"
)

// erasedWhy replaces the reason recorded with a message, which may quote it.
const erasedWhy = "erased"

// Erase removes everything that names or describes a person from a case, its
// messages and its letters, and records the case. What statistics need stays,
// and its chain of hashes still verifies. A message keeps its place, times,
// decision and fingerprint, so that the same mail is not taken for a new
// request; a letter keeps its purpose, times, outcome and the hashes of its key
// and bytes. If a letter was not sent yet, Erase refuses: it must be settled
// first.
//
// The register no longer returns the bytes from then on. Free pages of the file
// hold them until they are used again or Compact leaves them behind.
func (tx *Tx) Erase(c *intake.Case, ix intake.Index) error {
	letters := tx.LettersOf(c.Ref)
	for _, l := range letters {
		if needsBytes(l.State) {
			return fmt.Errorf("erase %s: letter %d (%s) is still %s; hold it first", c.Ref, l.ID, l.Purpose, l.State)
		}
	}
	for _, l := range letters {
		if err := tx.eraseLetter(l.ID); err != nil {
			return err
		}
	}
	for _, id := range c.Messages {
		if err := tx.eraseArrival(id); err != nil {
			return err
		}
	}
	tx.dropTokens(c.Ref)
	c.Erase()
	tx.noteErased()
	return tx.PutCase(c, ix)
}

func (tx *Tx) eraseLetter(id uint64) error {
	l, counted, err := tx.letterAt(id)
	if err != nil {
		return err
	}
	if l.MessageID != "" {
		tx.dropID(bThreads, threadKey(l.MessageID), id<<1|threadLetter)
	}
	tx.remove(bRaw, idKey(id))
	tx.remove(bTexts, textKey(textOfLetter, id))
	tx.uncount(id, counted)
	l.Key, l.To, l.MessageID, l.Response = "", "", "", ""
	tx.put(place(l.State), idKey(id), encodeLetter(&l, counted))
	return tx.err
}

// noteErased records that free pages may hold erased data. It writes that again
// each time, so that a running compaction notices it.
func (tx *Tx) noteErased() { tx.put(bMeta, kErased, none) }

// HasErasedPages reports whether the file may still contain erased data in unused
// pages; Compact removes it.
func (tx *Tx) HasErasedPages() bool { return tx.get(bMeta, kErased) != nil }

// Erased reports whether what names or describes a person was removed from a
// message.
func Erased(a *intake.Arrival) bool { return a.Why == erasedWhy && a.From == (intake.Address{}) }

// EraseArrival removes from a message that belongs to no case all that names
// or describes a person.
func (tx *Tx) EraseArrival(id uint64) error {
	a, err := tx.Arrival(id)
	if err == nil && a.Ref != "" {
		err = fmt.Errorf("erase message %d: it belongs to case %s", id, a.Ref)
	}
	if err != nil {
		return err
	}
	return tx.eraseArrival(id)
}

func (tx *Tx) eraseArrival(id uint64) error {
	a, err := tx.Arrival(id)
	if err != nil {
		return err
	}
	was := a
	a.MessageID, a.From, a.Subject, a.Attachments, a.Why = "", intake.Address{}, "", nil, erasedWhy
	tx.thread(&a, &was)
	tx.dropMailText(id)
	tx.putArrival(&a)
	tx.noteErased()
	return tx.err
}
