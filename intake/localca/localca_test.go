package localca

import (
	"crypto/x509"
	"testing"
	"time"
)

func TestIssue(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	ca, err := New(now)
	if err != nil {
		t.Fatal(err)
	}
	other, err := New(now)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		leaf Leaf
		host string
		ca   *CA
		good bool
	}{
		{"by name", Leaf{}, "localhost", ca, true},
		{"by address", Leaf{}, "127.0.0.1", ca, true},
		{"of another host", Leaf{Hosts: []string{"mail.example.org"}}, "localhost", ca, false},
		{"of another authority", Leaf{}, "localhost", other, false},
		{"ended", Leaf{To: now.Add(-time.Hour)}, "localhost", ca, false},
		{"not begun", Leaf{From: now.Add(time.Hour)}, "localhost", ca, false},
	} {
		pair, err := ca.Issue(c.leaf)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(pair.TLS.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		_, err = cert.Verify(x509.VerifyOptions{DNSName: c.host, Roots: c.ca.Pool(), CurrentTime: now})
		if (err == nil) != c.good {
			t.Errorf("a certificate %s: %v", c.name, err)
		}
	}
}
