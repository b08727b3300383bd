package page_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"requestd/intake/casework"
)

const mostWeight = 60 << 10 // bytes of a page, its styles and its script, as they are sent

// weigh asks for something as browsers do, compressed, and returns how many
// bytes came.
func (v *visitor) weigh(path string) int {
	v.o.tb.Helper()
	r, err := http.NewRequestWithContext(v.o.tb.Context(), http.MethodGet, v.o.url+path, nil)
	if err != nil {
		v.o.tb.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip, br") // set by the test itself, so that the answer stays compressed
	a, err := v.c.Do(r)
	if err != nil {
		v.o.tb.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil || a.Header.Get("Content-Encoding") != "gzip" || !slices.Contains(a.Header.Values("Vary"), "Accept-Encoding") || a.StatusCode >= http.StatusInternalServerError {
		v.o.tb.Fatalf("%s answers %d, %v, compressed as %q", path, a.StatusCode, err, a.Header.Get("Content-Encoding"))
	}
	return len(b)
}

// Each screen, full of work, weighs less than 60 KB with its styles and script.
// The log has the table.
func TestEveryScreenIsLight(t *testing.T) {
	o := newOffice(t)
	screens := every(o)
	for n := range 3 * 60 { // more than a list of Today shows
		o.undecided(n + 10)
	}
	for n := range 60 {
		o.asked(fmt.Sprintf("Requester with a name of some length %d", n))
	}
	long := o.receive("Ann Example <ann@example.org>", "Freedom of Information request", "Under the Freedom of Information Act, please send me the number of hours of supervision in each region.\n"+prose(20000))
	screens["a case with a long mail"] = "/case/" + long
	v := o.visitor(o.word("head@example.org", casework.Head))
	v.c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	style, script := v.weigh("/assets/page.css"), v.weigh("/assets/page.js")
	var table strings.Builder
	for _, name := range slices.Sorted(maps.Keys(screens)) {
		html := v.weigh(screens[name])
		fmt.Fprintf(&table, "| %s | %.1f | %.1f |\n", name, float64(html)/1024, float64(html+style+script)/1024)
		if html+style+script >= mostWeight {
			t.Errorf("%s weighs %d bytes, more than %d", name, html+style+script, mostWeight)
		}
	}
	t.Logf("style %.1f KB, script %.1f KB\n\n| screen | HTML, KB | with style and script, KB |\n| --- | --- | --- |\n%s", float64(style)/1024, float64(script)/1024, table.String())
}

// prose returns text of many words, which compresses as people's does.
func prose(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "On day %d of my case %x the officer wrote about matter %d.\n", i*7%31, i*i*7919, i*131%977)
	}
	return b.String()
}

// A browser that says that it does not accept gzip gets none.
func TestGzipOnlyForWhoTakesIt(t *testing.T) {
	o := newOffice(t)
	for accepts, zipped := range map[string]bool{"gzip": true, "br, GZIP;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0, identity": false, "x-gzipped": false, "": false} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+"/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", accepts)
		a, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if got := a.Header.Get("Content-Encoding") == "gzip"; got != zipped {
			t.Errorf("%q is answered with gzip: %v", accepts, got)
		}
	}
}

// Browsers keep the page's styles and script for a day: those of a new version
// have another address.
func TestStyleAndScriptHaveTheirOwnAddress(t *testing.T) {
	o := newOffice(t)
	v := o.visitor("")
	_, body := v.get("/sign-in")
	found := regexp.MustCompile(`"(/assets/[a-z.]+)(\?[0-9a-f]{8})?"`).FindAllStringSubmatch(body, -1)
	if len(found) != 3 {
		t.Fatal(found)
	}
	for _, x := range found {
		if status, _ := v.get(x[1] + x[2]); status != http.StatusOK || x[2] == "" {
			t.Errorf("%s%s answers %d", x[1], x[2], status)
		}
	}
}
