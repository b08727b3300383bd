package demoserver

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/wneessen/go-mail"

	"requestd/intake/localca"
)

func authority(t *testing.T) (*localca.CA, *tls.Config) {
	t.Helper()
	ca, err := localca.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return ca, &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost", MinVersion: tls.VersionTLS12}
}

func TestIMAP(t *testing.T) {
	ca, config := authority(t)
	s, err := StartIMAP(ca, User{"governance", "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	at := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	if err := s.Append("governance", []byte("Subject: x\r\n\r\ny\r\n"), at); err != nil {
		t.Fatal(err)
	}
	if err := s.Append("nobody", nil, at); err == nil {
		t.Error("a mail for nobody was taken")
	}
	c, err := imapclient.DialTLS(fmt.Sprintf("127.0.0.1:%d", s.Port), &imapclient.Options{TLSConfig: config})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login("governance", "wrong").Wait(); err == nil {
		t.Error("a wrong password was taken")
	}
	if err := c.Login("governance", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	mails, err := c.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{InternalDate: true}).Collect()
	if err != nil || len(mails) != 1 || !mails[0].InternalDate.Equal(at) {
		t.Errorf("found %v, %v", mails, err)
	}
}

func TestSMTP(t *testing.T) {
	ca, config := authority(t)
	var arrived []string
	s, err := StartSMTP(ca, func(m Mail) { arrived = append(arrived, m.To) }, User{"governance", "secret"})
	if err != nil {
		t.Fatal(err)
	}
	send := func(password string) error {
		m := mail.NewMsg()
		if err := m.From("a@example.org"); err != nil {
			t.Fatal(err)
		}
		if err := m.To("b@example.org", "c@example.org"); err != nil {
			t.Fatal(err)
		}
		m.SetBodyString(mail.TypeTextPlain, "A letter.")
		c, err := mail.NewClient("127.0.0.1", mail.WithPort(s.Port), mail.WithTLSPolicy(mail.TLSMandatory),
			mail.WithTLSConfig(config), mail.WithSMTPAuth(mail.SMTPAuthPlain),
			mail.WithUsername("governance"), mail.WithPassword(password))
		if err != nil {
			t.Fatal(err)
		}
		return c.DialAndSendWithContext(t.Context(), m)
	}
	if err := send("wrong"); err == nil {
		t.Error("a wrong password was taken")
	}
	if err := send("secret"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	got := s.Mails()
	if len(got) != 2 || got[1].To != "c@example.org" || !strings.Contains(string(got[0].Raw), "A letter.") || len(arrived) != 2 {
		t.Errorf("took %+v, told of %v", got, arrived)
	}
}
