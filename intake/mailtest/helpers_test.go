package mailtest

import "crypto/tls"

func tlsConfig(s *Servers) *tls.Config {
	return &tls.Config{RootCAs: s.Pool(), ServerName: "localhost", MinVersion: tls.VersionTLS12}
}
