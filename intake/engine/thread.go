package engine

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// thread finds the case to which a mail belongs: by Message-ID, then by an
// address, then by the reference in the subject or the text. This says which
// case it is, never who writes.
func (e *Engine) thread(tx *store.Tx, it *item) (intake.Thread, error) {
	m := it.Message
	if ref, _, ok := tx.MessageIDCases(m.InReplyTo...); ok {
		return e.threadTo(tx, ref, "message-id", m)
	}
	for i := len(m.References) - 1; i >= 0; i-- {
		if ref, _, ok := tx.MessageIDCases(m.References[i]); ok {
			return e.threadTo(tx, ref, "references", m)
		}
	}
	for _, in := range m.Inner {
		if ref, _, ok := tx.MessageIDCases(in.MessageID); in.MessageID != "" && ok {
			return e.threadTo(tx, ref, "message-id", m)
		}
	}
	for _, named := range it.Mentions {
		c, err := tx.Case(named.Ref)
		if err != nil {
			continue
		}
		t, err := e.threadTo(tx, c.Ref, named.How, m)
		if err != nil || t.KnownFrom || inFull(named.Ref) {
			return t, err
		}
	}
	return intake.Thread{}, nil
}

func (e *Engine) threadTo(tx *store.Tx, ref, how string, m *intake.Message) (intake.Thread, error) {
	c, err := surviving(tx, ref)
	if errors.Is(err, store.ErrUnreadable) {
		return intake.Thread{}, nil // a mail to a damaged case is read as if it had none
	}
	if err != nil {
		return intake.Thread{}, err
	}
	v := e.Cases.View(tx, c)
	t := intake.Thread{Ref: c.Ref, How: how, Kind: v.Kind, Of: v.Of, State: v.State, Overdue: v.Overdue}
	for _, k := range v.Clocks {
		t.Responded = t.Responded || k.State == "responded"
	}
	p := c.Person()
	for _, a := range m.From {
		t.KnownFrom = t.KnownFrom || intake.SameAddress(a.Addr, p.Requester.Addr) || intake.SameAddress(a.Addr, p.ReplyTo)
	}
	return t, nil
}

// shown returns what the classifier may know of a mail's case. References are
// consecutive numbers that anybody can write: somebody who only names one, and
// is not its requester, gets the same letter, hold and delay as for a number
// that does not exist. An answer to one of our Message-IDs shows that its
// writer has had our letter.
func shown(t intake.Thread) intake.Thread {
	if t.KnownFrom || t.How == "message-id" || t.How == "references" {
		return t
	}
	return intake.Thread{}
}

// inFull reports whether a reference has all five digits of its number. A
// shorter one may be from an earlier register, and is believed only from the
// case's own requester.
func inFull(ref string) bool {
	digits := 0
	for i := len(ref) - 1; i >= 0 && ref[i] >= '0' && ref[i] <= '9'; i-- {
		digits++
	}
	return digits >= 5
}

// surviving returns the case, or the one into which it was merged.
func surviving(tx *store.Tx, ref string) (*intake.Case, error) {
	for range maxMerges {
		c, err := tx.Case(ref)
		if err != nil {
			return nil, err
		}
		into := c.MergedInto()
		if into == "" {
			return c, nil
		}
		ref = into
	}
	return nil, fmt.Errorf("case %s: merged more than %d times over", ref, maxMerges)
}

const maxMerges = 20 // in a row; a case is merged away once, so there is no circle

// flagRepeat is set if the same person asked before.
const (
	flagRepeat   = "repeat-60-days"
	repeatWithin = 60 // working days that count as recent (SI 2004/3244 reg. 5(2))
	repeatAmong  = 8  // how many of a person's last cases in each mailbox are looked at: some have thousands
)

// asksAgain reports whether one of a person's earlier cases is from the last 60
// working days: whoever answers may want to look at both together.
func (e *Engine) asksAgain(tx *store.Tx, earlier []*intake.Case) bool {
	if len(earlier) == 0 {
		return false
	}
	since := e.Cases.Calendar().AddWorkingDays(deadlines.AnyUK, tx.Today(), -repeatWithin)
	return slices.ContainsFunc(earlier, func(c *intake.Case) bool { return c.ReceivedOn() >= since })
}

// copiedWithin is how long after a mail the same words from the same person are
// taken for that mail sent again.
const copiedWithin = 30 * 24 * time.Hour

// earlierCopy returns the case that an earlier mail of the same person opened
// with the same words, but with another Message-ID or date; "" if none. Mail
// programs and uncertain people send twice. Nobody can use this to keep
// another's request from being answered: a copy becomes its own case, whose
// letter waits for a person.
func earlierCopy(it *item, p *intake.Personal, earlier []*intake.Case) string {
	if it.Reading.Forward != nil || len(p.TextDigest) == 0 {
		return ""
	}
	for _, c := range earlier {
		first := c.Events[0]
		if first.Opening == nil || first.Personal == nil || it.received.Sub(first.Opening.Received).Abs() > copiedWithin {
			continue
		}
		if bytes.Equal(first.Personal.TextDigest, p.TextDigest) {
			return c.Ref
		}
	}
	return ""
}
