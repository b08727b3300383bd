package daemon

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The protocol of sd_notify(3), as systemd itself would hear it.
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
		for range said { // what is still on its way
			continue
		}
	}()
	<-ended
}
