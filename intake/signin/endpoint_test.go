package signin

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// endpoint answers every request with answer, and keeps the requests.
type endpoint struct {
	*httptest.Server
	sync.Mutex
	asked  []url.Values
	status int
	answer string
}

func newEndpoint(t *testing.T, status int, answer string) *endpoint {
	e := &endpoint{status: status, answer: answer}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		e.Lock()
		defer e.Unlock()
		e.asked = append(e.asked, r.PostForm)
		w.Header().Set("Content-Type", "application/json")
		if e.status/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(e.status)
		_, _ = fmt.Fprint(w, e.answer)
	}))
	t.Cleanup(e.Close)
	return e
}

const granted = `{"access_token":"abc","token_type":"Bearer","expires_in":3599}`

func application(e *endpoint) Application {
	return Application{
		TokenURL: e.URL, ClientID: "app", Scopes: []string{"https://outlook.office365.com/.default"},
		Secret: func() (string, error) { return "s3cret", nil },
	}
}

func TestClientSecret(t *testing.T) {
	e := newEndpoint(t, 200, granted)
	s, err := application(e).Source()
	if err != nil {
		t.Fatal(err)
	}
	want(t, s, "abc")
	got := e.asked[0]
	for k, v := range map[string]string{
		"grant_type": "client_credentials", "client_id": "app", "client_secret": "s3cret",
		"scope": "https://outlook.office365.com/.default",
	} {
		if got.Get(k) != v {
			t.Errorf("%s was %q, want %q", k, got.Get(k), v)
		}
	}
	if left := time.Until(s.end); left < 55*time.Minute || left > time.Hour {
		t.Errorf("ends in %s", left)
	}
}

// pair makes a certificate and its key, PEM.
func pair(t *testing.T) (cert, key []byte, pub *rsa.PublicKey) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "requestd"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), &k.PublicKey
}

// opened checks a JWT's signature and returns its header and claims.
func opened(t *testing.T, jwt string, pub *rsa.PublicKey) (header, claims map[string]any) {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %q", jwt)
	}
	for i, v := range []*map[string]any{&header, &claims} {
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err == nil {
			err = json.Unmarshal(b, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if header["alg"] == "PS256" {
		err = rsa.VerifyPSS(pub, crypto.SHA256, digest[:], signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	} else {
		err = rsa.VerifyPKCS1v15(pub, crypto.SHA256, digest[:], signature)
	}
	if err != nil {
		t.Error("the signature does not hold:", err)
	}
	return header, claims
}

func TestClientCertificate(t *testing.T) {
	cert, key, pub := pair(t)
	e := newEndpoint(t, 200, granted)
	a := application(e)
	a.Secret = nil
	a.Certificate = func() (*Certificate, error) { return ParseCertificate(cert, key) }
	s, err := a.Source()
	if err != nil {
		t.Fatal(err)
	}
	want(t, s, "abc")
	form := e.asked[0]
	if form.Has("client_secret") || form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		t.Errorf("asked with %v", form)
	}
	header, claims := opened(t, form.Get("client_assertion"), pub)
	if header["alg"] != "PS256" || header["x5t#S256"] == nil {
		t.Errorf("header %v", header)
	}
	if claims["aud"] != e.URL || claims["iss"] != "app" || claims["sub"] != "app" || claims["jti"] == "" {
		t.Errorf("claims %v", claims)
	}
	if left := claims["exp"].(float64) - float64(time.Now().Unix()); left < 60 || left > 600 {
		t.Errorf("the assertion holds for %v s", left)
	}
}

func TestGoogleServiceAccount(t *testing.T) {
	e := newEndpoint(t, 200, granted)
	_, key, pub := pair(t)
	file, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "robot@example.org", "private_key": string(key), "private_key_id": "k1", "token_uri": e.URL,
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := ServiceAccount{
		Key:     func() ([]byte, error) { return file, nil },
		Subject: "foi@example.org", Scopes: []string{"https://mail.google.com/"},
	}.Source()
	if err != nil {
		t.Fatal(err)
	}
	want(t, s, "abc")
	_, claims := opened(t, e.asked[0].Get("assertion"), pub)
	if claims["iss"] != "robot@example.org" || claims["sub"] != "foi@example.org" || claims["scope"] != "https://mail.google.com/" {
		t.Errorf("claims %v", claims)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	refusal := func(code, description string) string {
		return fmt.Sprintf(`{"error":%q,"error_description":%q}`, code, description)
	}
	for _, c := range []struct {
		status int
		answer string
		kind   error
		mend   string
	}{
		{401, refusal("invalid_client", "AADSTS7000215: Invalid client secret provided."), ErrSignIn, "secret_file must hold its value"},
		{401, refusal("invalid_client", "AADSTS7000222: The provided client secret keys are expired."), ErrSignIn, "make a new one"},
		{400, refusal("unauthorized_client", "AADSTS700016: Application not found in the directory."), ErrSignIn, "check client_id and tenant"},
		{400, refusal("invalid_request", "AADSTS90002: Tenant 'x' not found."), ErrSignIn, "no such tenant"},
		{400, refusal("invalid_scope", "AADSTS70011: not valid"), ErrSignIn, "https://outlook.office365.com/.default"},
		{401, refusal("invalid_client", "AADSTS700027: not registered"), ErrSignIn, "upload certificate_file"},
		{400, "not JSON\r\nat all", ErrSignIn, "check the oauth entry"},
		{302, "", ErrSignIn, "check the oauth entry"},
		{503, "busy", ErrUnavailable, "503"},
		{429, "slow down", ErrUnavailable, "429"},
		{200, "{}", ErrUnavailable, ""},
		{200, "", ErrUnavailable, ""},
	} {
		e := newEndpoint(t, c.status, c.answer)
		s, err := application(e).Source()
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Token(t.Context())
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.mend) {
			t.Errorf("%d %s: got %v", c.status, c.answer, err)
			continue
		}
		if strings.Contains(err.Error(), "s3cret") || strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("%d %s: unfit for a log: %q", c.status, c.answer, err)
		}
		if len(e.asked) != 1 {
			t.Errorf("%d: asked %d times", c.status, len(e.asked))
		}
	}
}

func TestUnusableEntries(t *testing.T) {
	e := newEndpoint(t, 200, granted)
	for name, change := range map[string]func(*Application){
		"plain http":       func(a *Application) { a.TokenURL = "http://login.example.org/token" },
		"no address":       func(a *Application) { a.TokenURL = "token" },
		"no client":        func(a *Application) { a.ClientID = "" },
		"no secret":        func(a *Application) { a.Secret = nil },
		"two ways at once": func(a *Application) { a.Certificate = func() (*Certificate, error) { return nil, nil } },
	} {
		a := application(e)
		change(&a)
		if _, err := a.Source(); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	a := application(e)
	a.Secret = func() (string, error) { return "", os.ErrNotExist }
	s, err := a.Source()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(t.Context()); !errors.Is(err, ErrSignIn) || !strings.Contains(err.Error(), "secret_file") {
		t.Errorf("got %v", err)
	}
}

func TestCertificateMustFitItsKey(t *testing.T) {
	cert, key, _ := pair(t)
	_, other, _ := pair(t)
	if _, err := ParseCertificate(cert, key); err != nil {
		t.Error(err)
	}
	if _, err := ParseCertificate(append(key, cert...), append(cert, key...)); err != nil {
		t.Error("both in one file:", err)
	}
	for name, in := range map[string][2][]byte{"another key": {cert, other}, "no key": {cert, cert}, "no certificate": {key, key}} {
		if _, err := ParseCertificate(in[0], in[1]); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
