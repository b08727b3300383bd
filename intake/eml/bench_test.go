package eml

import (
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkParse reads the samples one after the other, each cut at 16 KB as
// the mailbox fetches them.
func BenchmarkParse(b *testing.B) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		b.Fatal("no samples", err)
	}
	var mails [][]byte
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		mails = append(mails, raw[:min(len(raw), 16<<10)])
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Parse(mails[i%len(mails)], true)
	}
}
