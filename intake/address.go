package intake

import "strings"

// SameAddress reports whether two mail addresses are the same one, whatever
// their case. No address is the same as an empty one.
func SameAddress(a, b string) bool { return a != "" && strings.EqualFold(a, b) }

// DomainOf is the part of an address after the @, in lower case; "" where
// there is none.
func DomainOf(addr string) string {
	_, d, _ := strings.Cut(addr, "@")
	return strings.ToLower(d)
}

// Mailable reports whether mail can be sent to an address: name@example.org,
// and nothing that would break a header.
func Mailable(addr string) bool {
	local, domain, ok := strings.Cut(addr, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(addr, " \t\r\n\x00<>,;\"")
}
