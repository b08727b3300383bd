package mailbox

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

func TestBounds(t *testing.T) {
	mail := strings.Repeat("a line of a mail that says {99999999}\r\n", 1<<17) // 5 MB
	many := strings.Repeat("* 1 EXISTS\r\n", longestReply/12+1)
	for _, c := range []struct {
		name, in string
		ends     bool
	}{
		{"a greeting", "* OK ready\r\n", false},
		{"a line without end", "* OK " + strings.Repeat("x", longestLine), true},
		{"a long SEARCH", "* SEARCH" + strings.Repeat(" 1234567", 500_000) + "\r\n", false},
		{"lines without end", many, true},
		{"mails", strings.Repeat(fmt.Sprintf("* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n", len(mail), mail), 2), false},
		{"a part of a mail", fmt.Sprintf("* 1 FETCH (UID 1 BODY[HEADER]<0> {%d}\r\n%s)\r\n", len(mail), mail), false},
		{"a mail of 8 GB", "* 1 FETCH (UID 1 BODY[] {8000000000}\r\n", false}, // its reader refuses it
		{"a literal that is no mail", "* LIST () \"/\" {70000}\r\n", true},
		{"short literals that are no mail, without end", "* LIST (" + strings.Repeat("{60000}\r\n"+strings.Repeat("x", 60000)+" ", 200), true},
		{"an envelope that nobody asked for", "* 1 FETCH (ENVELOPE ({1000000}\r\n", true},
	} {
		var w bounds
		if err := w.took([]byte(c.in)); errors.Is(err, errEndless) != c.ends {
			t.Errorf("%s, at once: %v, ends %v", c.name, err, c.ends)
		}
		if len(c.in) > 1<<20 {
			continue
		}
		var piecemeal bounds
		var err error
		for i := 0; i < len(c.in) && err == nil; i++ {
			err = piecemeal.took([]byte{c.in[i]})
		}
		if errors.Is(err, errEndless) != c.ends {
			t.Errorf("%s, a byte at a time: %v, ends %v", c.name, err, c.ends)
		}
	}
	var w bounds
	for range 3 { // a reply is counted from the last command on
		if err := w.took([]byte(many[:len(many)/2])); err != nil {
			t.Error(err)
		}
		w.asked()
	}
}

// endless is a server that sends something for ever, and counts what the other
// end read.
func endless(t *testing.T, begin, what string) (port int, took *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	took = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, err := c.Write([]byte(begin))
				block := []byte(strings.Repeat(what, 64<<10/len(what)))
				for err == nil {
					var n int
					n, err = c.Write(block)
					took.Add(int64(n))
				}
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, took
}

func TestAServerThatSpeaksWithoutEnd(t *testing.T) {
	for name, s := range map[string]struct{ begin, what string }{
		"a greeting":     {"* OK ", "x"},
		"lines":          {"* OK ready\r\n", "* LIST () \"/\" a\r\n"},
		"a large string": {"* OK [CAPABILITY IMAP4rev1] ready\r\n* LIST () \"/\" {1000000000}\r\n", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			port, took := endless(t, s.begin, s.what)
			w := New(Options{Name: "m", Host: "127.0.0.1", Port: port, Security: None, Username: "g", Password: func() (string, error) { return "p", nil }}, newMemory(), quiet())
			if err := w.once(t.Context()); err == nil {
				t.Error("no error")
			}
			if n := took.Load(); n > 2*longestReply {
				t.Errorf("%d MB were taken", n>>20)
			}
		})
	}
}
