package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// PutCase records a case and where the register sorts it. A case whose
// reference is new is added; compare ReserveRef.
func (tx *Tx) PutCase(c *intake.Case, ix intake.Index) error {
	if err := checkRef(c.Ref); err != nil {
		return err
	}
	key := refKey(c.Ref)
	old, was, err := tx.caseAt(key)
	if err != nil {
		return err
	}
	if old != nil {
		if old.Ref != c.Ref {
			return fmt.Errorf("%w: %s, as %s", ErrTaken, c.Ref, old.Ref)
		}
		if n := len(old.Events); len(c.Events) < n || n > 0 && !bytes.Equal(old.Events[n-1].Chain, c.Events[n-1].Chain) {
			return fmt.Errorf("case %s: its history only grows, and what stands in it never changes", c.Ref)
		}
		tx.unindex(key, was)
		if was.Open != ix.Open {
			tx.remove(half(was.Open), key)
		}
	}
	tx.people(key, old, c)
	tx.found(key, old, c)
	tx.index(key, ix)
	tx.put(half(ix.Open), key, encodeCase(c, ix))
	return tx.err
}

// half returns the bucket of open cases, or that of the others.
func half(open bool) []byte {
	if open {
		return bOpen
	}
	return bDone
}

// usualRecord is enough for the record of most cases, in bytes.
const usualRecord = 768

// A case's record begins with its index, so that sorting it elsewhere does not
// need the rest. In a case that is no longer open, of which there are many, the
// links of the chain that can be computed are left out.
func encodeCase(c *intake.Case, ix intake.Index) []byte {
	r := *c
	if !ix.Open {
		r.Events = c.Unlink()
	}
	if r.Ref == NormalRef(r.Ref) {
		r.Ref = "" // it is the key
	}
	b := binary.AppendVarint(make([]byte, 0, usualRecord), headOf(ix))
	if ix.NextReminder.IsZero() {
		b = append(b, 0)
	} else {
		start := len(b)
		b = sized(appendTime(b, ix.NextReminder), start)
	}
	return encode(b, &r)
}

func decodeIndex(v []byte, open bool) (intake.Index, []byte, error) {
	r := reader{v}
	head, err := r.varint()
	if err != nil {
		return intake.Index{}, nil, err
	}
	ix := intake.Index{Open: open}
	ix.Due, ix.State = readHead(head)
	wake, err := r.bytes()
	if err == nil && len(wake) > 0 {
		ix.NextReminder, err = readTime(wake)
	}
	return ix, r.b, err
}

func decodeCase(key, v []byte, open bool) (*intake.Case, intake.Index, error) {
	c, ix, err := decodeUnlinked(key, v, open)
	if err == nil {
		c.Relink()
	}
	return c, ix, err
}

// decodeUnlinked leaves the chain as it is recorded.
func decodeUnlinked(key, v []byte, open bool) (*intake.Case, intake.Index, error) {
	return decodeBy(plans[reflect.TypeFor[intake.Case]()], key, v, open)
}

// decodeImpersonal also leaves out what names or describes a person: counting
// and checking periods do not need it.
func decodeImpersonal(key, v []byte, open bool) (*intake.Case, intake.Index, error) {
	return decodeBy(impersonal, key, v, open)
}

func decodeBy(p *plan, key, v []byte, open bool) (*intake.Case, intake.Index, error) {
	ix, rest, err := decodeIndex(v, open)
	c := &intake.Case{}
	if err == nil {
		err = readStruct(rest, reflect.ValueOf(c).Elem(), p)
	}
	if err != nil {
		return nil, ix, err
	}
	c.Ref = cmp.Or(c.Ref, string(key))
	return c, ix, nil
}

// caseAt returns the case with that key, or nil.
func (tx *Tx) caseAt(key []byte) (*intake.Case, intake.Index, error) {
	for _, open := range []bool{true, false} {
		if v := tx.get(half(open), key); v != nil {
			c, ix, err := decodeCase(key, v, open)
			if err != nil {
				err = tx.unreadable(caseRecord(key), err)
			}
			return c, ix, err
		}
	}
	return nil, intake.Index{}, nil
}

// Case returns a case by its reference, however spelt, or ErrNotFound.
func (tx *Tx) Case(ref string) (*intake.Case, error) {
	c, _, err := tx.CaseIndex(ref)
	return c, err
}

// CaseIndex returns a case and where the register sorts it.
func (tx *Tx) CaseIndex(ref string) (*intake.Case, intake.Index, error) {
	if len(ref) > 4*maxRef {
		return nil, intake.Index{}, fmt.Errorf("case %.80q: %w", ref, ErrNotFound)
	}
	c, ix, err := tx.caseAt(refKey(ref))
	if err == nil && c == nil {
		err = fmt.Errorf("case %s: %w", NormalRef(ref), ErrNotFound)
	}
	return c, ix, err
}

// HasCase reports whether there is a case of that reference, however spelt.
func (tx *Tx) HasCase(ref string) bool {
	key := refKey(ref)
	return len(key) <= maxRef && len(key) > 0 && (tx.get(bOpen, key) != nil || tx.get(bDone, key) != nil)
}

// index and unindex maintain states, due and wake, which hold only open cases.
func (tx *Tx) index(key []byte, ix intake.Index) {
	if !ix.Open {
		return
	}
	if rare(ix.State) {
		tx.put(bStates, stateKey(ix.State, key), none)
	}
	if !ix.Due.IsZero() {
		tx.put(bDue, dayKey(ix.Due, string(key)), none)
	}
	if !ix.NextReminder.IsZero() {
		tx.put(bWake, timeKey(ix.NextReminder, key), none)
	}
}

func (tx *Tx) unindex(key []byte, ix intake.Index) {
	if !ix.Open {
		return
	}
	if rare(ix.State) {
		tx.remove(bStates, stateKey(ix.State, key))
	}
	if !ix.Due.IsZero() {
		tx.remove(bDue, dayKey(ix.Due, string(key)))
	}
	if !ix.NextReminder.IsZero() {
		tx.remove(bWake, timeKey(ix.NextReminder, key))
	}
}

// personAddresses returns the addresses by which CasesOf finds a case.
func personAddresses(c *intake.Case) []string {
	var found []string
	for _, e := range c.Events {
		if e.Personal == nil {
			continue
		}
		for _, a := range []string{e.Personal.Requester.Addr, e.Personal.ReplyTo} {
			if a = NormalAddress(a); a != "" && !slices.Contains(found, a) {
				found = append(found, a)
			}
		}
	}
	return found
}

// people updates the index of persons for a case that was old before.
func (tx *Tx) people(key []byte, old, c *intake.Case) {
	is := personAddresses(c)
	var was []string
	if old != nil {
		was = personAddresses(old)
	}
	for _, a := range lacking(was, is) {
		tx.remove(bPeople, append(tx.personHash(a), key...))
	}
	for _, a := range lacking(is, was) {
		tx.put(bPeople, append(tx.personHash(a), key...), none)
	}
}

// CasesOf iterates over the references of a person's cases, found by the
// address from which they asked or to which letters go.
func (tx *Tx) CasesOf(address string) iter.Seq[string] {
	return func(yield func(string) bool) {
		address = NormalAddress(address)
		if address == "" {
			return
		}
		prefix := tx.personHash(address)
		for k := range tx.from(bPeople, prefix, hasPrefix(prefix)) {
			c, _, err := tx.caseAt(k[hashSize:])
			if err != nil || c == nil {
				tx.passes(err)
				continue
			}
			if slices.Contains(personAddresses(c), address) && !yield(c.Ref) {
				return
			}
		}
	}
}

// DueThrough iterates over open cases that fall due on or before day, the
// earliest first.
func (tx *Tx) DueThrough(day deadlines.Day) iter.Seq2[deadlines.Day, string] {
	return func(yield func(deadlines.Day, string) bool) {
		for k := range tx.from(bDue, nil, func(k []byte) bool { return keyDay(k) <= day }) {
			if !yield(keyDay(k), string(k[4:])) {
				return
			}
		}
	}
}

// WakeThrough iterates over open cases whose next reminder falls due at or
// before t, the earliest first. A case that is stored with a later time
// meanwhile does not come again.
func (tx *Tx) WakeThrough(t time.Time) iter.Seq2[time.Time, string] {
	return func(yield func(time.Time, string) bool) {
		for k := range tx.from(bWake, nil, func(k []byte) bool { return !keyTime(k).After(t) }) {
			if !tx.lost(caseRecord(k[8:])) && !yield(keyTime(k), string(k[8:])) {
				return
			}
		}
	}
}

// NextWake returns when the earliest next reminder falls due.
func (tx *Tx) NextWake() (time.Time, bool) {
	for k := range tx.from(bWake, nil, all) {
		if !tx.lost(caseRecord(k[8:])) {
			return keyTime(k), true
		}
	}
	return time.Time{}, false
}
