package holds

import (
	"slices"
	"strings"
	"testing"
)

// Each reason has few words and a sentence in both languages, and no two are
// alike.
func TestEachReasonIsSaid(t *testing.T) {
	seen := map[string]string{}
	for _, r := range Reasons {
		for _, s := range []string{r.Code, r.Short, r.ShortWelsh, r.Advice, r.AdviceWelsh} {
			if s == "" || strings.TrimSpace(s) != s || seen[s] != "" {
				t.Errorf("%s: %q is empty, has space around it, or stands with %q", r.Code, s, seen[s])
			}
			seen[s] = r.Code
		}
		for _, s := range []string{r.Short, r.ShortWelsh} { // they are listed, joined by commas
			if strings.ContainsAny(s, ",.:;") || s[:1] != strings.ToLower(s[:1]) {
				t.Errorf("%s: %q does not fit a list", r.Code, s)
			}
		}
		for _, s := range []string{r.Advice, r.AdviceWelsh} {
			if !strings.HasSuffix(s, ".") || s[:1] != strings.ToUpper(s[:1]) {
				t.Errorf("%s: %q is no sentence", r.Code, s)
			}
		}
	}
}

func TestAReasonOfANewerProgramIsSaidByItsCode(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Short("a-new-reason"), "a new reason"},
		{ShortWelsh("a-new-reason"), "a new reason"},
		{Advice("a-new-reason"), "a-new-reason"},
		{AdviceWelsh("a-new-reason"), "a-new-reason"},
		{List([]string{Late, "a-new-reason"}), "the time to acknowledge has passed, a new reason"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestWhyALetterIsHeldIsReadBack(t *testing.T) {
	for _, c := range []struct {
		response string
		codes    []string
		words    string
		ok       bool
	}{
		{Response(Spoofed), []string{Spoofed}, "", true},
		{Response(Spoofed, Late), []string{Spoofed, Late}, "", true},
		{ResponseInWords("a date that it states has changed"), nil, "a date that it states has changed", true},
		{"550 5.1.1 no such user", nil, "550 5.1.1 no such user", false},
	} {
		codes, words, ok := ParseResponse(c.response)
		if !slices.Equal(codes, c.codes) || words != c.words || ok != c.ok {
			t.Errorf("%q is read as %q, %q, %v", c.response, codes, words, ok)
		}
	}
}
