package mailbox

import (
	"cmp"
	"context"
	"net"
	"strconv"
	"time"
)

// Security says how the connection is protected.
type Security string

// The ways to protect a connection; None is only for a loopback address.
const (
	TLS      Security = "tls"
	StartTLS Security = "starttls"
	None     Security = "none"
)

// Auth says how the daemon signs in.
type Auth string

// The ways to sign in.
const (
	Password Auth = "password"
	OAuth    Auth = "xoauth2" // XOAUTH2, or OAUTHBEARER if only that is offered
)

// Tokens returns access tokens; signin.Source is one.
type Tokens interface {
	Token(ctx context.Context) (string, error)
	// Invalidate says that the server refused this token.
	Invalidate(token string)
}

// Options says which mailbox to read and how.
type Options struct {
	Name     string // the configured name, for logs and the Sink
	Host     string
	Port     int
	Security Security
	Auth     Auth
	Username string
	Password func() (string, error) // called at each sign-in, so that a new secret is found
	Tokens   Tokens
	Folder   string // INBOX when empty
	Junk     string // watched too when set
	Sent     string // watched too when set

	PollInterval time.Duration // 60 s when 0
	IdleRestart  time.Duration // IDLE is begun again after this; the provider's value when 0
	NoIdle       bool          // only the timed poll finds mail
	CAFile       string        // PEM file of an authority that is trusted besides the system's
	Provider     Provider      // its known behaviour; Generic when zero

	// Dial replaces the network in tests; TLS is still used on top of it.
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Limits Limits
}

// Limits limit every exchange in time and every mail in bytes. A zero value
// stands for the default.
type Limits struct {
	Dial     time.Duration // connection and TLS together: 30 s
	Exchange time.Duration // a command without mail in its answer: 60 s
	Stall    time.Duration // silence while mail comes in: 60 s
	Fetch    time.Duration // a whole FETCH, however slowly it comes: 15 min
	Batch    int           // mails in one FETCH: 256
	Partial  int64         // first bytes of each mail: 16 KiB
	Cap      int64         // most bytes of one mail: 2 MiB
	Backoff  time.Duration // first wait after a failure, doubled up to 5 min: 1 s
}

func (l Limits) filled() Limits {
	l.Dial = cmp.Or(l.Dial, 30*time.Second)
	l.Exchange = cmp.Or(l.Exchange, 60*time.Second)
	l.Stall = cmp.Or(l.Stall, 60*time.Second)
	l.Fetch = cmp.Or(l.Fetch, 15*time.Minute)
	l.Batch = cmp.Or(l.Batch, 256)
	l.Partial = cmp.Or(l.Partial, 16<<10)
	l.Cap = cmp.Or(l.Cap, 2<<20)
	l.Backoff = cmp.Or(l.Backoff, time.Second)
	return l
}

func (o Options) filled() Options {
	if o.Provider.Name == "" {
		o.Provider = Generic
	}
	o.IdleRestart = cmp.Or(o.IdleRestart, o.Provider.IdleRestart)
	o.Port = cmp.Or(o.Port, 993)
	o.Security = cmp.Or(o.Security, TLS)
	o.Auth = cmp.Or(o.Auth, Password)
	o.Folder = cmp.Or(o.Folder, "INBOX")
	o.PollInterval = cmp.Or(o.PollInterval, time.Minute)
	o.Limits = o.Limits.filled()
	return o
}

// address returns host and port of the server.
func (o *Options) address() string { return net.JoinHostPort(o.Host, strconv.Itoa(o.Port)) }

// watched is a folder and the role in which it is watched.
type watched struct {
	name string
	role Role
}

// folders returns the folders to read; the inbox comes last, since IDLE watches
// the folder that was opened last.
func (o *Options) folders() []watched {
	var f []watched
	if o.Sent != "" {
		f = append(f, watched{o.Sent, Sent})
	}
	if o.Junk != "" {
		f = append(f, watched{o.Junk, Junk})
	}
	return append(f, watched{o.Folder, Inbox})
}
