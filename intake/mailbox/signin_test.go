package mailbox

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"requestd/intake/signin"
)

// tokens returns numbered tokens, a new one after each refusal.
type tokens struct {
	n       int
	refused []string
	fail    error
}

func (k *tokens) Token(context.Context) (string, error) {
	if k.fail != nil {
		return "", k.fail
	}
	return fmt.Sprint("token-", k.n), nil
}

func (k *tokens) Invalidate(token string) {
	k.refused = append(k.refused, token)
	k.n++
}

// authenticate answers AUTHENTICATE for the one token that is good.
func (s *server) authenticate(good string) func(*wire) bool {
	return func(w *wire) bool {
		if w.verb != "AUTHENTICATE" {
			return false
		}
		_, response, _ := strings.Cut(w.rest, " ")
		plain, _ := base64.StdEncoding.DecodeString(response)
		if strings.Contains(string(plain), "auth=Bearer "+good+"\x01") {
			w.ok()
			return true
		}
		w.say("+ %s", base64.StdEncoding.EncodeToString([]byte(`{"status":"401"}`)))
		if l, err := w.r.ReadString('\n'); err != nil || strings.TrimSpace(l) == "" {
			s.t.Errorf("the refusal was answered with %q, %v", l, err)
		}
		w.say("%s NO AUTHENTICATE failed.", w.tag)
		return true
	}
}

func TestTokenSignIn(t *testing.T) {
	for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
		for _, c := range []struct {
			good    string
			refused []string
			kind    error
		}{
			{"token-0", nil, nil},
			{"token-1", []string{"token-0"}, nil}, // revoked
			{"none", []string{"token-0", "token-1"}, ErrAuth},
		} {
			t.Run(mechanism+" "+c.good, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, k := newServer(t), &tokens{}
					s.caps = "IMAP4rev1 SASL-IR AUTH=" + mechanism
					s.hook = s.authenticate(c.good)
					o := s.options()
					o.Auth, o.Tokens, o.Provider = OAuth, k, Microsoft365
					err := New(o, newMemory(), quiet()).Once(t.Context())
					if !errors.Is(err, c.kind) || !slices.Equal(k.refused, c.refused) {
						t.Errorf("%v, refused %v", err, k.refused)
					}
					if c.kind != nil && !strings.Contains(err.Error(), "IMAP.AccessAsApp") {
						t.Errorf("does not say what to do: %v", err)
					}
				})
			})
		}
	}
}

// A server may offer IDLE only to clients that have signed in, without
// mentioning it in its answer, and Dovecot puts figures in parentheses after
// the list.
func TestWhatIsOfferedAfterTheSignInIsUsed(t *testing.T) {
	for _, auth := range []Auth{Password, OAuth} {
		synctest.Test(t, func(t *testing.T) {
			s, m := newServer(t), newMemory()
			s.add("INBOX", letters(1)...)
			offered := "IMAP4rev1 SASL-IR AUTH=XOAUTH2"
			takes := s.authenticate("token-0")
			s.hook = func(w *wire) bool {
				switch w.verb {
				case "LOGIN":
					offered = "IMAP4rev1 IDLE"
					w.ok()
				case "AUTHENTICATE":
					offered = "IMAP4rev1 IDLE"
					takes(w)
				case "CAPABILITY":
					w.say("* CAPABILITY %s", offered)
					w.say("%s OK Capability completed (0.001 + 0.000 secs).", w.tag)
				default:
					return false
				}
				return true
			}
			o := s.options()
			o.Auth, o.Tokens = auth, &tokens{}
			run(t, New(o, m, quiet()), time.Second)
			wantUIDs(t, m, "INBOX", 1)
			if !slices.Contains(s.commands(), "IDLE ") || s.conns != 1 {
				t.Errorf("%s: %d connections, %v", auth, s.conns, s.commands())
			}
		})
	}
}

func TestFailuresInWordsOfTheMend(t *testing.T) {
	const busy = "%s BAD User is authenticated but not connected."
	at := func(verb, answer string) func(*wire) bool {
		return func(w *wire) bool {
			if w.verb == verb {
				w.say(answer, w.tag)
			}
			return w.verb == verb
		}
	}
	for _, c := range []struct {
		name   string
		server func(*server)
		option func(*Options)
		kind   error
		words  string
	}{
		{"wrong password", func(s *server) { s.password = "other" }, nil, ErrAuth, "password_file"},
		{"wrong password at a service without passwords", func(s *server) { s.password = "other" },
			func(o *Options) { o.Provider = Microsoft365 }, ErrAuth, "OAuth 2.0 alone"},
		{"no password file", nil, func(o *Options) { o.Password = func() (string, error) { return "", errors.New("permission denied") } }, ErrConfig, "password_file"},
		{"passwords not taken", func(s *server) { s.caps = "IMAP4rev1 LOGINDISABLED" }, nil, ErrConfig, "imap.security"},
		{"no OAuth there", nil, func(o *Options) { o.Auth, o.Tokens = OAuth, &tokens{} }, ErrConfig, "imap.auth"},
		{"no oauth entry", nil, func(o *Options) { o.Auth = OAuth }, ErrConfig, "imap.oauth"},
		{"no token", nil, func(o *Options) { o.Auth, o.Tokens = OAuth, &tokens{fail: signin.ErrSignIn} }, ErrAuth, "no token"},
		{"token endpoint down", nil, func(o *Options) { o.Auth, o.Tokens = OAuth, &tokens{fail: signin.ErrUnavailable} }, ErrNetwork, "token endpoint"},
		{"folder misspelt", func(s *server) { s.folders["Archive"] = &folder{} }, func(o *Options) { o.Folder = "Inbx" }, ErrConfig, "imap.folder to one of: Archive, INBOX"},
		{"junk folder misspelt", nil, func(o *Options) { o.Junk = "Spam" }, ErrConfig, "imap.junk_folder"},
		{"folder closed to us", func(s *server) { s.hook = at("EXAMINE", "%s NO [NOPERM] no") }, nil, ErrAccess, "may read it"},
		{"authenticated but not connected", func(s *server) { s.hook = at("EXAMINE", busy) }, nil, ErrAccess, "IMAP is enabled"},
		{"throttled", func(s *server) {
			s.hook = at("LOGIN", "%s NO Request is throttled. Suggested Backoff Time: 299961 milliseconds")
		}, nil, ErrThrottled, "throttled"},
		{"greeted with BYE", func(s *server) { s.hook = at("GREETING", "%s BYE too many connections") }, nil, ErrThrottled, "too many"},
		{"no TLS to a remote host", nil, func(o *Options) { o.Host = "imap.example.org" }, ErrConfig, "tls or starttls"},
		{"nobody listens", func(s *server) { s.down = func(int) error { return errors.New("connection refused") } }, nil, ErrNetwork, "imap.port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t)
				if c.server != nil {
					c.server(s)
				}
				o := s.options()
				if c.option != nil {
					c.option(&o)
				}
				err := New(o, newMemory(), quiet()).Once(t.Context())
				if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.words) {
					t.Errorf("got %v", err)
				}
				if err != nil && strings.ContainsAny(err.Error(), "\r\n") {
					t.Errorf("not one line: %q", err)
				}
				r := Probe(t.Context(), o)
				if len(r.Problems) == 0 || !strings.Contains(strings.Join(r.Problems, "\n"), c.words) {
					t.Errorf("probe: %q", r.Problems)
				}
				synctest.Wait()
			})
		})
	}
}

func TestStatedWaitIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory()
		s.add("INBOX", letters(3)...)
		var tries []time.Time
		s.hook = func(w *wire) bool {
			if w.verb != "EXAMINE" {
				return false
			}
			tries = append(tries, time.Now())
			if len(tries) == 1 {
				w.say("%s BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds", w.tag)
				return true
			}
			return false
		}
		run(t, New(s.options(), m, quiet()), 10*time.Minute)
		wantUIDs(t, m, "INBOX", 1, 2, 3)
		if wait := tries[1].Sub(tries[0]); wait < 299961*time.Millisecond || wait > 6*time.Minute {
			t.Errorf("waited %s", wait)
		}
	})
}

func TestThrottleWords(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"Request is throttled. Suggested Backoff Time: 299961 milliseconds": 299961 * time.Millisecond,
		"Suggested Backoff Time: 5 milliseconds":                            time.Minute,
		"Suggested Backoff Time: 999999999 milliseconds":                    longestWait,
		"Suggested Backoff Time: 99999999999999999999 milliseconds":         0,
		"Server Unavailable. 15":                                            time.Minute,
		"Too many connections from your address":                            time.Minute,
		"no such folder":                                                    0,
	} {
		if got := throttled(text, time.Minute); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestAccountThatFailsIsNotHammered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		s.password = "other"
		run(t, New(s.options(), newMemory(), quiet()), 24*time.Hour)
		if s.conns > 250 {
			t.Errorf("%d sign-ins a day", s.conns)
		}
	})
}

func TestPlaceholder(t *testing.T) {
	const notice = "\r\n\r\nRetrieval using the IMAP4 protocol failed for the following message: 7\r\n"
	for raw, want := range map[string]bool{
		"From: \"Microsoft Exchange Server\" <x@example.org>\r\nSubject: x" + notice:                                    true,
		"Subject: x\r\nFrom:\r\n Microsoft Exchange Server" + notice:                                                    true,
		"From: Ann <ann@example.org>\r\nSubject: Microsoft Exchange Server" + notice:                                    false,
		"Received: from x\r\nFrom: Microsoft Exchange Server <x@example.org>" + notice:                                  false,
		"From: Microsoft Exchange Server <x@example.org>\r\nSubject: your mailbox is almost full\r\n\r\nPlease tidy up": false,
		"": false,
	} {
		if got := placeholder([]byte(raw)); got != want {
			t.Errorf("%q: %v", raw, got)
		}
	}
}

func TestProbeOfAGoodMailbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		s.add("INBOX", letters(3)...)
		r := Probe(t.Context(), s.options())
		if len(r.Problems) > 0 || r.Mails["INBOX"] != 3 || !slices.Contains(r.Capabilities, "IDLE") || !slices.Equal(r.Folders, []string{"INBOX"}) {
			t.Errorf("%+v", r)
		}
		s.folders["INBOX"].mails[2].when = time.Now().Add(3 * time.Hour)
		if r = Probe(t.Context(), s.options()); len(r.Problems) == 0 || !strings.Contains(r.Problems[0], "clock") {
			t.Errorf("%+v", r)
		}
		synctest.Wait()
	})
}
