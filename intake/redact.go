package intake

import "regexp"

// mailAddress is a mail address within whatever else is in a text: the
// local part may be quoted, the domain an address literal.
var mailAddress = regexp.MustCompile(`("[^"\n]*"|[^\s<>"'(),;:\[\]]+)@(\[[^\]\s]*\]|[\pL\pN][\pL\pN.-]*)`)

// WithoutAddresses is a text with [address] in place of each mail address, for
// those who are not to learn who writes. It hides too much rather than too
// little. What is JSON stays JSON.
func WithoutAddresses(s string) string { return mailAddress.ReplaceAllLiteralString(s, "[address]") }
