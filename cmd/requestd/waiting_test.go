package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAStartThatWaitsForItsDatabaseIsNotEnded: systemd is told that it has
// started and what it waits for, and the process goes on.
func TestAStartThatWaitsForItsDatabaseIsNotEnded(t *testing.T) {
	dir := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, []byte(`
store: {url: "postgres://requestd@`+nobody+`/requestd"}
control: {socket: control.sock}
smtp: {host: 127.0.0.1, port: 25, security: none, auth: none}
staff: [{address: officer@staff.example.org}]
mailboxes:
  - {name: cafcass, body: Cafcass, address: governance@cafcass.gov.uk, language: en, reference: CAF, since: 2026-11-01,
     imap: {host: 127.0.0.1, port: 143, security: none, username: g, password_file: password}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newProgram(t, config).prepare("run")
	statuses := d.tellsSystemd()
	d.launch()
	for range 2 {
		select {
		case got := <-statuses:
			for _, want := range []string{"READY=1", "WATCHDOG=1", "STATUS=The register cannot be reached"} {
				if !strings.Contains(got, want) {
					t.Errorf("systemd hears %q, want %s", got, want)
				}
			}
		case err := <-d.done:
			t.Fatalf("it ended with %v before systemd heard of it: %s", err, d.log.String())
		}
	}
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-d.done; err != nil {
		t.Errorf("told to stop it ended with %v: %s", err, d.log.String())
	}
}

// tellsSystemd makes a process tell its status to a socket like systemd's, and
// returns each status.
func (d *process) tellsSystemd() <-chan string {
	d.t.Helper()
	name := filepath.Join(d.t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { l.Close() })
	d.cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+name)
	statuses := make(chan string, 16)
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := l.Read(b)
			if err != nil {
				return
			}
			if strings.Contains(string(b[:n]), "STATUS=") {
				select {
				case statuses <- string(b[:n]):
				default: // nobody receives
				}
			}
		}
	}()
	return statuses
}
