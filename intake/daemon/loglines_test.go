package daemon

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Whoever reads a warning or an error in the log finds in the administrator's
// guide what to do, and the guide names no line that does not exist.
func TestTheGuideTellsOfEachWarning(t *testing.T) {
	guide, err := os.ReadFile("../../docs/administration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(guide), "\n## The log\n")
	section, _, _ = strings.Cut(section, "\n## ")
	told := map[string]bool{} // the beginnings of lines, and whether there is such a line
	for row := range strings.Lines(section) {
		if cells := strings.Split(row, " | "); len(cells) == 3 && !strings.HasPrefix(row, "| ---") && !strings.HasPrefix(row, "| line ") {
			for begins := range strings.SplitSeq(strings.TrimPrefix(cells[0], "| "), "; ") {
				told[begins] = false
			}
		}
	}
	logged := regexp.MustCompile(`[lL]og\.(Info|Warn|Error)\("([^"]+)"`)
	err = filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "simulate" || d.Name() == "mailtest"):
			return filepath.SkipDir
		case filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(name)
		for _, m := range logged.FindAllSubmatch(src, -1) {
			known := false
			for begins := range told {
				if strings.HasPrefix(string(m[2]), begins) {
					known, told[begins] = true, true
				}
			}
			if !known && string(m[1]) != "Info" {
				t.Errorf("%s: the guide does not say what to do about %q", name, m[2])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for begins, is := range told {
		if !is {
			t.Errorf("the guide tells of %q, with which no line begins", begins)
		}
	}
	if len(told) < 40 {
		t.Errorf("the guide tells of %d lines", len(told))
	}
}
