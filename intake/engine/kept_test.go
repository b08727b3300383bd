package engine

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"requestd/intake"
)

// anywhere is ourRef, tried at every place in a text.
var anywhere = regexp.MustCompile(strings.Replace(ourRef.String(), "^", `\b`, 1))

func slowRef(s string) string {
	if found := anywhere.FindStringSubmatch(s); found != nil {
		return found[1]
	}
	return ""
}

// slowWords computes the digest as the first stored ones were computed.
func slowWords(m *intake.Message) []byte {
	fields := strings.Fields(strings.ToLower(m.Text + "\x00" + m.Attached))
	if len(fields) < 3 {
		return nil
	}
	sum := sha256.Sum256([]byte(plainSubject(m.Subject) + "\x00" + strings.Join(fields, " ")))
	return sum[:8]
}

// likely are texts, and pieces of texts, that may contain a reference.
var likely = []string{
	"our ref", "Our Ref", "OUR REFERENCE", "my ref", "My reference", "ein cyf", "Ein cyfeirnod", "fy nghyf", "FY NGHYFEIRNOD", "your ref", "honour ref",
	"our referral", "referred", " ", "  ", ".", ":", "\n", "\t", "no", "No.", "number", "rhif", "A1", "FOI/22/17", "24-7:9.", "x", "_", "é", "\u00a0", "ſ",
	"\u212a7", "K", "\xff", "\x00", "İ", "Σ", "\u2003", "\x85",
}

func TestOurRefAsTheExpression(t *testing.T) {
	for _, s := range []string{"Our ref: A/12", "no ref at all", "your ref 7, our ref. no. X-9.", "Ein cyfeirnod rhif 22/B"} {
		if got, want := firstRef(s), slowRef(s); got != want {
			t.Errorf("of %q: %q, where the expression has %q", s, got, want)
		}
	}
	r, refs := rand.New(rand.NewPCG(7, 7)), 0
	for range 10_000 {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteString(likely[r.IntN(len(likely))])
		}
		s := b.String()
		got, want := firstRef(s), slowRef(s)
		if got != want {
			t.Fatalf("of %q: %q, where the expression has %q", s, got, want)
		}
		if want != "" {
			refs++
		}
		m := &intake.Message{Subject: s[:min(len(s), 9)], Text: s, Attached: s[len(s)/2:]}
		if got, want := wordsOf(m), slowWords(m); !bytes.Equal(got, want) {
			t.Fatalf("the words of %q have the digest %x, where earlier ones have %x", s, got, want)
		}
	}
	if refs < 300 {
		t.Errorf("only %d of the texts had a reference", refs)
	}
}

func FuzzKept(f *testing.F) {
	for _, s := range likely {
		f.Add(s, "our ref"+s)
	}
	f.Fuzz(func(t *testing.T, subject, text string) {
		if got, want := firstRef(text), slowRef(text); got != want {
			t.Errorf("of %q: %q, where the expression has %q", text, got, want)
		}
		m := &intake.Message{Subject: subject, Text: text, Attached: subject}
		if got, want := wordsOf(m), slowWords(m); !bytes.Equal(got, want) {
			t.Errorf("digest %x, where earlier ones have %x", got, want)
		}
	})
}
