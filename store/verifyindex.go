package store

import (
	"bytes"
	"fmt"

	"requestd/intake"
)

// These check every entry of an index against the record that it points to, if
// the index has more entries than verifier.go found on the way from the records
// to it.

// keys counts the entries of an index.
func (v *verifier) keys(bucket []byte) (n int) {
	v.each(bucket, func(_, _ []byte) { n++ })
	return n
}

// numbers counts the numbers under the keys of an index, without those of
// records from which the key can no longer be computed.
func (v *verifier) numbers(bucket []byte, but numbers) (n int) {
	v.each(bucket, func(_, val []byte) {
		for _, id := range uvarints(val) {
			if !but.has(id) {
				n++
			}
		}
	})
	return n
}

func (v *verifier) orphan(bucket, k []byte, why string) {
	v.find("index "+string(bucket), "%x points to nothing: %s", k, why)
}

func (v *verifier) arrivalIndexes() {
	if v.numbers(bPlaces, nil) != v.sum.places {
		v.placeIndex()
	}
	if v.numbers(bTwins, v.sum.erasedMessages) != v.sum.twins {
		v.twinIndex()
	}
	if v.numbers(bThreads, nil) != v.sum.threads {
		v.threadIndex()
	}
}

func (v *verifier) placeIndex() {
	v.each(bPlaces, func(k, val []byte) {
		for _, id := range uvarints(val) {
			a, err := v.tx.Arrival(id)
			if err != nil {
				v.orphan(bPlaces, k, err.Error())
				continue
			}
			key, _ := v.tx.placeKey(a.MailLocation, false)
			v.want(bytes.Equal(key, k), "index places", "%x is not where message %d lies", k, id)
		}
	})
}

func (v *verifier) twinIndex() {
	v.each(bTwins, func(k, val []byte) {
		for _, id := range uvarints(val) {
			a, err := v.tx.Arrival(id)
			if err != nil {
				v.orphan(bTwins, k, err.Error())
				continue
			}
			v.want(a.Why == erasedWhy || bytes.Equal(k, twinKey(a.MessageID, a.Fingerprint)), "index twins", "%x is not the fingerprint of message %d", k, id)
		}
	})
}

func (v *verifier) threadIndex() {
	v.each(bThreads, func(k, val []byte) {
		for _, n := range uvarints(val) {
			messageID, belongs, err := v.threadEnd(n)
			if err != nil {
				v.orphan(bThreads, k, err.Error())
				continue
			}
			v.want(belongs && bytes.Equal(k, threadKey(messageID)), "index threads", "%x does not belong to number %d", k, n)
		}
	})
}

// threadEnd returns the Message-ID of what an entry of threads points to, and
// whether that belongs in the index.
func (v *verifier) threadEnd(n uint64) (messageID string, belongs bool, err error) {
	if n&threadLetter != 0 {
		l, err := v.tx.letter(n >> 1)
		return l.MessageID, true, err
	}
	a, err := v.tx.Arrival(n >> 1)
	return a.MessageID, a.Ref != "", err
}

func (v *verifier) caseIndexes() {
	if v.keys(bDue) != v.sum.due {
		v.dueIndex()
	}
	if v.keys(bWake) != v.sum.wake {
		v.wakeIndex()
	}
	if v.foundEntries() != v.sum.found {
		v.foundIndex()
	}
	if v.keys(bStates) != v.sum.states {
		v.stateIndex()
	}
	if v.keys(bPeople) != v.sum.people {
		v.personIndex()
	}
}

func (v *verifier) dueIndex() {
	v.each(bDue, func(k, _ []byte) {
		ix, ok := v.openIndex(k[min(4, len(k)):])
		v.want(ok && ix.Due == keyDay(k), "index due", "%s on %v is not so", k[min(4, len(k)):], keyDay(k))
	})
}

func (v *verifier) wakeIndex() {
	v.each(bWake, func(k, _ []byte) {
		ix, ok := v.openIndex(k[min(8, len(k)):])
		v.want(ok && nanos(ix.NextReminder) == nanos(keyTime(k)), "index wake", "%s at %v is not so", k[min(8, len(k)):], keyTime(k))
	})
}

func (v *verifier) personIndex() {
	v.each(bPeople, func(k, _ []byte) {
		c, _, err := v.tx.caseAt(k[min(hashSize, len(k)):])
		if err != nil || c == nil {
			v.orphan(bPeople, k, fmt.Sprint(err))
			return
		}
		for _, a := range personAddresses(c) {
			if bytes.HasPrefix(k, v.tx.personHash(a)) {
				return
			}
		}
		v.find("index people", "case %s does not have the person under whom it stands", c.Ref)
	})
}

// openIndex returns where an open case is sorted.
func (v *verifier) openIndex(key []byte) (intake.Index, bool) {
	val := v.tx.get(bOpen, key)
	if val == nil {
		return intake.Index{}, false
	}
	ix, _, err := decodeIndex(val, true)
	return ix, err == nil
}

func (v *verifier) letterIndexes() {
	if v.numbers(bKeys, v.sum.erasedLetters) != v.sum.keys {
		v.keyIndex()
	}
	if v.keys(bNext) != v.sum.next {
		v.nextIndex()
	}
	v.outsideIndexes()
	v.each(bRaw, func(k, _ []byte) {
		v.want(v.has(bQueue, k), "bytes", "of letter %d are kept, and no such letter may need them", keyID(k))
	})
}

func (v *verifier) keyIndex() {
	v.each(bKeys, func(k, val []byte) {
		for _, id := range uvarints(val) {
			l, err := v.tx.letter(id)
			if err != nil {
				v.orphan(bKeys, k, err.Error())
				continue
			}
			v.want(l.Key == "" || bytes.Equal(k, letterKey(l.Key)), "index keys", "%x is not the key of letter %d", k, id)
		}
	})
}

func (v *verifier) nextIndex() {
	v.each(bNext, func(k, _ []byte) {
		l, err := v.tx.letter(keyID(k))
		v.want(err == nil && timed(l.State) && bytes.Equal(k, nextKey(&l)), "index next", "%x of letter %d is not so", k, keyID(k))
	})
}
