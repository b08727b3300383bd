// Package signin gets access tokens for signing in to a mail server with OAuth
// 2.0, and has the SASL mechanisms that carry them.
package signin

import (
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"
)

// XOAUTH2 is the SASL mechanism of that name, which Microsoft and Google use.
// No standard describes it.
func XOAUTH2(username, token string) sasl.Client {
	return &xoauth2{username: username, token: token}
}

type xoauth2 struct{ username, token string }

func (x *xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.username + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the server's report of a refusal. The answer means nothing but
// must not be empty: an empty one is sent as "=", which some servers take for
// broken base64, and then the refusal itself is lost.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{1}, nil }

// Mechanism returns XOAUTH2 if the server offers it, else OAUTHBEARER (RFC
// 7628) if it offers that, else nil.
func Mechanism(username, token, host string, port int, offers func(mechanism string) bool) sasl.Client {
	switch {
	case offers("XOAUTH2"):
		return XOAUTH2(username, token)
	case offers(sasl.OAuthBearer):
		return &bearer{username: username, token: token, host: host, port: port}
	}
	return nil
}

// bearer is OAUTHBEARER. The library's own stops at a refusal without ending
// the exchange, and then the connection hangs.
type bearer struct {
	username, token, host string
	port                  int
}

var saslName = strings.NewReplacer("=", "=3D", ",", "=2C")

func (b *bearer) Start() (string, []byte, error) {
	return sasl.OAuthBearer, []byte("n,a=" + saslName.Replace(b.username) + ",\x01host=" + b.host + "\x01port=" + strconv.Itoa(b.port) +
		"\x01auth=Bearer " + b.token + "\x01\x01"), nil
}

func (b *bearer) Next([]byte) ([]byte, error) { return []byte{1}, nil }
