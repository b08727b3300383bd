// Package packed reads test files that are stored compressed.
package packed

import (
	"compress/gzip"
	"io"
	"os"
	"testing"
)

// Read returns the content of a file that was compressed with gzip.
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
