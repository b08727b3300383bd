package eml

import (
	"os"
	"path/filepath"
	"testing"
)

func TestEverySampleHasItsText(t *testing.T) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := Parse(raw, true)
		if m.Text == "" && m.Quoted == "" && m.Attached == "" && len(m.Inner) == 0 && m.Report == nil && m.Subject == "" {
			t.Errorf("%s: nothing was read", file)
		}
		if m.Incomplete {
			t.Errorf("%s: a whole mail cannot be incomplete", file)
		}
	}
}
