package mailtest

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"requestd/intake/localca"
)

func TestIdentity(t *testing.T) {
	past := time.Now().AddDate(0, 0, -2)
	for _, c := range []struct {
		name string
		Identity
		want string
	}{
		{"good", Identity{}, ""},
		{"of another host", Identity{Leaf: localca.Leaf{Hosts: []string{"mail.example.org"}}}, "mail.example.org"},
		{"expired", Identity{Leaf: localca.Leaf{To: past}}, "expired"},
		{"old TLS", Identity{OldTLS: true}, "protocol version"},
	} {
		s := StartIMAP(t, IMAPOptions{Identity: c.Identity})
		conn, err := tls.Dial("tcp", loopback(s.Port),
			&tls.Config{RootCAs: s.CA.Pool(), ServerName: "localhost", MinVersion: tls.VersionTLS12})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
		if err == nil {
			conn.Close()
		}
	}
}
