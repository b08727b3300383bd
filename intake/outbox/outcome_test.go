package outbox

import (
	"fmt"
	"io"
	"net/textproto"
	"testing"
)

// TestARefusalIsReadByWhomItMeans: a letter fails for good only if the server
// refuses its recipient or its text. A refusal of the account that sends ends
// once the account is mended, and must not make a letter fail.
func TestARefusalIsReadByWhomItMeans(t *testing.T) {
	for _, c := range []struct {
		phase phase
		code  int
		says  string
		want  Outcome
	}{
		{addressing, 530, "5.7.0 Authentication required", AccountFault},
		{naming, 530, "5.7.0 Must issue a STARTTLS command first", AccountFault},
		{opening, 530, "sign in", AccountFault},
		{addressing, 554, "5.7.1 <ann@example.org>: Relay access denied", MaybeAccount},
		{addressing, 553, "5.7.1 <governance@example.com>: Sender address rejected: not owned by user requestd", AccountFault},
		{addressing, 550, "Sender verify failed", MaybeAccount},
		{addressing, 550, "5.7.64 TenantAttribution; Relay Access Denied", AccountFault},
		{addressing, 550, "relaying denied. Proper authentication required.", MaybeAccount},
		{addressing, 550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain", MaybeAccount},
		{closing, 550, "5.4.6 message over daily quota", MaybeAccount},
		{closing, 554, "5.2.252 SendAsDenied; not allowed to send as", AccountFault},
		{closing, 554, "5.2.2 mailbox full", MaybeAccount},
		{addressing, 550, "5.1.1 <ann@example.org>: no such user", Refused},
		{addressing, 552, "5.2.2 mailbox full", Refused},
		{addressing, 550, "5.7.1 recipient rejects mail of this sort", Refused},
		{closing, 554, "5.6.0 content not taken", Refused},
		{addressing, 452, "4.2.2 over quota", Retry},
		{closing, 451, "4.7.1 greylisted", Retry},
	} {
		t.Run(fmt.Sprintf("%d %s when %s", c.code, c.says, c.phase), func(t *testing.T) {
			err := fmt.Errorf("send: %w", &textproto.Error{Code: c.code, Msg: c.says})
			if got := outcome(c.phase, err, "governance@example.com", "ann@example.org"); got != c.want {
				t.Errorf("it is read as %s, want %s", got, c.want)
			}
		})
	}
	if got := outcome(closing, io.ErrUnexpectedEOF, "governance@example.com", "ann@example.org"); got != Doubt {
		t.Errorf("no answer after the text is read as %s, want %s", got, Doubt)
	}
}

// TestAnAddressSaysNothingAboutTheAccount: servers repeat the recipient, whom a
// stranger chose. When that was read as the server's own words, one mail from
// such an address stopped the whole mailbox for a quarter of an hour, again and
// again.
func TestAnAddressSaysNothingAboutTheAccount(t *testing.T) {
	for _, c := range []struct{ to, says string }{
		{"sendas@example.org", "5.1.10 <sendas@example.org>: Recipient address rejected: Domain example.org does not accept mail (nullMX)"},
		{"ann@sendas.example.org", "5.1.10 <ann@SendAs.example.org>: Recipient address rejected: Domain SENDAS.example.org does not accept mail (nullMX)"},
		{"5.7.8@example.org", "5.1.1 5.7.8@example.org: no such user"},
		{"5.7.57@example.org", "5.1.1 RESOLVER.ADR.RecipNotFound; 5.7.57@example.org not found"},
		{"sendas@example.org", "5.1.1 the address (sendas@example.org) is not known"},
	} {
		err := fmt.Errorf("send: %w", &textproto.Error{Code: 550, Msg: c.says})
		for _, p := range []phase{addressing, opening, closing} {
			if got := outcome(p, err, "governance@example.com", c.to); got != Refused {
				t.Errorf("%q when %s is read as %s, want %s", c.says, p, got, Refused)
			}
		}
	}
}

// TestWhatARecipientsServerSaysIsNotTheAccounts: a submission server that asks
// the recipient's server, or passes the mail on at once, repeats words that a
// stranger may have chosen. An answer about a recipient in our own domain, or
// before any is named, can only be the server's own.
func TestWhatARecipientsServerSaysIsNotTheAccounts(t *testing.T) {
	const from = "governance@example.com"
	for _, says := range []string{
		"5.1.1 <ann@example.org>: Recipient address rejected: undeliverable address: host mx.example.org[192.0.2.1] said: 550 5.7.60 SendAsDenied; account is blocked (in reply to RCPT TO command)",
		"5.1.1 <ann@example.org>: Recipient address rejected: undeliverable address: host mx.example.org[192.0.2.1] said: 553 5.7.1 <governance@example.com>: Sender address rejected: not owned by user requestd (in reply to RCPT TO command)",
		"Verification failed for <ann@example.org>\nCalled: 192.0.2.1\nResponse: 550 5.7.501 daily limit, outbound spam\nRecipient verify failed",
		"5.0.0 mx.example.org: 535 5.7.8 authentication required",
		"5.7.1 <ann@example.org>: Sender address rejected: not owned by user requestd",
	} {
		err := fmt.Errorf("send: %w", &textproto.Error{Code: 550, Msg: says})
		for _, p := range []phase{addressing, opening, closing} {
			if got := outcome(p, err, from, "ann@example.org"); got != MaybeAccount {
				t.Errorf("%q when %s is read as %s, want %s", says, p, got, MaybeAccount)
			}
			if got := outcome(p, err, from, "officer@EXAMPLE.com"); got != AccountFault {
				t.Errorf("%q of our own domain's recipient when %s is read as %s, want %s", says, p, got, AccountFault)
			}
		}
		if got := outcome(naming, err, from, "ann@example.org"); got != AccountFault {
			t.Errorf("%q before a recipient was named is read as %s, want %s", says, got, AccountFault)
		}
	}
}
