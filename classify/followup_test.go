package classify

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// FuzzReferences compares the search for references with trying the pattern
// everywhere.
func FuzzReferences(f *testing.F) {
	for _, s := range []string{"Gov/CAF 17-146", "xgov/caf17-146", "CAF26-00017, caf26-00017;CYM26/1", "ATISN 25801.", "atisn1234567", "ccsar/25/0371",
		"DSAR 2025/0371", "foi-25-1foi-25-2", "sar25-12_", "caf caf 12 - 3", "\u00e9caf12-3\u00e9", "caf 1 caf 12 3"} {
		f.Add(s)
	}
	everywhere := regexp.MustCompile(`\b(?:` + strings.Replace(refPattern.String(), "^", "", 1) + `)`)
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsRune(s, '\u017f') || len(s) > maxHead {
			return // a case-insensitive pattern takes a long s for an s; nobody writes one
		}
		var want []string
		for _, ref := range everywhere.FindAllString(s, maxRefs) {
			want = appendRef(want, ref)
		}
		if got := references(nil, s); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	})
}
