package outbox

import (
	"context"
	"errors"
	"net"
)

// longestReply is how many bytes a server may say between two things that are
// said to it. A reply is some lines of at most 512 bytes (RFC 5321, 4.5.3.1.5);
// what TLS adds at its beginning is its certificates.
const longestReply = 256 << 10

var errEndless = errors.New("the server's answer has no end")

// capped ends a connection whose other end speaks on and on: what it says is
// kept in memory until its answer is whole.
type capped struct {
	net.Conn
	said int // since the last word to it
}

func (c *capped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.said += n; c.said > longestReply {
		return 0, errEndless
	}
	return n, err
}

func (c *capped) Write(b []byte) (int, error) {
	c.said = 0
	return c.Conn.Write(b)
}

func dialCapped(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &capped{Conn: c}, nil
}
