package page

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What acts say about command lines and answers by mail is said differently on
// the page: this checks every such text in their sources.
func TestThePageShowsNoCommandLine(t *testing.T) {
	foreign := regexp.MustCompile(`requestd [a-z]+|--[a-z]+|in the field|the event received|recorded as [a-z]+$|[Aa]nswer (?:the mail )?[A-Z]{3}`)
	verb := strings.NewReplacer("%s", "CAF26-00017", "%d", "4", "%q", `"x"`, "%v", "[foi dsar]")
	found := 0
	for name, file := range sources(t, "../casework/*.go") {
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			if err != nil || !foreign.MatchString(s) {
				return true
			}
			found++
			if got := onPage(verb.Replace(s)); foreign.MatchString(got) || strings.Contains(got, " with with ") {
				t.Errorf("%s: %q", filepath.Base(name), got)
			} else {
				t.Log(got)
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("%d texts name a command", found)
	}
	w, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	for option, label := range labels {
		if w.cy[label] == "" {
			t.Errorf("--%s: no field of the page is called %q", option, label)
		}
	}
	if got := sentence("the case is closed: no letter is sent"); got != "The case is closed: no letter is sent." {
		t.Errorf("got %q", got)
	}
}
