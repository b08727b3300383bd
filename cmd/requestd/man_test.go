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

func TestEverySectionOfTheConfigurationIsInItsPage(t *testing.T) {
	dir := t.TempDir()
	if err := writeSettingsPage(dir, "../../config.example.yaml"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "requestd.yaml.5"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{".SH STORE\n", ".SH MAILBOXES\n", ".SH ALARMS\n", "status_socket:", "backup_age: 36h"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
