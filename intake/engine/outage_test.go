package engine_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/outbox"
)

// line is the connection for the letters of cafcass, which can be cut.
type line struct {
	o    *office
	loop *outbox.Loop
	cut  outbox.Result // the result of each attempt; zero while mail is accepted
	amid func()        // what somebody does, once, while a letter is at the server
	sent []string      // the text of each mail to somebody outside
}

func (*line) Close() {}

func (w *line) Send(_ context.Context, _, to string, raw []byte) outbox.Result {
	if do := w.amid; do != nil {
		w.amid = nil
		do()
	}
	if w.cut.Response != "" {
		return w.cut
	}
	if !strings.HasSuffix(to, "@staff.example.org") {
		w.sent = append(w.sent, text(w.o.t, intake.Letter{Raw: raw}))
	}
	return outbox.Result{Outcome: outbox.Sent, Response: "250 taken", Used: true}
}

// wire gives an office a send loop like the daemon's.
func wire(o *office) *line {
	w := &line{o: o}
	w.loop = &outbox.Loop{
		Mailbox: "cafcass", Store: o.db, Sender: w, Now: o.clock, Log: slog.New(slog.DiscardHandler),
		Limits: func() outbox.Limits {
			return outbox.Limits{Retry: []time.Duration{time.Minute}, RetryEvery: time.Hour, GiveUp: 48 * time.Hour, Pause: time.Hour, InDoubt: []time.Duration{time.Minute}}
		},
		RecordOutcome: o.e.RecordOutcome, Write: o.e.Notices.WriteStaffMail, OutOfDate: o.e.Cases.OutOfDate,
	}
	return w
}

// pass lets time pass until at, while the daemon wakes as usual.
func (w *line) pass(at string) {
	w.o.t.Helper()
	for end := london(w.o.t, at); ; {
		next, err := w.loop.Drain(w.o.t.Context())
		if err != nil {
			w.o.t.Fatal(err)
		}
		tick, err := w.o.e.Clock.NextTick()
		if err != nil {
			w.o.t.Fatal(err)
		}
		if next.IsZero() || tick.Before(next) {
			next = tick
		}
		if next.After(end) {
			w.o.now = end
			return
		}
		if w.o.now = next; !tick.After(next) {
			w.o.tick()
		}
	}
}

var cuts = map[string]outbox.Result{
	"account at fault": {Outcome: outbox.AccountFault, Response: "553 5.7.1 not owned by user", Used: true},
	"no server":        {Outcome: outbox.Retry, Response: "connection refused"},
}

// TestALetterGoesByItselfOnceItsAccountIsMended: letters are not held because
// nothing could be sent for three days, and what is sent then is true at that
// time.
func TestALetterGoesByItselfOnceItsAccountIsMended(t *testing.T) {
	for name, cut := range cuts {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-19 15:00")
			w := wire(o)
			w.cut = cut
			ref := o.one("cafcass", foiMail("a@example.org")).Ref
			w.pass("2026-11-21 10:00")
			if l := o.ack(ref); l.State != intake.LetterWaiting || l.Attempts == 0 {
				t.Fatalf("after two days the letter is %s (%s) after %d attempts", l.State, l.Response, l.Attempts)
			}
			o.record(ref, intake.ReceivedOn, "2026-11-18") // while a letter that was tried says the 19th
			w.pass("2026-11-22 16:00")
			w.cut = outbox.Result{}
			w.pass("2026-11-22 18:00")
			if len(w.sent) != 1 || !strings.Contains(w.sent[0], "17 December 2026") || strings.Contains(w.sent[0], "18 December") {
				t.Fatalf("sent %q, want one letter with the date that follows from the 18th", w.sent)
			}
			if v := o.view(ref).View; v.AcknowledgedAt == nil || v.Promised != day(t, "2026-12-17") {
				t.Errorf("acknowledged %v, promised %s", v.AcknowledgedAt, v.Promised)
			}
			w.pass("2026-11-24 18:00")
			if len(w.sent) != 1 {
				t.Errorf("%d letters went, want one", len(w.sent))
			}
		})
	}
}

// TestALetterThatAnOutageMadeUntrueIsHeld: if the letter is so late that a
// person would have been asked before writing it, a person must release it.
func TestALetterThatAnOutageMadeUntrueIsHeld(t *testing.T) {
	o := newOffice(t, "2026-11-19 15:00")
	w := wire(o)
	w.cut = cuts["no server"]
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	w.pass("2026-11-30 10:00")
	w.cut = outbox.Result{}
	w.pass("2026-11-30 12:00")
	l := o.ack(ref)
	if l.State != intake.LetterHeld || !strings.Contains(l.Response, "working days after the day to acknowledge") || len(w.sent) > 0 {
		t.Fatalf("the letter is %s (%s), sent %q; want it held", l.State, l.Response, w.sent)
	}
	if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), l.ID); err != nil {
		t.Fatal(err)
	}
	w.pass("2026-11-30 13:00")
	if len(w.sent) != 1 {
		t.Errorf("%d letters went on a person's word, want one", len(w.sent))
	}
}

// TestALetterWhoseDateHasPassedIsHeld, even if a person had released it.
func TestALetterWhoseDateHasPassedIsHeld(t *testing.T) {
	o, ref := corrected(t)
	w := wire(o)
	w.cut = cuts["account at fault"]
	o.did(o.correct(ref))
	w.pass("2027-01-05 10:00")
	w.cut = outbox.Result{}
	w.pass("2027-01-05 12:00")
	if l := o.draft(intake.ForCorrection); l.State != intake.LetterHeld || !strings.Contains(l.Response, "which has passed") || len(w.sent) > 0 {
		t.Errorf("the correction is %s (%s), sent %q; want it held", l.State, l.Response, w.sent)
	}
}

// TestALetterFollowsWhatIsRecordedWhileItIsTried: nothing of it was sent, so it
// is stopped or written anew like a waiting one.
func TestALetterFollowsWhatIsRecordedWhileItIsTried(t *testing.T) {
	for name, cut := range cuts {
		for event, date := range map[intake.EventName]string{intake.Withdrawn: "", intake.ReceivedOn: "2026-11-18"} {
			t.Run(name+" "+string(event), func(t *testing.T) {
				o := newOffice(t, "2026-11-19 15:00")
				w := wire(o)
				ref := o.one("cafcass", foiMail("a@example.org")).Ref
				w.cut, w.amid = cut, func() { o.record(ref, event, date) }
				w.pass("2026-11-19 15:30")
				w.cut = outbox.Result{}
				w.pass("2026-11-20 10:00")
				l := o.ack(ref)
				if event == intake.Withdrawn && (!l.Stopped() || len(w.sent) > 0) {
					t.Errorf("the letter of a request that was withdrawn is %s (%s), sent %q", l.State, l.Response, w.sent)
				}
				if event == intake.ReceivedOn && (len(w.sent) != 1 || !strings.Contains(w.sent[0], "17 December 2026")) {
					t.Errorf("sent %q, want one letter with the date that follows from the 18th", w.sent)
				}
			})
		}
	}
}

// TestWhatWasTriedInAnOutageIsOvertakenLikeAnyOther: a letter that no server
// accepted has reached nobody, and is stopped once it is no longer true.
func TestWhatWasTriedInAnOutageIsOvertakenLikeAnyOther(t *testing.T) {
	t.Run("a question that was answered", func(t *testing.T) {
		o, ref := asked(t)
		w := wire(o)
		w.cut = cuts["no server"]
		o.record(ref, intake.IdentityRequested, "")
		ask := o.draft(intake.ForAskIdentity)
		o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.SendDraft(ask.ID)))
		w.pass("2026-11-23 10:00")
		o.record(ref, intake.IdentityReceived, "")
		w.cut = outbox.Result{}
		w.pass("2026-11-23 12:00")
		if l := o.draft(intake.ForAskIdentity); !l.Stopped() || l.Attempts == 0 || len(w.sent) > 0 {
			t.Errorf("the question is %s (%s) after %d attempts, sent %q; want it stopped", l.State, l.Response, l.Attempts, w.sent)
		}
	})
	t.Run("a neutral letter of a mail that was decided", func(t *testing.T) {
		o := newOffice(t, "2026-11-20 10:00")
		ref := doubtful(o, inDoubt{neutral: true})
		w := wire(o)
		w.cut = cuts["no server"]
		w.pass("2026-11-25 15:00")
		if l := o.draft(intake.ForNeutral); l.Attempts == 0 {
			t.Fatal("the neutral letter was not tried")
		}
		o.decide(ref, intake.FOI)
		w.cut = outbox.Result{}
		w.pass("2026-11-25 17:00")
		if l := o.draft(intake.ForNeutral); !l.Stopped() || len(w.sent) != 1 || !strings.Contains(w.sent[0], "21 December 2026") {
			t.Errorf("the neutral letter is %s, sent %q; want the acknowledgement alone", l.State, w.sent)
		}
	})
	t.Run("a decision that is undone", func(t *testing.T) {
		o := newOffice(t, "2026-11-20 10:00")
		o.e.ReadWith(inDoubt{})
		ref := o.one("cafcass", foiMail("a@example.org")).Ref
		w := wire(o)
		w.cut = cuts["no server"]
		o.decide(ref, intake.DSAR)
		w.pass("2026-11-20 12:00")
		o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Undo(0)))
		w.cut = outbox.Result{}
		w.pass("2026-11-20 15:00")
		if l := o.ack(ref); !l.Stopped() || len(w.sent) > 0 {
			t.Errorf("the letter is %s (%s), sent %q; want it stopped", l.State, l.Response, w.sent)
		}
	})
}
