// Package outbox sends the mail in the outbox of the register: letters to
// requesters and mail to staff, one recipient each, the same bytes at every
// attempt. An attempt is recorded before it is made and its outcome after, so
// that a crash in between leaves a mail in doubt and never sends one twice
// unnoticed.
package outbox

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strings"

	"requestd/intake"
	"requestd/intake/signin"
)

// Outcome says what became of one attempt.
type Outcome int

// The outcomes. They depend on the phase in which an attempt failed as much as
// on the server's answer.
const (
	Sent         Outcome = iota // accepted
	Retry                       // not accepted, but may be later
	Refused                     // not accepted, and never will be
	AccountFault                // our account cannot send just now: no fault of the mail
	Doubt                       // the whole mail was sent and no answer came
	MaybeAccount                // refused in words that may be about our account, or may come from the recipient's server
)

func (o Outcome) String() string {
	return [...]string{"sent", "retry", "refused", "account", "in doubt", "suspect"}[o]
}

// Result is the outcome of one attempt and the server's last answer.
type Result struct {
	Outcome  Outcome
	Response string
	Used     bool // the server was reached, let us sign in and accepted the sender
}

// phase says how far an attempt had come.
type phase int

const (
	connecting phase = iota // dial, TLS, greeting, EHLO
	signingIn
	naming     // MAIL FROM
	addressing // RCPT TO
	opening    // DATA and the text before the final dot
	closing    // after the final dot
)

func (p phase) String() string {
	return [...]string{"connecting", "signing in", "naming the sender", "naming the recipient", "handing over the text", "waiting for the answer to the text"}[p]
}

// accountCodes are 5xx refusals that are about the account and not the mail:
// sending rights, sign-in, daily limits and a full mailbox of the account
// itself. They end once somebody mends the account or a day is over.
var accountCodes = regexp.MustCompile(`\b5\.(7\.(3|57|60|64|139|5\d\d|70\d|750|8)|2\.(252|0)|1\.90)\b`)

// ownMailboxFull is a 5.2.2 in answer to the text: submission servers file a
// copy in the sender's mailbox, so it is that mailbox which is full.
var ownMailboxFull = regexp.MustCompile(`\b5\.2\.2\b`)

// accountWords say the same without a code of their own. Postfix refuses a
// sender that the account does not own at RCPT, in an answer that also names
// the recipient.
var accountWords = regexp.MustCompile(`(?i)\bsend\s?as\b|daily (message )?limit|sending limit|quota exceeded for sender|outbound spam|account (is )?(disabled|suspended|blocked)|not authori[sz]ed to send|relay(ing)? (access )?denied|unable to relay|authentication (is )?required|over (the )?daily quota|sender address rejected|sender verify failed`)

// addresses matches the mail addresses that an answer repeats.
var addresses = regexp.MustCompile(`<[^<>]*>|\S*@\S*`)

// serversOwn returns an answer without the recipient that it repeats: a
// stranger chose those words, and "sendas" there says nothing about the
// account.
func serversOwn(answer, to string) string {
	answer = addresses.ReplaceAllString(answer, " ")
	if domain := intake.DomainOf(to); domain != "" {
		answer = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(domain)).ReplaceAllString(answer, " ")
	}
	return answer
}

// first matches the code at the beginning of an answer, which is the server's
// own whatever it repeats after it, and the address that it names next.
var first = regexp.MustCompile(`^\s*(5\.\d+\.\d+)(?:\s+<([^<>]*)>: Sender address rejected)?`)

// surely reports whether an answer that came after a recipient was named is
// certainly about the account. The recipient's server, which belongs to a
// stranger, could not have said it.
func surely(code int, msg, from, to string) bool {
	if code == 530 || intake.DomainOf(from) != "" && strings.EqualFold(intake.DomainOf(from), intake.DomainOf(to)) { // RFC 4954: the client must sign in first
		return true
	}
	begins := first.FindStringSubmatch(msg)
	return begins != nil && (accountCodes.MatchString(begins[1]) || begins[2] != "" && intake.SameAddress(begins[2], from))
}

// outcome derives the outcome from an error, the phase in which it came and the
// mail's two addresses.
func outcome(p phase, err error, from, to string) Outcome {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		if errors.Is(err, signin.ErrSignIn) {
			return AccountFault
		}
		if p == closing {
			return Doubt
		}
		return Retry
	}
	says := serversOwn(reply.Msg, to)
	switch {
	case reply.Code < 400 && p == closing: // neither yes nor no
		return Doubt
	case reply.Code < 500:
		return Retry
	case p == signingIn, p == naming, reply.Code == 530:
		return AccountFault
	case accountCodes.MatchString(says), accountWords.MatchString(says),
		p >= opening && ownMailboxFull.MatchString(says):
		if p > naming && !surely(reply.Code, reply.Msg, from, to) {
			return MaybeAccount
		}
		return AccountFault
	case p == connecting:
		return Retry
	}
	return Refused
}

// maxResponse is how many bytes of a server's answer are kept.
const maxResponse = 300

// words puts an error into one line for the register and for staff.
func words(p phase, err error) string {
	var reply *textproto.Error
	var token *signin.Error
	s := err.Error()
	switch {
	case errors.As(err, &token):
		s = token.Why()
	case errors.As(err, &reply):
		s = fmt.Sprintf("%d %s", reply.Code, reply.Msg)
	}
	return clip(p.String() + ": " + s)
}

func clip(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
	s = strings.ToValidUTF8(s, "?")
	if len(s) > maxResponse {
		s = strings.ToValidUTF8(s[:maxResponse], "") + "…"
	}
	return s
}

// answered reports whether the server itself refused, so that the session can
// go on.
func answered(err error) bool { return replyCode(err) >= 400 && replyCode(err) != 421 }

func replyCode(err error) int {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return reply.Code
	}
	return 0
}
