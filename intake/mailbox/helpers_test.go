package mailbox

import (
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
)

// letter returns a mail of at least n bytes.
func letter(subject string, n int) string {
	const line = "please send me the figures that you hold for the year.\r\n"
	s := "From: Ann Example <ann@example.org>\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@example.org>\r\n\r\nDear officer,\r\n"
	return s + strings.Repeat(line, (max(n-len(s), 0)+len(line)-1)/len(line))
}

func letters(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = letter(fmt.Sprintf("mail-%d", i+1), 300)
	}
	return all
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// post is a net.Pipe whose writer does not wait for the reader, like TCP.
type post struct {
	net.Conn
	out    chan []byte
	closed chan struct{}
	once   sync.Once
}

func newPost(c net.Conn) *post {
	p := &post{Conn: c, out: make(chan []byte, 64), closed: make(chan struct{})}
	go func() {
		for {
			select {
			case b := <-p.out:
				_, _ = c.Write(b)
			case <-p.closed:
				return
			}
		}
	}()
	return p
}

func (p *post) Write(b []byte) (int, error) {
	select {
	case <-p.closed:
		return 0, net.ErrClosed
	default:
	}
	select {
	case p.out <- slices.Clone(b):
		return len(b), nil
	case <-p.closed:
		return 0, net.ErrClosed
	}
}

func (p *post) Close() error {
	p.once.Do(func() { close(p.closed) })
	return p.Conn.Close()
}
