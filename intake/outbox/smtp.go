package outbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"requestd/intake/signin"
)

// Tokens returns access tokens; signin.Source is one.
type Tokens interface {
	Token(ctx context.Context) (string, error)
	Invalidate(token string)
}

// Options says to which server mail is sent, and how.
type Options struct {
	Host     string
	Port     int
	Security string // tls, starttls, or none (only to a loopback address)
	Username string // "" does not sign in
	Password func() (string, error)
	Tokens   Tokens // if set, it signs in by XOAUTH2
	// Bearer makes the SASL client for a token, by one of the mechanisms that the
	// server offers.
	Bearer       func(username, token string, offers func(mechanism string) bool) sasl.Client
	CAFile       string          // PEM file of an authority that is trusted besides the system's
	Hello        string          // "" is the machine's name
	Timeout      time.Duration   // of connecting and of one command
	DataTimeout  time.Duration   // of the answer to the text (RFC 5321 4.5.3.2.6: 10 min)
	IdleClose    time.Duration   // an unused session is closed after this
	Ending       <-chan struct{} // closed when the daemon ends; nil means never
	FinishWithin time.Duration   // how long after that a mail being sent may still wait for the server's answer
}

// SMTP sends mail to one server over a session that is kept while there is
// work. It is safe for concurrent use; mails are sent one after another.
type SMTP struct {
	o     Options
	mu    sync.Mutex
	c     *smtp.Client
	token string
	idle  *time.Timer
	ends  atomic.Pointer[time.Time] // of the server's certificate
}

// NewSMTP makes an SMTP that is not connected yet.
func NewSMTP(o Options) *SMTP { return &SMTP{o: o} }

// Send sends one mail to one recipient. A session that went stale while idle is
// replaced before anything was said about the mail. The context only ends
// waiting for a connection. Once the mail has begun the timeouts of the options
// end it, and so does Ending: then it is not known whether it was accepted.
func (s *SMTP) Send(ctx context.Context, from, to string, raw []byte) Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.idle != nil {
		s.idle.Stop()
	}
	kept := s.c != nil
	if p, err := s.connect(ctx); err != nil {
		return s.failed(from, to, p, err, false)
	}
	p, response, err := s.hand(from, to, raw)
	if err != nil && kept && p == naming && (!answered(err) || lapsed(err)) {
		s.drop()
		if p, err := s.connect(ctx); err != nil {
			return s.failed(from, to, p, err, false)
		}
		p, response, err = s.hand(from, to, raw)
	}
	if err != nil {
		return s.failed(from, to, p, err, p > naming) // an answer to the sender alone holds for every mail
	}
	s.idle = time.AfterFunc(s.o.IdleClose, s.Close)
	return Result{Outcome: Sent, Response: clip(response), Used: true}
}

// failed turns an error into a result, and leaves the session fit for the next
// mail or drops it.
func (s *SMTP) failed(from, to string, p phase, err error, used bool) Result {
	r := Result{Outcome: outcome(p, err, from, to), Response: words(p, err), Used: used}
	if mend := s.o.mend(p, err, from); mend != "" && (p <= signingIn || r.Outcome == AccountFault) {
		r.Response += "; " + mend // a person must act, and reads this
	}
	if s.c == nil {
		return r
	}
	switch {
	case r.Outcome == AccountFault, r.Outcome == MaybeAccount: // rights that were mended hold from the next sign-in on
		s.quit()
	case !answered(err) || s.c.UpdateDeadline(s.o.Timeout) != nil || s.c.Reset() != nil:
		s.drop()
	default:
		s.idle = time.AfterFunc(s.o.IdleClose, s.Close)
	}
	return r
}

// hand sends one mail over an open session.
func (s *SMTP) hand(from, to string, raw []byte) (phase, string, error) {
	defer s.bound()()
	if err := s.c.UpdateDeadline(s.o.Timeout); err != nil {
		return naming, "", err
	}
	if err := s.asked(func() error { return s.c.Mail("<" + from + ">") }); err != nil {
		return naming, "", err
	}
	if err := s.asked(func() error { return s.c.Rcpt("<" + to + ">") }); err != nil {
		return addressing, "", err
	}
	var w io.WriteCloser
	if err := s.asked(func() (err error) { w, err = s.c.Data(); return err }); err != nil {
		return opening, "", err
	}
	if err := s.c.UpdateDeadline(s.o.DataTimeout); err != nil {
		return opening, "", err
	}
	if _, err := w.Write(raw); err != nil {
		return opening, "", err
	}
	if s.spokeTooSoon() {
		return opening, "", errTooSoon // the final dot is not sent, so the server has no complete text
	}
	if err := w.Close(); err != nil {
		if r := (*textproto.Error)(nil); errors.As(err, &r) && r.Code/100 == 2 { // accepted, with an unusual code
			return closing, r.Msg, nil
		}
		return closing, "", err
	}
	if d, ok := w.(*smtp.DataCloser); ok {
		return closing, d.ServerResponse(), nil
	}
	return closing, "accepted", nil
}

// errTooSoon is returned when a server answers what it was not asked yet: each
// later answer would be taken for the answer to another question.
var errTooSoon = errors.New("the server answers before it is asked")

// asked asks the server, unless it has spoken already.
func (s *SMTP) asked(ask func() error) error {
	if s.spokeTooSoon() {
		return errTooSoon
	}
	return ask()
}

func (s *SMTP) spokeTooSoon() bool { return s.c.Text.R.Buffered() > 0 }

// bound closes the session's connection once the daemon has been ending for
// some time, unless the function that it returns is called before.
func (s *SMTP) bound() (over func()) {
	conn, done := s.c.Text, make(chan struct{})
	go func() {
		select {
		case <-done:
			return
		case <-s.o.Ending:
		}
		select {
		case <-done:
		case <-time.After(s.o.FinishWithin):
			_ = conn.Close() // whoever reads from it learns of it
		}
	}()
	return func() { close(done) }
}

// connect opens a session and signs in, unless one is open. If the server
// refuses a token, it is renewed once.
func (s *SMTP) connect(ctx context.Context) (phase, error) {
	if s.c != nil {
		return naming, nil
	}
	p, err := s.dial(ctx)
	if p == signingIn && s.token != "" && replyCode(err) == 535 { // RFC 4954, 6: the credentials are invalid
		s.o.Tokens.Invalidate(s.token)
		p, err = s.dial(ctx)
	}
	return p, err
}

func (s *SMTP) dial(ctx context.Context) (phase, error) {
	roots, err := signin.Roots(s.o.CAFile)
	if err != nil {
		return connecting, err
	}
	opts := []mail.Option{
		mail.WithPort(s.o.Port), mail.WithTimeout(s.o.Timeout), mail.WithoutSMTPUTF8(),
		mail.WithTLSConfig(&tls.Config{ServerName: s.o.Host, RootCAs: roots, MinVersion: tls.VersionTLS12}),
	}
	switch s.o.Security {
	case "tls": // the library must dial itself, or it would not know that TLS is on; the certificate proves who sends
		opts = append(opts, mail.WithSSL())
	case "starttls":
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithDialContextFunc(dialCapped))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS), mail.WithDialContextFunc(dialCapped))
	}
	if s.o.Hello != "" {
		opts = append(opts, mail.WithHELO(s.o.Hello))
	}
	auth, err := s.auth(ctx)
	if err != nil {
		return signingIn, err
	}
	c, err := mail.NewClient(s.o.Host, append(opts, auth...)...)
	if err != nil {
		return connecting, fmt.Errorf("set up the connection to %s: %w", s.o.Host, err)
	}
	s.c, err = open(ctx, c)
	if err != nil {
		s.c = nil
		return dialPhase(err), fmt.Errorf("%s:%d: %w", s.o.Host, s.o.Port, err)
	}
	if state, err := s.c.GetTLSConnectionState(); err == nil && len(state.PeerCertificates) > 0 {
		s.ends.Store(&state.PeerCertificates[0].NotAfter)
	}
	return naming, nil
}

// open connects and signs in. Once there is a connection the library ignores
// the context, so when the context ends a silent server is left to the
// goroutine.
func open(ctx context.Context, c *mail.Client) (*smtp.Client, error) {
	type opened struct {
		c   *smtp.Client
		err error
	}
	got := make(chan opened, 1)
	go func() {
		c, err := c.DialToSMTPClientWithContext(ctx)
		got <- opened{c, err}
	}()
	select {
	case o := <-got:
		return o.c, o.err
	case <-ctx.Done():
	}
	go func() {
		if o := <-got; o.err == nil {
			_ = o.c.Close() // nothing was sent over it
		}
	}()
	return nil, ctx.Err()
}

// dialPhase distinguishes a refused sign-in from a server that could not be
// reached. The codes of RFC 4954 section 6 are answers to AUTH alone, and so is
// Microsoft's answer to a password where it no longer accepts any.
func dialPhase(err error) phase {
	switch code := replyCode(err); code {
	case 432, 454, 504, 530, 534, 535, 538:
		return signingIn
	case 550:
		if noPasswords.MatchString(err.Error()) {
			return signingIn
		}
	}
	return connecting
}

var noPasswords = regexp.MustCompile(`\b5\.7\.30\b`)

// lapsed reports whether a server no longer regards a session as signed in, as
// when the token with which it was opened has expired.
func lapsed(err error) bool { return replyCode(err) == 530 || replyCode(err) == 535 }

func (s *SMTP) auth(ctx context.Context) ([]mail.Option, error) {
	switch {
	case s.o.Username == "":
		return nil, nil
	case s.o.Tokens != nil:
		token, err := s.o.Tokens.Token(ctx)
		if err != nil {
			return nil, err
		}
		s.token = token
		return []mail.Option{mail.WithSMTPAuthCustom(&bearerAuth{o: &s.o, token: token})}, nil
	}
	password, err := s.o.Password()
	if err != nil {
		return nil, err
	}
	kind := mail.SMTPAuthAutoDiscover
	if s.o.Security == "none" { // the configuration makes sure that it is a loopback address
		kind = mail.SMTPAuthPlainNoEnc
	}
	return []mail.Option{mail.WithSMTPAuth(kind), mail.WithUsername(s.o.Username), mail.WithPassword(password)}, nil
}

// CertEnds returns when the certificate that the server last showed expires;
// zero before the first connection. It does not wait for a mail that is being
// sent.
func (s *SMTP) CertEnds() time.Time {
	if t := s.ends.Load(); t != nil {
		return *t
	}
	return time.Time{}
}

// Close ends the session, if there is one.
func (s *SMTP) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quit()
}

func (s *SMTP) quit() {
	if s.c != nil && s.c.UpdateDeadline(min(s.o.Timeout, partingTakes)) == nil && s.c.Quit() == nil {
		s.c = nil
		return
	}
	s.drop()
}

// partingTakes is how long a server may take to say goodbye when the daemon
// ends.
const partingTakes = 2 * time.Second

// drop closes the connection without saying goodbye.
func (s *SMTP) drop() {
	if s.c != nil {
		_ = s.c.Close() // the outcome of what was sent over it is already known
		s.c = nil
	}
}

// bearerAuth signs in over SMTP with a token.
type bearerAuth struct {
	o     *Options
	token string
	c     sasl.Client
}

func (a *bearerAuth) Start(server *smtp.ServerInfo) (string, []byte, error) {
	a.c = a.o.Bearer(a.o.Username, a.token, func(m string) bool { return slices.Contains(server.Auth, m) })
	if a.c == nil {
		return "", nil, errors.New("the server takes no tokens: it offers neither XOAUTH2 nor OAUTHBEARER")
	}
	return a.c.Start()
}

func (a *bearerAuth) Next(challenge []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	return a.c.Next(challenge)
}
