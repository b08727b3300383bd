package templates

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

const reviewFile = "../docs/welsh-review.md"

// TestTheWelshStandsBesideItsEnglish checks the file from which a Welsh reader
// approves the letters: each sentence once, next to its English. With -update
// it is written again.
func TestTheWelshStandsBesideItsEnglish(t *testing.T) {
	s := embeddedSet(t)
	r := review{t: t, seen: map[string]bool{}}
	for _, l := range sampleLetters() {
		if !l.BothLanguages() {
			continue
		}
		m, err := s.Letter(l)
		if err != nil {
			t.Fatal(err)
		}
		r.letter(l, m.Body)
	}
	got := fmt.Sprintf(reviewHead, s.WelshTexts()) + r.out.String()
	if *update {
		if err := os.WriteFile(reviewFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(reviewFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s does not show the Welsh as it is; go test ./templates -update writes it", reviewFile)
	}
}

const reviewHead = `# The Welsh of the letters, beside its English

Written by a test from the texts themselves: change those, and not this file. A person who reads Welsh reads the left
column against the right one, and says of each line whether it is good Welsh, says the same, and could be sent to a
parent or a child. What is wrong is mended in templates/texts (files whose names end in .cy.txt, and the blocks that end
in -cy). Then the configuration says who approved what:

    welsh:
      approved_by: NAME
      approved_on: DATE
      texts: %[1]s

Until it does, requestd check and requestd status remind. Another word in the Welsh, and texts is another. Dates, names
and the regulator are examples. The words of the officers' page stand beside their English in
intake/page/words_cy.tsv, those for answering mail in the officers' guide. Mail to staff needs no approval: its Welsh
stands in templates/texts beside its English (notice- and staff-blocks), and in templates/welsh.
`

type review struct {
	t       *testing.T
	out     strings.Builder
	seen    map[string]bool
	heading string
}

func (r *review) letter(l Letter, body string) {
	welsh, english, _ := strings.Cut(body, between)
	cy, en := paragraphs(welsh), paragraphs(english)
	if len(cy) != len(en) {
		r.t.Errorf("the %s of %v has %d paragraphs in Welsh and %d in English:\n%s", l.text(), l.Parts, len(cy), len(en), body)
		return
	}
	for i := range cy {
		r.pair(l, cy[i], en[i])
	}
}

// pair writes a paragraph sentence by sentence if both have the same number.
func (r *review) pair(l Letter, cy, en string) {
	a, b := sentences(cy), sentences(en)
	if len(a) != len(b) {
		a, b = []string{cy}, []string{en}
	}
	for i := range a {
		key := sampleDates.ReplaceAllString(a[i]+"|"+b[i], "DATE")
		if a[i] == b[i] || r.seen[key] {
			continue
		}
		r.seen[key] = true
		if h := l.text(); h != r.heading {
			r.heading = h
			fmt.Fprintf(&r.out, "\n## %s\n\n| Cymraeg | English |\n| --- | --- |\n", strings.ReplaceAll(h, "-", " "))
		}
		fmt.Fprintf(&r.out, "| %s | %s |\n", strings.ReplaceAll(a[i], "|", "\\|"), strings.ReplaceAll(b[i], "|", "\\|"))
	}
}

var (
	sampleDates = regexp.MustCompile(`\d+ \pL+ 20\d\d`)
	sentenceEnd = regexp.MustCompile(`[.?!] `)
	listItem    = regexp.MustCompile(`\n- `)
)

func paragraphs(half string) (list []string) {
	for _, p := range strings.Split(listItem.ReplaceAllString(half, "\n\n- "), "\n\n") {
		p = strings.Join(strings.Fields(p), " ")
		if p != "" && !strings.HasPrefix(p, "(") { // a receipt's English does not say which of the two comes first
			list = append(list, p)
		}
	}
	return list
}

func sentences(p string) (list []string) {
	for {
		at := sentenceEnd.FindStringIndex(p)
		if at == nil {
			return append(list, p)
		}
		list, p = append(list, p[:at[0]+1]), p[at[1]:]
	}
}
