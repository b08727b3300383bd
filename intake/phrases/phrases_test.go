package phrases_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake/phrases"
)

func TestIn(t *testing.T) {
	set := phrases.New([]string{"he", "cafés"}, []string{"she", "hers"}, []string{"his", "usher"})
	for text, want := range map[string][]int{
		"":                  nil,
		"h":                 nil,
		"the":               {0},
		"ushers":            {0, 1, 2},
		"shis":              {2},
		"two caf\u00e9s":    {0},
		"two caf\u00e8s":    nil,
		"HE":                nil,
		"hhhhis and sshhhe": {0, 2},
	} {
		got := set.In(text)
		for g := range 3 {
			if got.Has(g) != slices.Contains(want, g) {
				t.Errorf("%q: group %d %v", text, g, got.Has(g))
			}
		}
		if first := append(want, 64)[0]; got.First() != first || set.Any(text) != (want != nil) {
			t.Errorf("%q: first %d, any %v", text, got.First(), set.Any(text))
		}
	}
}

func FuzzIn(f *testing.F) {
	f.Add("a|ab|bc|", "abca")
	f.Add("aab|aaab|b", "aaaab")
	f.Fuzz(func(t *testing.T, list, text string) {
		all := slices.DeleteFunc(strings.Split(list, "|"), func(p string) bool { return p == "" })
		half := len(all) / 2
		if len(list) > 5000 {
			return
		}
		got := phrases.New(all[:half], all[half:]).In(text)
		for g, group := range [][]string{all[:half], all[half:]} {
			want := slices.ContainsFunc(group, func(p string) bool { return strings.Contains(text, p) })
			if got.Has(g) != want {
				t.Errorf("%q in %q: group %d %v", group, text, g, got.Has(g))
			}
		}
	})
}
