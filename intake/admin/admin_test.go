package admin_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/admin"
	"requestd/intake/casework"
	"requestd/intake/config/configtest"
	"requestd/intake/engine"
	"requestd/intake/health"
	"requestd/intake/register"
	"requestd/store"
	"requestd/store/storetest"
)

var now = time.Date(2026, 11, 20, 10, 0, 0, 0, deadlines.London())

func newAPI(tb testing.TB) *admin.API {
	tb.Helper()
	cfg := configtest.Load(tb, configtest.Settings)
	clock := func() time.Time { return now }
	var (
		e   *engine.Engine
		err error
	)
	db := storetest.OpenAt(tb, filepath.Join(tb.TempDir(), "requestd.db"), store.Options{Now: clock},
		func(c *intake.Case) intake.Index { return e.Cases.Index(c) })
	e, err = engine.New(casework.Options{Store: db, Now: clock, Log: slog.New(slog.DiscardHandler)}, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return &admin.API{Engine: e, Store: db}
}

// opened is the answer to a change, as far as these tests need it.
type opened struct {
	View     *intake.View `json:"case"`
	Warnings []string     `json:"warnings"`
}

func open(tb testing.TB, c *admin.Client, kind intake.Kind) string {
	tb.Helper()
	var o opened
	in := casework.OpenInput{Mailbox: "cafcass", KindInput: casework.KindInput{Kind: kind}, Source: "post"}
	if err := c.Post(tb.Context(), "/v1/cases", in, &o); err != nil {
		tb.Fatal(err)
	}
	return o.View.Ref
}

func TestListsComeInPages(t *testing.T) {
	c := admin.Within(newAPI(t).Handler(), "local:test")
	var want []string
	for range 5 {
		want = append(want, open(t, c, intake.FOI))
	}
	for _, path := range []string{"/v1/cases", "/v1/rows"} {
		var got []string
		q := url.Values{"limit": {"2"}}
		for {
			var p admin.Page[struct{ Ref string }]
			if err := c.Get(t.Context(), path, q, &p); err != nil {
				t.Fatal(err)
			}
			for _, v := range p.Items {
				got = append(got, v.Ref)
			}
			if p.Next == "" {
				break
			}
			q.Set("cursor", p.Next)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("pages of %s hold %v, want %v", path, got, want)
		}
	}
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	c := admin.Within(newAPI(t).Handler(), "local:test")
	ref := open(t, c, intake.DSAR)
	cases := []struct {
		name, path string
		in         any
		code       int
	}{
		{"an event that nobody knows", "/v1/cases/" + ref + "/events", casework.RecordInput{Event: "pondered"}, admin.CodeUsage},
		{"a date that lies ahead", "/v1/cases/" + ref + "/events", casework.RecordInput{Event: intake.Responded, Date: deadlines.DayOf(now) + 1}, admin.CodeUsage},
		{"a date before receipt", "/v1/cases/" + ref + "/events", casework.RecordInput{Event: intake.Extended, Date: deadlines.DayOf(now) - 1}, admin.CodeUsage},
		{"an outcome of a closing", "/v1/cases/" + ref + "/events", casework.RecordInput{Event: intake.Closed, Outcome: "granted"}, admin.CodeUsage},
		{"a void of the opening", "/v1/cases/" + ref + "/events", casework.RecordInput{Event: intake.Void, Void: 1}, admin.CodeUsage},
		{"a part that the case has not", "/v1/cases/" + ref + "/events", casework.RecordInput{Event: intake.Responded, Part: intake.FOI}, admin.CodeUsage},
		{"a kind that nobody knows", "/v1/cases/" + ref + "/kind", casework.KindInput{Kind: "poem"}, admin.CodeUsage},
		{"a case that is not there", "/v1/cases/CAF26-99999/kind", casework.KindInput{Kind: intake.FOI}, admin.CodeFailed},
		{"a field that nobody knows", "/v1/cases/" + ref + "/kind", map[string]string{"sort": "foi"}, admin.CodeUsage},
		{"erasing what is open", "/v1/cases/" + ref + "/erase", nil, admin.CodeUsage},
		{"merging a case into itself", "/v1/cases/" + ref + "/merge", admin.Merging{Into: ref}, admin.CodeUsage},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			var o opened
			err := c.Post(t.Context(), tc.path, tc.in, &o)
			var p *admin.Problem
			if !errors.As(err, &p) || p.Code != tc.code {
				t.Errorf("got %v, want a refusal with code %d", err, tc.code)
			}
		})
	}
}

func TestTheSocketNamesWhoActs(t *testing.T) {
	storetest.FileOnly(t, "is copied by the program")
	api := newAPI(t)
	path := filepath.Join(t.TempDir(), "run", "control.sock")
	l, err := admin.Listen(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v; want 0660", fi.Mode(), err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- admin.Serve(ctx, l, api.Handler()) }()
	c, err := admin.Dial(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ref := open(t, c, intake.FOI)
	var f register.CaseDetails
	if err := c.Get(t.Context(), "/v1/cases/"+ref, nil, &f); err != nil {
		t.Fatal(err)
	}
	if want := admin.Local(os.Getuid()); f.Events[0].Actor != want {
		t.Errorf("opened by %q, want %q", f.Events[0].Actor, want)
	}
	var b bytes.Buffer
	if err := c.Backup(t.Context(), &b, "copy.db"); err != nil || b.Len() == 0 {
		t.Errorf("backup: %d bytes, %v", b.Len(), err)
	}
	backedUp(t, api, false)
	var none bytes.Buffer
	if err := c.Backup(t.Context(), &none, api.Store.Path()); !errors.Is(err, store.ErrItself) || none.Len() > 0 {
		t.Errorf("a copy in the register's own place: %d bytes, %v", none.Len(), err)
	}
	if err := c.BackedUp(t.Context()); err != nil {
		t.Error(err)
	}
	backedUp(t, api, true)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// backedUp checks whether a copy counts as made: it does once its reader says
// that it is in its place.
func backedUp(t *testing.T, a *admin.API, want bool) {
	t.Helper()
	s, _, err := a.Engine.Register.Standing(t.Context())
	if err != nil || (s.Backup != nil) != want {
		t.Errorf("a backup counts as made at %v, %v; want %t", s.Backup, err, want)
	}
}

func TestAStaleSocketIsReplacedAndAFileIsNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "control.sock")
	stale, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	stale.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := stale.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Dial(t.Context(), path); err == nil {
		t.Error("a stale socket was taken for a daemon")
	}
	l, err := admin.Listen(path, "")
	if err != nil {
		t.Fatalf("stale socket: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Listen(file, ""); err == nil {
		t.Error("a plain file was replaced by the socket")
	}
}

// FuzzRequest sends anything to the handlers: no answer may be an internal
// failure, and the register stays sound.
func FuzzRequest(f *testing.F) {
	f.Add("GET", "/v1/cases?limit=-1&cursor=%00", "")
	f.Add("POST", "/v1/cases", `{"mailbox":"cafcass","kind":"foi","received":"2026-11-02","ref":"../CAF1"}`)
	f.Add("POST", "/v1/cases/CAF26-00001/events", `{"event":"void","void":-1}`)
	f.Add("POST", "/v1/cases/CAF26-00001/kind", `{"kind":"review","of":"dsar","also":["foi","foi"]}`)
	f.Add("POST", "/v1/cases/CAF26-00001/acknowledgement", `{"by_hand":"1999-01-01"}`)
	f.Add("POST", "/v1/letters/18446744073709551616/retry", "")
	f.Add("GET", "/v1/forecast?days=99999999999", "")
	api := newAPI(f)
	h := api.Handler()
	open(f, admin.Within(h, "local:fuzz"), intake.FOI)
	f.Fuzz(func(t *testing.T, method, path, body string) {
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/v1/verify") {
			path = "/" + path
		}
		r, err := http.NewRequest(method, "http://requestd"+path, strings.NewReader(body))
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(admin.WithActor(r.Context(), "local:fuzz")))
		if w.Code == http.StatusInternalServerError && !strings.Contains(w.Body.String(), "no daemon is running") {
			t.Errorf("%s %q %q: %d %s", method, path, body, w.Code, w.Body)
		}
	})
}

func TestWhoeverAsksGetsWhatTheirRoleAllows(t *testing.T) {
	h := newAPI(t).Handler()
	ref := open(t, admin.Within(h, "local:test"), intake.FOI)
	note := `{"event":"note","note":"Telephoned."}`
	for _, c := range []struct {
		name, method, path, body string
		who                      casework.Principal
		seen                     string
		want                     int
	}{
		{"nobody", "GET", "/v1/status", "", casework.Principal{}, "", http.StatusForbidden},
		{"a monitor reads no case", "GET", "/v1/cases/" + ref, "", casework.Principal{Role: casework.Monitor}, "", http.StatusForbidden},
		{"a monitor lists none", "GET", "/v1/rows", "", casework.Principal{Role: casework.Monitor}, "", http.StatusForbidden},
		{"a reader reads", "GET", "/v1/cases/" + ref, "", casework.Principal{Role: casework.Reader}, "", http.StatusOK},
		{"a reader of another mailbox does not", "GET", "/v1/cases/" + ref, "", casework.Principal{Role: casework.Reader, Mailboxes: []string{"cymru"}}, "", http.StatusNotFound},
		{"a reader records nothing", "POST", "/v1/cases/" + ref + "/events", note, casework.Principal{Role: casework.Reader}, "", http.StatusForbidden},
		{"an officer has no backup", "GET", "/v1/backup", "", casework.Principal{Role: casework.Officer}, "", http.StatusForbidden},
		{"an officer who saw the case", "POST", "/v1/cases/" + ref + "/events", note, casework.Principal{Role: casework.Officer}, `"2"`, http.StatusOK},
		{"an officer who saw it before that", "POST", "/v1/cases/" + ref + "/events", note, casework.Principal{Role: casework.Officer}, `"2"`, http.StatusPreconditionFailed},
		{"an officer who saw nonsense", "POST", "/v1/cases/" + ref + "/events", note, casework.Principal{Role: casework.Officer}, `"*"`, http.StatusBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
			if c.seen != "" {
				r.Header.Set("If-Match", c.seen)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r.WithContext(admin.WithPrincipal(r.Context(), c.who)))
			if w.Code != c.want {
				t.Errorf("status %d, want %d: %s", w.Code, c.want, w.Body)
			}
		})
	}
	for _, path := range []string{"/v1/cases", "/v1/rows"} {
		for mailbox, seen := range map[string]bool{"cafcass": true, "cymru": false} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r.WithContext(admin.WithPrincipal(r.Context(), casework.Principal{Role: casework.Reader, Mailboxes: []string{mailbox}})))
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), ref) != seen {
				t.Errorf("%s, asked by a reader of %s: %d %s", path, mailbox, w.Code, w.Body)
			}
		}
	}
}

// What belongs to another mailbox is answered like what does not exist:
// references and numbers are consecutive, and can be guessed.
func TestNothingTellsThatAnotherMailboxHasACase(t *testing.T) {
	h := newAPI(t).Handler()
	local := admin.Within(h, "local:test")
	ref := open(t, local, intake.FOI)
	var own casework.Change
	if err := local.Post(t.Context(), "/v1/cases", casework.OpenInput{Mailbox: "cymru", KindInput: casework.KindInput{Kind: intake.FOI}}, &own); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/v1/cases/REF", ""}, {"GET", "/v1/cases/REF/story", ""},
		{"POST", "/v1/cases/REF/events", `{"event":"note","note":"Telephoned."}`}, {"POST", "/v1/cases/REF/events", `{"event":"nonsense"}`},
		{"POST", "/v1/cases/REF/kind", `{"kind":"dsar"}`}, {"POST", "/v1/cases/REF/acknowledgement", `{}`}, {"POST", "/v1/cases/REF/mail", `{"message":1}`},
		{"POST", "/v1/cases/REF/merge", `{"into":"` + own.View.Ref + `"}`}, {"POST", "/v1/cases/" + own.View.Ref + "/merge", `{"into":"REF"}`}, {"POST", "/v1/cases/REF/erase", ``},
		{"GET", "/v1/letters/N/text", ""}, {"POST", "/v1/letters/N/text", `{"text":"x"}`}, {"POST", "/v1/letters/N/retry", ""}, {"POST", "/v1/letters/N/hold", ""},
		{"GET", "/v1/messages?ref=REF", ""}, {"GET", "/v1/letters?ref=REF", ""}, {"GET", "/v1/cases?search=REF", ""}, {"GET", "/v1/rows?search=REF", ""},
	} {
		answer := func(ref, n string) string {
			named := strings.NewReplacer("REF", ref, "N", n)
			r := httptest.NewRequest(c.method, named.Replace(c.path), strings.NewReader(named.Replace(c.body)))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r.WithContext(admin.WithPrincipal(r.Context(), casework.Principal{Actor: "page:c@example.org", Role: casework.Head, Mailboxes: []string{"cymru"}})))
			return fmt.Sprint(w.Code, strings.NewReplacer(ref, "REF", "letter "+n, "letter N").Replace(w.Body.String()))
		}
		if is, want := answer(ref, "1"), answer("CAF26-00099", "99"); is != want {
			t.Errorf("%s %s: %s, where there is nothing %s", c.method, c.path, is, want)
		}
	}
}

// TestMonitoringReadsTheStatusAlone: it learns nothing about cases, and no
// address that a server's answer repeats.
func TestMonitoringReadsTheStatusAlone(t *testing.T) {
	api := newAPI(t)
	api.Status = func(context.Context) (*health.Status, error) {
		return &health.Status{Mailboxes: []health.Mailbox{{Name: "cafcass", SendTrouble: "553 <ann@example.net>: not owned by user g"}}}, nil
	}
	full := admin.Within(api.Handler(), "local:test")
	ref := open(t, full, intake.FOI)
	c := admin.Within(api.StatusHandler(), "local:monitor")
	var s health.Status
	if err := c.Get(t.Context(), "/v1/status", nil, &s); err != nil || len(s.Mailboxes) != 1 || !strings.HasPrefix(s.Mailboxes[0].SendTrouble, "553 <[address]>: not owned") {
		t.Errorf("the status is %+v, %v", s, err)
	}
	var none any
	for _, path := range []string{"/v1/cases", "/v1/cases/" + ref, "/v1/messages", "/v1/letters", "/v1/forecast", "/v1/verify", "/v1/backup", "/v1/restored"} {
		if err := c.Get(t.Context(), path, nil, &none); err == nil {
			t.Errorf("GET %s is answered: %v", path, none)
		}
	}
	for _, path := range []string{"/v1/cases", "/v1/cases/" + ref + "/erase", "/v1/letters/1/retry", "/v1/retention", "/v1/restored", "/v1/reload", "/v1/backup"} {
		if err := c.Post(t.Context(), path, nil, &none); err == nil {
			t.Errorf("POST %s is answered: %v", path, none)
		}
	}
}

// A request that never ends delays nobody, and one that is too long is refused.
func TestSlowAndEndlessRequests(t *testing.T) {
	h := admin.InTime(newAPI(t).Handler(), time.Millisecond)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(admin.WithActor(r.Context(), "local:test")))
	}))
	defer s.Close()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("POST /v1/cases HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c) // it ends: the connection is closed
	if err != nil || !bytes.Contains(answer, []byte("400 Bad Request")) {
		t.Errorf("%q, %v", answer, err)
	}
	long := httptest.NewServer(admin.InTime(newAPI(t).Handler(), time.Minute))
	defer long.Close()
	r, err := http.Post(long.URL+"/v1/cases", "application/json", strings.NewReader(strings.Repeat(" ", 2<<20)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusBadRequest {
		t.Error(r.Status)
	}
}

// TestConnectionsHaveALimit: beyond a number of open connections further ones
// are closed unanswered, until one of the others ends.
func TestConnectionsHaveALimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "control.sock")
	l, err := admin.Listen(path, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- admin.Serve(ctx, l, newAPI(t).Handler()) }()
	const most = 64
	held := make([]net.Conn, most)
	for i := range held {
		c, answered := answers(t, path)
		if !answered {
			t.Fatalf("connection %d of %d is closed unanswered", i+1, most)
		}
		defer c.Close()
		held[i] = c
	}
	c, answered := answers(t, path)
	c.Close()
	if answered {
		t.Errorf("a connection beyond %d is answered", most)
	}
	held[0].Close()
	for !answered && t.Context().Err() == nil { // the server notices the end of the one when it reads from it
		c, answered = answers(t, path)
		c.Close()
	}
	for _, c := range held {
		c.Close()
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// answers opens a connection and reports whether a request on it is answered.
func answers(t *testing.T, path string) (net.Conn, bool) {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "GET /v1/none HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return c, false // closed before the request was sent
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return c, false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return c, errors.Join(err, r.Body.Close()) == nil
}
