package signin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// Source provides one application's access token to all who sign in with it,
// and renews it before it expires. It may be used from any goroutine.
type Source struct {
	ask     func(ctx context.Context) (*oauth2.Token, error)
	explain func(error) error
	timeout time.Duration
	client  *http.Client
	busy    chan struct{} // lets one request at a time go to the endpoint

	mu      sync.Mutex
	token   string
	renew   time.Time // from then on a new one is asked for
	end     time.Time // from then on the token is invalid
	again   time.Time // after a failure: no request before then
	settled time.Time // after a forced renewal: a refusal before then is not the token's fault
	forced  bool      // the next renewal is because of a refusal
}

const (
	// A token is renewed after four fifths of its life, so that an endpoint may be
	// out of order for the last fifth without anyone noticing.
	renewNumerator, renewDenominator = 4, 5
	unstatedLife                     = 30 * time.Minute // RFC 6749, 4.2.2: the server may leave it out
	pause                            = 30 * time.Second // between attempts while the old token is still valid
	settling                         = time.Minute
	defaultTimeout                   = 20 * time.Second
)

// Endpoint says how the token endpoint is reached.
type Endpoint struct {
	RootCAs *x509.CertPool // nil for the system's
	Timeout time.Duration  // of one request; 20 s when 0
}

func newSource(e Endpoint, ask func(context.Context) (*oauth2.Token, error), explain func(error) error) *Source {
	if e.Timeout <= 0 {
		e.Timeout = defaultTimeout
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: e.RootCAs, MinVersion: tls.VersionTLS12}
	return &Source{
		ask: ask, explain: explain, timeout: e.Timeout, busy: make(chan struct{}, 1),
		client: &http.Client{
			Transport: transport,
			// A redirect would send the secret to another place.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Token returns the present token, or a new one. It waits at most the
// endpoint's timeout, or for ctx. Errors are ErrSignIn, which a person must put
// right, or ErrUnavailable, which may pass by itself.
func (s *Source) Token(ctx context.Context) (string, error) {
	if t, ok := s.cached(); ok {
		return t, nil
	}
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if t, ok := s.cached(); ok { // another goroutine has renewed it meanwhile
		return t, nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	t, err := s.ask(context.WithValue(ctx, oauth2.HTTPClient, s.within(ctx)))
	if ctx.Err() != nil {
		err = ctx.Err() // the libraries do not always say so
	} else if err == nil && t.AccessToken == "" {
		err = errors.New("the answer holds no token")
	}
	if err != nil {
		return s.makeDo(s.explain(err))
	}
	s.keep(t)
	return t.AccessToken, nil
}

// cached returns the token if it need not be renewed yet.
func (s *Source) cached() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	ok := s.token != "" && (now.Before(s.renew) || now.Before(s.again) && now.Before(s.end))
	return s.token, ok
}

func (s *Source) keep(t *oauth2.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	life := unstatedLife
	if !t.Expiry.IsZero() {
		life = t.Expiry.Sub(now)
	}
	s.token, s.end = t.AccessToken, now.Add(life)
	s.renew, s.again = now.Add(life*renewNumerator/renewDenominator), time.Time{}
	s.settled = time.Time{}
	if s.forced {
		s.settled, s.forced = now.Add(settling), false
	}
}

// makeDo returns the old token while it is valid, else the error.
func (s *Source) makeDo(err error) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.token == "" || !now.Before(s.end) {
		return "", err
	}
	s.again = now.Add(pause)
	return s.token, nil
}

// Invalidate says that a mail server refused this token: the next Token asks
// for a new one. If the new one is refused at once as well, the fault is
// elsewhere, and the token is kept: one account without rights must not cause
// an endless series of new tokens, nor take the token from the others.
func (s *Source) Invalidate(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if token != s.token || time.Now().Before(s.settled) {
		return
	}
	s.token, s.forced = "", true
}

// within is a client whose requests end with ctx: of the libraries that make
// them one takes no context.
func (s *Source) within(ctx context.Context) *http.Client {
	c := *s.client
	c.Transport = contextual{ctx, c.Transport}
	return &c
}

type contextual struct {
	ctx  context.Context
	base http.RoundTripper
}

func (c contextual) RoundTrip(r *http.Request) (*http.Response, error) {
	return c.base.RoundTrip(r.WithContext(c.ctx))
}

// checkURL allows https, and http to a loopback address.
func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return err
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return fmt.Errorf("token_url %q must begin with https://", s)
	}
	return nil
}
