package mailtest

import (
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/emersion/go-smtp"
)

// refuser is the next hop for mail that Postfix is to accept and then fail to
// deliver: it refuses every recipient with the reply that routes has for it.
type refuser struct {
	server *smtp.Server
	done   chan struct{}
}

func serveRefusals(addr string, reply func(rcpt string) string) (*refuser, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening for mail to refuse: %w", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return refusal(reply), nil
	}))
	server.LMTP, server.Domain = true, "mx.elsewhere.invalid"
	r := &refuser{server: server, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		_ = server.Serve(l) // ends with close
	}()
	return r, nil
}

func (r *refuser) close() error {
	err := r.server.Close()
	<-r.done
	if errors.Is(err, smtp.ErrServerClosed) {
		err = nil
	}
	return err
}

type refusal func(rcpt string) string

func (refusal) Mail(string, *smtp.MailOptions) error { return nil }
func (refusal) Data(io.Reader) error                 { return smtp.ErrAuthRequired }
func (refusal) Reset()                               {}
func (refusal) Logout() error                        { return nil }

func (f refusal) Rcpt(to string, _ *smtp.RcptOptions) error {
	e := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
	reply := f(to)
	c := &e.EnhancedCode
	if _, err := fmt.Sscanf(reply, "%d %d.%d.%d", &e.Code, &c[0], &c[1], &c[2]); err == nil && len(reply) > 10 {
		e.Message = reply[10:]
	}
	return e
}
