package mailbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"requestd/intake/mailtest"
	"requestd/intake/signin"
)

// until waits until the sink holds what is looked for.
func (m *memory) until(t *testing.T, what string, good func() bool) {
	t.Helper()
	ctx, cancel := mailtest.InTime(t)
	defer cancel()
	for !good() {
		select {
		case <-m.changed:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s; delivered %v", what, m.order)
		}
	}
}

func dovecotOptions(s *mailtest.Servers) Options {
	return Options{
		Name: "cafcass", Host: "127.0.0.1", Port: s.IMAPS, Security: TLS, Username: "governance",
		Password: func() (string, error) { return mailtest.Password, nil }, CAFile: s.CAFile,
		PollInterval: time.Second, Limits: Limits{Backoff: 50 * time.Millisecond},
	}
}

// watching runs a watcher until the test ends.
func watching(t *testing.T, w *Watcher) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
}

func TestDovecot(t *testing.T) {
	for _, capability := range []string{"", mailtest.Exchange} {
		s := mailtest.Start(t, mailtest.Options{NoPostfix: true, Capability: capability})
		received := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
		for i := range 20 {
			s.Deliver("governance", []byte(letter(fmt.Sprintf("mail-%d", i+1), 300+i*3000)), received.Add(time.Duration(i)*time.Minute))
		}
		s.Append("governance", "Sent", []byte(letter("answered", 300)), received)
		before := s.State("governance", "INBOX")
		m := newMemory()
		m.need = func(f *Fetched) int64 { return f.Size - int64(len(f.Raw)) }
		w := New(dovecotOptions(s), m, quiet())
		watching(t, w)
		m.until(t, "20 mails", func() bool { return m.count() == 20 })
		for uid := uint32(1); uid <= 20; uid++ {
			f, ok := m.mail("INBOX", uid)
			if want := letter(fmt.Sprintf("mail-%d", uid), 300+int(uid-1)*3000); !ok || string(f.Raw) != want || !f.Complete {
				t.Errorf("mail %d: %v, %d bytes of %d, complete %v", uid, ok, len(f.Raw), len(want), f.Complete)
			}
			if want := received.Add(time.Duration(uid-1) * time.Minute); !f.Received.Equal(want) {
				t.Errorf("mail %d received %s, want %s", uid, f.Received, want)
			}
		}
		if after := s.State("governance", "INBOX"); after != before {
			t.Errorf("the mailbox was changed:\n%s\n%s", before, after)
		}
		s.Kick("governance")
		s.Remove("governance", "INBOX", 3)
		s.Move("governance", "INBOX", "Elsewhere", 20)
		s.Deliver("governance", []byte(letter("after-the-kick", 300)), received)
		m.until(t, "the mail after the kick", func() bool { return m.count() == 21 })
		if found, err := w.Search(t.Context(), "Sent", "answered@example.org"); err != nil || !found {
			t.Errorf("search: %v, %v", found, err)
		}
		if f, err := w.Fetch(t.Context(), "INBOX", m.marks["INBOX"].UIDValidity, 7, 1<<20); err != nil || !strings.Contains(string(f.Raw), "mail-7") {
			t.Errorf("fetch: %v, %v", f, err)
		}
		for _, f := range m.faults {
			t.Error(f)
		}
	}
}

func TestDovecotTakesTokens(t *testing.T) {
	endpoint := mailtest.StartTokens(t, mailtest.TokenOptions{})
	s := mailtest.Start(t, mailtest.Options{NoPostfix: true, OAuth: endpoint})
	s.Deliver("governance", []byte(letter("first", 300)), time.Now())
	source, err := signin.Application{
		TokenURL: endpoint.URL(), ClientID: "app", Scopes: []string{endpoint.Scope},
		Secret: func() (string, error) { return "secret", nil },
	}.Source()
	if err != nil {
		t.Fatal(err)
	}
	o := dovecotOptions(s)
	o.Auth, o.Tokens = OAuth, source
	m := newMemory()
	w := New(o, m, quiet())
	watching(t, w)
	m.until(t, "the first mail", func() bool { return m.count() == 1 })

	endpoint.Revoke()
	s.Kick("governance")
	s.Deliver("governance", []byte(letter("second", 300)), time.Now())
	m.until(t, "the mail after the token was revoked", func() bool { return m.count() == 2 })
	if n := len(endpoint.Requests()); n != 2 {
		t.Errorf("%d tokens asked for, want 2", n)
	}

	o.Username = "cymru" // the token is for another mailbox
	if err := New(o, newMemory(), quiet()).Once(t.Context()); !errors.Is(err, ErrAuth) {
		t.Errorf("another's mailbox: %v", err)
	}
	wrong, err := signin.Application{
		TokenURL: endpoint.TenantURL("nobody"), ClientID: "app", Scopes: []string{endpoint.Scope},
		Secret: func() (string, error) { return "secret", nil },
	}.Source()
	if err != nil {
		t.Fatal(err)
	}
	o.Tokens = wrong
	if r := Probe(t.Context(), o); len(r.Problems) == 0 || !strings.Contains(r.Problems[0], "tenant") {
		t.Errorf("wrong tenant: %v", r.Problems)
	}
}
