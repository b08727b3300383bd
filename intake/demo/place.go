package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"requestd/deadlines"
	"requestd/intake/config"
	"requestd/intake/demoserver"
	"requestd/intake/localca"
)

// The two mailboxes, by their names in the configuration; these are their user
// names too.
const (
	cafcass = "cafcass"
	cymru   = "cymru"

	password = "demonstration"
	officer  = "foi.officer@example.org"
)

// servers are the embedded mail servers of one demonstration.
type servers struct {
	ca   *localca.CA
	imap *demoserver.IMAP
	smtp *demoserver.SMTP
}

func startServers() (*servers, error) {
	ca, err := localca.New(time.Now())
	if err != nil {
		return nil, err
	}
	s := &servers{ca: ca}
	users := []demoserver.User{{Name: cafcass, Password: password}, {Name: cymru, Password: password}}
	if s.imap, err = demoserver.StartIMAP(ca, users...); err != nil {
		return nil, err
	}
	if s.smtp, err = demoserver.StartSMTP(ca, nil, users...); err != nil {
		return nil, errors.Join(err, s.imap.Close())
	}
	return s, nil
}

func (s *servers) close() error { return errors.Join(s.imap.Close(), s.smtp.Close()) }

// settings is the complete configuration of the demonstration. Mail is sent
// without a pause: none of it leaves this process.
var settings = template.Must(template.New("config.yaml").Parse(`# Written by requestd demo. Its mail servers were part of that program and have
# ended with it; the register can still be looked at.
store: {path: requestd.db, create: true}
alarms: {backup_age: 0s}
control: {socket: control.sock}
smtp: {host: 127.0.0.1, port: {{.SMTP}}, security: starttls, username: cafcass, password_file: password, ca_file: ca.pem}
sending: {per_minute: 0, per_address: {hour: 0, day: 0}, breaker: {count: 0, within: 10m}}
staff:
  - {address: {{.Officer}}, name: FOI officer}
mailboxes:
  - name: cafcass
    body: Cafcass
    address: governance@cafcass.gov.uk
    language: en
    reference: CAF
    since: {{.Since}}
    trust: {officers: [microsoft365]}
    imap: {host: 127.0.0.1, port: {{.IMAP}}, security: tls, username: cafcass, password_file: password, ca_file: ca.pem}
  - name: cymru
    body: Cafcass Cymru
    address: CafcassCymru@gov.wales
    aliases: [CafcassCymru@llyw.cymru]
    language: cy-en
    reference: CYM
    since: {{.Since}}
    trust: {officers: [microsoft365]}
    imap: {host: 127.0.0.1, port: {{.IMAP}}, security: tls, username: cymru, password_file: password, ca_file: ca.pem}
log: {level: warn}
`))

// furnish writes the configuration and the files that it names into a
// directory, and reads it as the daemon would.
func furnish(dir string, s *servers, today deadlines.Day) (*config.Config, error) {
	var text strings.Builder
	err := settings.Execute(&text, map[string]any{
		"SMTP": s.smtp.Port, "IMAP": s.imap.Port, "Officer": officer, "Since": today - startAgo,
	})
	if err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	for name, content := range map[string]string{
		"config.yaml": text.String(), "password": password + "\n", "ca.pem": string(s.ca.PEM),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return nil, fmt.Errorf("write the configuration: %w", err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "config.yaml"))
	if err != nil {
		return nil, err
	}
	return cfg, cfg.Check()
}

// memory is a directory that Linux keeps in memory: on a slow disk each commit
// of five weeks would have to wait.
const memory = "/dev/shm"

// place returns the directory of a demonstration, and a function that removes
// it unless it is to be kept.
func place(keep string) (dir string, remove func() error, err error) {
	if keep == "" {
		if os.Getenv("TMPDIR") == "" {
			dir, err = os.MkdirTemp(memory, "requestd-demo-")
		}
		if dir == "" || err != nil {
			dir, err = os.MkdirTemp("", "requestd-demo-")
		}
		return dir, func() error { return os.RemoveAll(dir) }, err
	}
	dir, err = filepath.Abs(keep)
	if err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, fmt.Errorf("make the directory to keep: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", nil, fmt.Errorf("look into the directory to keep: %w", err)
	}
	if len(entries) > 0 {
		return "", nil, fmt.Errorf("%s is not empty: name a directory that is, or one that does not exist yet", dir)
	}
	return dir, func() error { return nil }, nil
}
