package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
)

// SaltSize is the number of random bytes in the salt of a personal part.
const SaltSize = 16

// Append adds e to the case's history: it numbers the event, digests its
// personal part under its salt, and adds one link to the chain of hashes. Salt
// must be SaltSize random bytes when e has a personal part.
func (c *Case) Append(e Event, salt []byte) {
	e.N = len(c.Events) + 1
	if e.Personal != nil {
		p := *e.Personal
		p.Salt = salt
		e.Personal = &p
		e.Digest = p.digest()
	}
	e.Chain = link(c.lastLink(), e)
	c.Events = append(c.Events, e)
}

func (c *Case) lastLink() []byte {
	if len(c.Events) == 0 {
		seed := sha256.Sum256([]byte("requestd case " + c.Ref))
		return seed[:]
	}
	return c.Events[len(c.Events)-1].Chain
}

func (p *Personal) digest() []byte {
	b, err := json.Marshal(p)
	if err != nil { // as in link
		b = []byte("no personal part: " + err.Error())
	}
	d := sha256.Sum256(b)
	return d[:]
}

// link hashes the public part of e onto the link before it. Of the personal
// part only the digest is hashed, so that erasing that part leaves the chain
// whole.
func link(before []byte, e Event) []byte {
	e.Personal, e.Chain = nil, nil
	b, err := json.Marshal(e)
	if err != nil { // only a damaged register holds such an event, and it must never verify
		b = []byte("no event: " + err.Error())
	}
	h := sha256.New()
	h.Write(before)
	h.Write(b)
	return h.Sum(nil)
}

// Unlink returns a copy of the events in which only the last one has its hash
// of the chain. A settled case is stored in this form; Relink computes the
// other hashes again.
func (c *Case) Unlink() []Event {
	events := slices.Clone(c.Events)
	for i := range len(events) - 1 {
		events[i].Chain = nil
	}
	return events
}

// Relink computes the links again that Unlink left out. The last one was kept,
// so that VerifyChain still notices an event that was changed meanwhile.
func (c *Case) Relink() {
	before := (&Case{Ref: c.Ref}).lastLink()
	for i := range len(c.Events) - 1 {
		if c.Events[i].Chain == nil {
			c.Events[i].Chain = link(before, c.Events[i])
		}
		before = c.Events[i].Chain
	}
}

// VerifyChain checks that no event was changed, removed or inserted since it
// was recorded. The error names the first event that does not fit; in a case
// without the links that Unlink left out, that is the last.
func (c *Case) VerifyChain() error {
	before := (&Case{Ref: c.Ref}).lastLink()
	for i, e := range c.Events {
		if e.N != i+1 {
			return fmt.Errorf("case %s: event %d stands at position %d", c.Ref, e.N, i+1)
		}
		if e.Personal != nil && !bytes.Equal(e.Personal.digest(), e.Digest) {
			return fmt.Errorf("case %s: the personal part of event %d (%s) was changed after it was recorded", c.Ref, e.N, e.Name)
		}
		is := link(before, e)
		taken := e.Chain == nil && i < len(c.Events)-1
		if !taken && !bytes.Equal(is, e.Chain) {
			return fmt.Errorf("case %s: event %d (%s) was changed after it was recorded", c.Ref, e.N, e.Name)
		}
		before = is
	}
	return nil
}

// Erase removes from the history what names or describes a person. What
// statistics need stays, and so does the chain.
func (c *Case) Erase() {
	c.Events = slices.Clone(c.Events)
	for i := range c.Events {
		c.Events[i].Personal = nil
	}
}
