package page_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"requestd/intake/config"
)

// provider is an OpenID provider that lets everybody in, with the claims that
// the test sets.
type provider struct {
	*httptest.Server
	t      *testing.T
	key    *rsa.PrivateKey
	now    func() time.Time
	nonce  string         // of the present sign-in
	claims map[string]any // of the person who signs in
	other  bool           // sign with a key that is not published
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, now: time.Now}
	m := http.NewServeMux()
	p.Server = httptest.NewServer(m)
	t.Cleanup(p.Close)
	say := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	m.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	m.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		say(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	})
	m.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		if id, secret, _ := r.BasicAuth(); id != "page" || secret != "provider-secret" || r.FormValue("code") != "a-code" || r.FormValue("code_verifier") == "" {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		say(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.token()})
	})
	return p
}

func (p *provider) token() string {
	key := p.key
	if p.other {
		var err error
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			p.t.Error(err)
		}
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "1"}}, nil)
	if err != nil {
		p.t.Error(err)
		return ""
	}
	all := map[string]any{"iss": p.URL, "aud": "page", "sub": "1234", "exp": p.now().Add(time.Hour).Unix(), "iat": p.now().Unix(), "nonce": p.nonce}
	for k, v := range p.claims {
		all[k] = v
	}
	token, err := jwt.Signed(s).Claims(all).Serialize()
	if err != nil {
		p.t.Error(err)
	}
	return token
}

// signIn goes to the provider and comes back.
func (p *provider) signIn(v *visitor) (int, string) {
	p.t.Helper()
	return v.get("/sign-in/answer?code=a-code&state=" + p.leave(v))
}

// leave goes to the provider, and returns the state that its answer must name.
func (p *provider) leave(v *visitor) (state string) {
	p.t.Helper()
	v.c.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), p.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	a, err := v.c.Get(v.o.url + "/sign-in/provider")
	if err != nil {
		p.t.Fatal(err)
	}
	defer a.Body.Close()
	to, err := url.Parse(a.Header.Get("Location"))
	if err != nil {
		p.t.Fatal(err)
	}
	q := to.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" {
		p.t.Errorf("the sign-in asks %s", to)
	}
	p.nonce = q.Get("nonce")
	return url.QueryEscape(q.Get("state"))
}

// signInAt returns a configuration in which people sign in at a provider.
func signInAt(t *testing.T, issuer string) config.Web {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("provider-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Web{OIDC: config.OIDC{Issuer: issuer, ClientID: "page", Secret: config.SecretFile{Path: config.Path(secret)}, RolesClaim: "roles"}}
}

func TestSigningInAtAProvider(t *testing.T) {
	p := newProvider(t)
	o := newOfficeWith(t, signInAt(t, p.URL))
	ref := o.asked("Priya Raghunathan")
	for _, x := range []struct {
		name   string
		claims map[string]any
		other  bool
		status int // of the answer
		reads  int // of the case, afterwards
	}{
		{"an officer", map[string]any{"email": "k.dunne@example.org", "roles": []string{"officer"}}, false, http.StatusOK, http.StatusOK},
		{"an officer of this mailbox", map[string]any{"roles": []string{"officer:cafcass", "unknown"}}, false, http.StatusOK, http.StatusOK},
		{"an officer of another", map[string]any{"roles": []string{"officer:cymru"}}, false, http.StatusOK, http.StatusNotFound},
		{"somebody without a role", map[string]any{"roles": []string{"king", "officer:"}}, false, http.StatusForbidden, 0},
		{"somebody without the claim", map[string]any{}, false, http.StatusForbidden, 0},
		{"a token for another application", map[string]any{"aud": "another", "roles": []string{"officer"}}, false, http.StatusBadGateway, 0},
		{"a token of another issuer", map[string]any{"iss": "https://evil.example.com", "roles": []string{"officer"}}, false, http.StatusBadGateway, 0},
		{"a token that has ended", map[string]any{"exp": 1, "roles": []string{"officer"}}, false, http.StatusBadGateway, 0},
		{"a token of another sign-in", map[string]any{"nonce": "another", "roles": []string{"officer"}}, false, http.StatusBadGateway, 0},
		{"a token that somebody else signed", map[string]any{"roles": []string{"officer"}}, true, http.StatusBadGateway, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			v := o.visitor("")
			p.claims, p.other = x.claims, x.other
			if status, _ := p.signIn(v); status != x.status {
				t.Fatalf("it is answered %d, not %d", status, x.status)
			}
			status, body := v.get("/case/" + ref)
			if x.reads == 0 {
				if strings.Contains(body, "Priya") || !strings.Contains(body, "/sign-in/provider") {
					t.Errorf("the case is answered %d", status)
				}
			} else if status != x.reads {
				t.Errorf("the case is answered %d, not %d", status, x.reads)
			}
		})
	}
	v := o.visitor("")
	if status, _ := v.get("/sign-in/answer?code=a-code&state=guessed"); status != http.StatusBadGateway {
		t.Errorf("an answer that nobody asked for is answered %d", status)
	}
}

// If a provider cannot be reached the sign-in says so, and no session ends.
func TestAProviderThatCannotBeReached(t *testing.T) {
	p := newProvider(t)
	p.Close()
	o := newOfficeWith(t, signInAt(t, p.URL))
	v := o.officer()
	if status, body := o.visitor("").get("/sign-in/provider"); status != http.StatusBadGateway || !strings.Contains(body, "cannot be used at the moment") {
		t.Errorf("the sign-in is answered %d", status)
	}
	if status, _ := v.get("/"); status != http.StatusOK {
		t.Errorf("a session that stands is answered %d", status)
	}
}

// If a provider is lost while somebody signs in, that is said too.
func TestAProviderThatIsLost(t *testing.T) {
	p := newProvider(t)
	o := newOfficeWith(t, signInAt(t, p.URL))
	v, who := o.officer(), o.visitor("")
	state := p.leave(who)
	p.Close()
	if status, body := who.get("/sign-in/answer?code=a-code&state=" + state); status != http.StatusBadGateway || !strings.Contains(body, "cannot be used at the moment") {
		t.Errorf("the answer is answered %d", status)
	}
	if status, body := v.get("/"); status != http.StatusOK || !strings.Contains(body, "<h1>Today") {
		t.Errorf("a session that stands is answered %d", status)
	}
}
