package outbox_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/mailtest"
	"requestd/intake/outbox"
)

// repeats is a server that asks the recipient's server and repeats its answer.
// With fault it refuses everything because of the account, in the same words.
type repeats struct {
	to    []string
	fault bool
}

func (*repeats) Close() {}

func (s *repeats) Send(_ context.Context, _, to string, _ []byte) outbox.Result {
	s.to = append(s.to, to)
	if s.fault || strings.Contains(to, "stranger") {
		return outbox.Result{Outcome: outbox.MaybeAccount, Response: "550 5.1.1 said: sending limit", Used: true}
	}
	return outbox.Result{Outcome: outbox.Sent, Used: true}
}

func paused(o *office) bool { return o.Status().Paused.After(o.now) }

// A stranger's server cannot pause the mailbox. It cannot with any number of
// letters to one domain, and with several domains it can at most once: then
// letters to others are sent first and show that it is not the account.
func TestAStrangersServerRestsNoMailbox(t *testing.T) {
	o, s := newOffice(t), &repeats{}
	o.Sender = s
	for range 5 {
		o.letter("jo@stranger.example.com", intake.ForAcknowledgement)
		o.letter("jo@sub.stranger.example.com", intake.ForAcknowledgement)
	}
	honest := o.letter("ann@example.org", intake.ForAcknowledgement)
	o.pass(time.Minute)
	if paused(o) || s.to[len(s.to)-1] != "ann@example.org" {
		t.Errorf("one domain's server rests the mailbox after %q", s.to)
	}
	o.wantState(honest, intake.LetterSent)

	for _, to := range []string{"jo@stranger1.example", "jo@stranger2.example.net", "jo@stranger3.example.org", "jo@stranger4.test"} {
		o.letter(to, intake.ForAcknowledgement)
	}
	o.pass(time.Minute)
	if !paused(o) {
		t.Error("refused for three domains, and the mailbox goes on")
	}
	second := o.letter("sam@example.org", intake.ForAcknowledgement)
	o.pass(o.lim.Pause)
	o.wantState(second, intake.LetterSent)
	if paused(o) {
		t.Error("the mailbox rests though a mail was accepted")
	}
	o.pass(50 * time.Hour)
	if first := o.letterAt(1); first.State != intake.LetterHeld || !strings.Contains(first.Response, "sending limit") {
		t.Errorf("what is never accepted is %s (%s), want held for a person", first.State, first.Response)
	}
}

// A fault of the account is found even if no single answer proves it. While it
// lasts one letter is tried and none is given up.
func TestAnAccountsFaultIsFoundOutInDoubtfulWords(t *testing.T) {
	o, s := newOffice(t), &repeats{fault: true}
	o.Sender = s
	for _, to := range []string{"a@one.example", "b@two.example.net", "c@three.example.org", "d@four.test", "e@five.invalid"} {
		o.letter(to, intake.ForAcknowledgement)
	}
	o.pass(time.Minute)
	if !paused(o) || len(s.to) != 3 {
		t.Fatalf("paused: %t, after %d letters", paused(o), len(s.to))
	}
	o.pass(72 * time.Hour)
	s.fault = false
	o.pass(2 * time.Hour)
	for id := uint64(1); id <= 5; id++ {
		o.wantState(id, intake.LetterSent)
	}
}

// The same against a real server, which answers so at RCPT.
func TestASessionGoesOnAfterDoubtfulWords(t *testing.T) {
	srv := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: mailtest.AtRcpt, If: "stranger",
		Reply: "550-5.1.1 <jo@stranger.example.com>: undeliverable address: host mx.stranger.example.com said:\n550 5.1.1 550 5.7.60 SendAsDenied, your account is suspended"}}})
	c := client(t, srv.Port, srv.CAFile)
	if r := c.Send(t.Context(), "a@example.org", "jo@stranger.example.com", plainMail); r.Outcome != outbox.MaybeAccount || !r.Used || strings.Contains(r.Response, "Trustee") {
		t.Errorf("%+v: want that it is suspect, without advice on an account", r)
	}
	if r := c.Send(t.Context(), "a@example.org", "ann@example.com", plainMail); r.Outcome != outbox.Sent {
		t.Errorf("the next letter: %+v", r)
	}
}
