package mailtest

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"time"

	"requestd/intake/localca"
)

// Identity is what a scripted server presents in TLS. The zero value is valid
// for localhost and 127.0.0.1.
type Identity struct {
	// Leaf is the certificate, such as one for other hosts or another time.
	Leaf localca.Leaf
	// OldTLS speaks TLS 1.1 at best.
	OldTLS bool
}

// make makes an authority, its file and a server's TLS settings.
func (id Identity) make(t T) (*localca.CA, string, *tls.Config) {
	t.Helper()
	ca, err := localca.New(time.Now())
	if err != nil {
		t.Fatalf("making an authority: %v", err)
	}
	pair, err := ca.Issue(id.Leaf)
	if err != nil {
		t.Fatalf("making a certificate: %v", err)
	}
	dir, err := os.MkdirTemp("", "requestd-ca")
	if err != nil {
		t.Fatalf("making a directory: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, ca.PEM, 0o644); err != nil {
		t.Fatalf("writing the authority: %v", err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair.TLS}, MinVersion: tls.VersionTLS12}
	if id.OldTLS {
		config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	}
	return ca, file, config
}
