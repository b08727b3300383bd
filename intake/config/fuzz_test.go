package config

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// Whatever the bytes are, there is either a configuration or a list of
// problems, each on one line, and never a panic.
func FuzzLoad(f *testing.F) {
	base := baseFile(f)
	minimal, err := os.ReadFile("testdata/minimal.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(minimal)
	f.Add([]byte(base))
	f.Add([]byte(readExample(f)))
	for _, m := range mistakes {
		f.Add([]byte(strings.Replace(base, m.old, m.new, 1)))
	}
	for _, s := range []string{
		"", "---", "- 1", "a: &a [*a]", "a: &a {b: *a}", "? {a: 1}\n: 2", "1: 2\nmailboxes: {1: 2}", "mailboxes: [[[]]]",
		"smtp: !!binary aGVsbG8=", mergedHead + mergedCommon + mergedTwo, "a: &a {<<: *a}", "a: &a {x: 1}\nb: {<<: [*a, *a]}\n<<: *a", "? &k <<\n: {a: 1}\nb: *k", "smtp: !!set {a, b}", "<<: {store: {path: x}}", "sending: {retry: [.inf, .nan, 0x7fffffffffffffff]}",
		"staff: [null, ~, {}]", "oauth: {a: b}", "mailboxes: [{imap: [], smtp: 1, trust: null}]", "%YAML 9.9\n---\na: b", "\x00", "a: \"\\u0000\"",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse(b, "dir/config.yaml")
		if (c == nil) == (err == nil) {
			t.Fatalf("got %v and %v", c, err)
		}
		if err == nil {
			c.Notes(c.Mailboxes[0].Since)
			return
		}
		var all *Problems
		if !errors.As(err, &all) || len(all.List) == 0 {
			t.Fatalf("an error without a problem: %v", err)
		}
		for _, p := range all.List {
			if strings.ContainsAny(p.Error(), "\n\r\x00") {
				t.Errorf("a problem spans lines: %q", p.Error())
			}
		}
	})
}
