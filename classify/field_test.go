package classify_test

import (
	"testing"

	"requestd/classify/corpus"
	"requestd/intake"
	"requestd/intake/eml"
)

// TestFieldFaults reads mail as other people's programs make it: by rules,
// forms, portals, in other languages and encodings. Each kind of fault is a
// file in testdata/field, and nine in ten of each must be read rightly.
func TestFieldFaults(t *testing.T) {
	cases, err := corpus.LoadCases("testdata/field")
	if err != nil {
		t.Fatal(err)
	}
	c := newClassifier(t)
	wrong, all := map[string][]string{}, map[string]int{}
	for i := range cases {
		k := &cases[i]
		m := eml.Parse(k.Raw, true)
		all[k.Group]++
		if why := k.Wrong(m, c.Classify(m, intake.Thread{}, "")); why != "" {
			wrong[k.Group] = append(wrong[k.Group], k.Name+": "+why)
		}
	}
	for group, n := range all {
		if 10*len(wrong[group]) > n {
			t.Errorf("%s: %d of %d wrong:", group, len(wrong[group]), n)
			for _, w := range wrong[group] {
				t.Errorf("  %s", w)
			}
		}
	}
	if len(all) < 14 {
		t.Errorf("cases of %d kinds only", len(all))
	}
}
