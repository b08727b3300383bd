package page_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/page"
	"requestd/store"
	"requestd/store/storetest"
)

// patient is a connection that can run something before more is sent.
type patient struct {
	*httptest.ResponseRecorder
	deadlines int
	before    func(sent string)
}

func (p *patient) SetWriteDeadline(time.Time) error { p.deadlines++; return nil }

func (p *patient) Write(b []byte) (int, error) {
	p.before(p.Body.String())
	return p.ResponseRecorder.Write(b)
}

// takeAway downloads a list of all open cases over the test's own connection.
func (o *office) takeAway(w *patient, encoding string) {
	o.tb.Helper()
	r := httptest.NewRequestWithContext(o.tb.Context(), http.MethodPost, o.url+"/search", strings.NewReader("state=open&csv=yes"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Encoding", encoding)
	r.AddCookie(&http.Cookie{Name: "requestd", Value: o.word("k.dunne@example.org", casework.Officer)})
	o.page.Handler().ServeHTTP(w, r)
}

// However long a list is, each of its steps has its own time limit, and is sent
// before the next is read.
func TestEachStepOfADownloadHasItsOwnTime(t *testing.T) {
	page.AtATime(t, 1)
	o := newOffice(t)
	for _, name := range []string{"Priya Rees", "Edmund Vale", "Priya Wu"} {
		o.asked(name)
	}
	w := &patient{ResponseRecorder: httptest.NewRecorder()}
	most := 0
	w.before = func(sent string) { most = max(most, strings.Count(sent, "\nCAF26-")) }
	o.takeAway(w, "")
	if n := strings.Count(w.Body.String(), "\nCAF26-"); n != 3 || w.Code != http.StatusOK {
		t.Fatalf("%d, %d cases in the list, want 3", w.Code, n)
	}
	if w.deadlines < 3 || most != 2 {
		t.Errorf("the time was set %d times, and %d cases had gone before the last: want 3 and 2", w.deadlines, most)
	}
	w = &patient{ResponseRecorder: httptest.NewRecorder(), before: func(string) {}}
	o.takeAway(w, "gzip")
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if sheet, err := io.ReadAll(z); err != nil || strings.Count(string(sheet), "\nCAF26-") != 3 || w.deadlines < 3 {
		t.Errorf("compressed: %v, the time was set %d times:\n%s", err, w.deadlines, sheet)
	}
}

// If a part of a list cannot be read the list is broken off: it must not look
// complete.
func TestADownloadThatFailsHalfwayIsBrokenOff(t *testing.T) {
	page.AtATime(t, 1)
	o := unopened(t)
	var err error
	if o.db, err = storetest.Opened(t, filepath.Join(t.TempDir(), "requestd.db"), store.Options{Now: o.now}); err != nil {
		t.Fatal(err)
	}
	o.serve(config.Web{})
	for _, name := range []string{"Priya Rees", "Edmund Vale"} {
		o.asked(name)
	}
	w := &patient{ResponseRecorder: httptest.NewRecorder()}
	w.before = func(string) { _ = o.db.Close() } // the second step cannot be read
	if reason := brokenOff(func() { o.takeAway(w, "") }); !errors.Is(reason, http.ErrAbortHandler) {
		t.Errorf("it ended with %v:\n%s", reason, w.Body)
	}
}

// Text that is held to be compressed is not sent if the answer is broken off.
func TestNothingOfABrokenAnswerLooksWhole(t *testing.T) {
	w := httptest.NewRecorder()
	h := page.Compressed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		_, _ = w.Write([]byte("REF\nCAF26-00001\n"))
		panic(http.ErrAbortHandler)
	}))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	if reason := brokenOff(func() { h.ServeHTTP(w, r) }); !errors.Is(reason, http.ErrAbortHandler) || w.Body.Len() > 0 {
		t.Errorf("%v, and %d bytes were sent", reason, w.Body.Len())
	}
}

// brokenOff returns what a handler panicked with.
func brokenOff(f func()) (reason error) {
	defer func() { reason, _ = recover().(error) }()
	f()
	return nil
}
