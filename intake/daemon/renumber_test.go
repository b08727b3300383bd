package daemon

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// brisk allows many letters in a short time, which only a test should do.
const brisk = "sending: {per_minute: 0, breaker: {count: 0}}\n"

// filled is a daemon that has read and answered some requests, which are one in
// twenty among ordinary mail.
func filled(t *testing.T, mails int) (d *desk, raws [][]byte, requests []string) {
	t.Helper()
	d = newField(t, brisk)
	for n := range mails {
		id := fmt.Sprintf("mail-%d", n)
		raw := fmt.Appendf(nil, "From: Bob <%s@example.org>\r\nTo: governance@cafcass.gov.uk\r\nSubject: Appointment no %d.\r\nMessage-ID: <%[1]s@example.org>\r\n\r\nHi Jo, when is my appointment? I cannot come on day %[2]d. Bob\r\n", id, n)
		if n%20 == 0 {
			raw, requests = d.asks(id), append(requests, id)
		}
		raws = append(raws, raw)
		d.arrives(raw)
	}
	d.run()
	d.answered(requests...)
	d.until("the copies for staff", func() bool { l := d.asked().Letters; return l.Waiting+l.Sending == 0 })
	d.polls()
	return d, raws, requests
}

// replayed is how many mails are read twice; with the race detector it is
// fewer.
var replayed = 1000

// A server that starts again shows every mail once more, with other UIDs and in
// another order. Nobody gets a second case or a second letter.
func TestAReplayOfTheWholeMailboxOpensAndAnswersNothing(t *testing.T) {
	for name, validity := range map[string]uint32{"another UIDVALIDITY": 2, "UIDVALIDITY 0": 0, "the same UIDVALIDITY": 1} {
		t.Run(name, func(t *testing.T) {
			mails := replayed
			d, raws, requests := filled(t, mails)
			cases, letters, arrivals := d.cases(), len(d.smtp.Mails()), len(d.arrivals())
			if cases != len(requests) || arrivals != mails {
				t.Fatalf("%d cases and %d arrivals of %d requests among %d mails", cases, arrivals, len(requests), mails)
			}
			d.imap.SetUIDValidity(validity)
			d.imap.Empty("g")
			slices.Reverse(raws)
			for _, raw := range raws[:mails-1] { // one mail is gone: only so are reused UIDs noticed
				d.arrives(raw)
			}
			d.imap.HangUp()
			d.until("the replay", func() bool { return d.asked().Mailboxes[0].Read >= int64(2*mails-1) })
			d.polls()
			if n := d.cases(); n != cases {
				t.Errorf("%d new cases", n-cases)
			}
			if n := len(d.smtp.Mails()); n != letters {
				t.Errorf("%d further letters", n-letters)
			}
			d.arrives(d.asks("afterwards"))
			d.answered("afterwards")
			if n := d.got("mail-0@example.org"); n != 1 {
				t.Errorf("the first requester was written to %d times", n)
			}
			d.sound()
		})
	}
}

// A server without UIDVALIDITY says nothing about its UIDs: the same ones may
// mean other mail the next time.
func TestUIDsGivenOutTwiceHideNoMail(t *testing.T) {
	for name, c := range map[string]struct {
		validity uint32
		anew     bool // the daemon is restarted before it looks
	}{
		"without UIDVALIDITY": {0, false},
		"while it runs":       {1, false},
		"while it was down":   {1, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newField(t, brisk)
			d.imap.SetUIDValidity(c.validity)
			old := []string{"old-1", "old-2", "old-3"}
			for _, id := range old {
				d.arrivesAt(d.asks(id), time.Now().Add(-time.Hour))
			}
			d.run()
			d.answered(old...)
			if c.anew {
				d.stop()
			}
			d.imap.Empty("g")
			fresh := []string{"new-1", "new-2", "new-3", "new-4"}
			if c.validity != 0 && !c.anew {
				fresh = fresh[:2] // the next UID is lower than it was, which shows at once
			}
			for _, id := range fresh {
				d.arrives(d.asks(id))
			}
			d.imap.HangUp()
			if c.anew {
				d.again()
			}
			d.answered(fresh...)
			if n, want := d.cases(), len(old)+len(fresh); n != want {
				t.Errorf("%d cases, want %d", n, want)
			}
			d.sound()
		})
	}
}
