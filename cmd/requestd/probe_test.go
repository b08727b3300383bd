package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"requestd/intake/mailtest"
)

// connected runs check --connect against two healthy servers, after a change to
// the configuration.
func connected(t *testing.T, change ...string) (code int, out string) {
	t.Helper()
	imap, smtp := mailtest.StartIMAP(t, mailtest.IMAPOptions{}), mailtest.StartSMTP(t, mailtest.SMTPOptions{})
	dir := t.TempDir()
	text := fmt.Sprintf(`
store: {path: requestd.db}
control: {socket: control.sock}
smtp: {host: localhost, port: %d, security: starttls, username: g, password_file: secret, ca_file: %s}
staff: [{address: officer@staff.example.org}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-11-01,
     imap: {host: localhost, port: %d, username: governance, password_file: secret, ca_file: %s, folder: INBOX}}
`, smtp.Port, smtp.CAFile, imap.Port, imap.CAFile)
	text = strings.NewReplacer(change...).Replace(text)
	for name, content := range map[string]string{"config.yaml": text, "secret": mailtest.Password + "\n", "wrong": "x\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, out, complaint := inProcess(t, "check", "--connect", "--config", filepath.Join(dir, "config.yaml"))
	if len(smtp.Mails()) > 0 {
		t.Error("check sent mail")
	}
	if strings.Contains(out, mailtest.Password) {
		t.Errorf("check tells the password:\n%s", out)
	}
	return code, out + complaint
}

func TestCheckConnectIsGreenOnHealthyServers(t *testing.T) {
	code, out := connected(t)
	if code != exitDone || strings.Contains(out, "wrong ") {
		t.Fatalf("exit %d\n%s", code, out)
	}
	for _, want := range []string{"good   mailboxes[0].imap: signed in to localhost:", "mails in INBOX", "good   smtp: signed in to localhost:", "over TLS 1.3", "SIZE"} {
		if !strings.Contains(out, want) {
			t.Errorf("nothing says %q:\n%s", want, out)
		}
	}
}

func TestCheckConnectSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		change []string
		says   string
	}{
		"a folder that is not there": {[]string{"folder: INBOX", "folder: Nowhere"}, "INBOX"},
		"the wrong password":         {[]string{"username: governance, password_file: secret", "username: governance, password_file: wrong"}, "mailboxes[0].imap"},
		"a server that is not there": {[]string{"host: localhost, port", "host: 127.0.0.2, port"}, "smtp"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out := connected(t, c.change...)
			if code != exitFailed || !strings.Contains(out, "wrong  ") || !strings.Contains(out, c.says) {
				t.Errorf("exit %d, want one that says %q:\n%s", code, c.says, out)
			}
			t.Log(out)
		})
	}
}
