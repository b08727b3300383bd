package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"requestd/intake/health"
	"requestd/store"
)

// withoutDaemon is a configuration with a register but no running daemon.
func withoutDaemon(t *testing.T) (config string) {
	t.Helper()
	dir := t.TempDir()
	config = filepath.Join(dir, "config.yaml")
	text := `
store: {path: requestd.db}
control: {socket: control.sock}
smtp: {host: 127.0.0.1, port: 25, security: none, auth: none}
staff: [{address: officer@staff.example.org}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: 143, security: none, username: g, password_file: secret}}
`
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(filepath.Join(dir, "requestd.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return config
}

func inProcess(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &complaints)
	return code, out.String(), complaints.String()
}

func TestStatusWithoutADaemonSaysSo(t *testing.T) {
	config := withoutDaemon(t)
	code, out, complaint := inProcess(t, "status", "--config", config)
	if code != exitFailed || !strings.Contains(out, "no daemon runs") || !strings.Contains(out, "systemctl start requestd") {
		t.Errorf("exit %d\n%s%s", code, out, complaint)
	}
	code, out, _ = inProcess(t, "status", "--json", "--config", config)
	var s health.Status
	if err := json.Unmarshal([]byte(out), &s); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("no single line of JSON: %v\n%s", err, out)
	}
	if code != exitFailed || s.Running || s.Well || len(s.Alarms) == 0 || s.Alarms[0].ID != "daemon" || len(s.Mailboxes) != 1 {
		t.Errorf("exit %d, status %+v", code, s)
	}
}

func TestStatusKnowsTheLastBackup(t *testing.T) {
	config := withoutDaemon(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if code, _, complaint := inProcess(t, "backup", copied, "--config", config); code != exitDone {
		t.Fatal(complaint)
	}
	_, out, _ := inProcess(t, "status", "--json", "--config", config)
	var s health.Status
	if err := json.Unmarshal([]byte(out), &s); err != nil || s.Backup == nil {
		t.Errorf("%v\n%s", err, out)
	}
	if code, out, complaint := inProcess(t, "verify", copied, "--config", config); code != exitDone {
		t.Errorf("the copy does not verify: %s%s", out, complaint)
	}
}

func TestEraseWantsOneOrAllThatIsDue(t *testing.T) {
	config := withoutDaemon(t)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"erase"}, exitUsage, "--due"},
		{[]string{"erase", "CAF26-00001", "--due"}, exitUsage, "not both"},
		{[]string{"erase", "CAF26-00001", "--yes"}, exitUsage, "--yes goes with --due"},
		{[]string{"erase", "CAF26-00001"}, exitFailed, "CAF26-00001"},
		{[]string{"erase", "--due"}, exitDone, "none"},
		{[]string{"erase", "--due", "--yes"}, exitDone, "0 cases, 0 mails"},
	} {
		code, out, complaint := inProcess(t, append(c.args, "--config", config)...)
		if code != c.code || !strings.Contains(out+complaint, c.says) {
			t.Errorf("%v: exit %d, %s%s", c.args, code, out, complaint)
		}
	}
}
