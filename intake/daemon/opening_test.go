package daemon

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A register that takes long to open is given time, but not for ever.
func TestSystemdHasPatienceWhileTheRegisterIsOpened(t *testing.T) {
	const more = "EXTEND_TIMEOUT_USEC=120000000\nWATCHDOG=1"
	for _, c := range []struct {
		takes time.Duration
		asks  int
	}{{20 * time.Second, 0}, {5*time.Minute + time.Second, 10}, {3 * time.Hour, 60}} {
		synctest.Test(t, func(t *testing.T) {
			var said []string
			d := &Daemon{Tell: func(s string) error { said = append(said, s); return nil }}
			opened := d.opening()
			time.Sleep(c.takes)
			opened()
			time.Sleep(time.Hour)
			synctest.Wait()
			if len(said) != c.asks || slices.ContainsFunc(said, func(s string) bool { return s != more }) {
				t.Errorf("opened in %s: systemd heard %q, want %d times %q", c.takes, said, c.asks, more)
			}
		})
	}
}
