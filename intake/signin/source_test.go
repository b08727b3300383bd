package signin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
)

// counter is an endpoint that numbers its tokens.
type counter struct {
	sync.Mutex
	given int
	fail  error
	slow  time.Duration
	life  time.Duration
}

func (c *counter) ask(ctx context.Context) (*oauth2.Token, error) {
	select {
	case <-time.After(c.slow):
	case <-ctx.Done():
		return nil, errors.New("whatever the library says")
	}
	c.Lock()
	defer c.Unlock()
	if c.fail != nil {
		return nil, c.fail
	}
	c.given++
	t := &oauth2.Token{AccessToken: fmt.Sprint("token-", c.given)}
	if c.life > 0 {
		t.Expiry = time.Now().Add(c.life)
	}
	return t, nil
}

func want(t *testing.T, s *Source, token string) {
	t.Helper()
	if got, err := s.Token(t.Context()); err != nil || got != token {
		t.Fatalf("got %q, %v; want %q", got, err, token)
	}
}

func TestTokenIsSharedAndRenewedBeforeItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counter{life: time.Hour, slow: time.Second}
		s := newSource(Endpoint{}, c.ask, explainer(nil))
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { want(t, s, "token-1") })
		}
		all.Wait()
		time.Sleep(47 * time.Minute)
		want(t, s, "token-1")
		time.Sleep(2 * time.Minute)
		want(t, s, "token-2")
	})
}

func TestTokenWithoutStatedLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counter{}
		s := newSource(Endpoint{}, c.ask, explainer(nil))
		want(t, s, "token-1")
		time.Sleep(31 * time.Minute)
		want(t, s, "token-2")
	})
}

func TestOldTokenServesWhileTheEndpointFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counter{life: time.Hour}
		s := newSource(Endpoint{}, c.ask, explainer(nil))
		want(t, s, "token-1")
		c.fail = errors.New("connection refused")
		time.Sleep(55 * time.Minute)
		want(t, s, "token-1")
		time.Sleep(6 * time.Minute)
		if _, err := s.Token(t.Context()); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
		c.fail = nil
		want(t, s, "token-2")
	})
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counter{life: time.Hour}
		s := newSource(Endpoint{}, c.ask, explainer(nil))
		want(t, s, "token-1")
		s.Invalidate("token-1")
		want(t, s, "token-2")
		s.Invalidate("token-1") // a late refusal of the old one
		want(t, s, "token-2")
		s.Invalidate("token-2") // refused at once: not the token's fault
		want(t, s, "token-2")
		time.Sleep(2 * time.Minute)
		s.Invalidate("token-2")
		want(t, s, "token-3")
	})
}

func TestSlowEndpointIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counter{slow: time.Hour}
		s := newSource(Endpoint{Timeout: 5 * time.Second}, c.ask, explainer(nil))
		start := time.Now()
		if _, err := s.Token(t.Context()); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
		if time.Since(start) != 5*time.Second {
			t.Errorf("took %s", time.Since(start))
		}
		// A caller that waits for another's request returns when its own time is
		// over.
		var other sync.WaitGroup
		other.Go(func() { _, _ = s.Token(context.Background()) })
		defer other.Wait()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
