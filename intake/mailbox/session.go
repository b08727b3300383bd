package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// session is one signed-in connection. It is used by one goroutine at a time,
// with one command outstanding: a server may mix the answers to two FETCH
// commands, and then the library waits for ever.
type session struct {
	opt    *Options
	link   *link
	tap    *tap
	c      *imapclient.Client
	caps   imap.CapSet
	news   chan struct{} // holds a token when the server reported a change
	noIdle bool          // the server refused IDLE
	at     Folder        // the folder that is open
	exists uint32        // mails in it when it was opened
	next   uint32        // its UIDNEXT then; 0 if the server sent none
}

// connect connects and signs in.
func (o *Options) connect(ctx context.Context) (*session, error) {
	l, err := o.dial(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{opt: o, link: l, tap: &tap{Conn: l.conn}, news: make(chan struct{}, 1)}
	s.c = imapclient.New(s.tap, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				s.hint()
			}
		},
	}})
	if err := s.open(ctx); err != nil {
		s.drop()
		return nil, err
	}
	return s, nil
}

// capabilities returns the names of what the server can do, sorted.
func (s *session) capabilities() []string {
	var names []string
	for c := range s.caps {
		names = append(names, string(c))
	}
	slices.Sort(names)
	return names
}

// hint notes that the server reported a change. It runs on the library's reader
// and must not block.
func (s *session) hint() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// do runs one exchange and closes the connection if it takes too long: the
// library itself supports neither contexts nor a limit on waiting for an
// answer.
func (s *session) do(ctx context.Context, what string, limit time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errSilent)
	defer cancel()
	stop := context.AfterFunc(ctx, s.drop)
	err := f()
	stop()
	return s.opt.explain(what, s.reason(ctx, err))
}

// reason finds what ended an exchange: the deadline or the server's last words,
// rather than the library's error about the broken connection.
func (s *session) reason(ctx context.Context, err error) error {
	if err == nil || refused(err) {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.drop()
	<-s.c.Closed()
	if bye := s.tap.bye(); bye != "" {
		return fmt.Errorf("the server hung up saying %q", bye)
	}
	return err
}

// drop closes the connection at once, whatever is waiting on it.
func (s *session) drop() { s.link.raw.Close() }

// leave logs out, within a short time.
func (s *session) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	stop := context.AfterFunc(ctx, s.drop)
	defer stop()
	_ = s.c.Logout().Wait() // the connection is closed next, whatever the answer
	s.drop()
}

// idle waits until the server reports a change, for at most d. If IDLE is not
// available it only waits.
func (s *session) idle(ctx context.Context, d time.Duration) error {
	if s.opt.NoIdle || s.noIdle || !s.caps.Has(imap.CapIdle) {
		return sleep(ctx, d)
	}
	var cmd *imapclient.IdleCommand
	err := s.do(ctx, "IDLE", s.opt.Limits.Exchange, func() (err error) {
		cmd, err = s.c.Idle()
		return err
	})
	if refused(err) {
		s.noIdle = true
		return nil
	}
	if err != nil {
		return err
	}
	select {
	case <-s.news:
		s.hint() // still to be acted on
	case <-time.After(d):
	case <-s.c.Closed():
	case <-ctx.Done():
	}
	return s.do(context.WithoutCancel(ctx), "ending IDLE", s.opt.Limits.Exchange, func() error {
		return errors.Join(cmd.Close(), cmd.Wait())
	})
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
