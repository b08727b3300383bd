package eml

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
)

// FuzzQuotedPrintable compares our reader with the standard library's.
func FuzzQuotedPrintable(f *testing.F) {
	for _, s := range []string{"caf=C3=A9 =\r\nau lait=20\r\n", "=", "==", "a=", "= \n", "=\r", "=\rx", "=4", "=4\n", "a=b=zz=41=a", "tab\t \n\x00", "\x7f", "\xff=\n",
		"blanks \t\n \r\n", "no end =", " \r \n", "=3D=\n=\n", strings.Repeat("x", 4095) + "\ny", strings.Repeat("x", 4096) + "\ny", strings.Repeat("x", 4096), strings.Repeat("x", 4094) + "=\n"} {
		f.Add([]byte(s), 1<<20)
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, b []byte, limit int) {
		if limit < 1 {
			return
		}
		want, err := io.ReadAll(io.LimitReader(quotedprintable.NewReader(bytes.NewReader(b)), int64(limit)))
		got, ok := quotedPrintable(b, limit)
		if ok != (err == nil) || ok && !bytes.Equal(got[:min(len(got), limit)], want) {
			t.Errorf("%q up to %d: %q, %v; want %q, %v", b, limit, got, ok, want, err)
		}
	})
}
