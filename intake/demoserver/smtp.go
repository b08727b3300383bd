package demoserver

import (
	"crypto/subtle"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"requestd/intake/localca"
)

// maxMail is the largest mail that is accepted, in bytes.
const maxMail = 32 << 20

// Mail is one mail that the receiver accepted for one recipient.
type Mail struct {
	From, To string // of the envelope
	Raw      []byte
}

// SMTP is a running receiver that demands STARTTLS and AUTH PLAIN.
type SMTP struct {
	Port int // on loopback

	server *smtp.Server
	users  []User
	done   chan struct{}

	mu       sync.Mutex
	mails    []Mail
	onArrive func(Mail)
}

// StartSMTP accepts mail from the users until Close. Its certificate is from
// ca, for localhost and 127.0.0.1. Each mail is passed to arrived, which may be
// nil, before it is accepted.
func StartSMTP(ca *localca.CA, arrived func(Mail), users ...User) (*SMTP, error) {
	config, err := serverTLS(ca)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a port for SMTP: %w", err)
	}
	s := &SMTP{Port: portOf(l), users: users, done: make(chan struct{}), onArrive: arrived}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{receiver: s}, nil
	}))
	s.server.Domain = "localhost"
	s.server.TLSConfig = config
	s.server.MaxMessageBytes = maxMail
	s.server.ErrorLog = silent
	go func() {
		defer close(s.done)
		_ = s.server.Serve(l) // ends with Close
	}()
	return s, nil
}

// Mails returns the mails that have come in, in the order of arrival.
func (s *SMTP) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Close ends every session.
func (s *SMTP) Close() error {
	err := s.server.Close()
	<-s.done
	return ignore(err, smtp.ErrServerClosed)
}

func (s *SMTP) take(m Mail) {
	s.mu.Lock()
	s.mails = append(s.mails, m)
	s.mu.Unlock()
	if s.onArrive != nil {
		s.onArrive(m)
	}
}

type session struct {
	receiver *SMTP
	known    bool
	from     string
	to       []string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		for _, u := range s.receiver.users {
			if u.Name == name && subtle.ConstantTimeCompare([]byte(u.Password), []byte(password)) == 1 {
				s.known = true
				return nil
			}
		}
		return smtp.ErrAuthFailed
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	s.from, s.to = from, nil
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("reading a mail: %w", err)
	}
	for _, to := range s.to {
		s.receiver.take(Mail{From: s.from, To: to, Raw: raw})
	}
	return nil
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }
