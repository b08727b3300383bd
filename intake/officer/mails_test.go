package officer

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheMailsProposeWhatIsUnderstood reads every mail to staff and the words
// that it proposes, so that the texts and the table always agree.
func TestTheMailsProposeWhatIsUnderstood(t *testing.T) {
	mails, err := filepath.Glob("../../templates/testdata/staff-*.txt")
	if err != nil || len(mails) == 0 {
		t.Fatalf("no mails to staff: %v", err)
	}
	offered := regexp.MustCompile(`: "([^"]+)"\s+/\s[^"]+:\s+"([^"]+)"`)
	n := 0
	for _, name := range mails {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range offered.FindAllStringSubmatch(string(b), -1) {
			n++
			en, cy := reading(t, name, m[1]), reading(t, name, m[2])
			if !same(en, cy) {
				t.Errorf("%s: %q is read as %+v, %q as %+v", name, m[1], en, m[2], cy)
			}
		}
	}
	if n == 0 {
		t.Error("no mail proposes anything")
	}
}

// reading reads proposed words. Words that need a text or a reference are not
// understood without it.
func reading(t *testing.T, name, words string) Command {
	t.Helper()
	line := strings.Join(strings.Fields(words), " ")
	c, err := Parse(line, thursday)
	var n *NotUnderstood
	if errors.As(err, &n) && n.Command {
		for _, added := range []string{" word", " CAF26-00003"} {
			if c, err = Parse(line+added, thursday); err == nil {
				break
			}
		}
	}
	if err != nil {
		t.Errorf("%s: %q is not understood: %v", name, line, err)
	}
	return c
}

// TestTheGuideTeachesWhatIsUnderstood reads the words of the officers' guide.
func TestTheGuideTeachesWhatIsUnderstood(t *testing.T) {
	b, err := os.ReadFile("../../docs/officers-guide.md")
	if err != nil {
		t.Fatal(err)
	}
	_, words, _ := strings.Cut(string(b), "\n## The words\n")
	words, _, _ = strings.Cut(words, "\nRecording tells requestd")
	_, dates, _ := strings.Cut(string(b), "\n## Dates\n")
	dates, _, _ = strings.Cut(dates, "Where a date could")
	code := regexp.MustCompile("`([^`]+)`")
	for line := range strings.Lines(words) {
		verb := ""
		for _, m := range code.FindAllStringSubmatch(line, -1) {
			s := strings.ReplaceAll(m[1], "\n", " ")
			if _, _, ok := verbLexicon.match(split(s)); ok {
				verb = s
				reading(t, "the guide", s)
				continue
			}
			if _, err := Parse(verb+" "+s, thursday); err != nil {
				t.Errorf("the guide: %q is not understood behind %q: %v", s, verb, err)
			}
		}
	}
	for _, m := range code.FindAllStringSubmatch(dates, -1) {
		s := strings.ReplaceAll(m[1], "\n", " ")
		if got, err := Parse("EXTENDED "+s, thursday); err != nil || got.Date == 0 {
			t.Errorf("the guide: the date %q is not understood: %v", s, err)
		}
	}
}
