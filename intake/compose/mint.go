package compose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// Minter makes Message-IDs and loop marks that only this register can make, and
// recognises them later: a guess fails the check.
type Minter struct{ key []byte }

// NewMinter returns a Minter with the register's own secret key.
func NewMinter(key []byte) *Minter { return &Minter{key: key} }

var digits = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// ID returns the Message-ID (without brackets) for the given random bytes, in
// the domain of the sender.
func (m *Minter) ID(random []byte, from string) string {
	_, domain, _ := strings.Cut(from, "@")
	nonce := digits.EncodeToString(random)
	return "requestd." + nonce + "." + m.mark("id", nonce) + "@" + strings.ToLower(domain)
}

// IsOurs reports whether a Message-ID was made by ID, in any domain: a relay
// may have changed the domain.
func (m *Minter) IsOurs(id string) bool {
	local, _, _ := strings.Cut(id, "@")
	parts := strings.Split(strings.ToLower(local), ".")
	if len(parts) != 3 || parts[0] != "requestd" {
		return false
	}
	return hmac.Equal([]byte(parts[2]), []byte(m.mark("id", parts[1])))
}

// Loop returns the loop mark of the register.
func (m *Minter) Loop() string { return m.mark("loop", "requestd") }

// mark is 100 bits of HMAC-SHA-256 in 20 letters.
func (m *Minter) mark(use, s string) string {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(use + ":" + s))
	return digits.EncodeToString(h.Sum(nil))[:20]
}
