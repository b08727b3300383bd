package mailbox

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"
)

// FuzzServer makes a server answer with arbitrary lines, in which # stands for
// the tag of the last command. Whatever it says, reading ends in time, and no
// mail is delivered twice or out of order.
func FuzzServer(f *testing.F) {
	f.Add("* OK hi\n* CAPABILITY IMAP4rev1\n# OK\n# OK\n* CAPABILITY IMAP4rev1\n# OK\n* 1 EXISTS\n# OK\n* SEARCH 1\n# OK\n* 1 FETCH (UID 1 BODY[]<0> {3}\r\nabc)\n# OK\n")
	f.Add("* PREAUTH hi\n* CAPABILITY IMAP4rev1\n# OK\n* 2 EXISTS\n* OK [UIDVALIDITY 4] x\n* OK [UIDNEXT 1] x\n# OK\n* SEARCH 4294967295 0 1\n# OK\n* 1 FETCH (UID 4294967295 RFC822.SIZE 9223372036854775807 BODY[]<0> \"\")\n# OK\n")
	f.Add("* BYE Suggested Backoff Time: 1 milliseconds\n")
	f.Add("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] x\n# NO\n")
	f.Fuzz(func(t *testing.T, script string) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		m := newMemory()
		o := Options{
			Name: "cafcass", Host: "127.0.0.1", Security: None, Username: "governance",
			Password: func() (string, error) { return "secret", nil },
			Dial: func(context.Context, string, string) (net.Conn, error) {
				client, c := net.Pipe()
				go play(c, script)
				return client, nil
			},
			Limits: Limits{Exchange: 20 * time.Millisecond, Stall: 20 * time.Millisecond, Fetch: 50 * time.Millisecond, Backoff: time.Millisecond},
		}
		_ = New(o, m, quiet()).Once(ctx) // any outcome is fine, if it returns
		if ctx.Err() != nil {
			t.Fatal("did not end in time")
		}
		for _, f := range m.faults {
			t.Error(f)
		}
	})
}

// play sends the script, one line after each command, and then closes the
// connection.
func play(c net.Conn, script string) {
	defer c.Close()
	tags := make(chan string, 100)
	go func() {
		defer close(tags)
		var buf [4096]byte
		for {
			n, err := c.Read(buf[:])
			if err != nil {
				return
			}
			tag, _, _ := bytes.Cut(buf[:n], []byte(" "))
			select {
			case tags <- string(tag):
			default:
			}
		}
	}()
	tag := "*"
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, "#") {
			select {
			case t, ok := <-tags:
				if !ok {
					return
				}
				tag = t
			case <-time.After(time.Second):
				return
			}
		}
		if _, err := c.Write([]byte(strings.Replace(strings.ReplaceAll(line, "\n", "\r\n"), "#", tag, 1))); err != nil {
			return
		}
	}
}
