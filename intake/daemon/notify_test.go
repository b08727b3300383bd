package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"requestd/store/storetest/packed"
)

// The protocol of sd_notify(3), as systemd itself would receive it.
func TestSystemdHearsReadyWatchdogAndStopping(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", name)
	t.Setenv("WATCHDOG_USEC", "3000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	d := newDesk(t, "")
	d.Tell = nil
	said := make(chan string)
	go func() {
		defer close(said)
		b := make([]byte, 4096)
		for {
			n, err := l.Read(b)
			if err != nil {
				return
			}
			said <- string(b[:n])
		}
	}()
	hear := func(want string) {
		t.Helper()
		for s := range said {
			if strings.Contains(s, want) {
				return
			}
		}
		t.Fatalf("systemd never heard %q", want)
	}
	d.start()
	hear("READY=1")
	hear("WATCHDOG=1")
	hear("WATCHDOG=1")
	ended := make(chan struct{})
	go func() { defer close(ended); d.stop() }()
	hear("STOPPING=1")
	go func() {
		for range said { // what is still to be received
			continue
		}
	}()
	<-ended
}

// TestAMigrationTellsSystemdThatItGetsOn, and stops when the daemon is told to
// stop: the next start continues it.
func TestAMigrationTellsSystemdThatItGetsOn(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := prepare(t)
	d.write("password", "secret\n")
	d.write("holidays.json", holidayList(""))
	d.configure("")
	cfg, err := d.load()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(string(cfg.Store.Path), packed.Read(t, "../../store/testdata/schema3.db.gz"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&d.log, nil))
	told, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(told, cfg, log, d.hand.now, false); !errors.Is(err, context.Canceled) {
		t.Fatalf("told to stop: %v", err)
	}
	t.Setenv("NOTIFY_SOCKET", name)
	if d.Daemon, err = New(cfg, log, d.hand.now); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	b := make([]byte, 4096)
	n, err := l.Read(b)
	if err != nil || !strings.HasPrefix(string(b[:n]), "EXTEND_TIMEOUT_USEC=600000000\nSTATUS=Migrating the register: ") {
		t.Errorf("systemd hears %q (%v)", b[:n], err)
	}
	if !strings.Contains(d.log.String(), "the register is brought into the form of this program") {
		t.Errorf("the log says nothing of it:\n%s", d.log.String())
	}
}
