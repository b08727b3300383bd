package store

import (
	"requestd/intake"
)

// The thread index finds the case to which a mail belongs by the Message-IDs
// that it names: those of messages of cases, and those of our own letters. Its
// values are numbers of messages and letters, distinguished by the last bit.
const threadLetter = 1

func threadKey(messageID string) []byte { return hash(hashSize, []byte(messageID)) }

// thread updates the index for an arrival that was old before (nil for none).
func (tx *Tx) thread(a, old *intake.Arrival) {
	was := old != nil && old.Ref != "" && old.MessageID != ""
	is := a.Ref != "" && a.MessageID != ""
	if was && is && old.MessageID == a.MessageID {
		return
	}
	if was {
		tx.dropID(bThreads, threadKey(old.MessageID), old.ID<<1)
	}
	if is {
		tx.addNew(bThreads, threadKey(a.MessageID), a.ID<<1)
	}
}

// MessageIDCases returns the case of the first of ids that belongs to a message
// of a case or a letter on one. letter is that letter's number, else 0.
func (tx *Tx) MessageIDCases(ids ...string) (ref string, letter uint64, ok bool) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		for _, n := range uvarints(tx.get(bThreads, threadKey(id))) {
			if ref, letter, ok := tx.threadRef(id, n); ok {
				return ref, letter, true
			}
		}
	}
	return "", 0, false
}

func (tx *Tx) threadRef(messageID string, n uint64) (ref string, letter uint64, ok bool) {
	if n&threadLetter != 0 {
		l, err := tx.letter(n >> 1)
		if err != nil {
			tx.passes(err)
			return "", 0, false
		}
		return l.Ref, l.ID, l.Ref != "" && l.MessageID == messageID
	}
	a, err := tx.Arrival(n >> 1)
	if err != nil {
		tx.passes(err)
		return "", 0, false
	}
	return a.Ref, 0, a.Ref != "" && a.MessageID == messageID
}

// LetterByMessageID returns the letter with a Message-ID.
func (tx *Tx) LetterByMessageID(messageID string) (intake.Letter, bool) {
	if messageID == "" {
		return intake.Letter{}, false
	}
	for _, n := range uvarints(tx.get(bThreads, threadKey(messageID))) {
		if n&threadLetter == 0 {
			continue
		}
		l, err := tx.Letter(n >> 1)
		if err != nil {
			tx.passes(err)
			continue
		}
		if l.MessageID == messageID {
			return l, true
		}
	}
	return intake.Letter{}, false
}

// OwnMessageID reports whether one of our own letters has that Message-ID.
func (tx *Tx) OwnMessageID(messageID string) bool {
	_, own := tx.LetterByMessageID(messageID)
	return own
}
