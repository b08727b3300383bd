package page

import "testing"

// TestNobodyIsSentToAnotherSite: otherwise a link to this page from elsewhere
// could send people, after they signed in, to a site that looks like this one.
func TestNobodyIsSentToAnotherSite(t *testing.T) {
	for _, p := range []string{"", "case", "//evil.example.org", "/\\evil.example.org", "/\t/evil.example.org", "/\t\\evil.example.org", "/\n/evil.example.org", "/\r/evil.example.org", "/\x00/evil.example.org", "https://evil.example.org", "\t//evil.example.org"} {
		if got := ownPath(p); got != "/" {
			t.Errorf("%q leads to %q", p, got)
		}
	}
	for _, p := range []string{"/", "/case/CAF26-00001", "/search?state=open"} {
		if got := ownPath(p); got != p {
			t.Errorf("%q leads to %q", p, got)
		}
	}
}
