package classify

import (
	"slices"
	"testing"
)

func TestFolding(t *testing.T) {
	for in, want := range map[string]string{
		"Gŵyl": "gwyl", "tŷ": "ty", "o’r": "or", "O'R": "or", "dwi'n": "dwin", "CAFÉ": "cafe", "ﬁle": "ﬁle",
		"infomation": "information", "plz": "please", "a\u0301b": "ab",
	} {
		if got := foldWord(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

func TestMutations(t *testing.T) {
	for word, forms := range map[string][]string{
		"cais":       {"gais", "chais", "nghais"},
		"gwybodaeth": {"wybodaeth", "ngwybodaeth"},
		"deddf":      {"ddeddf"},
		"personol":   {"bersonol", "phersonol"},
		"plant":      {"blant", "phlant", "mhlant"},
		"adolygiad":  {"hadolygiad"},
		"llys":       {"lys"},
		"rhyddid":    {"ryddid"},
		"mynediad":   {"fynediad"},
		"data":       {"ddata", "nata"},
	} {
		got := mutations(word)
		for _, f := range append(forms, word) {
			if !slices.Contains(got, f) {
				t.Errorf("%s has no form %s: %v", word, f, got)
			}
		}
	}
	if got := mutations("chwarae"); len(got) != 1 {
		t.Errorf("ch is a letter of its own: %v", got)
	}
}
