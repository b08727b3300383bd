package page_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"go/build"
	"html"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// dex is a real OpenID provider (github.com/dexidp/dex): it knows one person by
// a password, and believes what a proxy in front of it says about others.
type dex struct {
	t      *testing.T
	issuer string
	cmd    *exec.Cmd
	says   bytes.Buffer
}

const dexPassword = "a long enough password"

// newDex prepares a provider, or skips the test if there is none.
func newDex(t *testing.T) *dex {
	t.Helper()
	program, err := exec.LookPath(filepath.Join(build.Default.GOPATH, "bin", "dex"))
	if err != nil {
		t.Skip("not run: dex is missing: .ci/servers builds it where the module proxy has it")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // a free address
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := &dex{t: t, issuer: "http://" + l.Addr().String() + "/dex"}
	p.cmd = exec.Command(program, "serve", filepath.Join(t.TempDir(), "dex.json"))
	p.cmd.Stderr, p.cmd.Stdout = &p.says, &p.says
	return p
}

// start runs it for one page, and waits until it answers.
func (p *dex) start(page string) {
	p.t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(dexPassword), bcrypt.DefaultCost)
	if err != nil {
		p.t.Fatal(err)
	}
	conf, err := json.Marshal(map[string]any{
		"issuer": p.issuer, "storage": map[string]any{"type": "memory"}, "web": map[string]any{"http": strings.TrimSuffix(strings.TrimPrefix(p.issuer, "http://"), "/dex")},
		"oauth2":           map[string]any{"skipApprovalScreen": true},
		"staticClients":    []any{map[string]any{"id": "page", "name": "page", "secret": "provider-secret", "redirectURIs": []string{page + "/sign-in/answer"}}},
		"connectors":       []any{map[string]any{"type": "authproxy", "id": "proxy", "name": "proxy"}},
		"enablePasswordDB": true,
		"staticPasswords":  []any{map[string]any{"email": "visitor@example.org", "hash": string(hash), "username": "visitor", "userID": "1"}},
	})
	if err == nil {
		err = os.WriteFile(p.cmd.Args[2], conf, 0o600)
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(p.stop)
	ctx, stop := context.WithTimeout(p.t.Context(), time.Minute)
	defer stop()
	for {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, p.issuer+"/.well-known/openid-configuration", nil)
		if err != nil {
			p.t.Fatal(err)
		}
		if a, err := http.DefaultClient.Do(q); err == nil {
			a.Body.Close()
			return
		}
		if ctx.Err() != nil {
			p.t.Fatal("dex does not answer: ", p.says.String())
		}
	}
}

func (p *dex) stop() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Kill()
	var killed *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &killed) {
		p.t.Error(err)
	}
}

// proxied tells dex who somebody is, as a proxy in front of it does.
type proxied struct{ p *dex }

func (x proxied) RoundTrip(r *http.Request) (*http.Response, error) {
	if who := r.Context().Value(proxied{}); strings.HasPrefix(r.URL.String(), x.p.issuer) && who != nil {
		names := who.([2]string)
		r = r.Clone(r.Context())
		r.Header.Set("X-Remote-User", names[0])
		r.Header.Set("X-Remote-Group", names[1])
	}
	return http.DefaultTransport.RoundTrip(r)
}

// linkTo finds the first link or form on a page of dex that goes to a path.
func linkTo(body, path string) string {
	found := regexp.MustCompile(`(?:href|action)="([^"]*` + path + `[^"]*)"`).FindStringSubmatch(body)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

// People sign in at a real provider, by password or behind a proxy, and may do
// what their groups allow; when the provider is gone their sessions go on.
func TestSigningInAtDex(t *testing.T) {
	p := newDex(t)
	web := signInAt(t, p.issuer)
	web.OIDC.RolesClaim = "groups"
	o := newOfficeWith(t, web)
	p.start(o.url)
	ref := o.asked("Priya Raghunathan")
	at := strings.TrimSuffix(p.issuer, "/dex")
	enter := func(who, groups string) *visitor {
		v := o.visitor("")
		v.c.Transport = proxied{p}
		_, body := v.get("/case/" + ref)
		if !strings.Contains(body, "/sign-in/provider") {
			t.Fatal("the case does not lead to the provider")
		}
		_, body = v.get("/sign-in/provider")
		to := linkTo(body, "/auth/proxy")
		if to == "" {
			t.Fatalf("dex offers no way in: %s", body)
		}
		r, err := http.NewRequestWithContext(context.WithValue(t.Context(), proxied{}, [2]string{who, groups}), http.MethodGet, at+to, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := v.c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		return v
	}
	officer, other, nobody := enter("k.dunne@example.org", "staff,officer:cafcass"), enter("c@example.org", "officer:cymru"), enter("x@example.org", "staff")
	if status, body := officer.get("/case/" + ref); status != http.StatusOK || !strings.Contains(body, "Priya Raghunathan") || !strings.Contains(body, "k.dunne@example.org") {
		t.Errorf("the officer is answered %d", status)
	}
	if status, _ := other.get("/case/" + ref); status != http.StatusNotFound {
		t.Errorf("an officer of another mailbox is answered %d", status)
	}
	if _, body := nobody.get("/case/" + ref); strings.Contains(body, "Priya") {
		t.Error("somebody without a role is let in")
	}

	v := o.visitor("")
	_, body := v.get("/sign-in/provider")
	_, body = v.get(at + linkTo(body, "/auth/local"))
	form := at + linkTo(body, "/auth/local/login")
	if status, body := v.post(form, "login", "visitor@example.org", "password", "wrong"); status >= 500 || strings.Contains(body, "no role") {
		t.Errorf("a wrong password is answered %d", status)
	}
	if status, body := v.post(form, "login", "visitor@example.org", "password", dexPassword); status != http.StatusForbidden || !strings.Contains(body, "no role") {
		t.Errorf("a person of no group is answered %d", status)
	}

	p.stop()
	o.set(o.now().Add(time.Minute))
	if status, body := o.visitor("").get("/sign-in/provider"); status != http.StatusBadGateway || !strings.Contains(body, "cannot be used at the moment") {
		t.Errorf("once the provider is gone the sign-in is answered %d", status)
	}
	if status, _ := officer.get("/case/" + ref); status != http.StatusOK {
		t.Errorf("once the provider is gone a session is answered %d", status)
	}
}
