package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"requestd/intake/signin"
)

// session is one signed-in connection. It is used by one goroutine at a time,
// with one command outstanding: answers of two FETCH commands may be mixed,
// and the library then waits for ever.
type session struct {
	opt    *Options
	link   *link
	tap    *tap
	c      *imapclient.Client
	caps   imap.CapSet
	news   chan struct{} // holds a token when the server told of a change
	noIdle bool          // it refused IDLE
	at     Place         // the folder that is open
	exists uint32        // mails in it when it was opened
	next   uint32        // its UIDNEXT then; 0 where the server told none
}

// connect dials and signs in.
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

// hint runs on the library's reader and must not wait.
func (s *session) hint() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// do runs one exchange and closes the connection when it takes too long: the
// library itself knows neither contexts nor a limit for an answer to begin.
func (s *session) do(ctx context.Context, what string, limit time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errSilent)
	defer cancel()
	stop := context.AfterFunc(ctx, s.drop)
	err := f()
	stop()
	return s.opt.explain(what, s.reason(ctx, err))
}

// reason finds what ended an exchange: the deadline, or the server's last
// words, before what the library makes of the broken connection.
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

// drop closes the connection at once, whatever waits on it.
func (s *session) drop() { s.link.raw.Close() }

// leave says goodbye, briefly.
func (s *session) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	stop := context.AfterFunc(ctx, s.drop)
	defer stop()
	_ = s.c.Logout().Wait() // the connection is closed next, whatever the answer
	s.drop()
}

func (s *session) open(ctx context.Context) error {
	what := "signing in to " + s.opt.address() + " as " + s.opt.Username
	err := s.do(ctx, "waiting for the greeting of "+s.opt.address(), s.opt.Limits.Exchange, s.c.WaitGreeting)
	if err != nil {
		return err
	}
	if err := s.learn(ctx); err != nil {
		return err
	}
	if s.c.State() != imap.ConnStateAuthenticated {
		if s.opt.Auth == OAuth {
			err = s.signInToken(ctx, what)
		} else {
			err = s.signInPassword(ctx, what)
		}
		if err != nil {
			return err
		}
	}
	return s.learn(ctx)
}

// learn asks what the server can do; a server may tell more after the sign-in.
func (s *session) learn(ctx context.Context) error {
	return s.do(ctx, "asking "+s.opt.address()+" what it can do", s.opt.Limits.Exchange, func() error {
		s.caps = s.c.Caps()
		if s.caps == nil && ctx.Err() == nil {
			select {
			case <-s.c.Closed():
				return errors.New("the connection ended")
			default: // some servers answer BAD here; the next command tells why
			}
		}
		return nil
	})
}

func (s *session) signInPassword(ctx context.Context, what string) error {
	if s.opt.Password == nil {
		return &Error{Kind: ErrConfig, What: what, Mend: "set imap.password_file"}
	}
	password, err := s.opt.Password()
	if err != nil {
		return &Error{Kind: ErrConfig, What: what, Err: err, Mend: "set imap.password_file to a file that the daemon can read"}
	}
	if s.opt.Security == None && !loopback(s.opt.Host) {
		return &Error{Kind: ErrConfig, What: what, Mend: "no password is sent without TLS"}
	}
	plain := s.caps.Has(imap.AuthCap(sasl.Plain))
	if s.caps.Has(imap.CapLoginDisabled) && !plain {
		return &Error{Kind: ErrConfig, What: what, Err: errors.New("the server takes no password here"), Mend: s.passwordMend()}
	}
	err = s.do(ctx, what, s.opt.Limits.Exchange, func() error {
		if s.caps.Has(imap.CapLoginDisabled) {
			return s.c.Authenticate(sasl.NewPlainClient("", s.opt.Username, password))
		}
		return s.c.Login(s.opt.Username, password).Wait()
	})
	return s.asAuth(what, err, "check imap.username and the password in imap.password_file"+s.basicMend())
}

func (s *session) passwordMend() string {
	if s.opt.Security == None {
		return "set imap.security to starttls or tls"
	}
	return "set imap.auth to xoauth2" + s.basicMend()
}

func (s *session) basicMend() string {
	if s.opt.Provider.OAuthOnly || s.caps.Has(imap.AuthCap("XOAUTH2")) && !s.caps.Has(imap.AuthCap(sasl.Plain)) {
		return " (this service takes OAuth 2.0 alone: set imap.auth to xoauth2 and name an oauth entry)"
	}
	return ""
}

// asAuth turns the server's refusal into ErrAuth, unless it has a better name.
func (s *session) asAuth(what string, err error, mend string) error {
	var e *Error
	if errors.As(err, &e) && e.Kind == ErrProtocol && refused(err) {
		e.Kind, e.Mend = ErrAuth, mend
		var no *imap.Error
		if errors.As(e.Err, &no) && no.Code == imap.ResponseCodeUnavailable {
			e.Kind, e.Mend = ErrNetwork, ""
		}
	}
	return err
}

// signInToken tries the token at hand and, when that is refused, a new one.
func (s *session) signInToken(ctx context.Context, what string) error {
	if s.opt.Tokens == nil {
		return &Error{Kind: ErrConfig, What: what, Mend: "name an oauth entry in imap.oauth, or set imap.auth to password"}
	}
	var err error
	for range 2 {
		var token string
		if token, err = s.opt.Tokens.Token(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			kind := ErrAuth
			if errors.Is(err, signin.ErrUnavailable) {
				kind = ErrNetwork
			}
			return &Error{Kind: kind, What: what, Err: err}
		}
		mech := signin.Mechanism(s.opt.Username, token, s.opt.Host, s.opt.Port, func(name string) bool { return s.caps.Has(imap.AuthCap(name)) })
		if mech == nil {
			return &Error{Kind: ErrConfig, What: what, Err: errors.New("the server offers neither XOAUTH2 nor OAUTHBEARER"), Mend: "set imap.auth to password, or enable OAuth 2.0 on the server"}
		}
		err = s.do(ctx, what, s.opt.Limits.Exchange, func() error { return s.c.Authenticate(mech) })
		if !refused(err) || errors.Is(err, ErrThrottled) || errors.Is(err, ErrAccess) {
			return err
		}
		s.opt.Tokens.Invalidate(token)
	}
	mend := "check that the application has consent for IMAP, and that its token may open this mailbox"
	if s.opt.Provider.Name == Microsoft365.Name {
		mend = "grant the application IMAP.AccessAsApp with admin consent, run New-ServicePrincipal with the enterprise application's object id, and Add-MailboxPermission for this mailbox"
	}
	return s.asAuth(what, err, mend)
}

// examine opens a folder so that nothing in it can be changed.
func (s *session) examine(ctx context.Context, f watched) error {
	var data *imap.SelectData
	s.at = Place{}
	s.tap.opened.Store(true)
	err := s.do(ctx, "opening the folder "+f.name, s.opt.Limits.Exchange, func() (err error) {
		data, err = s.c.Select(f.name, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	if err != nil {
		return s.noFolder(ctx, f, err)
	}
	s.at = Place{Mailbox: s.opt.Name, Folder: f.name, Role: f.role, UIDValidity: data.UIDValidity}
	s.exists, s.next = data.NumMessages, uint32(data.UIDNext)
	return nil
}

// noFolder says which folders there are, when one could not be opened.
func (s *session) noFolder(ctx context.Context, f watched, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Kind != ErrProtocol || !refused(err) {
		return err
	}
	all, listErr := s.folders(ctx)
	if listErr != nil {
		return listErr
	}
	for _, name := range all {
		if name == f.name {
			e.Kind, e.Mend = ErrAccess, "the folder exists: check that the account may read it"
			return err
		}
	}
	key := map[Role]string{Inbox: "imap.folder", Junk: "imap.junk_folder", Sent: "imap.sent_folder"}[f.role]
	e.Kind, e.Mend = ErrConfig, fmt.Sprintf("set %s to one of: %s", key, strings.Join(all[:min(len(all), 40)], ", "))
	return err
}

// folders gives the names of all folders, sorted.
func (s *session) folders(ctx context.Context) ([]string, error) {
	var all []string
	err := s.do(ctx, "listing the folders", s.opt.Limits.Exchange, func() error {
		list := s.c.List("", "*", nil)
		for d := list.Next(); d != nil; d = list.Next() {
			if len(all) < 1000 {
				all = append(all, clean(d.Mailbox))
			}
		}
		return list.Close()
	})
	slices.Sort(all)
	return all, err
}

// search gives, in order, the UIDs in the open folder that are at least low.
// The server answers with the last mail when none is (RFC 9051, 6.4.9).
func (s *session) search(ctx context.Context, low uint32) ([]uint32, error) {
	return s.uids(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{{imap.UIDRange{Start: imap.UID(low)}}}}, low)
}

func (s *session) uids(ctx context.Context, c *imap.SearchCriteria, low uint32) ([]uint32, error) {
	var uids []uint32
	err := s.do(ctx, "looking for mail in "+s.at.Folder, s.opt.Limits.Exchange, func() error {
		data, err := s.c.UIDSearch(c, nil).Wait()
		if err != nil {
			return err
		}
		uids, err = spread(data, low)
		return err
	})
	slices.Sort(uids)
	return uids, err
}

const mostUIDs = 5_000_000

// spread writes out the found UIDs that are at least low. The library holds
// them as ranges, in which a UID of 0, which no mail has, means the last.
func spread(data *imap.SearchData, low uint32) ([]uint32, error) {
	set, _ := data.All.(imap.UIDSet)
	var uids []uint32
	for _, r := range set {
		if r.Start == 0 || r.Stop == 0 {
			continue
		}
		first := max(uint64(r.Start), uint64(low))
		if uint64(len(uids))+uint64(r.Stop) > first+mostUIDs {
			return nil, errors.New("the server finds more mails than a folder holds")
		}
		for u := first; u <= uint64(r.Stop); u++ {
			uids = append(uids, uint32(u))
		}
	}
	return uids, nil
}

// idle waits until the server tells of a change, for at most d. Where IDLE
// cannot be had it only waits.
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
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-s.news:
		s.hint() // still to be acted on
	case <-t.C:
	case <-s.c.Closed():
	case <-ctx.Done():
	}
	return s.do(context.WithoutCancel(ctx), "ending IDLE", s.opt.Limits.Exchange, func() error {
		return errors.Join(cmd.Close(), cmd.Wait())
	})
}

// sleep waits, or gives the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
