package casework_test

import (
	"slices"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

func TestChecksFitWhoeverWrites(t *testing.T) {
	for name, c := range map[string]struct{ flags, want []string }{
		"a parent":    {[]string{"for-child", "hard-copy"}, []string{"for-child", "hard-copy"}},
		"a solicitor": {[]string{"for-child", "representative", "authority-attached", "hard-copy"}, []string{"representative", "authority-attached", "by-post"}},
		"a child":     {[]string{"child-asking", "for-child"}, []string{"child-asking"}},
		"nobody":      {},
	} {
		if got := casework.ToCheck(&intake.View{Flags: c.flags, Opening: &intake.Opening{}}).Flags; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
