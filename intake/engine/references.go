package engine

import (
	"fmt"
	"regexp"
	"strings"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/store"
)

// references finds the case that a mail names in words.
type references struct {
	pattern  *regexp.Regexp
	prefixes []string
	initial  [256]bool // bytes with which a prefix begins
}

// newReferences knows the prefixes of every mailbox. People write references
// loosely: CAF26-17, "CAF 26 - 00017", Gov/CAF26-00017.
func newReferences(cfg *config.Config) *references {
	var prefixes []string
	r := &references{}
	for _, m := range cfg.Mailboxes {
		if m.Reference == "" { // a configuration that was not checked
			continue
		}
		prefixes = append(prefixes, regexp.QuoteMeta(m.Reference))
		r.prefixes = append(r.prefixes, m.Reference)
		r.initial[strings.ToLower(m.Reference)[0]], r.initial[strings.ToUpper(m.Reference)[0]] = true, true
	}
	r.pattern = regexp.MustCompile(`(?i)\b(?:` + strings.Join(prefixes, "|") + `)\s?\d\d\s?[-‐‑–]\s?\d{1,6}\b`)
	return r
}

const (
	maxRefs    = 5     // references considered in one text
	refsWithin = 32768 // bytes of a text that are searched
)

func (r *references) in(s string) []string {
	if len(s) > refsWithin {
		s = s[:refsWithin]
	}
	if !r.maybe(s) {
		return nil
	}
	return r.pattern.FindAllString(s, maxRefs)
}

// maybe reports whether a prefix stands in s with a digit behind it. Few mails
// name a case, and the pattern takes long over those that do not.
func (r *references) maybe(s string) bool {
	for i := range len(s) {
		if !r.initial[s[i]] {
			continue
		}
		for _, p := range r.prefixes {
			if len(s)-i <= len(p)+1 || !strings.EqualFold(s[i:i+len(p)], p) {
				continue
			}
			next, after := s[i+len(p)], s[i+len(p)+1]
			if '0' <= next && next <= '9' || '0' <= after && after <= '9' {
				return true
			}
		}
	}
	return false
}

// mention is a reference that a mail names, and where.
type mention struct{ ref, how string }

// mentions are looked for once a mail: which of them are cases may change
// until it is registered.
func (r *references) mentions(m *intake.Message) []mention {
	var delivered strings.Builder
	for _, list := range [][]intake.Address{m.To, m.Cc} {
		for _, a := range list {
			delivered.WriteString(a.Addr + " ")
		}
	}
	var all []mention
	for _, part := range []struct{ how, text string }{
		{"token", delivered.String()}, {"subject", m.Subject}, {"text", m.Text}, {"text", m.Quoted},
	} {
		for _, found := range r.in(part.text) {
			all = append(all, mention{found, part.how})
		}
	}
	return all
}

// thread finds the case to which a mail belongs: by Message-ID, then an
// address, then the reference in the subject or the text. What is found says
// which case, never who writes.
func (e *Engine) thread(tx *store.Tx, it *item) (intake.Thread, error) {
	m := it.msg
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
	for _, named := range it.mentions {
		c, err := tx.Case(named.ref)
		if err != nil {
			continue
		}
		t, err := e.threadTo(tx, c.Ref, named.how, m)
		if err != nil || t.KnownFrom || inFull(named.ref) {
			return t, err
		}
	}
	return intake.Thread{}, nil
}

func (e *Engine) threadTo(tx *store.Tx, ref, how string, m *intake.Message) (intake.Thread, error) {
	c, err := surviving(tx, ref)
	if err != nil {
		return intake.Thread{}, err
	}
	v := e.view(tx, c)
	t := intake.Thread{Ref: c.Ref, How: how, Kind: v.Kind, Of: v.Of, State: v.State}
	for _, k := range v.Clocks {
		t.Responded = t.Responded || k.State == "responded"
	}
	p := c.Person()
	for _, a := range m.From {
		t.KnownFrom = t.KnownFrom || sameAddress(a.Addr, p.Requester.Addr) || sameAddress(a.Addr, p.ReplyTo)
	}
	return t, nil
}

// inFull reports whether a reference has all five digits of its number. A
// shorter one may be of a register before this one, and is believed only of
// the case's own requester.
func inFull(ref string) bool {
	digits := 0
	for i := len(ref) - 1; i >= 0 && ref[i] >= '0' && ref[i] <= '9'; i-- {
		digits++
	}
	return digits >= 5
}

// surviving is the case, or the one in which it ended.
func surviving(tx *store.Tx, ref string) (*intake.Case, error) {
	for range maxMerges {
		c, err := tx.Case(ref)
		if err != nil {
			return nil, err
		}
		into := mergedInto(c)
		if into == "" {
			return c, nil
		}
		ref = into
	}
	return nil, fmt.Errorf("case %s: merged more than %d times over", ref, maxMerges)
}

const maxMerges = 20 // in a row; a case ends once, so there is no circle

func sameAddress(a, b string) bool { return a != "" && strings.EqualFold(a, b) }

// flagRepeat is set where the same person asked before.
const (
	flagRepeat   = "repeat-60-days"
	repeatWithin = 60 // working days that count as recent (SI 2004/3244 reg. 5(2))
	repeatAmong  = 8  // a person's last cases that are looked at: some have thousands
)

// asksAgain reports whether a person has another case from the last 60 working
// days: whoever answers may want to look at both together.
func (e *Engine) asksAgain(tx *store.Tx, address string) bool {
	since := e.Calendar().AddWorkingDays(anyUK, today(tx), -repeatWithin)
	for _, box := range e.Settings().Mailboxes {
		for c := range tx.LastCasesOf(address, box.Reference, repeatAmong) {
			if c.ReceivedOn() >= since {
				return true
			}
		}
	}
	return false
}
