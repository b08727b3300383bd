package mailtest

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"

	"requestd/intake/localca"
)

// SMTPPhase is a point in the dialogue at which a FaultySMTP can fail.
type SMTPPhase string

// The phases in their order. AtBody is the whole of the mail up to the final
// dot and the reply to it.
const (
	AtBanner   SMTPPhase = "banner"
	AtEHLO     SMTPPhase = "EHLO"
	AtStartTLS SMTPPhase = "STARTTLS"
	AtAuth     SMTPPhase = "AUTH"
	AtMail     SMTPPhase = "MAIL"
	AtRcpt     SMTPPhase = "RCPT"
	AtData     SMTPPhase = "DATA"
	AtBody     SMTPPhase = "body"
	AtRset     SMTPPhase = "RSET"
	AtNoop     SMTPPhase = "NOOP"
	AtQuit     SMTPPhase = "QUIT"
)

// SMTPFault is one way to fail. If several match, the first counts.
type SMTPFault struct {
	At SMTPPhase
	// If restricts it to commands (at AtBody: mails) that contain this text.
	If string
	// Skip lets the first ones pass; Times is how many then fail, 0 for all.
	Skip, Times int

	// Wait, if set, delays the reply until it is closed.
	Wait <-chan struct{}
	// Reply is sent instead of the healthy one. Lines end with \n; the last needs
	// none. A mail answered with anything but 2xx is not accepted.
	Reply string
	// Drop closes the connection instead of replying. At AtBody the mail has been
	// accepted by then: the client cannot know.
	Drop bool
	// CutBody drops the connection after so many bytes of the mail, which is then
	// not accepted. At AtBody only.
	CutBody int
	// CutReply drops the connection after so many bytes of the reply.
	CutReply int
	// Reset makes every drop above an RST instead of an orderly end.
	Reset bool
}

// SMTPMail is one copy of a mail that a FaultySMTP has accepted.
type SMTPMail struct {
	From string
	To   []string
	Raw  []byte // the bytes between DATA and the dot, unstuffed
	User string // who had signed in
}

// MessageID returns the mail's Message-ID with its angle brackets.
func (m SMTPMail) MessageID() string {
	msg, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(msg.Header.Get("Message-Id"))
}

// SMTPOptions of a FaultySMTP.
type SMTPOptions struct {
	// TLS is implicit; without it STARTTLS is on offer.
	TLS bool
	// Extensions after EHLO; nil: 8BITMIME, ENHANCEDSTATUSCODES, SIZE and AUTH
	// with PLAIN, LOGIN and XOAUTH2. STARTTLS is added where it applies.
	Extensions []string
	// Accept judges a sign-in; nil accepts any. The secret of XOAUTH2 is the
	// token.
	Accept func(mechanism, user, secret string) bool
	Faults []SMTPFault
	Identity
}

// FaultySMTP is an SMTP server on loopback that fails as it is told to. If no
// fault matches it is healthy and accepts every mail.
type FaultySMTP struct {
	Port   int
	CAFile string
	CA     *localca.CA

	opts     SMTPOptions
	config   *tls.Config
	listener net.Listener
	wg       sync.WaitGroup
	closing  chan struct{}

	mu       sync.Mutex
	faults   []*armed
	mails    []SMTPMail
	conns    map[net.Conn]bool
	dialled  int
	signIns  int
	commands []string
}

// armed is a fault and how often it was met.
type armed struct {
	SMTPFault
	met int
}

// StartSMTP starts a FaultySMTP that ends with the test.
func StartSMTP(t T, opts SMTPOptions) *FaultySMTP {
	t.Helper()
	s := &FaultySMTP{opts: opts, conns: map[net.Conn]bool{}, closing: make(chan struct{})}
	s.CA, s.CAFile, s.config = opts.make(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("opening a port for SMTP: %v", err)
	}
	s.listener, s.Port = l, l.Addr().(*net.TCPAddr).Port
	s.Script(opts.Faults...)
	s.wg.Go(s.accept)
	t.Cleanup(s.close)
	return s
}

// Script replaces all faults; counts start again.
func (s *FaultySMTP) Script(faults ...SMTPFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	for _, f := range faults {
		s.faults = append(s.faults, &armed{SMTPFault: f})
	}
}

// Mails lists the mails accepted, in order, including those whose reply was
// never sent.
func (s *FaultySMTP) Mails() []SMTPMail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Copies returns the raw copies accepted of a mail for one recipient.
func (s *FaultySMTP) Copies(messageID, rcpt string) [][]byte {
	var out [][]byte
	for _, m := range s.Mails() {
		mine := func(to string) bool { return strings.EqualFold(to, rcpt) }
		if m.MessageID() == messageID && slices.ContainsFunc(m.To, mine) {
			out = append(out, m.Raw)
		}
	}
	return out
}

// Connections counts the connections accepted so far.
func (s *FaultySMTP) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dialled
}

// SignIns counts the AUTH commands so far, good or bad.
func (s *FaultySMTP) SignIns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signIns
}

// Commands returns the command lines received, without secrets.
func (s *FaultySMTP) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commands)
}

// HangUp ends every open connection, as a server that restarts.
func (s *FaultySMTP) HangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

func (s *FaultySMTP) close() {
	close(s.closing)
	s.listener.Close()
	s.HangUp()
	s.wg.Wait()
}

func (s *FaultySMTP) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.dialled++
		s.conns[conn] = true
		s.mu.Unlock()
		s.wg.Go(func() {
			newDialogue(s, conn).run()
			conn.Close()
			s.mu.Lock()
			delete(s.conns, conn)
			s.mu.Unlock()
		})
	}
}

// fault returns the fault that matches now, if any.
func (s *FaultySMTP) fault(at SMTPPhase, text string) SMTPFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.At != at || !strings.Contains(text, f.If) {
			continue
		}
		f.met++
		if f.met > f.Skip && (f.Times == 0 || f.met <= f.Skip+f.Times) {
			return f.SMTPFault
		}
	}
	return SMTPFault{}
}
