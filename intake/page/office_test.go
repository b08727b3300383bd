package page_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/config/configtest"
	"requestd/intake/daemon"
	"requestd/intake/engine"
	"requestd/intake/health"
	"requestd/intake/mailbox"
	"requestd/intake/page"
	"requestd/intake/register"
	"requestd/store"
	"requestd/store/storetest"
)

// office is a register with its page, and a clock that the test sets.
type office struct {
	tb       testing.TB
	e        *engine.Engine
	db       *store.DB
	accounts *accounts.Accounts
	page     *page.Server
	url      string
	clock    atomic.Int64 // seconds
	uid      uint32
}

func (o *office) now() time.Time { return time.Unix(o.clock.Load(), 0).UTC() }

func (o *office) set(t time.Time) { o.clock.Store(t.Unix()) }

func newOffice(tb testing.TB) *office { return newOfficeWith(tb, config.Web{}) }

func newOfficeWith(tb testing.TB, web config.Web) *office {
	tb.Helper()
	o := unopened(tb)
	o.db = storetest.OpenAt(tb, filepath.Join(tb.TempDir(), "requestd.db"), store.Options{Now: o.now, NoSync: true},
		func(c *intake.Case) intake.Index { return o.e.Cases.Index(c) })
	o.serve(web)
	return o
}

// unopened is an office without a register yet.
func unopened(tb testing.TB) *office {
	tb.Helper()
	o := &office{tb: tb}
	o.set(time.Date(2026, 11, 20, 10, 0, 0, 0, deadlines.London()))
	return o
}

// serve serves the page over the office's register.
func (o *office) serve(web config.Web) {
	tb := o.tb
	tb.Helper()
	cfg := configtest.Load(tb, configtest.Settings)
	log := slog.New(slog.DiscardHandler)
	var err error
	if o.e, err = engine.New(casework.Options{Store: o.db, Now: o.now, Log: log}, cfg); err != nil {
		tb.Fatal(err)
	}
	o.accounts = accounts.New(o.db, o.now, log)
	h := httptest.NewUnstartedServer(nil)
	if web.BaseURL == "" {
		web.BaseURL = "http://" + h.Listener.Addr().String()
	}
	o.url = "http://" + h.Listener.Addr().String()
	o.page, err = page.New(page.Options{
		Web: web, Cases: o.e.Cases, Register: o.e.Register, Store: o.db, Accounts: o.accounts, Now: o.now, Log: log,
		Status: func(ctx context.Context) (*health.Status, error) { return daemon.Offline(ctx, o.e, o.db, o.now()) },
	})
	if err != nil {
		tb.Fatal(err)
	}
	h.Config.Handler = o.page.Handler()
	h.Start()
	tb.Cleanup(h.Close)
}

// receive takes a mail in, and returns the case that it belongs to.
func (o *office) receive(from, subject, body string) (ref string) {
	o.tb.Helper()
	o.uid++
	raw := fmt.Sprintf("From: %s\r\nTo: governance@cafcass.gov.uk\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%d@mail.example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
		from, subject, o.now().Format(time.RFC1123Z), o.uid, strings.ReplaceAll(body, "\n", "\r\n"))
	at := mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 7}
	f := mailbox.Fetched{UID: o.uid, Received: o.now(), Raw: []byte(raw), Complete: true}
	f.Read, _ = o.e.Read(at, &f)
	if err := o.e.TakeIn(o.tb.Context(), at, []mailbox.Fetched{f}, o.uid); err != nil {
		o.tb.Fatal(err)
	}
	list, _, err := o.e.Register.Messages(o.tb.Context(), register.MessageFilter{})
	if err != nil {
		o.tb.Fatal(err)
	}
	return list[len(list)-1].Ref
}

// undecided takes in a mail that a person has to decide.
func (o *office) undecided(n int) string {
	o.tb.Helper()
	ref := o.receive(fmt.Sprintf("Neville Strand %d <n.strand%d@example.org>", n, n), "Report",
		fmt.Sprintf("Good morning\n\nYou wrote a report %d on us. Where can I get the report from? Can someone send\nit?\n\nN Strand", n))
	if o.view(ref).State != intake.StateTriage {
		o.tb.Fatalf("%s is not to be decided", ref)
	}
	return ref
}

// asked takes in a request that is acknowledged at once.
func (o *office) asked(name string) string {
	o.tb.Helper()
	return o.receive(name+" <someone@example.org>", "Freedom of Information request",
		"Dear Information Governance,\n\nUnder the Freedom of Information Act, please send me the policy on the supervision of newly qualified social workers and the number of hours that they received in each region last year.\n\n"+name)
}

func (o *office) view(ref string) *register.CaseDetails {
	o.tb.Helper()
	c, err := o.e.Register.Case(o.tb.Context(), ref)
	if err != nil {
		o.tb.Fatal(err)
	}
	return c
}

// word begins a session and returns its word.
func (o *office) word(address string, role casework.Role, mailboxes ...string) string {
	o.tb.Helper()
	word, err := o.accounts.Begin(accounts.Person{Address: address, Name: address, Role: role, Mailboxes: mailboxes})
	if err != nil {
		o.tb.Fatal(err)
	}
	return word
}

// account adds an officer's account of the register's own.
func (o *office) account(address string) accounts.Given {
	o.tb.Helper()
	g, err := o.accounts.Add(accounts.Input{Address: address, Role: casework.Officer})
	if err != nil {
		o.tb.Fatal(err)
	}
	return g
}

// visitor is a browser without a window.
type visitor struct {
	o *office
	c *http.Client
}

func (o *office) visitor(word string) *visitor {
	o.tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.tb.Fatal(err)
	}
	if word != "" {
		u, err := url.Parse(o.url)
		if err != nil {
			o.tb.Fatal(err)
		}
		jar.SetCookies(u, []*http.Cookie{{Name: "requestd", Value: word}})
	}
	return &visitor{o, &http.Client{Jar: jar}}
}

// signIn signs in with an account of the register's own.
func (v *visitor) signIn(g accounts.Given) (int, string) {
	v.o.tb.Helper()
	code, err := totp.GenerateCode(g.Code, v.o.now())
	if err != nil {
		v.o.tb.Fatal(err)
	}
	return v.post("/sign-in", "address", g.Address, "password", g.Password, "code", code)
}

func (o *office) officer() *visitor {
	return o.visitor(o.word("k.dunne@example.org", casework.Officer))
}

func (v *visitor) do(method, path string, form url.Values, head ...string) (int, string) {
	v.o.tb.Helper()
	if !strings.HasPrefix(path, "http") { // elsewhere
		path = v.o.url + path
	}
	r, err := http.NewRequestWithContext(v.o.tb.Context(), method, path, strings.NewReader(form.Encode()))
	if err != nil {
		v.o.tb.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	a, err := v.c.Do(r)
	if err != nil {
		v.o.tb.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		v.o.tb.Fatal(err)
	}
	return a.StatusCode, string(b)
}

func (v *visitor) get(path string) (int, string) {
	v.o.tb.Helper()
	return v.do(http.MethodGet, path, nil)
}

func (v *visitor) post(path string, fields ...string) (int, string) {
	v.o.tb.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return v.do(http.MethodPost, path, form)
}

// seen returns how many events a case has, as its forms state it.
func (o *office) seen(ref string) string { return strconv.Itoa(len(o.view(ref).Events)) }

var onceField = regexp.MustCompile(`name="once" value="([^"]+)"`)
