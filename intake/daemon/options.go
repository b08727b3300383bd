package daemon

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/emersion/go-sasl"

	"requestd/intake/config"
	"requestd/intake/mailbox"
	"requestd/intake/outbox"
	"requestd/intake/signin"
	"requestd/store"
)

// tokens makes one source of tokens for each entry of the configuration and
// mailbox that signs in with it; IMAP and SMTP share it.
type tokens struct {
	cfg     *config.Config
	sources map[string]*signin.Source
}

func newTokens(cfg *config.Config) *tokens {
	return &tokens{cfg: cfg, sources: map[string]*signin.Source{}}
}

// source returns the tokens of an entry for a mailbox. An application's tokens
// are good for all mailboxes, a service account's only for the one that it acts
// for.
func (t *tokens) source(name, username string) (*signin.Source, error) {
	i := slices.IndexFunc(t.cfg.OAuth, func(o config.OAuth) bool { return o.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("oauth %q is not configured: add an entry of that name under oauth", name)
	}
	o := &t.cfg.OAuth[i]
	key := name
	if o.Kind == config.FlowGoogleServiceAccount {
		key += "/" + username
	}
	if s, ok := t.sources[key]; ok {
		return s, nil
	}
	s, err := newSource(o, username)
	if err != nil {
		return nil, fmt.Errorf("oauth %s: %w", name, err)
	}
	t.sources[key] = s
	return s, nil
}

func newSource(o *config.OAuth, username string) (*signin.Source, error) {
	ca, err := o.CAFile.Open()
	if err != nil {
		return nil, err
	}
	roots, err := signin.Roots(ca)
	if err != nil {
		return nil, err
	}
	end := signin.Endpoint{RootCAs: roots, Timeout: o.Timeout}
	if o.Kind == config.FlowGoogleServiceAccount {
		subject := cmp.Or(o.Subject, username)
		key := func() ([]byte, error) { s, err := o.Key.Read(); return []byte(s.Reveal()), err }
		return signin.ServiceAccount{Key: key, Subject: subject, Scopes: o.Scopes, TokenURL: o.TokenURL, Endpoint: end}.Source()
	}
	a := signin.Application{TokenURL: o.TokenURL, ClientID: o.ClientID, Scopes: o.Scopes, Endpoint: end}
	if o.Certificate != "" {
		a.Certificate = func() (*signin.Certificate, error) { return readCertificate(o) }
	} else {
		a.Secret = reveal(o.Secret)
	}
	return a.Source()
}

func readCertificate(o *config.OAuth) (*signin.Certificate, error) {
	name, err := o.Certificate.Open()
	if err != nil {
		return nil, err
	}
	cert, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read certificate_file: %w", err)
	}
	key, err := o.Key.Read()
	if err != nil {
		return nil, err
	}
	return signin.ParseCertificate(cert, []byte(key.Reveal()))
}

// reveal reads a secret at each use, so that a new one needs no restart.
func reveal(f config.SecretFile) func() (string, error) {
	return func() (string, error) {
		s, err := f.Read()
		return s.Reveal(), err
	}
}

// readOptions returns how a configured mailbox is read.
func readOptions(cfg *config.Config, m *config.Mailbox, t *tokens) (mailbox.Options, error) {
	ca, err := m.IMAP.CAFile.Open()
	if err != nil {
		return mailbox.Options{}, err
	}
	o := mailbox.Options{
		Name: m.Name, Host: m.IMAP.Host, Port: m.IMAP.Port, Security: mailbox.Security(m.IMAP.Security),
		Auth: mailbox.Auth(m.IMAP.Auth), Username: m.IMAP.Username, Password: reveal(m.IMAP.Password),
		Folder: m.IMAP.Folder, Junk: m.IMAP.JunkFolder, Sent: m.IMAP.SentFolder, PollInterval: m.IMAP.PollInterval,
		IdleRestart: m.IMAP.IdleRenew, NoIdle: !m.IMAP.Idle, CAFile: ca, Provider: mailbox.ProviderNamed(m.Provider),
		Limits: mailbox.Limits{Cap: int64(cfg.Limits.FetchBytes), Exchange: m.IMAP.Timeout, Stall: m.IMAP.Timeout},
	}
	if m.IMAP.Auth == config.AuthXOAuth2 {
		s, err := t.source(m.IMAP.OAuth, m.IMAP.Username)
		if err != nil {
			return o, fmt.Errorf("mailbox %s: %w", m.Name, err)
		}
		o.Tokens = s
	}
	return o, nil
}

// sendOptions returns how mail of a configured mailbox is sent.
func sendOptions(m *config.Mailbox, t *tokens) (outbox.Options, error) {
	s := m.SMTP
	ca, err := s.CAFile.Open()
	if err != nil {
		return outbox.Options{}, err
	}
	o := outbox.Options{
		Host: s.Host, Port: s.Port, Security: s.Security, CAFile: ca, Hello: s.Hello,
		Timeout: s.Timeout, DataTimeout: s.DataTimeout, IdleClose: s.IdleClose,
	}
	switch s.Auth {
	case config.AuthPassword:
		o.Username, o.Password = s.Username, reveal(s.Password)
	case config.AuthXOAuth2:
		source, err := t.source(s.OAuth, s.Username)
		if err != nil {
			return o, fmt.Errorf("mailbox %s: %w", m.Name, err)
		}
		o.Username, o.Tokens = s.Username, source
		o.Bearer = func(username, token string, offers func(string) bool) sasl.Client {
			return signin.Mechanism(username, token, s.Host, s.Port, offers)
		}
	}
	return o, nil
}

// limits returns how letters of a mailbox are paced, by the configuration in
// force.
func limits(c *config.Config, name string) outbox.Limits {
	s, perMinute := c.Sending, c.Sending.PerMinute
	if m := c.Mailbox(name); m != nil {
		perMinute = m.PerMinute // its provider may allow less
	}
	breaker, breaks := c.BreakerOf(name)
	address, sent := c.PerAddressOf(name)
	return outbox.Limits{
		Retry: s.Retry, RetryEvery: s.RetryEvery, GiveUp: s.GiveUp, InDoubt: s.InDoubtWait, Pause: s.AccountPause,
		PerMinute: perMinute, PerHour: address.Hour, PerDay: address.Day, SentAmong: store.MailboxSet(sent),
		BreakCount: breaker.Count, BreakWithin: breaker.Within, BreakAmong: store.MailboxSet(breaks),
	}
}

// finder returns a function that looks for mail of ours in a mailbox's Sent
// folder; nil if none is configured.
func finder(w *mailbox.Watcher, folder string) func(context.Context, string) (bool, error) {
	if folder == "" {
		return nil
	}
	return func(ctx context.Context, id string) (bool, error) { return w.Search(ctx, folder, id) }
}
