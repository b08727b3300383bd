package mailtest

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/wneessen/go-mail"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/oauth2/jwt"
)

// xoauth2 is the client's side of XOAUTH2, which go-sasl does not have.
type xoauth2 struct{ user, token string }

func (x xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

func (x xoauth2) Next([]byte) ([]byte, error) { return []byte{1}, nil }

func TestTokens(t *testing.T) {
	box := "CafcassCymru@gov.wales"
	tokens := StartTokens(t, TokenOptions{Apps: []App{{ID: "app", Secret: "secret", User: strings.ToLower(box)}}})
	s := Start(t, Options{OAuth: tokens})
	s.Deliver("cymru", []byte("Subject: x\r\n\r\ny\r\n"), time.Time{})

	cc := clientcredentials.Config{
		ClientID: "app", ClientSecret: "secret", TokenURL: tokens.URL(), Scopes: []string{tokens.Scope},
	}
	got, err := cc.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	revoked := tokens.Issue(strings.ToLower(box), time.Hour)
	tokens.Revoke(revoked)
	for _, c := range []struct {
		name, token string
		good        bool
	}{
		{"good", got.AccessToken, true},
		{"invented", "abc", false},
		{"of another mailbox", tokens.Issue("governance", time.Hour), false},
		{"expired", tokens.Issue(strings.ToLower(box), -time.Second), false},
		{"revoked", revoked, false},
	} {
		for _, mech := range []sasl.Client{
			xoauth2{box, c.token},
			sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: box, Token: c.token}),
		} {
			n, err := mailsSeen(t, s, mech)
			if (err == nil) != c.good || c.good && n != 1 {
				t.Errorf("IMAP with a token %s: %d mails, %v", c.name, n, err)
			}
		}
		m := mail.NewMsg()
		if err := m.From(box); err != nil {
			t.Fatal(err)
		}
		if err := m.To("someone@example.org"); err != nil {
			t.Fatal(err)
		}
		if c.name != "good" && c.name != "revoked" {
			continue // Dovecot takes half a second to refuse, and the same check serves SMTP
		}
		for _, port := range []int{s.Submission, s.Relay} {
			cl := client(t, s, mail.WithPort(port), mail.WithSMTPAuth(mail.SMTPAuthXOAUTH2),
				mail.WithUsername(box), mail.WithPassword(c.token))
			if err := cl.DialAndSendWithContext(t.Context(), m); (err == nil) != c.good {
				t.Errorf("SMTP on port %d with a token %s: %v", port, c.name, err)
			}
		}
	}
}

func TestOneTokenForEveryMailbox(t *testing.T) {
	tokens := StartTokens(t, TokenOptions{EveryMailbox: true})
	s := Start(t, Options{OAuth: tokens, NoPostfix: true, Mechanisms: "xoauth2", Capability: Exchange})
	token := tokens.Issue("anyone", time.Hour)
	s.Deliver("cymru", []byte("Subject: x\r\n\r\ny\r\n"), time.Time{})
	for box, want := range map[string]uint32{"governance@cafcass.gov.uk": 0, "CafcassCymru@gov.wales": 1} {
		if n, err := mailsSeen(t, s, xoauth2{box, token}); err != nil || n != want {
			t.Errorf("%s: %d mails, %v, want %d", box, n, err, want)
		}
	}
	tokens.Expire()
	if _, err := mailsSeen(t, s, xoauth2{"CafcassCymru@gov.wales", token}); err == nil {
		t.Error("an expired token was taken")
	}
}

func mailsSeen(t *testing.T, s *Servers, mech sasl.Client) (uint32, error) {
	t.Helper()
	c, err := imapclient.DialTLS(loopback(s.IMAPS), &imapclient.Options{TLSConfig: tlsConfig(s)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Authenticate(mech); err != nil {
		return 0, err
	}
	data, err := c.Select("INBOX", nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return data.NumMessages, nil
}

func TestTokenEndpointRefuses(t *testing.T) {
	tokens := StartTokens(t, TokenOptions{})
	good := clientcredentials.Config{
		ClientID: "app", ClientSecret: "secret", TokenURL: tokens.URL(), Scopes: []string{tokens.Scope},
	}
	for _, c := range []struct {
		want   string
		change func(*clientcredentials.Config)
	}{
		{"AADSTS90002", func(c *clientcredentials.Config) { c.TokenURL = tokens.TenantURL("other") }},
		{"AADSTS700016", func(c *clientcredentials.Config) { c.ClientID = "other" }},
		{"AADSTS7000215", func(c *clientcredentials.Config) { c.ClientSecret = "old" }},
		{"AADSTS70011", func(c *clientcredentials.Config) { c.Scopes = []string{"https://graph.example/.default"} }},
	} {
		cc := good
		c.change(&cc)
		if _, err := cc.Token(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	tokens.Fail(503, "temporarily_unavailable", "busy")
	if _, err := good.Token(t.Context()); err == nil || !strings.Contains(err.Error(), "busy") {
		t.Errorf("a failing endpoint gave %v", err)
	}
	tokens.Recover()
	release := tokens.Hold()
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error)
	go func() { _, err := good.Token(ctx); waiting <- err }()
	if err := poll(ctx, t, nil, "the request", func() bool { return len(tokens.Requests()) > 5 }); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-waiting; err == nil {
		t.Error("a held request was answered")
	}
	release()
	if _, err := good.Token(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAssertions signs in without a secret: like Google's service accounts, and
// with a certificate as at Microsoft.
func TestAssertions(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tokens := StartTokens(t, TokenOptions{Scope: "mail", Apps: []App{{ID: "app", Key: &key.PublicKey, User: "governance"}}})
	good := jwt.Config{
		Email: "app", Subject: "cymru", Scopes: []string{"mail"}, TokenURL: tokens.URL(),
		PrivateKey: pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
	}
	if _, err := good.TokenSource(t.Context()).Token(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*jwt.Config){
		"of an unknown account": func(c *jwt.Config) { c.Email = "other" },
		"for another scope":     func(c *jwt.Config) { c.Scopes = []string{"calendar"} },
		"for nobody":            func(c *jwt.Config) { c.Subject = "" },
		"for another audience":  func(c *jwt.Config) { c.Audience = "https://elsewhere.example" },
	} {
		c := good
		change(&c)
		if _, err := c.TokenSource(t.Context()).Token(); err == nil {
			t.Errorf("an assertion %s was taken", name)
		}
	}

	ask := func(issuer string) int {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"app"}, "scope": {"mail"},
			"client_assertion_type": {jwtAssertion}, "client_assertion": {signed(t, key, issuer, tokens.URL())}}
		resp, err := http.PostForm(tokens.URL(), form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if status := ask("app"); status != http.StatusOK {
		t.Errorf("a certificate's assertion: status %d", status)
	}
	if status := ask("other"); status != http.StatusUnauthorized {
		t.Errorf("another application's assertion: status %d", status)
	}
}

func signed(t *testing.T, key *rsa.PrivateKey, issuer, audience string) string {
	t.Helper()
	claims := fmt.Sprintf(`{"iss":%q,"sub":%q,"aud":%q,"exp":%d}`, issuer, issuer, audience, time.Now().Unix()+60)
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"PS256"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(claims))
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestAddUser(t *testing.T) {
	s := Start(t, Options{NoPostfix: true, Capability: Exchange})
	s.AddUser(User{Name: "late", Password: "p"})
	s.Deliver("late", []byte("Subject: x\r\n\r\ny\r\n"), time.Time{})
	c, err := imapclient.DialTLS(loopback(s.IMAPS), &imapclient.Options{TLSConfig: tlsConfig(s)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login("late", "p").Wait(); err != nil {
		t.Fatal(err)
	}
	if caps := c.Caps(); caps.Has("CONDSTORE") || !caps.Has("MOVE") {
		t.Errorf("an Exchange-like server announces %v", caps)
	}
}
