package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"requestd/intake/accounts"
	"requestd/intake/localca"
)

// reader is a user of a daemon's page, in a browser of their own.
type reader struct {
	*process
	url string
	c   *http.Client
}

var listens = regexp.MustCompile(`the page is served.*"?listens"?[=:]"?([0-9.:]+)`)

// page waits until a daemon serves its page, and opens a browser that trusts
// ca.
func (d *process) page(ca []byte) *reader {
	d.t.Helper()
	d.until("its page", func() bool { return listens.MatchString(d.log.String()) })
	r := &reader{d, "http://" + listens.FindStringSubmatch(d.log.String())[1], d.browser()}
	if ca != nil {
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(ca)
		r.url = strings.Replace(r.url, "http:", "https:", 1)
		r.c.Transport = &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool}}
	}
	return r
}

func (d *process) browser() *http.Client {
	d.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// get asks for a page and send sends a form; both return the whole answer.
func (r *reader) get(path string) (*http.Response, string) { r.t.Helper(); return r.ask(path, nil) }

func (r *reader) send(path string, fields ...string) (*http.Response, string) {
	r.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return r.ask(path, form)
}

func (r *reader) ask(path string, form url.Values) (*http.Response, string) {
	r.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	q, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	a, err := r.c.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return a, string(b)
}

// signIn makes an account as administrators do, and signs in with the password
// that was printed.
func (r *reader) signIn(role string) {
	r.t.Helper()
	g := lines[accounts.Given](r.program, "user", "add", role+"@example.org", "--role", role)[0]
	code, err := totp.GenerateCode(g.Code, time.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	if _, body := r.send("/sign-in", "address", g.Address, "password", g.Password, "code", code); !strings.Contains(body, "<h1>Today") {
		r.t.Fatal("signing in does not lead to Today")
	}
}

// secured sets up a site whose page has its own certificate.
func secured(t testing.TB) (*site, *localca.CA) {
	t.Helper()
	s := newSite(t)
	ca, err := localca.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	certify(t, s, ca)
	name := filepath.Join(s.dir, "config.yaml")
	text, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, append(text, "web: {listen: '127.0.0.1:0', cert_file: page.crt, key_file: page.key}\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s, ca
}

func certify(t testing.TB, s *site, ca *localca.CA) {
	t.Helper()
	pair, err := ca.Issue(localca.Leaf{})
	if err == nil {
		err = os.WriteFile(filepath.Join(s.dir, "page.key"), pair.KeyPEM, 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(s.dir, "page.crt"), pair.CertPEM, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A daemon serves its page over TLS with its own certificate, which is renewed
// without a restart. Attachments come from the mailbox through a separate
// process.
func TestThePageOverTLS(t *testing.T) {
	s, ca := secured(t)
	content := bytes.Repeat([]byte{0, 1, 2, 0xff}, 30000)
	s.imap.Deliver(t, "g", fmt.Appendf(nil, "From: Ann Example <ann@example.org>\r\nTo: governance@cafcass.gov.uk\r\nSubject: Freedom of Information request\r\nMessage-ID: <ann@example.org>\r\nDate: %s\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nUnder the Freedom of Information Act 2000 please tell me how many reports were filed late in 2025, by region.\r\n"+
		"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=form.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n", time.Now().Format(time.RFC1123Z), base64.StdEncoding.EncodeToString(content)), time.Now())
	d := s.start()
	r := d.page(ca.PEM)
	r.signIn("officer")
	d.until("the mail", func() bool { return len(s.registered()) == 1 })
	a, body := r.get("/mail/1/attachments/1")
	if a.StatusCode != http.StatusOK || body != string(content) || a.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("the attachment answers %d with %d bytes of %s", a.StatusCode, len(body), a.Header.Get("Content-Type"))
	}
	before := a.TLS.PeerCertificates[0].SerialNumber
	certify(t, s, ca)
	if a, _ := r.get("/"); a.TLS.PeerCertificates[0].SerialNumber.Cmp(before) == 0 {
		t.Error("the renewed certificate is not used")
	}
	u, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.c.Jar.Cookies(u) {
		if c.Name == "requestd" {
			t.Error("the session's cookie may go without TLS")
		}
	}
	old := &tls.Config{RootCAs: r.c.Transport.(*http.Transport).TLSClientConfig.RootCAs, MaxVersion: tls.VersionTLS11} //nolint:gosec // that it is refused is what is shown
	if c, err := tls.Dial("tcp", u.Host, old); err == nil {
		c.Close()
		t.Error("TLS 1.1 is spoken")
	}
	d.stop()

	if err := os.WriteFile(filepath.Join(s.dir, "page.crt"), []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	d = s.start()
	if err := <-d.done; err == nil || !strings.Contains(d.log.String(), "web.cert_file") {
		t.Errorf("with a broken certificate it ends with %v: %s", err, d.log.String())
	}
	d.done <- nil
}

// While the register cannot be written every screen says so, each form keeps
// what was typed, and sessions go on. Once there is room the form is saved.
func TestThePageOnAFullDisk(t *testing.T) {
	s, ca := secured(t)
	d := s.start()
	r := d.page(ca.PEM)
	r.signIn("head")
	s.arrives("ann")
	d.until("the letter", func() bool { return s.letters("ann") == 1 })
	d.until("its being recorded", func() bool { l := s.status().Letters; return l.Waiting+l.Sending == 0 })
	ref := lines[struct{ Ref string }](s.program, "list")[0].Ref
	r.send("/case/"+ref+"/act/clarification-requested", "seen", seenOn(r, ref), "words", "Which year do you mean?", "save", "yes")
	draft := lines[struct {
		ID      int
		Purpose string
	}](s.program, "outbox", "--ref", ref)
	letter := 0
	for _, l := range draft {
		if l.Purpose == "ask-clarification" {
			letter = l.ID
		}
	}
	_, form := r.get("/register")
	once := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(form)[1]
	seen := seenOn(r, ref)

	limited.fill(t, d, s)
	const broken = "The register cannot be written at the moment"
	if _, body := r.send("/case/"+ref+"/take", "seen", seen); !strings.Contains(body, "nothing was saved") {
		t.Errorf("a case is taken on a full disk: %s", problem.FindString(body))
	}
	for _, path := range []string{"/", "/triage", "/case/" + ref, "/case/" + ref + "/act/responded", "/case/" + ref + "/readers", "/search?state=open", "/register", "/letters", fmt.Sprint("/letters/", letter), "/mail/1", "/figures", "/calendar", "/how-it-runs", "/account", "/nowhere", "/sign-in"} {
		if a, body := r.get(path); !strings.Contains(body, broken) || a.StatusCode >= 500 {
			t.Errorf("%s answers %d and does not say it", path, a.StatusCode)
		}
	}
	const typed = "She rang & said “no”"
	words := strings.NewReplacer("&", "&amp;").Replace(typed)
	forms := map[string][]string{
		"/register":                             {"once", once, "mailbox", "cafcass", "kind", "foi", "source", "post", "name", "Edmund Vale", "note", typed},
		"/case/" + ref + "/act/note":            {"seen", seen, "note", typed, "save", "yes"},
		"/case/" + ref + "/act/corrected":       {"seen", seen, "name", typed, "language", "en", "save", "yes"},
		fmt.Sprintf("/letters/%d/text", letter): {"seen", seen, "text", "Which year? Our reference is " + ref + ". " + typed},
		"/account/keys":                         {"keys", "own", "key-foi", "7"},
	}
	for path, fields := range forms {
		want := words
		if path == "/account/keys" {
			want = `value="7"`
		}
		if a, body := r.send(path, fields...); a.StatusCode < 400 || !strings.Contains(body, want) {
			t.Errorf("%s answers %d, or lost what was typed: %s", path, a.StatusCode, problem.FindString(body))
		}
	}

	limited.room(t, d, s)
	d.until("the page's knowing", func() bool { _, body := r.get("/"); return !strings.Contains(body, broken) })
	for path, fields := range forms {
		if strings.HasPrefix(path, "/case/") || strings.HasPrefix(path, "/letters/") {
			fields[1] = seenOn(r, ref)
		}
		if a, body := r.send(path, fields...); a.StatusCode != http.StatusOK || strings.Contains(body, `id="problem"`) {
			t.Errorf("once there is room %s answers %d: %s", path, a.StatusCode, problem.FindString(body))
		}
	}
	s.do("verify")
	d.stop()
}

var problem = regexp.MustCompile(`(?s)id="problem".*?</div>`)

// seenOn returns the number of events that a case's forms say the case has.
func seenOn(r *reader, ref string) string {
	r.t.Helper()
	_, body := r.get("/case/" + ref + "/act/note")
	found := regexp.MustCompile(`name="seen" value="(\d+)"`).FindStringSubmatch(body)
	if found == nil {
		r.t.Fatalf("%s has no form", ref)
	}
	return found[1]
}
