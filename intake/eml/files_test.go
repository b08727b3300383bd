package eml

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Files returns what Parse lists, in the same order: checked with all sample
// mails, including hostile ones.
func TestFilesAreThoseThatParseNames(t *testing.T) {
	some := 0
	for _, pattern := range []string{"testdata/*.eml", "testdata/*/*.eml", "../../classify/testdata/*/*.eml", "../demo/mails/*"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names[:min(len(names), 400)] {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			named := Parse(raw, true).Attachments
			files, err := Files(raw, true, 0)
			if err != nil || len(files) != len(named) {
				t.Errorf("%s: %d files, %v; Parse names %d", name, len(files), err, len(named))
				continue
			}
			for i, f := range files {
				some++
				if f.Name != named[i].Name || f.Type != named[i].Type {
					t.Errorf("%s: file %d is %s %s; Parse names %s %s", name, i, f.Name, f.Type, named[i].Name, named[i].Type)
				}
			}
		}
	}
	if some == 0 {
		t.Error("no mail at hand has an attachment")
	}
}

func TestAFileIsGivenByteForByte(t *testing.T) {
	want := bytes.Repeat([]byte{0, 1, 2, 0xff, '\r', '\n'}, 5000)
	text := base64.StdEncoding.EncodeToString(want)
	var lines strings.Builder
	for i := 0; i < len(text); i += 76 {
		lines.WriteString(text[i:min(i+76, len(text))] + "\r\n")
	}
	raw := "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee it.\r\n--b\r\n" +
		"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"../../x.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines.String() + "--b--\r\n"
	if files, err := Files([]byte(raw), true, 0); err != nil || len(files) != 1 || files[0].Content != nil || files[0].Size != int64(len(want)) {
		t.Errorf("the list has %d files, %v, or their bytes", len(files), err)
	}
	files, err := Files([]byte(raw), true, 1)
	if err != nil || len(files) != 1 || files[0].Name != "x.pdf" || !bytes.Equal(files[0].Content, want) || !files[0].Whole {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if files, err = Files([]byte(raw[:len(raw)/2]), false, 1); err != nil || len(files) != 1 || files[0].Whole {
		t.Errorf("of half a mail: %d files, %v, or it claims to be whole", len(files), err)
	}
}
