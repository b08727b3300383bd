package mailtest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"
)

// App is an application that may ask for tokens, as registered with Microsoft
// or Google.
type App struct {
	ID     string
	Secret string
	// Key checks signed assertions, which are used instead of the secret.
	Key *rsa.PublicKey
	// User is the mailbox that its tokens open, as given at sign-in.
	User string
}

// TokenOptions of an endpoint. If a field is empty it has the value in
// brackets.
type TokenOptions struct {
	Tenant string // [tenant]
	Scope  string // the one scope that is granted [https://outlook.office365.com/.default]
	Apps   []App  // [app, secret, governance]
	// Life of a token [1 hour].
	Life time.Duration
	// EveryMailbox lets each token open any mailbox, as for an application that
	// was granted them all; otherwise only that of the application's User.
	EveryMailbox bool
}

// Tokens is an OAuth 2.0 endpoint on loopback that issues tokens (client
// credentials by secret or certificate, service accounts by assertion) and
// tells Dovecot which of them are valid.
type Tokens struct {
	TokenOptions
	server *httptest.Server

	mu      sync.Mutex
	live    map[string]grant
	asked   []url.Values
	failure *tokenFailure
	gate    chan struct{} // requests for tokens wait until it is closed
}

type grant struct {
	user string
	ends time.Time
}

type tokenFailure struct {
	status            int
	code, description string
}

// StartTokens starts an endpoint that ends with the test.
func StartTokens(t T, opts TokenOptions) *Tokens {
	if opts.Tenant == "" {
		opts.Tenant = "tenant"
	}
	if opts.Scope == "" {
		opts.Scope = "https://outlook.office365.com/.default"
	}
	if opts.Apps == nil {
		opts.Apps = []App{{ID: "app", Secret: "secret", User: "governance"}}
	}
	if opts.Life == 0 {
		opts.Life = time.Hour
	}
	o := &Tokens{TokenOptions: opts, live: map[string]grant{}, gate: make(chan struct{})}
	close(o.gate)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", o.serveToken)
	mux.HandleFunc("POST /introspect", o.serveIntrospect)
	o.server = httptest.NewServer(mux)
	t.Cleanup(o.server.Close)
	return o
}

// URL returns where tokens are issued.
func (o *Tokens) URL() string { return o.TenantURL(o.Tenant) }

// TenantURL returns where tokens of another tenant would be issued.
func (o *Tokens) TenantURL(tenant string) string {
	return o.server.URL + "/" + tenant + "/oauth2/v2.0/token"
}

// Issue makes a token for a user without being asked over the network.
func (o *Tokens) Issue(user string, life time.Duration) string {
	token := rand.Text()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.live[token] = grant{user: user, ends: time.Now().Add(life)}
	return token
}

// Revoke invalidates tokens; if none is named, all.
func (o *Tokens) Revoke(tokens ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(tokens) == 0 {
		clear(o.live)
	}
	for _, t := range tokens {
		delete(o.live, t)
	}
}

// Expire ends the life of all tokens issued so far.
func (o *Tokens) Expire() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for t, g := range maps.All(o.live) {
		g.ends = time.Now().Add(-time.Second)
		o.live[t] = g
	}
}

// Fail answers every request for a token with this status and error until
// Recover, such as 503, "temporarily_unavailable".
func (o *Tokens) Fail(status int, code, description string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failure = &tokenFailure{status, code, description}
}

// Recover ends Fail.
func (o *Tokens) Recover() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failure = nil
}

// Hold keeps every request for a token waiting until release is called.
func (o *Tokens) Hold() (release func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.gate = make(chan struct{})
	return sync.OnceFunc(func() { close(o.gate) })
}

// Requests returns the forms with which tokens were asked for so far.
func (o *Tokens) Requests() []url.Values {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]url.Values(nil), o.asked...)
}

// introspectURL returns where Dovecot asks about tokens.
func (o *Tokens) introspectURL() string { return o.server.URL + "/introspect" }

func (o *Tokens) serveIntrospect(w http.ResponseWriter, r *http.Request) {
	token := r.PostFormValue("token")
	o.mu.Lock()
	g, ok := o.live[token]
	o.mu.Unlock()
	if !ok || time.Now().After(g.ends) {
		writeJSON(w, http.StatusOK, map[string]any{"active": false})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"active": true, "username": g.user, "scope": o.Scope, "exp": g.ends.Unix(),
	})
}

func (o *Tokens) serveToken(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_request"})
		return
	}
	o.mu.Lock()
	o.asked = append(o.asked, r.PostForm)
	failure, gate := o.failure, o.gate
	o.mu.Unlock()
	select {
	case <-gate:
	case <-r.Context().Done():
		return
	}
	user := ""
	if failure == nil {
		user, failure = o.judge(r)
	}
	if failure != nil {
		writeJSON(w, failure.status, map[string]any{"error": failure.code, "error_description": failure.description})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"token_type": "Bearer", "access_token": o.Issue(user, o.Life), "expires_in": int(o.Life.Seconds()),
	})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have gone
}
