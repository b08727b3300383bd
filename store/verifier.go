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

// maxFindings ends the listing of a store in ruins.
const maxFindings = 1000

type verifier struct {
	tx       *Tx
	ctx      context.Context
	derive   func(*intake.Case) intake.Index
	findings []Finding
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
	for _, part := range []func(){v.cases, v.arrivals, v.letters, v.folders, v.arrivalIndexes, v.caseIndexes, v.letterIndexes, v.facts} {
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
	k, _ := v.tx.bucket(bucket).Cursor().Seek(key)
	return bytes.Equal(k, key)
}

// caseOf gives the case of that reference, or nil.
func (v *verifier) caseOf(ref string) *intake.Case {
	if v.last == nil || v.last.Ref != ref {
		v.last, _ = v.tx.Case(ref)
	}
	return v.last
}

func (v *verifier) cases() {
	for _, open := range []bool{true, false} {
		v.each(half(open), func(k, val []byte) {
			where := "case " + string(k)
			c, ix, err := decodeCase(k, val, open)
			if err != nil {
				v.find("file", "%v", err)
				return
			}
			v.want(open || !v.has(bOpen, k), where, "stands both among the open cases and among the others")
			v.want(NormalRef(c.Ref) == string(k), where, "bears the reference %s", c.Ref)
			v.history(where, c)
			v.sorted(where, k, c, ix)
		})
	}
}

func (v *verifier) history(where string, c *intake.Case) {
	if len(c.Events) == 0 {
		v.find(where, "has no events")
		return
	}
	first := c.Events[0]
	v.want(first.Name == intake.Opened && first.Opening != nil, where, "does not begin with its opening")
	if err := c.VerifyChain(); err != nil {
		v.find(where, "%v", err)
	}
	personal := false
	for _, e := range c.Events {
		personal = personal || e.Personal != nil
		v.want(e.Name != intake.Erased || !personal || c.Struck(e.N), where, "was erased, and names a person")
		v.want(e.Message == 0 || v.has(bArrivals, idKey(e.Message)), where, "event %d is about message %d, which is not registered", e.N, e.Message)
		v.want(e.Letter == 0 || v.has(bQueue, idKey(e.Letter)) || v.has(bSettled, idKey(e.Letter)), where, "event %d is about letter %d, which there is not", e.N, e.Letter)
	}
	for i, id := range c.Messages {
		v.want(!slices.Contains(c.Messages[:i], id), where, "lists message %d twice", id)
		a, err := v.tx.Arrival(id)
		if err != nil {
			v.find(where, "lists a message: %v", err)
			continue
		}
		v.want(a.Ref != "", where, "lists message %d, which says that it belongs to no case", id)
	}
}

func (v *verifier) sorted(where string, k []byte, c *intake.Case, ix intake.Index) {
	if v.derive != nil {
		w := v.derive(c)
		v.want(w.Open == ix.Open && w.Due == ix.Due && w.Wake.Equal(ix.Wake), where,
			"is sorted as open %t, due %v, next reminder %v; its events say %t, %v, %v", ix.Open, ix.Due, ix.Wake, w.Open, w.Due, w.Wake)
	}
	if ix.Open && !ix.Due.IsZero() {
		v.want(v.has(bDue, dayKey(ix.Due, string(k))), where, "is missing from the index of due cases")
	}
	if ix.Open && !ix.Wake.IsZero() {
		v.want(v.has(bWake, timeKey(ix.Wake, k)), where, "is missing from the index of reminders")
	}
	for _, a := range personAddresses(c) {
		v.want(v.has(bPeople, append(v.tx.personHash(a), k...)), where, "is missing from the index of persons")
	}
}

var decisions = []intake.Disposition{intake.DidAcknowledge, intake.DidTriage, intake.DidFollowup, intake.DidPass,
	intake.DidDuplicate, intake.DidIgnore, intake.DidBeforeStart, intake.DidUnreadable}

// caseless are the decisions that leave a message without a case.
var caseless = []intake.Disposition{intake.DidPass, intake.DidDuplicate, intake.DidIgnore, intake.DidBeforeStart}

func (v *verifier) arrivals() {
	count := uint64(0)
	v.each(bArrivals, func(k, val []byte) {
		count++
		id := keyID(k)
		where := fmt.Sprintf("message %d", id)
		a, err := readArrival(id, val)
		if err != nil {
			v.find("file", "%v", err)
			return
		}
		v.want(slices.Contains(decisions, a.Decision), where, "its decision is %q", a.Decision)
		v.want(a.Ref != "" || slices.Contains(caseless, a.Decision), where, "was decided %s and has no case", a.Decision)
		if a.Ref != "" {
			c := v.caseOf(a.Ref)
			v.want(c != nil, where, "belongs to case %s, which there is not", a.Ref)
			v.want(c == nil || slices.Contains(c.Messages, id), where, "belongs to case %s, which does not list it", a.Ref)
		}
		v.want(a.Twin == 0 || a.Twin != id && v.has(bArrivals, idKey(a.Twin)), where, "repeats message %d, which is not registered", a.Twin)
		seen, ok := v.tx.Seen(a.Place)
		v.want(ok && seen == id || a.UID == 0, where, "is missing from the index of places")
		if a.Twin == 0 && len(a.Fingerprint) > 0 && a.Why != erasedWhy {
			v.want(v.lists(bTwins, twinKey(a.MessageID, a.Fingerprint), id), where, "is missing from the index of fingerprints")
		}
		if a.Ref != "" && a.MessageID != "" {
			v.want(v.lists(bThreads, threadKey(a.MessageID), id<<1), where, "is missing from the index of Message-IDs")
		}
	})
	v.want(v.ctx.Err() != nil || count == v.tx.LastArrival(), "messages", "%d are registered, the last has number %d", count, v.tx.LastArrival())
}

var letterStates = []intake.LetterState{intake.LetterWaiting, intake.LetterSending, intake.LetterSent, intake.LetterInDoubt,
	intake.LetterHeld, intake.LetterFailed, intake.LetterBounced}

func (v *verifier) letters() {
	for _, bucket := range [][]byte{bQueue, bSettled} {
		v.each(bucket, func(k, val []byte) {
			id := keyID(k)
			where := fmt.Sprintf("letter %d", id)
			l, counted, err := readLetter(id, val)
			if err != nil {
				v.find("file", "%v", err)
				return
			}
			v.want(slices.Contains(letterStates, l.State) && bytes.Equal(place(l.State), bucket), where, "is %q and lies with the others", l.State)
			v.want(l.Ref == "" || v.caseOf(l.Ref) != nil, where, "belongs to case %s, which there is not", l.Ref)
			v.want(l.Key == "" || v.lists(bKeys, letterKey(l.Key), id), where, "is missing from the index of keys")
			v.want(l.MessageID == "" || v.lists(bThreads, threadKey(l.MessageID), id<<1|threadLetter), where, "is missing from the index of Message-IDs")
			v.want(!timed(l.State) || v.has(bNext, timeKey(l.Next, k)), where, "is %s and will never be looked at", l.State)
			v.want(counted.IsZero() || l.Purpose.Outside() && counts(l.State), where, "counts against the limits, and must not")
			v.frozen(where, &l)
		})
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
		v.want(t.Ref == "" || v.caseOf(t.Ref) != nil, "token", "is for case %s, which there is not", t.Ref)
	})
}
