// Package configtest has a configuration for tests: it is valid, and nothing
// connects to the servers in it.
package configtest

import (
	"path/filepath"
	"testing"

	"requestd/intake/config"
)

// Settings has the two bodies' mailboxes and one officer.
const Settings = `
store: {path: requestd.db}
control: {socket: control.sock}
smtp: {host: 127.0.0.1, port: 25, security: none, auth: none}
staff: [{address: officer@staff.example.org}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: 143, security: none, username: g}}
  - {name: cymru, body: Cafcass Cymru, address: CafcassCymru@gov.wales, language: cy-en, reference: CYM, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: 143, security: none, username: c}}
`

// Load reads a configuration whose files are in a directory of the test.
func Load(tb testing.TB, settings string) *config.Config {
	tb.Helper()
	cfg, err := config.Parse([]byte(settings), filepath.Join(tb.TempDir(), "config.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	return cfg
}
