package store

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"requestd/intake"
)

// Letters that count towards the limits on automatic answers are listed in two
// indexes: by time, and by person and time.

// boxSize is how many bytes of a mailbox's hash are in them.
const boxSize = 4

func boxHash(mailbox string) []byte {
	h := sha256.Sum256([]byte(mailbox))
	return h[:boxSize]
}

// count updates those indexes for a letter, and returns when it was last
// counted; zero if it does not count.
func (tx *Tx) count(l *intake.Letter, counted time.Time) time.Time {
	switch is := limited(l); {
	case is && (counted.IsZero() || l.State == intake.LetterSending):
		tx.uncount(l.ID, counted)
		tx.putOutside(tx.now, l.ID, tx.personHash(intake.Account(l.To)), boxHash(l.Mailbox))
		return tx.now
	case !is && !counted.IsZero():
		tx.uncount(l.ID, counted)
		return time.Time{}
	}
	return counted
}

func (tx *Tx) putOutside(at time.Time, id uint64, person, box []byte) {
	key := timeKey(at, idKey(id))
	tx.put(bOutside, key, slices.Concat(person, box))
	tx.put(bSentTo, slices.Concat(person, key), box)
}

// uncount removes a letter that was counted at that time; the zero time means
// never.
func (tx *Tx) uncount(id uint64, counted time.Time) {
	if counted.IsZero() {
		return
	}
	key := timeKey(counted, idKey(id))
	if v := tx.get(bOutside, key); len(v) == hashSize+boxSize {
		tx.remove(bSentTo, slices.Concat(v[:hashSize], key))
	}
	tx.remove(bOutside, key)
}

// outsideKept is how far back the limits can look.
const outsideKept = 8 * 24 * time.Hour

// ForgetOutside deletes at most most letters that no limit looks at any more,
// the oldest first, and reports whether there may be more.
func (tx *Tx) ForgetOutside(most int) (more bool, err error) {
	n := 0
	for k := range tx.from(bOutside, nil, all) {
		at := keyTime(k)
		if tx.now.Sub(at) <= outsideKept {
			break
		}
		if n == most {
			return true, tx.err
		}
		tx.uncount(keyID(k), at)
		n++
	}
	return false, tx.err
}

// MailboxSet selects the mailboxes whose letters a limit counts together: only
// one, or all but some. The zero value is all of them.
type MailboxSet struct {
	Only   string
	Except []string
}

func (a MailboxSet) counts() func(box []byte) bool {
	if a.Only != "" {
		only := boxHash(a.Only)
		return func(box []byte) bool { return bytes.Equal(box, only) }
	}
	but := make([][]byte, len(a.Except))
	for i, name := range a.Except {
		but[i] = boxHash(name)
	}
	return func(box []byte) bool {
		return !slices.ContainsFunc(but, func(b []byte) bool { return bytes.Equal(b, box) })
	}
}

// OutsideCount returns how many letters of these mailboxes to people outside
// were sent, or may have been, at or after since, which is at most eight days
// ago.
func (tx *Tx) OutsideCount(since time.Time, a MailboxSet) (n int) {
	counts := a.counts()
	for _, v := range tx.from(bOutside, timeKey(since, nil), all) {
		if counts(v[min(hashSize, len(v)):]) {
			n++
		}
	}
	return n
}

// OutsideSent counts the same for one recipient, without the letter numbered
// except (0: none).
func (tx *Tx) OutsideSent(address string, since time.Time, except uint64, a MailboxSet) (n int) {
	counts, person := a.counts(), tx.personHash(intake.Account(address))
	for k, box := range tx.from(bSentTo, slices.Concat(person, timeKey(since, nil)), hasPrefix(person)) {
		if keyID(k) != except && counts(box) {
			n++
		}
	}
	return n
}

// PrefetchSent announces that OutsideSent will be called.
func (tx *Tx) PrefetchSent(address string, since time.Time) {
	if tx.db.pg == nil {
		return
	}
	tx.t.PrefetchFrom(bSentTo, slices.Concat(tx.personHash(intake.Account(address)), timeKey(since, nil)))
}

// FixFutureSends sets the time of sent letters to now if it is in the future
// because the clock was wrong; otherwise they would use up the limits until
// then.
func (tx *Tx) FixFutureSends() error {
	later := map[uint64][]byte{}
	for k, v := range tx.from(bOutside, timeKey(tx.now.Add(time.Nanosecond), nil), all) {
		later[keyID(k)] = bytes.Clone(v)
	}
	for id, v := range later {
		l, counted, err := tx.letterAt(id)
		if errors.Is(err, ErrUnreadable) {
			continue
		}
		if err != nil {
			return err
		}
		tx.uncount(id, counted)
		tx.putOutside(tx.now, id, v[:hashSize], v[hashSize:])
		tx.put(place(l.State), idKey(id), encodeLetter(&l, tx.now))
	}
	return tx.err
}

// widenOutside adds the mailbox to an entry of schema 4, which has only the
// person, and puts it into the other index.
func (tx *Tx) widenOutside(k, person []byte) error {
	if len(person) != hashSize {
		return nil
	}
	l, _, err := tx.letterAt(keyID(k))
	if err != nil && !tx.passes(err) {
		return err
	}
	tx.putOutside(keyTime(k), keyID(k), person, boxHash(l.Mailbox))
	return tx.err
}

// outsideIndexes checks both indexes.
func (v *verifier) outsideIndexes() {
	v.each(bOutside, func(k, val []byte) {
		l, counted, err := v.tx.letterAt(keyID(k))
		is := err == nil && nanos(counted) == nanos(keyTime(k)) && len(val) == hashSize+boxSize && bytes.Equal(val[hashSize:], boxHash(l.Mailbox)) &&
			bytes.Equal(v.tx.get(bSentTo, slices.Concat(val[:hashSize], k)), val[hashSize:])
		v.want(is, "index outside", "letter %d at %v is not so", keyID(k), keyTime(k))
	})
	v.each(bSentTo, func(k, box []byte) {
		n := min(hashSize, len(k))
		v.want(bytes.Equal(v.tx.get(bOutside, k[n:]), slices.Concat(k[:n], box)), "index sentto", "letter %d is not so", keyID(k))
	})
}
