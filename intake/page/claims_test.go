package page

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"requestd/intake/config"
)

// TestAnAddressThatNobodyVerifiedIsNobodys: if people enter their address at
// the provider themselves, somebody could enter a colleague's, and appear in
// the history under their name.
func TestAnAddressThatNobodyVerifiedIsNobodys(t *testing.T) {
	for _, x := range []struct {
		verified any
		want     string
	}{
		{nil, "head@example.org"}, {true, "head@example.org"}, {"true", "head@example.org"},
		{false, "k.dunne@example.org"}, {"false", "k.dunne@example.org"},
	} {
		claims := map[string]any{"email": "head@example.org", "preferred_username": "k.dunne@example.org", "roles": []any{"reader"}}
		if x.verified != nil {
			claims["email_verified"] = x.verified
		}
		if who, err := fromClaims(claims, "1234", "roles"); err != nil || who.Address != x.want {
			t.Errorf("email_verified %v: it is %s (%v), want %s", x.verified, who.Address, err, x.want)
		}
	}
	if who, err := fromClaims(map[string]any{"email": "head@example.org", "email_verified": false, "roles": "reader"}, "1234", "roles"); err != nil || who.Address != "1234" {
		t.Errorf("without another address it is %s (%v)", who.Address, err)
	}
}

// TestWhoWaitedInVainAsksNoProvider: if the provider does not answer, each
// would otherwise wait for all who started before.
func TestWhoWaitedInVainAsksNoProvider(t *testing.T) {
	asked := 0
	h := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer h.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	p := &provider{web: config.Web{OIDC: config.OIDC{Issuer: h.URL}}}
	if _, _, err := p.open(ctx, time.Now(), false); !errors.Is(err, context.Canceled) || asked > 0 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}
