package mailbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"requestd/intake/mailtest"
	"requestd/intake/signin"
)

// A server like Exchange Online, with each of the two mechanisms and no other,
// while tokens expire, are revoked, or belong to somebody else.
func TestDovecotThatTakesTokensAlone(t *testing.T) {
	for _, mechanism := range []string{"xoauth2", "oauthbearer"} {
		t.Run(mechanism, func(t *testing.T) {
			endpoint := mailtest.StartTokens(t, mailtest.TokenOptions{})
			s := mailtest.Start(t, mailtest.Options{NoPostfix: true, OAuth: endpoint, Mechanisms: mechanism, Capability: mailtest.Exchange})
			application := func(scopes ...string) *signin.Source {
				source, err := signin.Application{
					TokenURL: endpoint.URL(), ClientID: "app", Scopes: scopes,
					Secret: func() (string, error) { return "secret", nil },
				}.Source()
				if err != nil {
					t.Fatal(err)
				}
				return source
			}
			o := dovecotOptions(s)
			o.Auth, o.Provider, o.PollInterval = OAuth, Microsoft365, time.Hour // only IDLE finds mail
			o.Tokens = application(endpoint.Scope)
			m := newMemory()
			w := New(o, m, quiet())
			watching(t, w)
			count := 0
			next := func(when string, requests int) {
				t.Helper()
				count++
				s.Deliver("governance", []byte(letter(fmt.Sprint("mail-", count), 300)), time.Now())
				m.until(t, "the mail "+when, func() bool { return m.count() == count })
				if n := len(endpoint.Requests()); n != requests {
					t.Errorf("%s: %d tokens were asked for, want %d", when, n, requests)
				}
			}
			next("at the start", 1)
			if caps := w.Status().Capabilities; !slices.Contains(caps, "IDLE") || slices.Contains(caps, "CONDSTORE") {
				t.Errorf("taken to offer %v", caps)
			}
			endpoint.Expire()
			next("after the token has ended in the middle of the session", 1)
			s.Kick("governance")
			next("of a new session after that", 2)

			other := o
			other.Username, other.Tokens = "cymru", application(endpoint.Scope)
			err := New(other, newMemory(), quiet()).Once(t.Context())
			if !errors.Is(err, ErrAuth) || !strings.Contains(err.Error(), "Add-MailboxPermission") {
				t.Errorf("another's mailbox: %v", err)
			}
			if n := len(endpoint.Requests()); n != 4 {
				t.Errorf("%d tokens were asked for: a refused one is renewed once", n)
			}
			other.Tokens = application("https://graph.example/.default")
			err = New(other, newMemory(), quiet()).Once(t.Context())
			if !errors.Is(err, ErrAuth) || !strings.Contains(err.Error(), "https://outlook.office365.com/.default") {
				t.Errorf("another scope: %v", err)
			}
		})
	}
}

func TestSessionThatEndsWithItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m, k := newServer(t), newMemory(), &tokens{}
		s.caps = "IMAP4rev1 IDLE SASL-IR AUTH=XOAUTH2"
		s.add("INBOX", letters(1)...)
		good := 0
		s.hook = func(w *wire) bool {
			if w.verb == "IDLE" && good == 0 {
				good++
				s.add("INBOX", letter("meanwhile", 300))
				w.say("+ idling")
				w.say("* BYE Session invalidated - AccessTokenExpired")
				w.c.Close()
				return true
			}
			return s.authenticate(fmt.Sprint("token-", good))(w)
		}
		o := s.options()
		o.Auth, o.Tokens, o.Provider = OAuth, k, Microsoft365
		run(t, New(o, m, quiet()), 10*time.Second)
		wantUIDs(t, m, "INBOX", 1, 2)
		if !slices.Equal(k.refused, []string{"token-0"}) || s.conns != 2 {
			t.Errorf("refused %v over %d connections", k.refused, s.conns)
		}
	})
}

// Exchange Online counts sessions: one watches, and at most one other looks
// something up.
func TestAtMostTwoConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.folders["Sent"] = &folder{validity: 1, next: 1}
		o := s.options()
		o.Sent = "Sent"
		var mu sync.Mutex
		open, most := 0, 0
		dial := o.Dial
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dial(ctx, network, address)
			mu.Lock()
			defer mu.Unlock()
			open++
			most = max(most, open)
			return &counted{c, sync.OnceFunc(func() { mu.Lock(); open--; mu.Unlock() })}, err
		}
		w := New(o, m, quiet())
		var looks sync.WaitGroup
		for range 8 {
			looks.Go(func() {
				if _, err := w.Search(t.Context(), "Sent", "x@example.org"); err != nil {
					t.Error(err)
				}
			})
		}
		run(t, w, time.Hour)
		looks.Wait()
		if most > 2 || open != 0 {
			t.Errorf("%d connections at once, %d left open", most, open)
		}
	})
}

type counted struct {
	net.Conn
	closed func()
}

func (c *counted) Close() error {
	c.closed()
	return c.Conn.Close()
}
