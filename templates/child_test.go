package templates

import (
	"os"
	"strings"
	"testing"
)

// TestAChildsLetterIsShort, and says what it must.
func TestAChildsLetterIsShort(t *testing.T) {
	for file, most := range map[string]int{"child.en.txt": 85, "child.cy-en.txt": 195} {
		b, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(b), "\n\n")
		if n := len(strings.Fields(body)); n > most {
			t.Errorf("%s has %d words, want at most %d", file, n, most)
		}
		for _, want := range []string{"by 22 December 2026", "REF26-00017", "tell us, or the Regulator", "999", "0800 1111", "Somebody you trust"} {
			if !strings.Contains(strings.Join(strings.Fields(body), " "), want) {
				t.Errorf("%s lacks %q", file, want)
			}
		}
	}
}
