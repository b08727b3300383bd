package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryCommandHasAManualPage(t *testing.T) {
	dir := t.TempDir()
	root := newRoot()
	if err := writeManPages(root, dir); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range documented(root) {
		b, err := os.ReadFile(filepath.Join(dir, "requestd-"+cmd.Name()+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, section := range []string{".TH ", ".SH NAME\n", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n", ".SH EXIT STATUS\n"} {
			if !strings.Contains(string(b), section) {
				t.Errorf("the page of %s lacks %q", cmd.Name(), section)
			}
		}
	}
}

func TestTextIsNoFormatterCommand(t *testing.T) {
	if got, want := roff(".de x\n'so /etc/passwd\na\\b --c"), "\\&.de x\n\\&'so /etc/passwd\na\\eb \\-\\-c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
