package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// TestALetterThatWaitsStaysTrue: what is recorded before an acknowledgement is
// sent is in the letter, and the dates in the letter are those that are
// promised.
func TestALetterThatWaitsStaysTrue(t *testing.T) {
	for name, c := range map[string]struct {
		mail  mail
		event intake.EventName
		date  string
		says  []string
		not   []string
	}{
		"an earlier receipt": {foiMail("a@example.org"), intake.ReceivedOn, "2026-11-10", []string{"10 November 2026", "9 December 2026"}, []string{"20 November 2026", "21 December 2026"}},
		"a question":         {dsarMail("a@example.org", "bob@example.org"), intake.IdentityRequested, "2026-11-20", nil, []string{"21 December 2026", "20 December 2026"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			ref := o.one("cafcass", c.mail).Ref
			ch := o.record(ref, c.event, c.date)
			s := text(t, o.ack(ref))
			_, s, _ = strings.Cut(s, "\n\n") // the mail's own date is the day on which it was written
			for _, words := range c.says {
				if !strings.Contains(s, words) {
					t.Errorf("it does not say %q:\n%s", words, s)
				}
			}
			for _, words := range c.not {
				if strings.Contains(s, words) {
					t.Errorf("it still says %q:\n%s", words, s)
				}
			}
			o.send()
			if v := o.view(ref); v.Promised != ch.View.RespondBy || v.AcknowledgedAt == nil {
				t.Errorf("promised %s, due %s, acknowledged %v", v.Promised, ch.View.RespondBy, v.AcknowledgedAt)
			}
		})
	}
}

func TestALetterThatWaitsStaysTrueToNewHolidays(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.proclaim("2026-12-11")
	due := o.view(ref).RespondBy
	if l := o.ack(ref); len(l.Promises) != 1 || l.Promises[0].Day != due {
		t.Errorf("the letter states %v, the date is %s", l.Promises, due)
	}
}

func TestALetterThatMayBeOnItsWayIsNotRewritten(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	l := o.ack(ref)
	l.State, l.Attempts = intake.LetterSending, 1
	o.put(l)
	ch := o.record(ref, intake.ReceivedOn, "2026-11-10")
	warned(t, ch, "--correct")
	if now := o.ack(ref); string(now.Raw) != string(l.Raw) {
		t.Error("the bytes of a letter that is being sent were changed")
	}
}

func TestALetterThatWaitsDoesNotGoOnceItsCaseHasEnded(t *testing.T) {
	for _, end := range []intake.EventName{intake.Withdrawn, intake.Responded, intake.Closed} {
		t.Run(string(end), func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			ref := o.one("cafcass", foiMail("a@example.org")).Ref
			ch := o.record(ref, end, "")
			if l := o.ack(ref); l.State != intake.LetterFailed {
				t.Errorf("the letter is %s", l.State)
			}
			if ch.View.Ack.Queued {
				t.Error("the case says that the letter is queued")
			}
		})
	}
}

func TestAWithdrawnLetterIsNotSaidToBeQueued(t *testing.T) {
	for name, undo := range map[string]func(*office, string) int{
		"acknowledged by hand": func(o *office, ref string) int { return o.record(ref, intake.Acknowledged, "2026-11-20").Event },
		"no request": func(o *office, ref string) int {
			return o.did(o.e.Cases.Do(o.t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.NotARequest}))).Event
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			ref := o.one("cafcass", foiMail("a@example.org")).Ref
			n := undo(o, ref)
			o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Void, Void: n})))
			v := o.view(ref)
			if waits := o.ack(ref).State == intake.LetterWaiting; v.Ack.Queued != waits || v.AcknowledgedAt != nil {
				t.Errorf("queued %v while a letter waits: %v; acknowledged %v", v.Ack.Queued, waits, v.AcknowledgedAt)
			}
			ch := o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{})))
			if l := o.ack(ref); ch.Letter != l.ID || l.State != intake.LetterWaiting {
				t.Errorf("let go, the letter is %s", l.State)
			}
		})
	}
}

// bounce returns a mail server's report that a letter could not be delivered.
func bounce(l intake.Letter) mail {
	return mail{
		id: "bounce@example.net", from: "MAILER-DAEMON@example.net", to: "governance@cafcass.gov.uk", subject: "Undelivered Mail Returned to Sender",
		head: []string{"Auto-Submitted: auto-replied", `Content-Type: multipart/report; report-type=delivery-status; boundary="b"`},
		body: fmt.Sprintf("--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"+
			"Final-Recipient: rfc822; %s\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <%s>\nSubject: x\n\n--b--\n", l.To, l.MessageID),
	}
}

func TestWhatCameBackPromisedNothing(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	if v := o.view(ref); v.Promised != v.RespondBy || v.Promised == 0 {
		t.Fatalf("promised %s, due %s", v.Promised, v.RespondBy)
	}
	o.one("cafcass", bounce(o.ack(ref)))
	if v := o.view(ref); v.Promised != 0 || v.Clocks[0].Promised != 0 {
		t.Errorf("%s is promised still, by a letter that reached nobody", v.Promised)
	}
	if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), o.ack(ref).ID); err == nil || !strings.Contains(err.Error(), "acknowledge "+ref+" --by-hand") {
		t.Errorf("sent once more to the same address, or not told what to do: %v", err)
	}
}
