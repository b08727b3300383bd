package mailbox

import (
	"context"
	"errors"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"requestd/intake/signin"
)

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
		signIn := s.signInPassword
		if s.opt.Auth == OAuth {
			signIn = s.signInToken
		}
		if err := signIn(ctx, what); err != nil {
			return err
		}
	}
	return s.relearn(ctx)
}

// learn finds out what the server can do before the sign-in; the greeting may
// have said so already.
func (s *session) learn(ctx context.Context) error {
	return s.do(ctx, "asking "+s.opt.address()+" what it can do", s.opt.Limits.Exchange, func() error {
		s.caps = s.c.Caps()
		if s.caps == nil {
			return errors.New("the server does not say what it can do")
		}
		return nil
	})
}

// relearn finds out again, since a server may offer more after the sign-in. If
// its answer to that names no capabilities, the library asks for them, but only
// after the sign-in has returned: for a moment its record is still the old one,
// and IDLE would be missed. The answer to a later command ends that moment, and
// then the record can be waited for.
func (s *session) relearn(ctx context.Context) error {
	err := s.do(ctx, "asking "+s.opt.address()+" what it can do", s.opt.Limits.Exchange, func() error {
		err := s.c.Noop().Wait()
		if caps := s.c.Caps(); caps != nil {
			s.caps = caps
		}
		return err
	})
	if refused(err) && !errors.Is(err, ErrThrottled) && !errors.Is(err, ErrAccess) {
		return nil // the next command says why, if it matters
	}
	return err
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

// asAuth turns the server's refusal into ErrAuth, unless a better kind is
// known.
func (s *session) asAuth(what string, err error, mend string) error {
	var e *Error
	if errors.As(err, &e) && errors.Is(e.Kind, ErrProtocol) && refused(err) {
		e.Kind, e.Mend = ErrAuth, mend
		var no *imap.Error
		if errors.As(e.Err, &no) && no.Code == imap.ResponseCodeUnavailable {
			e.Kind, e.Mend = ErrNetwork, ""
		}
	}
	return err
}

// signInToken tries the present token and, if that is refused, a new one.
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
