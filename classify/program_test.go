package classify_test

import (
	"bytes"
	"testing"

	"requestd/intake"
	"requestd/intake/compose"
)

// TestAnotherDaemonIsAMachine, even if a gateway has left only the Message-ID
// of its letter.
func TestAnotherDaemonIsAMachine(t *testing.T) {
	c := newClassifier(t)
	theirs := compose.NewMinter([]byte("the key of another register")).ID(bytes.Repeat([]byte{7, 201}, 8)[:15], "foi@council.example.org")
	for id, want := range map[string]intake.Verdict{
		theirs:                               intake.Ignore,
		"requestd@council.example.org":       intake.Acknowledge,
		"requestd.about.reports@example.org": intake.Acknowledge,
	} {
		if r := read(t, c, mail(request, "Message-ID: <"+id+">")); r.Decision != want {
			t.Errorf("%s: decision %s, want %s (%s)", id, r.Decision, want, r.Why)
		}
	}
}
