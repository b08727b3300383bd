package outbox_test

import (
	"log/slog"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/outbox"
	"requestd/store"
)

// TestAnAnswerEndsTheDoubtOfAnotherDaemon: a daemon that takes over from one
// that seems dead marks the letter that the other is sending as in doubt. If
// the other is alive and hears that the letter was accepted, the letter is not
// sent again.
func TestAnAnswerEndsTheDoubtOfAnotherDaemon(t *testing.T) {
	for name, c := range map[string]struct {
		outcome outbox.Outcome
		after   func(*intake.Letter) // what the other daemon has done to it since
		state   intake.LetterState
		sends   int
	}{
		"taken":                        {outbox.Sent, nil, intake.LetterSent, 1},
		"taken, and about to go again": {outbox.Sent, func(l *intake.Letter) { l.State = intake.LetterWaiting }, intake.LetterSent, 1},
		"taken, and tried again":       {outbox.Sent, func(l *intake.Letter) { l.State, l.Attempts, l.Next = intake.LetterSending, l.Attempts+1, time.Time{} }, intake.LetterSending, 1},
		"taken, and held":              {outbox.Sent, hold, intake.LetterHeld, 1},
		"refused, which stays a doubt": {outbox.Refused, nil, intake.LetterFailed, 2},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, c.outcome)
			id := o.letter("jo@example.com", intake.ForAcknowledgement)
			o.Sender = &during{o.server, func() {
				if err := outbox.MarkInterrupted(o.Store, time.Minute, slog.New(slog.DiscardHandler), func(*store.Tx, string) bool { return true }); err != nil {
					t.Fatal(err)
				}
				if c.after != nil {
					o.change(id, c.after)
				}
			}}
			o.pass(5 * time.Hour)
			o.want(id, c.state, c.sends)
		})
	}
}
