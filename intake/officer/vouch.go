package officer

import (
	"strings"

	"requestd/intake"
)

// The authorities that can vouch for a sender.
const (
	DMARC        = "dmarc"
	Microsoft365 = "microsoft365"
)

// Trust is whose word on a sender is believed.
type Trust struct {
	Officers []string // DMARC, Microsoft365; any one suffices
	Authserv []string // whose Authentication-Results are believed
}

// Vouched reports whether an authority vouches for the single address in From,
// and if not, why.
func (t Trust) Vouched(m *intake.Message) (bool, string) {
	if len(m.From) != 1 || m.From[0].Addr == "" || len(m.All("from")) > 1 {
		return false, "the mail does not come from exactly one address"
	}
	why := "no authority is configured that could vouch for it"
	for _, o := range t.Officers {
		var ok bool
		switch o {
		case DMARC:
			ok, why = t.dmarc(m)
		case Microsoft365:
			ok, why = inside(m)
		}
		if ok {
			return true, ""
		}
	}
	return false, why
}

// inside reads the mark that Exchange Online puts on mail from a signed-in
// user of the organisation. It takes such fields off all mail from elsewhere;
// a mail that carries two of them is believed in neither.
func inside(m *intake.Message) (bool, string) {
	as, source := m.All("x-ms-exchange-organization-authas"), m.All("x-ms-exchange-organization-authsource")
	if len(as) == 1 && len(source) == 1 && strings.EqualFold(strings.TrimSpace(as[0]), "internal") && strings.TrimSpace(source[0]) != "" {
		return true, ""
	}
	return false, "the mail server has not marked it as mail from inside"
}

// dmarc reads the topmost Authentication-Results (RFC 8601) of a believed
// server: each server puts its own above what was there, so that what others
// wrote in its name stands below.
func (t Trust) dmarc(m *intake.Message) (bool, string) {
	for i := range m.Header {
		f := &m.Header[i]
		if f.Name != "authentication-results" {
			continue
		}
		results, ours := t.results(f.Value)
		if !ours {
			continue
		}
		for _, r := range results {
			if r.method != "dmarc" {
				continue
			}
			if r.result != "pass" {
				return false, "the mail server's DMARC result for the sender is " + intake.OneLine(r.result, 20)
			}
			_, domain, _ := strings.Cut(strings.ToLower(m.From[0].Addr), "@")
			if r.from != "" && r.from != domain {
				return false, "the mail server's DMARC pass is for another domain than the sender's"
			}
			return true, ""
		}
		return false, "the mail server gave no DMARC result"
	}
	return false, "the mail carries no results of a mail server that is believed"
}

// verdict is one result of an Authentication-Results field.
type verdict struct{ method, result, from string }

// results reads a field, and whether a believed server wrote it.
func (t Trust) results(value string) ([]verdict, bool) {
	pieces := strings.Split(strings.ToLower(plain(value)), ";")
	name := strings.Fields(pieces[0])
	if len(name) == 0 {
		return nil, false
	}
	ours := false
	for _, a := range t.Authserv {
		switch {
		case strings.EqualFold(a, name[0]):
			ours = true
		case a == Microsoft365 && strings.Contains(name[0], "="): // Exchange Online names no server
			return verdicts(pieces), true
		}
	}
	return verdicts(pieces[1:]), ours
}

func verdicts(pieces []string) []verdict {
	var all []verdict
	for _, p := range pieces {
		words := strings.Fields(p)
		if len(words) == 0 {
			continue
		}
		v := verdict{}
		v.method, v.result, _ = strings.Cut(words[0], "=")
		v.method, _, _ = strings.Cut(v.method, "/") // method/version
		for _, w := range words[1:] {
			if d, ok := strings.CutPrefix(w, "header.from="); ok {
				if at := strings.LastIndexByte(d, '@'); at >= 0 {
					d = d[at+1:]
				}
				v.from = d
			}
		}
		all = append(all, v)
	}
	return all
}

// plain takes comments and quoted strings out of a header's value, so that no
// result can hide in what a stranger could have written there, and spaces
// around equals signs.
func plain(value string) string {
	var b strings.Builder
	depth, quoted, escaped := 0, false, false
	for _, r := range value {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && (quoted || depth > 0):
			escaped = true
		case quoted:
			quoted = r != '"'
		case r == '"' && depth == 0:
			quoted = true
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	s := b.String()
	for _, around := range []string{" =", "= "} {
		for strings.Contains(s, around) {
			s = strings.ReplaceAll(s, around, "=")
		}
	}
	return s
}
