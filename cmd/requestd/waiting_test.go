package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAStartThatWaitsForItsDatabaseIsNotEnded: to systemd it has started, says
// what it waits for, and lives.
func TestAStartThatWaitsForItsDatabaseIsNotEnded(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
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
	d.cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+name)
	d.launch()
	go func() {
		d.done <- <-d.done
		_ = l.Close() // whoever listens has heard everything
	}()
	b := make([]byte, 4096)
	for range 2 {
		n, err := l.Read(b)
		if err != nil {
			t.Fatalf("systemd hears nothing (%v): %s", err, d.log.String())
		}
		for _, want := range []string{"READY=1", "WATCHDOG=1", "STATUS=The register cannot be reached"} {
			if got := string(b[:n]); !strings.Contains(got, want) {
				t.Errorf("systemd hears %q, want %s", got, want)
			}
		}
	}
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-d.done; err != nil {
		t.Errorf("told to stop it ended with %v: %s", err, d.log.String())
	}
}
