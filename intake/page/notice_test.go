package page_test

import (
	"encoding/base64"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// leaves sends a form and gives what the answer leaves in the browser, and where it
// leads.
func (v *visitor) leaves(path string, fields ...string) (kept, to string) {
	v.o.tb.Helper()
	on := v.c.CheckRedirect
	v.c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	a, err := v.c.PostForm(v.o.url+path, form)
	v.c.CheckRedirect = on
	if err != nil {
		v.o.tb.Fatal(err)
	}
	a.Body.Close()
	for _, c := range a.Cookies() {
		b, err := base64.RawURLEncoding.DecodeString(c.Value)
		if err != nil {
			v.o.tb.Fatal(err)
		}
		kept += string(b) + "\n"
	}
	if kept == "" || a.StatusCode != http.StatusSeeOther {
		v.o.tb.Fatalf("%s is answered %d and leaves nothing", path, a.StatusCode)
	}
	return kept, a.Header.Get("Location")
}

// What is told after an act names whom it is about on the next screen, and nobody in
// the browser until then.
func TestNoCookieNamesAnybody(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	ref := o.asked("Priya Raghunathan")
	v.post("/case/"+ref+"/hold", "seen", o.seen(ref))
	plain := o.receive("Neville Strand <n.strand1@example.org>", "A question", "Hello, could you help me with something about last year?")
	held := o.endangered("danger")
	for _, x := range []struct {
		path   string
		fields []string
		tells  string
	}{
		{"/case/" + ref + "/release", []string{"seen", o.seen(ref), "back", "/"}, ref + ": Acknowledgement to someone@example.org: goes out at"},
		{"/triage/" + plain, []string{"seen", o.seen(plain), "decide", "foi"}, "Acknowledgement to n.strand1@example.org: goes out at"},
		{"/triage/" + held, []string{"seen", o.seen(held), "decide", "rights", "right", "erasure"}, "See what the acknowledgement to k.reader@example.net would say"},
		{"/case/" + ref + "/act/withdrawn", []string{"save", "yes"}, "Saved: "},
	} {
		if strings.Contains(x.path, "/act/") {
			x.fields = append(x.fields, "seen", o.seen(ref))
		}
		kept, to := v.leaves(x.path, x.fields...)
		if strings.Contains(kept, "@") || regexp.MustCompile("Priya|Strand|Reader|question").MatchString(kept) {
			t.Errorf("%s: the browser keeps %s", x.path, kept)
		}
		if _, body := v.get(to); !strings.Contains(body, x.tells) {
			t.Errorf("%s: the next screen tells %s", x.path, noticeIn(body))
		}
	}
}

// A notice that somebody makes up tells nothing of cases that they may not read.
func TestAMadeUpNoticeTellsNothing(t *testing.T) {
	o := newOffice(t)
	o.asked("Priya Raghunathan")
	v := o.visitor(o.word("elsewhere@example.org", casework.Officer, "cymru"))
	at, err := url.Parse(o.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, made := range []string{`{"l":1}`, `{"s":"CAF26-00001"}`} {
		v.c.Jar.SetCookies(at, []*http.Cookie{{Name: "notice", Value: base64.RawURLEncoding.EncodeToString([]byte(made)), Path: "/"}})
		if _, body := v.get("/"); strings.Contains(body, "someone@") {
			t.Errorf("%s: it tells %s", made, noticeIn(body))
		}
	}
	if list := o.view("CAF26-00001").Letters; len(list) == 0 || list[0].ID != 1 || list[0].To != "someone@example.org" || list[0].Purpose != intake.ForAcknowledgement {
		t.Fatal("the letter is another: the test shows nothing")
	}
}

// What acts warn of lies in the browser with the notice: it has references, dates and
// the like, and no address or name.
func TestNoWarningNamesAnybody(t *testing.T) {
	list, err := filepath.Glob("../casework/*.go")
	if err != nil || len(list) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	named, found := regexp.MustCompile(`^(To|Addr|Address|ReplyTo|Name|Subject|Requester|Note|Actor)$`), 0
	for _, name := range list {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "warn" {
				return true
			}
			found++
			for _, arg := range call.Args {
				ast.Inspect(arg, func(n ast.Node) bool {
					if x, ok := n.(*ast.SelectorExpr); ok && named.MatchString(x.Sel.Name) {
						t.Errorf("%s: a warning names %s", filepath.Base(name), x.Sel.Name)
					}
					return true
				})
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("%d warnings were found", found)
	}
}
