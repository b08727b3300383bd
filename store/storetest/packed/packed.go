// Package packed reads the files of tests that are kept compressed.
package packed

import (
	"compress/gzip"
	"io"
	"os"
	"testing"
)

// Read returns what a file holds that was compressed with gzip.
func Read(tb testing.TB, path string) []byte {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
