package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"requestd/intake"
)

// maxFindings ends the list of findings of a badly damaged store.
const maxFindings = 1000

type verifier struct {
	tx       *Tx
	ctx      context.Context
	derive   func(*intake.Case) intake.Index
	findings []Finding
	sum      sums
	last     *intake.Case // the case looked up last
}

func (v *verifier) find(where, format string, args ...any) {
	if len(v.findings) < maxFindings {
		v.findings = append(v.findings, Finding{Where: where, What: fmt.Sprintf(format, args...)})
	}
}

// want notes a finding unless ok.
func (v *verifier) want(ok bool, where, format string, args ...any) {
	if !ok {
		v.find(where, format, args...)
	}
}

func (v *verifier) all() error {
	for _, part := range []func(){v.cases, v.arrivals, v.letters, v.folders, v.arrivalIndexes, v.caseIndexes, v.letterIndexes, v.texts, v.facts} {
		part()
		if err := v.ctx.Err(); err != nil {
			return fmt.Errorf("verify the store: %w", err)
		}
	}
	return nil
}

// each calls f for every entry of a bucket, until the context ends.
func (v *verifier) each(bucket []byte, f func(k, val []byte)) {
	for k, val := range v.tx.from(bucket, nil, all) {
		if v.ctx.Err() != nil {
			return
		}
		f(k, val)
	}
}

// lists reports whether id is among the numbers under key.
func (v *verifier) lists(bucket, key []byte, id uint64) bool {
	return slices.Contains(uvarints(v.tx.get(bucket, key)), id)
}

// has reports whether there is such a key.
func (v *verifier) has(bucket, key []byte) bool {
	return v.tx.get(bucket, key) != nil
}

// caseOf returns the case of that reference, or nil.
func (v *verifier) caseOf(ref string) *intake.Case {
	if v.last == nil || v.last.Ref != ref {
		v.last, _ = v.tx.Case(ref)
	}
	return v.last
}

var decisions = []intake.Disposition{intake.DidAcknowledge, intake.DidTriage, intake.DidFollowup, intake.DidPass,
	intake.DidDuplicate, intake.DidIgnore, intake.DidBeforeStart, intake.DidUnreadable}

// caseless are the decisions that leave a message without a case.
var caseless = []intake.Disposition{intake.DidPass, intake.DidDuplicate, intake.DidIgnore, intake.DidBeforeStart}

func (v *verifier) arrivals() {
	count, owned := uint64(0), 0
	v.each(bArrivals, func(k, val []byte) {
		count++
		id := keyID(k)
		where := fmt.Sprintf("message %d", id)
		a, err := readArrival(id, val)
		if err != nil {
			v.find(where, "cannot be read: %v", err)
			return
		}
		v.want(slices.Contains(decisions, a.Decision), where, "its decision is %q", a.Decision)
		v.want(a.Ref != "" || slices.Contains(caseless, a.Decision), where, "was decided %s and has no case", a.Decision)
		if a.Ref != "" {
			owned++
		}
		v.want(a.Twin == 0 || a.Twin != id && v.has(bArrivals, idKey(a.Twin)), where, "repeats message %d, which is not registered", a.Twin)
		seen, _ := v.tx.ArrivalAt(a.MailLocation)
		if a.UID != 0 {
			v.inIndex(&v.sum.places, seen == id, where, "is missing from the index of places")
		}
		if a.Why == erasedWhy {
			v.sum.erasedMessages.add(id)
		} else if a.Twin == 0 && len(a.Fingerprint) > 0 {
			v.inIndex(&v.sum.twins, v.lists(bTwins, twinKey(a.MessageID, a.Fingerprint), id), where, "is missing from the index of fingerprints")
		}
		if a.Ref != "" && a.MessageID != "" {
			v.inIndex(&v.sum.threads, v.lists(bThreads, threadKey(a.MessageID), id<<1), where, "is missing from the index of Message-IDs")
		}
	})
	v.want(v.ctx.Err() != nil || count == v.tx.LastArrival(), "messages", "%d are registered, the last has number %d", count, v.tx.LastArrival())
	if owned != v.sum.listed {
		v.unlisted()
	}
}

// unlisted finds the messages that their case does not list.
func (v *verifier) unlisted() {
	v.each(bArrivals, func(k, val []byte) {
		id := keyID(k)
		a, err := readArrival(id, val)
		if err != nil || a.Ref == "" {
			return
		}
		where, c := fmt.Sprintf("message %d", id), v.caseOf(a.Ref)
		v.want(c != nil, where, "belongs to case %s, which there is not", a.Ref)
		v.want(c == nil || slices.Contains(c.Messages, id), where, "belongs to case %s, which does not list it", a.Ref)
	})
}

var letterStates = []intake.LetterState{intake.LetterWaiting, intake.LetterSending, intake.LetterSent, intake.LetterInDoubt,
	intake.LetterHeld, intake.LetterFailed, intake.LetterBounced}

func (v *verifier) letters() {
	for _, bucket := range [][]byte{bSettled, bQueue} { // the one with most numbers first
		v.each(bucket, func(k, val []byte) {
			id := keyID(k)
			where := fmt.Sprintf("letter %d", id)
			l, counted, err := readLetter(id, val)
			if err != nil {
				v.find(where, "cannot be read: %v", err)
				return
			}
			v.want(slices.Contains(letterStates, l.State) && bytes.Equal(place(l.State), bucket), where, "is %q and lies with the others", l.State)
			v.want(l.Ref == "" || v.tx.HasCase(l.Ref), where, "belongs to case %s, which there is not", l.Ref)
			v.letterIndexed(where, &l)
			v.want(counted.IsZero() || limited(&l), where, "counts against the limits, and must not")
			v.frozen(where, &l)
		})
	}
}

// letterIndexed checks that a letter is in each index of letters.
func (v *verifier) letterIndexed(where string, l *intake.Letter) {
	if l.Key == "" {
		v.sum.erasedLetters.add(l.ID)
	} else {
		v.inIndex(&v.sum.keys, v.lists(bKeys, letterKey(l.Key), l.ID), where, "is missing from the index of keys")
	}
	if l.MessageID != "" {
		v.inIndex(&v.sum.threads, v.lists(bThreads, threadKey(l.MessageID), l.ID<<1|threadLetter), where, "is missing from the index of Message-IDs")
	}
	if timed(l.State) {
		v.inIndex(&v.sum.next, v.has(bNext, nextKey(l)), where, "is %s and will never be looked at", l.State)
	}
}

// frozen checks the bytes of a letter.
func (v *verifier) frozen(where string, l *intake.Letter) {
	raw := v.tx.get(bRaw, idKey(l.ID))
	v.want(raw != nil || !needsBytes(l.State), where, "is %s, and its bytes are missing", l.State)
	v.want(l.Hash != nil || !counts(l.State), where, "is %s, and its bytes were never written", l.State)
	if raw != nil && l.Hash != nil {
		h := sha256.Sum256(raw)
		v.want(bytes.Equal(h[:], l.Hash), where, "its bytes were changed after it was written")
	}
}

func (v *verifier) folders() {
	numbers := map[uint32]bool{}
	v.each(bFolders, func(k, val []byte) {
		mailbox, folder := splitFolder(k)
		if len(val) != 4 {
			v.find("file", "folder %s/%s has no number", mailbox, folder)
			return
		}
		n := binary.BigEndian.Uint32(val)
		v.want(!numbers[n], "folder "+mailbox+"/"+folder, "shares its number with another")
		numbers[n] = true
	})
	for _, bucket := range [][]byte{bPosition, bPlaces, bTries} {
		v.each(bucket, func(k, val []byte) {
			v.want(len(k) >= 4 && numbers[binary.BigEndian.Uint32(k)], "index "+string(bucket), "%x is of no known folder", k)
		})
	}
	v.each(bPosition, func(k, val []byte) {
		v.want(len(val) == 8, "index positions", "%x cannot be read", k)
	})
	v.each(bTries, func(k, _ []byte) {
		v.want(!v.has(bPlaces, k), "index tries", "%x is registered already", k)
	})
}

func (v *verifier) facts() {
	v.each(bFacts, func(k, val []byte) {
		v.want(json.Valid(val), "fact "+string(k), "is not in its JSON form")
	})
	v.each(bTokens, func(k, val []byte) {
		var t Token
		if err := json.Unmarshal(val, &t); err != nil {
			v.find("token", "cannot be read: %v", err)
			return
		}
		v.want(t.Ref == "" || v.tx.HasCase(t.Ref), "token", "is for case %s, which there is not", t.Ref)
		v.want(t.Ref == "" || v.has(bIssued, issuedKey(t.Ref, k)), "token", "for case %s is missing from the index of tokens", t.Ref)
	})
	v.each(bIssued, func(k, _ []byte) {
		_, token, _ := bytes.Cut(k, []byte{0})
		v.want(v.has(bTokens, token), "index issued", "%x points to no token", k)
	})
}
