package intake

import "strings"

// SameAddress reports whether two mail addresses are the same, apart from case.
// An empty address is the same as no other.
func SameAddress(a, b string) bool { return a != "" && strings.EqualFold(a, b) }

// Account returns an address in lower case, without a plus sign and what
// follows it: one account can have any number of such addresses, and limits
// count them together. It identifies nobody. Addresses of WhatDoTheyKnow are
// kept whole: each belongs to one request.
func Account(addr string) string {
	addr = strings.ToLower(strings.TrimSpace(addr))
	local, domain, ok := strings.Cut(addr, "@")
	if !ok || PublishingSite(addr) {
		return addr
	}
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}

// PublishingSite reports whether an address is one that WhatDoTheyKnow makes
// for each request: request-123-abcdef12@ or foi+request-123-abcdef12@.
func PublishingSite(addr string) bool {
	local, domain, ok := strings.Cut(strings.ToLower(addr), "@")
	if !ok || !strings.Contains("."+domain, ".whatdotheyknow.") {
		return false
	}
	return strings.HasPrefix(strings.TrimPrefix(local, "foi+"), "request-")
}

// DomainOf returns the part of an address after the @, in lower case; "" if
// there is none.
func DomainOf(addr string) string {
	_, d, _ := strings.Cut(addr, "@")
	return strings.ToLower(d)
}

// Mailable reports whether mail can be sent to an address: one of the form
// name@example.org, with nothing that would break a header.
func Mailable(addr string) bool {
	local, domain, ok := strings.Cut(addr, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(addr, " \t\r\n\x00<>,;\"")
}
