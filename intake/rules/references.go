package rules

import (
	"regexp"
	"strings"

	"requestd/intake"
	"requestd/intake/config"
)

// references finds the cases that a mail names in words.
type references struct {
	pattern  *regexp.Regexp
	prefixes []string
	initial  [256]bool // bytes that begin a prefix
}

// newReferences returns a finder for the prefixes of every mailbox. People
// write references loosely: CAF26-17, "CAF 26 - 00017", Gov/CAF26-00017.
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
	s = s[:min(len(s), refsWithin)]
	if !r.maybe(s) {
		return nil
	}
	return r.pattern.FindAllString(s, maxRefs)
}

// maybe reports whether s contains a prefix with a digit after it. Few mails
// name a case, and the pattern is slow.
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

// Mentions returns the references that a mail names, whether or not such cases
// exist: that may change before the mail is registered.
func (r *Rules) Mentions(m *intake.Message) []intake.Mention {
	var delivered strings.Builder
	for _, list := range [][]intake.Address{m.To, m.Cc} {
		for _, a := range list {
			delivered.WriteString(a.Addr + " ")
		}
	}
	var all []intake.Mention
	for _, part := range []struct{ how, text string }{
		{"token", delivered.String()}, {"subject", m.Subject}, {"text", m.Text}, {"text", m.Quoted},
	} {
		for _, found := range r.references.in(part.text) {
			all = append(all, intake.Mention{Ref: found, How: part.how})
		}
	}
	return all
}
