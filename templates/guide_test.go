package templates

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shown matches a mail in the officers' guide: the name of its scenario and its
// text as it looks.
var shown = regexp.MustCompile("(?s)<!-- mail: (staff-[a-z-]+) -->\n\n```\n(.*?)```\n")

// TestTheOfficersGuideShowsMailsAsTheyLook checks the mails in the guide that
// the demonstration, from which the others come, does not have. With -update it
// writes them into the guide again.
func TestTheOfficersGuideShowsMailsAsTheyLook(t *testing.T) {
	const file = "../docs/officers-guide.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	now := shown.ReplaceAllStringFunc(string(b), func(s string) string {
		m := shown.FindStringSubmatch(s)
		seen[m[1]] = true
		want, err := os.ReadFile(filepath.Join("testdata", m[1]+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		_, mail, _ := strings.Cut(string(want), "Content-Language: en\n")
		subject, _, _ := strings.Cut(string(want), "\n")
		mail = subject + "\n" + mail
		if m[2] != mail && !*update {
			t.Errorf("the guide shows %s otherwise than it looks; go test ./templates -update writes it", m[1])
		}
		return "<!-- mail: " + m[1] + " -->\n\n```\n" + mail + "```\n"
	})
	if *update {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) < 8 {
		t.Errorf("the guide shows %d mails", len(seen))
	}
}
