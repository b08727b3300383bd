package corpus

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A misspelt name in the list of misleading sets would change the bounds
// unnoticed.
func TestTheListOfMisleadingSetsNamesThoseThatThereAre(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a1", "a2"} {
		write(name+".jsonl", `{"file": "1.eml", "subject": "Hello", "body": "Hello", "kind": "other", "thread": "new", "lang": "en"}`+"\n")
	}
	write(misleadingList, "a2\n")
	mails, err := LoadLines(dir)
	if err != nil || len(mails) != 2 || mails[0].Misleading || !mails[1].Misleading {
		t.Errorf("%+v, %v: want the second alone to be misleading", mails, err)
	}
	write(misleadingList, "a2\na3\n")
	if _, err := LoadLines(dir); err == nil || !strings.Contains(err.Error(), "a3") {
		t.Errorf("err = %v, want that nobody is a3", err)
	}
}
