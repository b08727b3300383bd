package templates

import "strings"

// Mailto returns a link that opens a mail to addr with its subject and text
// filled in (RFC 6068). A space is %20 and never +, which mail programs keep.
func Mailto(addr, subject, says string) string {
	return "mailto:" + escape(addr, "@") + "?subject=" + escape(subject, "") + "&body=" + escape(says+"\r\n", "")
}

// escape percent-encodes every byte except RFC 3986's unreserved ones and those
// in keep.
func escape(s, keep string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			strings.IndexByte("-._~", c) >= 0, strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
