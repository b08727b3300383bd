package intake

import (
	"slices"
	"strings"
)

// ExchangeOnline stands for Exchange Online among the trusted mail servers: its
// Authentication-Results begin with a result instead of a server's name.
const ExchangeOnline = "microsoft365"

// AuthResult is one result in an Authentication-Results field (RFC 8601), in
// lower case.
type AuthResult struct {
	Method, Result string
	Domains        map[string]string // by property, such as header.from or smtp.mailfrom; only the domain
	twice          bool              // a property occurs more than once
}

// AuthResults returns what the trusted mail servers say about a mail in
// Authentication-Results, and in how many fields. Fields of other servers are
// skipped, since anybody can write them.
func (m *Message) AuthResults(trusted []string) (results []AuthResult, fields int) {
	for i := range m.Header {
		if f := &m.Header[i]; f.Name == "authentication-results" {
			if list, ours := authResults(f.Value, trusted); ours {
				results = append(results, list...)
				fields++
			}
		}
	}
	return results, fields
}

// DMARC returns the one DMARC result of the trusted mail servers for the domain
// in From and all other results, or why there is none. If several fields have
// the name of a trusted server, one of them may be forged, and none counts.
func (m *Message) DMARC(trusted []string) (result string, all []AuthResult, why string) {
	domain, why := m.fromDomain()
	if why != "" {
		return "", nil, why
	}
	all, fields := m.AuthResults(trusted)
	switch {
	case fields == 0:
		return "", nil, "the mail carries no results of a mail server that is believed"
	case fields > 1:
		return "", nil, "the mail carries several results in the name of a mail server that is believed"
	}
	var verdicts []AuthResult
	for _, r := range all {
		if r.Method == "dmarc" {
			verdicts = append(verdicts, r)
		}
	}
	switch {
	case len(verdicts) != 1:
		return "", nil, "the mail server gave no single DMARC result"
	case verdicts[0].twice || verdicts[0].Domains["header.from"] != domain:
		return "", nil, "the mail server's DMARC result is for another domain than the sender's"
	}
	return verdicts[0].Result, all, ""
}

// SenderProved reports whether a trusted mail server confirms the domain in
// From, and if not, why: either DMARC has passed for it, or it has no DMARC
// policy and SPF or DKIM has passed for it (RFC 7489, 3.1).
func (m *Message) SenderProved(trusted []string) (proved bool, why string) {
	switch result, all, why := m.DMARC(trusted); {
	case why != "":
		return false, why
	case result == "pass":
		return true, ""
	case result != "none" && result != "bestguesspass": // Exchange Online's word for no policy
		return false, "the mail server's DMARC result for the sender is " + OneLine(result, 20)
	default:
		domain, _ := m.fromDomain()
		if slices.ContainsFunc(all, func(r AuthResult) bool { return r.passesFor(domain) }) {
			return true, ""
		}
		return false, "the sender's domain has no DMARC policy, and neither SPF nor DKIM has passed for it"
	}
}

// passesFor reports whether a result of SPF or DKIM is a pass for that domain
// or a subdomain.
func (r *AuthResult) passesFor(domain string) bool {
	if r.Result != "pass" || r.twice {
		return false
	}
	by := r.Domains["smtp.mailfrom"]
	if r.Method == "dkim" {
		if by = r.Domains["header.d"]; by == "" {
			by = r.Domains["header.i"]
		}
	} else if r.Method != "spf" {
		return false
	}
	return by == domain || strings.HasSuffix(by, "."+domain)
}

// fromDomain returns the domain of the one address in From, or why there is
// none that could be proved. A domain that is not ASCII may look like another.
func (m *Message) fromDomain() (domain, why string) {
	if len(m.From) != 1 || m.From[0].Addr == "" || len(m.All("from")) > 1 {
		return "", "the mail does not come from exactly one address"
	}
	for _, b := range []byte(m.From[0].Addr) {
		if b <= ' ' || b > '~' {
			return "", "the sender's address has letters beyond ASCII"
		}
	}
	_, domain, ok := strings.Cut(strings.ToLower(m.From[0].Addr), "@")
	if !ok || domain == "" || strings.Contains(domain, "@") {
		return "", "the sender's address has no domain"
	}
	return domain, ""
}

// authResults parses a field, and reports whether a trusted server wrote it.
func authResults(value string, trusted []string) (list []AuthResult, ours bool) {
	pieces := strings.Split(strings.ToLower(plainResults(value)), ";")
	name := strings.Fields(pieces[0])
	if len(name) == 0 {
		return nil, false
	}
	for _, a := range trusted {
		switch {
		case strings.EqualFold(a, name[0]):
			pieces, ours = pieces[1:], true
		case a == ExchangeOnline && strings.Contains(name[0], "="): // it names no server
			ours = true
		default:
			continue
		}
		break
	}
	if !ours {
		return nil, false
	}
	for _, p := range pieces {
		if words := strings.Fields(p); len(words) > 0 {
			list = append(list, authResult(words))
		}
	}
	return list, true
}

func authResult(words []string) AuthResult {
	r := AuthResult{Domains: map[string]string{}}
	r.Method, r.Result, _ = strings.Cut(words[0], "=")
	r.Method, _, _ = strings.Cut(r.Method, "/") // method/version
	for _, w := range words[1:] {
		property, value, ok := strings.Cut(w, "=")
		if !ok {
			continue
		}
		if _, known := r.Domains[property]; known {
			r.twice = true
		}
		r.Domains[property] = value[strings.LastIndexByte(value, '@')+1:]
	}
	return r
}

// plainResults removes comments and quoted strings from a header's value, so
// that no result can hide in what a stranger could have written there, and
// white space around equals signs.
func plainResults(value string) string {
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
	s := strings.Join(strings.Fields(b.String()), " ")
	for _, around := range []string{" =", "= "} {
		for strings.Contains(s, around) {
			s = strings.ReplaceAll(s, around, "=")
		}
	}
	return s
}
