package classify

import "testing"

func TestPhrases(t *testing.T) {
	for _, tt := range []struct {
		phrase, text string
		want         bool
	}{
		{"send me", "Please SEND me it", true},
		{"send me", "send it to me", false},
		{"send ..3 me", "send it to me", true},
		{"send ..2 me", "send it over to me", false},
		{"send please? me", "send me", true},
		{"send please? me", "send please me", true},
		{"file|notes", "the notes", true},
		{"past # years", "in the past 3 years", true},
		{"past # years", "in the past few years", false},
		{"^ how many", "How many?", true},
		{"^ how many", "I ask how many", false},
		{"!a number of", "the number of staff", true},
		{"!a number of", "a number of people", false},
		{"all you hold !on", "all you hold", true},
		{"all you hold !on", "all you hold on training", false},
		{"complain*", "complaining", true},
		{"end of", "The end. Of course", false},
	} {
		c := newCompiler()
		p, err := c.compile(tt.phrase, 0)
		if err != nil {
			t.Fatal(err)
		}
		m := newMatcher(c, []phrase{p})
		var x text
		x.read([]section{{text: tt.text}}, newDictionary(m))
		if got := len(m.find(&x, nil)) > 0; got != tt.want {
			t.Errorf("%q in %q: %v", tt.phrase, tt.text, got)
		}
	}
}

func TestBadPhrasesAreRefused(t *testing.T) {
	for _, p := range []string{"", "..", "a ..", "word? other", "<nothing>", ".. a", "a ..x b", "--"} {
		if _, err := newCompiler().compile(p, 0); err == nil {
			t.Errorf("%q was taken", p)
		}
	}
}
