package store

import (
	"slices"

	"requestd/intake"
)

func (v *verifier) cases() {
	for _, open := range []bool{true, false} {
		v.each(half(open), func(k, val []byte) {
			where := "case " + string(k)
			c, ix, err := decodeUnlinked(k, val, open)
			if err != nil {
				v.find(where, "cannot be read: %v", err)
				return
			}
			v.want(open || !v.has(bOpen, k), where, "stands both among the open cases and among the others")
			v.want(NormalRef(c.Ref) == string(k), where, "bears the reference %s", c.Ref)
			v.history(where, c)
			v.messages(where, c)
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
		v.want(e.Name != intake.Erased || !personal, where, "was erased, and names a person")
		v.want(e.Message == 0 || v.has(bArrivals, idKey(e.Message)), where, "event %d is about message %d, which is not registered", e.N, e.Message)
		v.want(e.Letter == 0 || v.has(bQueue, idKey(e.Letter)) || v.has(bSettled, idKey(e.Letter)), where, "event %d is about letter %d, which there is not", e.N, e.Letter)
	}
}

func (v *verifier) messages(where string, c *intake.Case) {
	for i, id := range c.Messages {
		v.want(!slices.Contains(c.Messages[:i], id), where, "lists message %d twice", id)
		a, err := v.tx.Arrival(id)
		if err != nil {
			v.find(where, "lists a message: %v", err)
			continue
		}
		v.want(a.Ref != "", where, "lists message %d, which says that it belongs to no case", id)
		if NormalRef(a.Ref) == NormalRef(c.Ref) && !slices.Contains(c.Messages[:i], id) {
			v.sum.listed++
		}
	}
}

func (v *verifier) sorted(where string, k []byte, c *intake.Case, ix intake.Index) {
	if v.derive != nil {
		w := v.derive(c)
		v.want(w.Open == ix.Open && w.State == ix.State && w.Due == ix.Due && w.NextReminder.Equal(ix.NextReminder), where,
			"is sorted as open %t (%s), due %v, next reminder %v; its events say %t (%s), %v, %v", ix.Open, ix.State, ix.Due, ix.NextReminder, w.Open, w.State, w.Due, w.NextReminder)
	}
	if ix.Open && rare(ix.State) {
		v.inIndex(&v.sum.states, v.has(bStates, stateKey(ix.State, k)), where, "is missing from the index of states")
	}
	for _, w := range foundBy(c) {
		v.inIndex(&v.sum.found, v.isFound(w, k), where, "is missing from the index of words and days")
	}
	if ix.Open && !ix.Due.IsZero() {
		v.inIndex(&v.sum.due, v.has(bDue, dayKey(ix.Due, string(k))), where, "is missing from the index of due cases")
	}
	if ix.Open && !ix.NextReminder.IsZero() {
		v.inIndex(&v.sum.wake, v.has(bWake, timeKey(ix.NextReminder, k)), where, "is missing from the index of reminders")
	}
	for _, a := range personAddresses(c) {
		v.inIndex(&v.sum.people, v.has(bPeople, append(v.tx.personHash(a), k...)), where, "is missing from the index of persons")
	}
}
