package mailtest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestColleague does to a mailbox what people do while the daemon watches it.
func TestColleague(t *testing.T) {
	s := Start(t, Options{NoPostfix: true})
	at := time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC)
	s.Fill("cymru", func(yield func([]byte, time.Time) bool) {
		for i := range 20 {
			if !yield(fmt.Appendf(nil, "Subject: %d\r\n\r\nx\r\n", i), at.AddDate(0, 0, i)) {
				return
			}
		}
	})
	inbox := s.Messages("cymru", "INBOX")
	if len(inbox) != 20 || !inbox[7].InternalDate.Equal(at.AddDate(0, 0, 7)) {
		t.Fatalf("filled %d mails, the eighth of %v", len(inbox), inbox[7].InternalDate)
	}
	s.Move("cymru", "INBOX", "Done", inbox[0].UID, inbox[1].UID)
	s.Remove("cymru", "INBOX", inbox[2].UID)
	s.Append("cymru", "Elsewhere", []byte("Subject: y\r\n\r\nx\r\n"), at, `\Flagged`)
	for folder, want := range map[string]int{"INBOX": 17, "Done": 2, "Elsewhere": 1, "Sent": 0} {
		if got := len(s.Messages("cymru", folder)); got != want {
			t.Errorf("%s holds %d mails, want %d", folder, got, want)
		}
	}
	if got := s.Messages("cymru", "Elsewhere")[0].Flags; fmt.Sprint(got) != `[\Flagged]` {
		t.Errorf("flags %v", got)
	}
	before, _, _ := strings.Cut(s.State("cymru", "Done"), "modseq")
	s.Reset("cymru", "Done")
	after, _, _ := strings.Cut(s.State("cymru", "Done"), "modseq")
	if before == after || len(s.Messages("cymru", "Done")) != 0 {
		t.Errorf("a folder made anew: %s, before %s", after, before)
	}
	s.Kick("cymru")
}

func BenchmarkDeliver(b *testing.B) {
	s := Start(b, Options{NoPostfix: true})
	for b.Loop() {
		s.Deliver("cymru", []byte("Subject: y\r\n\r\nx\r\n"), time.Time{})
	}
}
