package mailbox

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"sync/atomic"
)

// tap keeps the last bytes that came in: a server that closes the connection
// says why in an untagged BYE, which the library ignores.
type tap struct {
	net.Conn
	last  [512]byte
	n     int
	began bool
	mail  atomic.Bool // what comes in may be mail
	first string      // the greeting
	bounds
}

func (t *tap) Write(b []byte) (int, error) {
	t.asked()
	return t.Conn.Write(b)
}

func (t *tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	if err := t.took(b[:n]); err != nil {
		return 0, err
	}
	if !t.began && n > 0 {
		t.began = true
		t.first, _, _ = strings.Cut(string(b[:min(n, 512)]), "\r\n")
	}
	in := b[max(0, n-len(t.last)):n]
	if keep := len(t.last) - len(in); t.n > keep {
		copy(t.last[:], t.last[t.n-keep:t.n])
		t.n = keep
	}
	t.n += copy(t.last[t.n:], in)
	if !t.mail.Load() && (readForEver(b[:n]) || readForEver(t.last[:t.n])) {
		return 0, errors.New("the server names its capabilities with a parenthesis among them")
	}
	return n, err
}

// readForEver finds a list of capabilities that would make the library read for
// ever: one with a parenthesis. It is only called until mail is fetched, since
// after that a mail may contain the same words.
func readForEver(b []byte) bool {
	b = bytes.ToUpper(b)
	for {
		before, rest, found := bytes.Cut(b, []byte("CAPABILITY"))
		if !found {
			return false
		}
		answer := bytes.TrimRight(before, " 0123456789") // the library also accepts a number before it
		if !bytes.HasSuffix(answer, []byte("*")) && !bytes.HasSuffix(before, []byte("[")) {
			b = rest // part of an answer's text, as in "Capability completed (0.001 secs)"
			continue
		}
		list := rest
		if end := bytes.IndexAny(rest, "]\n"); end >= 0 {
			list = rest[:end]
		}
		if bytes.IndexByte(list, '(') >= 0 {
			return true
		}
		b = rest
	}
}

// bye returns the text of a BYE that ended the connection, or "".
func (t *tap) bye() string {
	s := string(t.last[:t.n])
	i := strings.LastIndex(s, "* BYE")
	if i < 0 || (i > 0 && s[i-1] != '\n') || !strings.HasSuffix(s, "\n") || strings.Count(s[i:], "\n") > 1 {
		return ""
	}
	return clean(s[i+len("* BYE"):])
}
