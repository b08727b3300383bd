package intake

import "regexp"

// mailAddress matches a mail address within any other text: the local part may
// be quoted, the domain may be an address literal.
var mailAddress = regexp.MustCompile(`("[^"\n]*"|[^\s<>"'(),;:\[\]]+)@(\[[^\]\s]*\]|[\pL\pN][\pL\pN.-]*)`)

// WithoutAddresses returns a text with [address] in place of each mail address,
// for readers who must not learn who writes. It hides too much rather than too
// little. JSON stays valid JSON.
func WithoutAddresses(s string) string { return mailAddress.ReplaceAllLiteralString(s, "[address]") }
