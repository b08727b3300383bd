package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"time"

	"requestd/intake"
)

// AddArrival registers a message. It sets a.ID, and clears the attempts counted
// by CountAttempt. The error is ErrDuplicatePlace if a message is already
// registered for that place.
func (tx *Tx) AddArrival(a *intake.Arrival) error {
	place, err := tx.placeKey(a.MailLocation, true)
	if err != nil {
		return err
	}
	if a.UID != 0 && tx.get(bPlaces, place) != nil {
		return fmt.Errorf("%w: %s/%s, UIDVALIDITY %d, UID %d", ErrDuplicatePlace, a.Mailbox, a.Folder, a.UIDValidity, a.UID)
	}
	id, err := tx.t.NextNumber(bArrivals)
	if err != nil {
		return fmt.Errorf("register a message: %w", err)
	}
	a.ID = id
	if a.UID != 0 { // UID 0 means that the message is at no place
		tx.put(bPlaces, place, binary.AppendUvarint(nil, id))
	}
	if tx.get(bTries, place) != nil {
		tx.remove(bTries, place)
	}
	if a.Twin == 0 && len(a.Fingerprint) > 0 {
		tx.addNew(bTwins, twinKey(a.MessageID, a.Fingerprint), id)
	}
	tx.thread(a, nil)
	tx.putArrival(a)
	return tx.err
}

// PrefetchMail announces that a mail of this sender will be recorded in a
// mailbox whose references begin with prefix, so that everything needed for it
// is read in one round trip. Call it for all mails first, then PrefetchPlace.
func (tx *Tx) PrefetchMail(messageID string, fingerprint []byte, from, prefix string) {
	if tx.db.pg == nil {
		return
	}
	if series, _, _, ok := splitRef(prefix + "00-0"); ok {
		tx.t.Prefetch(bNumbers, []byte(series))
		tx.expectRef(series)
	}
	tx.t.Prefetch(bTwins, twinKey(messageID, fingerprint))
	if from != "" {
		tx.t.PrefetchBack(bPeople, append(tx.personHash(from), 0xff))
		tx.PrefetchSent(from, tx.now.Add(-24*time.Hour))
	}
}

// PrefetchPlace announces where one of those mails is.
func (tx *Tx) PrefetchPlace(p intake.MailLocation) {
	if tx.db.pg == nil {
		return
	}
	place, err := tx.placeKey(p, false)
	tx.aheadOfExpected()
	if err != nil || place == nil {
		return
	}
	tx.t.Prefetch(bPosition, place[:4])
	tx.t.Prefetch(bPlaces, place)
	tx.t.Prefetch(bTries, place)
}

// PutArrival records what has changed in a registered message: everything
// except its place, its fingerprint and its twin.
func (tx *Tx) PutArrival(a intake.Arrival) error {
	old, err := tx.Arrival(a.ID)
	if err != nil {
		return err
	}
	if old.MailLocation != a.MailLocation || !bytes.Equal(old.Fingerprint, a.Fingerprint) || old.Twin != a.Twin {
		return fmt.Errorf("message %d: its place, fingerprint and twin never change", a.ID)
	}
	tx.thread(&a, &old)
	tx.moveText(&a, &old)
	tx.putArrival(&a)
	return tx.err
}

func (tx *Tx) putArrival(a *intake.Arrival) {
	r := *a
	r.ID = 0
	tx.put(bArrivals, idKey(a.ID), encode(nil, &r))
}

// Arrival returns a registered message, or ErrNotFound.
func (tx *Tx) Arrival(id uint64) (intake.Arrival, error) {
	v := tx.get(bArrivals, idKey(id))
	if v == nil {
		return intake.Arrival{}, fmt.Errorf("message %d: %w", id, ErrNotFound)
	}
	a, err := readArrival(id, v)
	if err != nil {
		return a, tx.unreadable(messageRecord(id), err)
	}
	return a, nil
}

func readArrival(id uint64, v []byte) (intake.Arrival, error) {
	var a intake.Arrival
	err := decode(v, &a)
	a.ID = id
	return a, err
}

// ArrivalAt returns the message registered for a place.
func (tx *Tx) ArrivalAt(p intake.MailLocation) (id uint64, ok bool) {
	key, err := tx.placeKey(p, false)
	if err != nil || key == nil {
		return 0, false
	}
	ids := uvarints(tx.get(bPlaces, key))
	if len(ids) == 0 {
		return 0, false
	}
	return ids[0], true
}

func twinKey(messageID string, fingerprint []byte) []byte {
	return hash(hashSize, []byte(messageID), fingerprint)
}

// Twin returns the last registered message with the same Message-ID (or, like
// this one, without) and the same fingerprint that is not itself a copy. An
// erased message still counts: its fingerprint is kept, and the hash over both.
func (tx *Tx) Twin(messageID string, fingerprint []byte) (id uint64, ok bool) {
	if len(fingerprint) == 0 {
		return 0, false
	}
	for _, id := range slices.Backward(uvarints(tx.get(bTwins, twinKey(messageID, fingerprint)))) {
		a, err := tx.Arrival(id)
		if err != nil {
			tx.passes(err)
			continue
		}
		if bytes.Equal(a.Fingerprint, fingerprint) && (a.MessageID == messageID || a.MessageID == "") {
			return id, true
		}
	}
	return 0, false
}

// ArrivalFilter chooses among registered messages. Zero fields choose all.
type ArrivalFilter struct {
	After    uint64 // messages with a higher number
	Newest   bool   // the newest first
	Mailbox  string
	Ref      string             // however spelt
	Decision intake.Disposition // what was decided
	Since    time.Time          // registered at or after
	Until    time.Time          // registered before
	InOrder  bool               // ends at the first that is not before Until: clocks are set back rarely
}

func (f *ArrivalFilter) match(a *intake.Arrival) bool {
	return (f.Mailbox == "" || a.Mailbox == f.Mailbox) && (f.Ref == "" || NormalRef(a.Ref) == f.Ref) &&
		(f.Decision == "" || a.Decision == f.Decision) && !a.Registered.Before(f.Since) &&
		(f.Until.IsZero() || a.Registered.Before(f.Until))
}

// Arrivals iterates over registered messages in the order in which they were
// registered, or backwards.
func (tx *Tx) Arrivals(f ArrivalFilter) iter.Seq[intake.Arrival] {
	if f.Ref != "" {
		f.Ref = NormalRef(f.Ref)
	}
	entries := tx.from(bArrivals, idKey(f.After+1), all)
	if f.Newest {
		entries = tx.back(bArrivals, nil)
	}
	return func(yield func(intake.Arrival) bool) {
		for k, v := range entries {
			if keyID(k) <= f.After {
				return
			}
			a, err := readArrival(keyID(k), v)
			if err != nil {
				_ = tx.unreadable(messageRecord(keyID(k)), err) // the others are still returned
				continue
			}
			if f.InOrder && !f.Until.IsZero() && !a.Registered.Before(f.Until) {
				return
			}
			if f.match(&a) && !yield(a) {
				return
			}
		}
	}
}

// LastArrival returns the number of the message registered last; 0 if there is
// none.
func (tx *Tx) LastArrival() uint64 { return tx.t.LastNumber(bArrivals) }

// FirstArrivalSince returns the number of the first message registered at or
// after t, or LastArrival()+1. It looks at a few messages only, and so relies
// on the clock not having been set back.
func (tx *Tx) FirstArrivalSince(t time.Time) uint64 {
	return tx.firstSince(tx.LastArrival(), t, func(id uint64) (time.Time, error) {
		a, err := tx.Arrival(id)
		return a.Registered, err
	})
}

// firstSince returns the number of the first of numbered records that is not
// from before t, or the number after the last.
func (tx *Tx) firstSince(last uint64, t time.Time, made func(id uint64) (time.Time, error)) uint64 {
	low, high := uint64(1), last+1
	for low < high {
		mid := low + (high-low)/2
		at := mid
		when, err := made(at)
		for err != nil && tx.passes(err) && at+1 < high { // the next that can be read
			at++
			when, err = made(at)
		}
		if err == nil && when.Before(t) {
			low = at + 1
		} else {
			high = mid
		}
	}
	return low
}
