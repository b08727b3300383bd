package mailtest

import (
	"crypto/tls"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

var sample = []byte("From: a@example.org\r\nSubject: hello\r\n\r\nA question of some length.\r\n")

func dialFaulty(t *testing.T, s *FaultyIMAP) (*imapclient.Client, error) {
	t.Helper()
	c, err := imapclient.DialTLS(loopback(s.Port), &imapclient.Options{
		TLSConfig: &tls.Config{RootCAs: s.CA.Pool(), ServerName: "localhost", MinVersion: tls.VersionTLS12},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, c.WaitGreeting()
}

// visit reads the whole INBOX as a daemon would and returns what it saw.
func visit(t *testing.T, s *FaultyIMAP) (data *imap.SelectData, bodies []string, err error) {
	t.Helper()
	c, err := dialFaulty(t, s)
	if err != nil {
		return nil, nil, err
	}
	if err := c.Login("governance", Password).Wait(); err != nil {
		return nil, nil, err
	}
	if data, err = c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		return nil, nil, err
	}
	fetch := c.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{
		UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}},
	})
	for m := fetch.Next(); m != nil; m = fetch.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			if b, ok := item.(imapclient.FetchItemDataBodySection); ok && b.Literal != nil {
				text := make([]byte, min(b.Literal.Size(), 1<<20))
				if _, err := io.ReadFull(b.Literal, text); err != nil {
					// Closing the command would read the literal again, while the library's
					// own reader is still running: a race.
					return data, bodies, err
				}
				bodies = append(bodies, string(text))
			}
		}
	}
	return data, bodies, fetch.Close()
}

func TestHealthyIMAP(t *testing.T) {
	s := StartIMAP(t, IMAPOptions{})
	s.Deliver(t, "governance", sample, time.Now())
	data, bodies, err := visit(t, s)
	if err != nil || data.NumMessages != 1 || len(bodies) != 1 || bodies[0] != string(sample) {
		t.Errorf("saw %+v %q %v", data, bodies, err)
	}
	if s.Count("SELECT") != 1 || s.Count("UID FETCH") != 1 || s.Connections() != 1 {
		t.Errorf("commands %q on %d connections", s.Commands(), s.Connections())
	}
	if strings.Contains(fmt.Sprint(s.Commands()), Password) {
		t.Error("a password stands among the commands")
	}
}

func TestIMAPFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault IMAPFault
		want  string // in the error
		saw   string // the bodies, where there is no error
	}{
		{"greeting BYE", IMAPFault{Verb: greeting, Answer: "* BYE too many connections"}, "", ""},
		{"greeting cut", IMAPFault{Verb: greeting, Cut: 3}, "EOF", ""},
		{"login refused", IMAPFault{Verb: "LOGIN", Answer: "{tag} NO [AUTHENTICATIONFAILED] no"}, "AUTHENTICATIONFAILED", ""},
		{"login dropped", IMAPFault{Verb: "LOGIN", Drop: true}, "EOF", ""},
		{"not connected", IMAPFault{Verb: "SELECT", Answer: NotConnected}, "authenticated but not connected", ""},
		{"no such folder", IMAPFault{Verb: "SELECT", If: "INBOX", Answer: "{tag} NO [NONEXISTENT] no"}, "NONEXISTENT", ""},
		{"throttled", IMAPFault{Verb: "UID FETCH", Answer: Throttled(5000)}, "Backoff Time: 5000", ""},
		{"OK without data", IMAPFault{Verb: "UID FETCH", Alter: WithoutData}, "", "[]"},
		{"dropped unanswered", IMAPFault{Verb: "UID FETCH", Drop: true}, "EOF", ""},
		{"reset unanswered", IMAPFault{Verb: "UID FETCH", Drop: true, Reset: true}, "reset", ""},
		{"cut in the literal", IMAPFault{Verb: "UID FETCH", Cut: 60}, "EOF", ""},
		{"BYE in the literal", IMAPFault{Verb: "UID FETCH", Alter: ByeInLiteral(10), Cut: 1 << 20}, "EOF", ""},
		{"literal too short", IMAPFault{Verb: "UID FETCH", Alter: Stretch(9)}, "imap", ""},
		{"literal too long", IMAPFault{Verb: "UID FETCH", Alter: Stretch(-9)}, "imap", ""},
		{"absurd literal", IMAPFault{Verb: "UID FETCH", Alter: Announce("9223372036854775807"), Cut: 1 << 20}, "EOF", ""},
		{"a line before", IMAPFault{Verb: "UID FETCH", Alter: Insert("* 7 EXISTS")}, "", fmt.Sprintf("%q", []string{string(sample)})},
		{"a line before the tag", IMAPFault{Verb: "UID FETCH", Alter: InsertLast("* XFOO")}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := StartIMAP(t, IMAPOptions{Faults: []IMAPFault{c.fault}})
			s.Deliver(t, "governance", sample, time.Now())
			_, bodies, err := visit(t, s)
			switch {
			case c.saw != "" && (err != nil || fmt.Sprintf("%q", bodies) != c.saw):
				t.Errorf("saw %q, %v", bodies, err)
			case c.saw == "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestIMAPFaultIsCounted(t *testing.T) {
	s := StartIMAP(t, IMAPOptions{Faults: []IMAPFault{{Verb: "SELECT", Skip: 1, Times: 1, Answer: "{tag} NO later"}}})
	for i, fails := range []bool{false, true, false} {
		if _, _, err := visit(t, s); (err != nil) != fails {
			t.Errorf("visit %d: %v", i+1, err)
		}
	}
}

func TestUIDsReused(t *testing.T) {
	s := StartIMAP(t, IMAPOptions{})
	s.Deliver(t, "governance", sample, time.Now())
	before, _, err := visit(t, s)
	if err != nil {
		t.Fatal(err)
	}
	s.Empty("governance")
	uid := s.Deliver(t, "governance", []byte("Subject: another\r\n\r\nx\r\n"), time.Now())
	after, bodies, err := visit(t, s)
	if err != nil || uid != 1 || before.UIDValidity != after.UIDValidity || !strings.Contains(bodies[0], "another") {
		t.Errorf("UID %d, UIDVALIDITY %d and %d, saw %q, %v", uid, before.UIDValidity, after.UIDValidity, bodies, err)
	}
	for _, v := range []uint32{77, 0} {
		s.SetUIDValidity(v)
		if data, _, err := visit(t, s); err == nil && data.UIDValidity != v {
			t.Errorf("UIDVALIDITY %d, want %d", data.UIDValidity, v)
		}
	}
}

func TestExpungedInBetween(t *testing.T) {
	s := StartIMAP(t, IMAPOptions{})
	uid := s.Deliver(t, "governance", sample, time.Now())
	s.Deliver(t, "governance", sample, time.Now())
	s.Script(IMAPFault{Verb: "UID FETCH", Before: func() { s.Expunge(t, "governance", uid) }, Times: 1})
	for range 2 {
		if data, bodies, err := visit(t, s); err != nil || len(bodies) != 1 {
			t.Errorf("of %d mails in the folder, %d could be read, %v", data.NumMessages, len(bodies), err)
		}
	}
}

func TestSilence(t *testing.T) {
	s := StartIMAP(t, IMAPOptions{Faults: []IMAPFault{{Verb: "IDLE", Mute: true, Times: 1}}})
	c, err := dialFaulty(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login("governance", Password).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- idle.Wait() }()
	if err := poll(t.Context(), t, nil, "IDLE", func() bool { return s.Count("IDLE") == 1 }); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		t.Errorf("a silent server ended IDLE: %v", err)
	default:
	}
	s.HangUp()
	if err := <-ended; err == nil {
		t.Error("a connection hung up ended IDLE without an error")
	}
}

func TestCapabilities(t *testing.T) {
	s := StartIMAP(t, IMAPOptions{Users: []User{{Name: "governance"}}})
	s.SetCapability(Exchange)
	c, err := dialFaulty(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login("governance", Password).Wait(); err != nil {
		t.Fatal(err)
	}
	if caps := c.Caps(); !caps.Has(imap.CapMove) || caps.Has(imap.CapNamespace) == false || caps.Has(imap.CapESearch) {
		t.Errorf("capabilities %v", caps)
	}
}

func TestInFrontOfDovecot(t *testing.T) {
	real := Start(t, Options{NoPostfix: true})
	real.Deliver("governance", sample, time.Time{})
	s := StartIMAP(t, IMAPOptions{Backend: loopback(real.IMAP)})
	if _, bodies, err := visit(t, s); err != nil || len(bodies) != 1 || bodies[0] != string(sample) {
		t.Errorf("saw %q, %v", bodies, err)
	}
	s.Script(IMAPFault{Verb: "UID FETCH", Cut: 40})
	if _, _, err := visit(t, s); err == nil {
		t.Error("a cut answer was taken for whole")
	}
}
