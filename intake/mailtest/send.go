package mailtest

import (
	"bytes"
	"errors"

	"github.com/emersion/go-smtp"
)

// Send sends a mail to Postfix as the world outside would: for a user's address
// it ends in Dovecot, for any other among the Deliveries. An empty from is the
// null sender of a machine.
func (s *Servers) Send(from, to string, raw []byte) {
	s.t.Helper()
	s.must("sending to "+to, func() error {
		c, err := smtp.Dial(loopback(s.SMTP))
		if err != nil {
			return err
		}
		return errors.Join(c.SendMail(from, []string{to}, bytes.NewReader(raw)), c.Quit())
	}())
}
