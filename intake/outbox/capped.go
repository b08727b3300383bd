package outbox

import (
	"context"
	"errors"
	"net"
)

// longestReply is how many bytes a server may send between two commands. A
// reply has some lines of at most 512 bytes (RFC 5321, 4.5.3.1.5); TLS adds its
// certificates at the beginning.
const longestReply = 256 << 10

var errEndless = errors.New("the server's answer has no end")

// capped closes a connection whose server sends without end: what it sends is
// kept in memory until its answer is complete.
type capped struct {
	net.Conn
	said int // bytes since the last command to it
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
