package mailbox

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"requestd/intake/localca"
)

// authority makes a throw-away CA and the file that names it.
func authority(t *testing.T) (*localca.CA, string) {
	t.Helper()
	ca, err := localca.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, ca.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	return ca, file
}

func TestTLS(t *testing.T) {
	day := 24 * time.Hour
	for _, c := range []struct {
		name   string
		leaf   func(now time.Time) localca.Leaf
		low    uint16 // the server's TLS versions
		high   uint16
		noCA   bool
		kind   error
		inWord string
	}{
		{name: "good"},
		{name: "TLS 1.2", high: tls.VersionTLS12},
		{name: "TLS 1.1", low: tls.VersionTLS10, high: tls.VersionTLS11, kind: ErrConfig, inWord: "TLS 1.2 or better"},
		{name: "authority unknown", noCA: true, kind: ErrCertificate, inWord: "imap.ca_file"},
		{name: "another name", leaf: func(time.Time) localca.Leaf { return localca.Leaf{Hosts: []string{"mail.example.org"}} }, kind: ErrCertificate, inWord: "mail.example.org"},
		{name: "expired", leaf: func(now time.Time) localca.Leaf { return localca.Leaf{From: now.Add(-9 * day), To: now.Add(-day)} }, kind: ErrCertificate, inWord: "1999-12-31"},
		{name: "not yet valid", leaf: func(now time.Time) localca.Leaf { return localca.Leaf{From: now.Add(day), To: now.Add(9 * day)} }, kind: ErrCertificate, inWord: "clock"},
	} {
		for _, security := range []Security{TLS, StartTLS} {
			t.Run(c.name+" "+string(security), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ca, file := authority(t)
					leaf := localca.Leaf{}
					if c.leaf != nil {
						leaf = c.leaf(time.Now())
					}
					pair, err := ca.Issue(leaf)
					if err != nil {
						t.Fatal(err)
					}
					s, m := newServer(t), newMemory()
					s.add("INBOX", letters(3)...)
					conf := &tls.Config{MinVersion: c.low, MaxVersion: c.high, Certificates: []tls.Certificate{pair.TLS}}
					if security == TLS {
						s.wrap = func(n net.Conn) net.Conn { return tls.Server(n, conf) }
					} else {
						s.hook = upgrade(conf)
					}
					o := s.options()
					o.Security, o.CAFile = security, file
					if c.noCA {
						o.CAFile = ""
					}
					w := New(o, m, quiet())
					err = w.Once(t.Context())
					if !errors.Is(err, c.kind) || err != nil && !strings.Contains(err.Error(), c.inWord) {
						t.Errorf("got %v", err)
					}
					if c.kind == nil {
						wantUIDs(t, m, "INBOX", 1, 2, 3)
						if w.Status().CertEnds.IsZero() {
							t.Error("the certificate's end is not told")
						}
					} else {
						for _, l := range s.commands() {
							if strings.HasPrefix(l, "LOGIN") {
								t.Error("the password went out")
							}
						}
					}
					synctest.Wait()
				})
			})
		}
	}
}

// upgrade answers STARTTLS.
func upgrade(conf *tls.Config) func(*wire) bool {
	return func(w *wire) bool {
		if w.verb != "STARTTLS" {
			return false
		}
		w.ok()
		w.c = tls.Server(w.c, conf)
		w.r = bufio.NewReader(w.c)
		return true
	}
}

func TestStartTLSCannotBeAvoided(t *testing.T) {
	for name, hook := range map[string]func(*wire) bool{
		"refused": func(w *wire) bool {
			if w.verb == "STARTTLS" {
				w.say("%s NO not here", w.tag)
			}
			return w.verb == "STARTTLS"
		},
		"signed in already": func(w *wire) bool {
			if w.verb == "GREETING" {
				w.say("* PREAUTH welcome")
			}
			return w.verb == "GREETING"
		},
		"more said in the clear": func(w *wire) bool {
			if w.verb == "STARTTLS" {
				_, _ = w.c.Write([]byte(w.tag + " OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"))
			}
			return w.verb == "STARTTLS"
		},
		"never answered": func(w *wire) bool {
			if w.verb == "STARTTLS" {
				w.silence()
			}
			return w.verb == "STARTTLS"
		},
		"answered without end": func(w *wire) bool {
			for w.verb == "STARTTLS" {
				if _, err := w.c.Write([]byte("* OK still thinking\r\n")); err != nil {
					return true
				}
			}
			return false
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t)
				s.hook = hook
				o := s.options()
				o.Security = StartTLS
				if err := New(o, newMemory(), quiet()).Once(t.Context()); err == nil {
					t.Error("went on without TLS")
				}
				for _, l := range s.commands() {
					if !strings.HasPrefix(l, "STARTTLS") {
						t.Errorf("sent %s in the clear", l)
					}
				}
				synctest.Wait()
			})
		})
	}
}

func TestPlainPortTakenForTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		s.hook = func(w *wire) bool {
			if w.verb != "GREETING" {
				w.say("* BAD what")
			}
			return w.verb != "GREETING"
		}
		o := s.options()
		o.Security = TLS
		err := New(o, newMemory(), quiet()).Once(t.Context())
		if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), "starttls") {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
	})
}

func TestCapabilitiesThatWouldBeReadForEver(t *testing.T) {
	for line, want := range map[string]bool{
		"* OK [CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN] Dovecot (Debian) ready.\r\n": false,
		"* CAPABILITY IMAP4rev1 IDLE\r\n* LIST () \"/\" INBOX\r\n":                false,
		"T1 OK Capability completed (0.001 + 0.000 secs).\r\n":                    false,
		"* CAPABILITY(IMAP4rev1\r\n":                                              true,
		"* CAPABILITY IMAP4rev1 (IDLE)\r\n":                                       true,
		"* Capability IMAP4rev1 (IDLE)\r\n":                                       true,
		"T1 OK [CAPABILITY IMAP4rev1 (":                                           true,
	} {
		if got := readForEver([]byte(line)); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}
