package page

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"requestd/intake"
	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/intake/config"
)

// provider is the OpenID provider at which people sign in. It is looked up when
// somebody first signs in, and again if that failed: a provider that cannot be
// reached affects nothing else.
type provider struct {
	web config.Web

	mu     sync.Mutex
	found  *oidc.Provider
	at     time.Time // when it was found
	scopes []string
}

const (
	providerTakes = 10 * time.Second
	foundFor      = 10 * time.Second // after that, whoever begins to sign in finds out whether it is still there
	flowCookie    = "sign-in"
)

// flow is what a browser stores while its user is at the provider.
type flow struct {
	State, Nonce, Verifier string
}

// look looks up the provider.
func (p *provider) look(ctx context.Context, now time.Time) error {
	found, err := oidc.NewProvider(context.WithoutCancel(ctx), p.web.OIDC.Issuer) // it keeps its context to fetch keys later
	if err != nil {
		return fmt.Errorf("reach the provider %s: %w", p.web.OIDC.Issuer, err)
	}
	var says struct {
		Scopes []string `json:"scopes_supported"`
	}
	if err := found.Claims(&says); err != nil {
		return fmt.Errorf("read what the provider %s says of itself: %w", p.web.OIDC.Issuer, err)
	}
	p.found, p.at, p.scopes = found, now, []string{oidc.ScopeOpenID, "profile", "email"}
	if slices.Contains(says.Scopes, p.web.OIDC.RolesClaim) { // it sends that claim if asked
		p.scopes = append(p.scopes, p.web.OIDC.RolesClaim)
	}
	return nil
}

// open returns the provider, looking it up again unless it was found a moment
// ago; for somebody who comes back from it the last result is used. Somebody
// whose time ran out while others were looking does not look too: if the
// provider does not answer, each would wait for all who came before.
func (p *provider) open(ctx context.Context, now time.Time, back bool) (*oidc.Provider, *oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("reach the provider %s: %w", p.web.OIDC.Issuer, err)
	}
	if p.found == nil || !back && now.Sub(p.at) > foundFor {
		if err := p.look(ctx, now); err != nil {
			return nil, nil, err
		}
	}
	secret, err := p.web.OIDC.Secret.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("web.oidc.secret_file: %w", err)
	}
	return p.found, &oauth2.Config{
		ClientID: p.web.OIDC.ClientID, ClientSecret: secret.Reveal(), Endpoint: p.found.Endpoint(),
		RedirectURL: p.web.Address() + "/sign-in/answer", Scopes: p.scopes,
	}, nil
}

func reaching(r *http.Request) (context.Context, context.CancelFunc) {
	ctx := oidc.ClientContext(r.Context(), &http.Client{Timeout: providerTakes})
	return context.WithTimeout(ctx, providerTakes)
}

func (s *Server) toProvider(w http.ResponseWriter, r *http.Request) {
	ctx, stop := reaching(r)
	defer stop()
	_, o, err := s.oidc.open(ctx, s.Now(), false)
	if err != nil {
		s.notSignedIn(w, r, err)
		return
	}
	f := flow{rand.Text(), rand.Text(), oauth2.GenerateVerifier()}
	b, err := json.Marshal(f)
	if err != nil {
		s.notSignedIn(w, r, err)
		return
	}
	s.keep(w, flowCookie, string(b))
	http.Redirect(w, r, o.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), http.StatusSeeOther)
}

// errNoRole says that the provider knows somebody who has no role here.
var errNoRole = errors.New("the provider gives no role for this page")

func (s *Server) fromProvider(w http.ResponseWriter, r *http.Request) {
	who, err := s.answered(w, r)
	var word string
	if err == nil {
		word, err = s.Accounts.Begin(who)
	}
	if err != nil {
		s.notSignedIn(w, r, err)
		return
	}
	s.setCookie(w, s.sessionName(), word, int(accounts.AbsoluteEnd.Seconds()))
	http.Redirect(w, r, s.back(w, r), http.StatusSeeOther)
}

func (s *Server) answered(w http.ResponseWriter, r *http.Request) (who accounts.Person, err error) {
	var f flow
	if err := json.Unmarshal([]byte(s.takeKept(w, r, flowCookie)), &f); err != nil || f.State == "" || r.URL.Query().Get("state") != f.State {
		return who, errors.New("the answer belongs to no sign-in of this browser")
	}
	if says := r.URL.Query().Get("error"); says != "" {
		return who, fmt.Errorf("the provider refused: %s", intake.OneLine(says, 200))
	}
	ctx, stop := reaching(r)
	defer stop()
	p, o, err := s.oidc.open(ctx, s.Now(), true)
	if err != nil {
		return who, err
	}
	token, err := o.Exchange(ctx, r.URL.Query().Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return who, fmt.Errorf("exchange the code: %w", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return who, errors.New("the provider sent no ID token")
	}
	id, err := p.Verifier(&oidc.Config{ClientID: o.ClientID}).Verify(ctx, raw)
	if err != nil {
		return who, fmt.Errorf("verify the ID token: %w", err)
	}
	if id.Nonce != f.Nonce {
		return who, errors.New("the ID token is of another sign-in")
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return who, fmt.Errorf("read the ID token: %w", err)
	}
	return fromClaims(claims, id.Subject, s.Web.OIDC.RolesClaim)
}

// fromClaims reads who somebody is and what they may do. The roles claim has
// values such as officer, for all mailboxes, or officer:cafcass, for one; the
// highest role counts, with the mailboxes that are named for it.
func fromClaims(claims map[string]any, subject, rolesClaim string) (accounts.Person, error) {
	text := func(name string) string { v, _ := claims[name].(string); return v }
	s := accounts.Person{Address: subject, Name: intake.OneLine(text("name"), intake.MaxName)}
	for _, name := range []string{"email", "preferred_username"} {
		if name == "email" && fmt.Sprint(claims["email_verified"]) == "false" {
			continue // people enter it themselves, and might enter a colleague's
		}
		if a := text(name); intake.Mailable(a) {
			s.Address = a
			break
		}
	}
	var values []string
	switch v := claims[rolesClaim].(type) {
	case string:
		values = strings.Fields(v)
	case []any:
		for _, x := range v {
			if t, ok := x.(string); ok {
				values = append(values, t)
			}
		}
	}
	for _, role := range slices.Backward(accounts.Roles) {
		everywhere := false
		for _, v := range values {
			name, box, some := strings.Cut(v, ":")
			if casework.Role(name) != role {
				continue
			}
			s.Role = role
			everywhere = everywhere || !some
			if some && box != "" {
				s.Mailboxes = append(s.Mailboxes, box)
			}
		}
		if s.Role != "" {
			if everywhere {
				s.Mailboxes = nil
			} else if len(s.Mailboxes) == 0 {
				return s, errNoRole
			}
			return s, nil
		}
	}
	return s, errNoRole
}

// notSignedIn shows the reason at the sign-in. It ends nobody's session.
func (s *Server) notSignedIn(w http.ResponseWriter, r *http.Request, err error) {
	s.Log.Error("somebody could not sign in", "error", err)
	f := s.frame(r, nil, "Sign in")
	f.Body = signInBody{Provider: true}
	f.Status, f.Problem = http.StatusBadGateway, f.T("The sign-in service of your organisation cannot be used at the moment. Try again; if it stays so, tell the administrator.")
	if errors.Is(err, errNoRole) {
		f.Status, f.Problem = http.StatusForbidden, f.T("You are known, and have no role for this page. An administrator gives roles.")
	}
	s.render(w, "sign-in", f)
}
