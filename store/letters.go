package store

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"requestd/intake"
)

// Enqueue puts a letter into the outbox, once for each key: if there is a
// letter with that key already, added is false and nothing changes. The key of
// a letter on a case begins with the case's reference and a slash; that of any
// other with its topic and a slash. The letter has its bytes, or a draft of
// them, or neither while it is held. Enqueue sets the letter's ID and Hash and,
// if they are empty, State (waiting), Created and Next (now).
func (tx *Tx) Enqueue(l *intake.Letter) (added bool, err error) {
	topic, _, ok := strings.Cut(l.Key, "/")
	if !ok || topic == "" || l.Ref != "" && topic != l.Ref {
		return false, fmt.Errorf("letter %q on case %q: its key must begin with the case or a topic, and a slash", l.Key, l.Ref)
	}
	if _, exists := tx.LetterByKey(l.Key); exists || tx.err != nil {
		return false, tx.err
	}
	id, err := tx.t.NextNumber(bQueue)
	if err != nil {
		return false, fmt.Errorf("put a letter into the outbox: %w", err)
	}
	l.ID = id
	l.State = cmp.Or(l.State, intake.LetterWaiting)
	if l.Created.IsZero() {
		l.Created = tx.now
	}
	if l.Raw != nil {
		h := sha256.Sum256(l.Raw)
		l.Hash = h[:]
	}
	tx.addNew(bKeys, letterKey(l.Key), id)
	if l.MessageID != "" {
		tx.addNew(bThreads, threadKey(l.MessageID), id<<1|threadLetter)
	}
	tx.writeLetter(l, nil, time.Time{})
	return true, tx.err
}

// maxTopic is the longest topic that the index of keys stores unhashed.
const maxTopic = 32

// topicKey returns the beginning of the keys of all letters on a case or topic.
func topicKey(topic string) []byte {
	if len(topic) > maxTopic || strings.IndexByte(topic, 0) >= 0 {
		return append(hash(maxTopic, []byte(topic)), 0)
	}
	return append([]byte(topic), 0)
}

// letterKey returns the index key of a letter: it contains a hash of the
// letter's key, which may name a person.
func letterKey(key string) []byte {
	topic, _, _ := strings.Cut(key, "/")
	return append(topicKey(topic), hash(hashSize, []byte(key))...)
}

// OnLetter sets a function that is called with the mailbox once a letter was
// recorded that waits for its time. Call it before the store is used.
func (db *DB) OnLetter(tell func(mailbox string)) { db.onLetter = tell }

// settled reports whether nothing more happens to such a letter by itself.
func settled(s intake.LetterState) bool {
	return s == intake.LetterSent || s == intake.LetterBounced
}

// counts reports whether a letter in that state may have reached somebody.
func counts(s intake.LetterState) bool {
	return settled(s) || s == intake.LetterSending || s == intake.LetterInDoubt
}

// limited reports whether a letter counts towards the limits on automatic
// answers. One that was ever in doubt does, whatever became of it since: it may
// have reached somebody.
func limited(l *intake.Letter) bool {
	return l.Purpose.Outside() && (counts(l.State) || l.Doubts > 0)
}

// needsBytes reports whether a letter in that state may be sent.
func needsBytes(s intake.LetterState) bool { return timed(s) || s == intake.LetterSending }

// timed reports whether a letter in that state waits for its time.
func timed(s intake.LetterState) bool {
	return s == intake.LetterWaiting || s == intake.LetterInDoubt
}

// PutLetter records a change to a letter. Key, case, purpose, hash and
// Message-ID never change. Once it was sent or has bounced, its bytes and Next
// are deleted and cannot be put back; otherwise Raw nil leaves the bytes
// unchanged. A letter without bytes gets them here, once, instead of its draft;
// before that it cannot be sent.
func (tx *Tx) PutLetter(l intake.Letter) error {
	old, counted, err := tx.letterAt(l.ID)
	if err != nil {
		return err
	}
	l.Order = old.Order
	if old.Key != l.Key || old.Ref != l.Ref || old.Purpose != l.Purpose || old.MessageID != l.MessageID ||
		old.Hash != nil && !bytes.Equal(old.Hash, l.Hash) {
		return fmt.Errorf("letter %d: its key, case, purpose, Message-ID and bytes never change", l.ID)
	}
	if l.Raw != nil {
		h := sha256.Sum256(l.Raw)
		if old.Hash != nil && !bytes.Equal(h[:], old.Hash) {
			return fmt.Errorf("letter %d: its bytes never change", l.ID)
		}
		l.Hash = h[:]
	}
	if needsBytes(l.State) && l.Raw == nil && tx.get(bRaw, idKey(l.ID)) == nil {
		return fmt.Errorf("letter %d cannot be %s again: its bytes are gone", l.ID, l.State)
	}
	if counts(l.State) && l.Hash == nil {
		return fmt.Errorf("letter %d cannot be %s: its bytes are not written yet", l.ID, l.State)
	}
	tx.writeLetter(&l, &old, counted)
	return tx.err
}

// writeLetter records l, which was old before (nil for none) and was last
// counted towards the limits at counted.
func (tx *Tx) writeLetter(l, old *intake.Letter, counted time.Time) {
	key := idKey(l.ID)
	if old != nil {
		if timed(old.State) {
			tx.remove(bNext, nextKey(old))
		}
		if settled(old.State) != settled(l.State) {
			tx.remove(place(old.State), key)
		}
	}
	if timed(l.State) {
		if l.Next.IsZero() {
			l.Next = tx.now
		}
		tx.put(bNext, nextKey(l), none)
		if tell, mailbox := tx.db.onLetter, l.Mailbox; tell != nil {
			tx.AfterCommit(func() { tell(mailbox) })
		}
	}
	counted = tx.count(l, counted)
	switch {
	case settled(l.State):
		l.Next = time.Time{}
		tx.keepLetter(l)
		tx.remove(bRaw, key)
	case l.Raw != nil && (old == nil || !bytes.Equal(tx.get(bRaw, key), l.Raw)):
		tx.put(bRaw, key, l.Raw)
	case l.Unwritten != nil && l.Hash == nil && old == nil:
		tx.put(bRaw, key, l.Unwritten)
	}
	tx.put(place(l.State), key, encodeLetter(l, counted))
}

// asTopic is stored instead of the reference of a letter whose key begins with
// it.
const asTopic = "="

// encodeLetter writes the time at which a letter was last counted towards the
// limits, and then the letter.
func encodeLetter(l *intake.Letter, counted time.Time) []byte {
	r := *l
	r.ID, r.Raw = 0, nil
	if topic, _, _ := strings.Cut(r.Key, "/"); topic == r.Ref && r.Ref != "" {
		r.Ref = asTopic
	}
	b := []byte{0}
	if !counted.IsZero() {
		b = sized(appendTime(nil, counted), 0)
	}
	return encode(b, &r)
}

// place returns the bucket of letters in that state.
func place(s intake.LetterState) []byte {
	if settled(s) {
		return bSettled
	}
	return bQueue
}

// letterAt returns a letter without its bytes, and when it was last counted.
func (tx *Tx) letterAt(id uint64) (intake.Letter, time.Time, error) {
	key := idKey(id)
	v := tx.get(bQueue, key)
	if v == nil {
		v = tx.get(bSettled, key)
	}
	if v == nil {
		return intake.Letter{}, time.Time{}, fmt.Errorf("letter %d: %w", id, ErrNotFound)
	}
	l, counted, err := readLetter(id, v)
	if err != nil {
		err = tx.unreadable(letterRecord(id), err)
	}
	return l, counted, err
}

func readLetter(id uint64, v []byte) (intake.Letter, time.Time, error) {
	var l intake.Letter
	var counted time.Time
	r := reader{v}
	head, err := r.bytes()
	if err == nil && len(head) > 0 {
		counted, err = readTime(head)
	}
	if err == nil {
		err = decode(r.b, &l)
	}
	if l.Ref == asTopic {
		l.Ref, _, _ = strings.Cut(l.Key, "/")
	}
	l.ID = id
	return l, counted, err
}

func (tx *Tx) letter(id uint64) (intake.Letter, error) {
	l, _, err := tx.letterAt(id)
	return l, err
}

// Letter returns a letter, with its bytes if they are still kept, or its draft
// if they are not written yet. The error is ErrNotFound if there is none.
func (tx *Tx) Letter(id uint64) (intake.Letter, error) {
	tx.t.Prefetch(bRaw, idKey(id))
	l, err := tx.letter(id)
	switch b := bytes.Clone(tx.get(bRaw, idKey(id))); {
	case err != nil:
	case l.Hash == nil:
		l.Unwritten = b
	default:
		l.Raw = b
	}
	return l, err
}

// PrefetchLetter announces that a letter, its case and these facts will be read.
func (tx *Tx) PrefetchLetter(id uint64, ref string, facts ...string) {
	tx.t.Prefetch(bQueue, idKey(id))
	tx.t.Prefetch(bRaw, idKey(id))
	if ref != "" {
		tx.t.Prefetch(bOpen, refKey(ref))
	}
	for _, name := range facts {
		tx.t.Prefetch(bFacts, []byte(name))
	}
}

// LetterByKey returns the letter with a key, without its bytes. A letter that
// cannot be read counts as existing and held: nothing is sent a second time.
func (tx *Tx) LetterByKey(key string) (intake.Letter, bool) {
	topic, _, _ := strings.Cut(key, "/")
	tx.t.PrefetchFrom(bKeys, topicKey(topic)) // whoever asks for one letter on a case will ask for another
	for _, id := range uvarints(tx.get(bKeys, letterKey(key))) {
		l, err := tx.letter(id)
		if errors.Is(err, ErrUnreadable) {
			return intake.Letter{ID: id, Key: key, State: intake.LetterHeld, Response: "its record cannot be read"}, true
		}
		if err != nil {
			tx.fail(err)
			break
		}
		if l.Key == key || l.Key == "" { // erased: only the hash of its key is left
			return l, true
		}
	}
	return intake.Letter{}, false
}
