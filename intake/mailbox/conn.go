package mailbox

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"requestd/intake/signin"
)

// link is a connection, protected as configured.
type link struct {
	raw     net.Conn // closing it ends whatever waits on the connection
	conn    net.Conn // the connection to use
	certEnd time.Time
}

func (o *Options) dial(ctx context.Context) (*link, error) {
	what := "connecting to " + o.address()
	if o.Security == None && !loopback(o.Host) {
		return nil, &Error{Kind: ErrConfig, What: what, Mend: "imap.security none is for a loopback address alone: set tls or starttls"}
	}
	roots, err := signin.Roots(o.CAFile)
	if err != nil {
		return nil, &Error{Kind: ErrConfig, What: what, Err: err, Mend: "set imap.ca_file to a readable PEM file"}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.Limits.Dial, errSilent)
	defer cancel()
	dial := o.Dial
	if dial == nil {
		dial = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3,
		}}).DialContext
	}
	raw, err := dial(ctx, "tcp", o.address())
	if err != nil {
		return nil, o.explain(what, inTime(ctx, err))
	}
	l := &link{raw: raw, conn: raw}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	if o.Security == StartTLS {
		err = startTLS(raw)
	}
	if err == nil && o.Security != None {
		err = l.secure(ctx, &tls.Config{ServerName: o.Host, RootCAs: roots, MinVersion: tls.VersionTLS12})
		if o.Security == StartTLS {
			l.conn = &greeted{Conn: l.conn, r: io.MultiReader(strings.NewReader("* OK ready\r\n"), l.conn)}
		}
	}
	if err != nil {
		raw.Close()
		return nil, o.explain(what, inTime(ctx, err))
	}
	return l, nil
}

func (l *link) secure(ctx context.Context, conf *tls.Config) error {
	c := tls.Client(l.raw, conf)
	if err := c.HandshakeContext(ctx); err != nil {
		return err
	}
	l.conn = c
	for _, cert := range c.ConnectionState().PeerCertificates {
		if l.certEnd.IsZero() || cert.NotAfter.Before(l.certEnd) {
			l.certEnd = cert.NotAfter
		}
	}
	return nil
}

// inTime returns the deadline as the cause if it was: what a closed connection
// reports depends on the moment.
func inTime(ctx context.Context, err error) error {
	if ctx.Err() == nil || err == nil {
		return err
	}
	return context.Cause(ctx)
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// startTLS does STARTTLS by hand. The library can do it too, but its reader
// then races with the upgrade, and waits for ever if the server leaves between
// its OK and the end of the line. Anything that the server sends in the clear
// after its OK would become part of the handshake and make it fail, so nothing
// can be smuggled in before TLS.
func startTLS(c net.Conn) error {
	r := bufio.NewReaderSize(c, 4096)
	greeting, err := line(r)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(strings.ToUpper(greeting), "* OK") {
		return fmt.Errorf("the server does not greet as IMAP servers do: %q", clean(greeting))
	}
	if _, err := io.WriteString(c, "S1 STARTTLS\r\n"); err != nil {
		return err
	}
	for range 100 {
		l, err := line(r)
		if err != nil {
			return err
		}
		if rest, ok := strings.CutPrefix(l, "S1 "); ok {
			if !strings.HasPrefix(strings.ToUpper(rest), "OK") {
				return &Error{Kind: ErrConfig, What: "STARTTLS", Err: errors.New(rest), Mend: "set imap.security to tls and imap.port to 993, or enable STARTTLS on the server"}
			}
			if r.Buffered() > 0 {
				return errors.New("the server spoke on after STARTTLS without TLS")
			}
			return nil
		}
	}
	return errors.New("the server does not answer STARTTLS")
}

// line reads one line of at most 4 KiB, without its end.
func line(r *bufio.Reader) (string, error) {
	b, err := r.ReadSlice('\n')
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return strings.TrimRight(string(b), "\r\n"), err
}

// greeted returns to the reader the greeting that was read before TLS.
type greeted struct {
	net.Conn
	r io.Reader
}

func (g *greeted) Read(b []byte) (int, error) { return g.r.Read(b) }
