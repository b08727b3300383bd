package main

import (
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// The demonstration shows its register in a browser, signed in, while mail
// comes in. It ends when it is interrupted, and leaves nothing behind.
func TestTheDemonstrationIsServed(t *testing.T) {
	p := newProgram(t, "")
	dir := t.TempDir()
	d := p.prepare("demo", "--serve")
	d.cmd.Args = []string{p.binary, "demo", "--serve"}
	d.cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	var out journal
	d.cmd.Stdout = &out
	d.launch()
	address := regexp.MustCompile(`(http://127\.0\.0\.1:\d+)(/demonstration)\n`)
	d.until("its address", func() bool { return address.MatchString(out.String()) })
	found := address.FindStringSubmatch(out.String())
	r := &reader{d, found[1], d.browser()}
	if _, body := r.get("/"); !strings.Contains(body, "<h1>Sign in</h1>") {
		t.Error("whoever does not know the address that is printed is let in")
	}
	a, body := r.get(found[2])
	if a.StatusCode != http.StatusOK || !strings.Contains(body, "<h1>Today") || !strings.Contains(body, "FOI officer") {
		t.Fatalf("the address that is printed answers %d", a.StatusCode)
	}
	newest := func() string {
		_, body := r.get("/search?state=open")
		_, more := r.get("/search?state=triage")
		_, passed := r.get("/")
		return body + more + passed
	}
	before := newest()
	d.until("mail's coming in", func() bool { return strings.Count(newest(), "<tr>") > strings.Count(before, "<tr>") })
	if err := d.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := <-d.done; err != nil {
		t.Errorf("interrupted, it ends with %v: %s", err, d.log.String())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
	if c, err := net.Dial("tcp", strings.TrimPrefix(found[1], "http://")); err == nil {
		c.Close()
		t.Error("its page is still served")
	}
	if strings.Contains(d.log.String(), "level=ERROR") {
		t.Errorf("it complained: %s", d.log.String())
	}
}
