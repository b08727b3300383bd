package mailbox

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// wantUIDs checks that exactly these mails were delivered, each once and in order.
func wantUIDs(t *testing.T, m *memory, folder string, want ...uint32) {
	t.Helper()
	if got := m.uids(folder); !slices.Equal(got, want) {
		t.Errorf("delivered from %s: %v, want %v", folder, got, want)
	}
	for _, f := range m.faults {
		t.Error(f)
	}
}

func upTo(n uint32) []uint32 {
	all := make([]uint32, n)
	for i := range all {
		all[i] = uint32(i + 1)
	}
	return all
}

func TestOnceReadsEverythingOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.add("INBOX", letters(600)...)
		w := New(s.options(), m, quiet())
		for range 2 {
			if err := w.Once(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantUIDs(t, m, "INBOX", upTo(600)...)
		}
		f, _ := m.mail("INBOX", 17)
		if want := letter("mail-17", 300); string(f.Raw) != want || !f.Complete || f.Size != int64(len(want)) {
			t.Errorf("mail 17 came as %q, complete %v, size %d", f.Raw, f.Complete, f.Size)
		}
		if f.Received.IsZero() {
			t.Error("no date of receipt")
		}
	})
}

func TestRunFindsMailByIdleAndByPoll(t *testing.T) {
	for _, caps := range []string{"IMAP4rev1 IDLE", "IMAP4rev1"} {
		synctest.Test(t, func(t *testing.T) {
			s, m := newServer(t), newMemory()
			s.caps = caps
			s.add("INBOX", letters(2)...)
			w := New(s.options(), m, quiet())
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- w.Run(ctx) }()
			synctest.Wait()
			wantUIDs(t, m, "INBOX", 1, 2)
			start := time.Now()
			s.add("INBOX", letter("third", 400))
			if strings.Contains(caps, "IDLE") {
				synctest.Wait()
				if time.Since(start) != 0 {
					t.Error("IDLE was not a hint")
				}
			} else {
				time.Sleep(61 * time.Second)
			}
			wantUIDs(t, m, "INBOX", 1, 2, 3)
			time.Sleep(3 * time.Hour)
			if s.conns != 1 || time.Since(w.Status().LastPoll) > 61*time.Second {
				t.Errorf("%d connections, last poll %s ago", s.conns, time.Since(w.Status().LastPoll))
			}
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			synctest.Wait()
		})
	}
}
