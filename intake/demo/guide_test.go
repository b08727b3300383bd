package demo

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the mails of the officers' guide anew")

// shownInGuide finds the places in the guide that show a mail of the
// demonstration: how its subject begins, and whether it is the first or the
// last of those.
var shownInGuide = regexp.MustCompile("(?s)<!-- demonstration: ([A-Z ]+), (1|last) -->\n\n```\n(.*?)```\n")

// proof stands for the proof that each mail carries.
var proof = regexp.MustCompile(`rq-[0-9a-z]{20}`)

// theGuide checks that the officers' guide shows the mails that the
// demonstration sends them. With -update it writes them into the guide.
func theGuide(t *testing.T, k *kept) {
	t.Helper()
	const file = "../../docs/officers-guide.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sent := k.toOfficer(t)
	n := 0
	now := shownInGuide.ReplaceAllStringFunc(string(b), func(s string) string {
		m := shownInGuide.FindStringSubmatch(s)
		n++
		want := ""
		for _, text := range sent {
			if strings.HasPrefix(text, "Subject: "+m[1]) && (want == "" || m[2] == "last") {
				want = text
			}
		}
		if want == "" {
			t.Errorf("the demonstration sends no mail %s", m[1])
		}
		if m[3] != want && !*update {
			t.Errorf("the guide shows %s otherwise than it looks; go test ./intake/demo -update writes it", m[1])
		}
		return fmt.Sprintf("<!-- demonstration: %s, %s -->\n\n```\n%s```\n", m[1], m[2], want)
	})
	if n < 8 {
		t.Errorf("the guide shows %d mails of the demonstration", n)
	}
	if *update {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// toOfficer returns the mails that went to the officer, in order, as they look.
func (k *kept) toOfficer(t *testing.T) (texts []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(k.dir, "sent", "*-"+officer+".eml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no mail to the officer: %v", err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		text := "Subject: " + subject + "\n\n" + strings.ReplaceAll(string(body), "\r\n", "\n")
		texts = append(texts, proof.ReplaceAllString(text, "rq-7f3k9mw2hc0x4d8zq5na"))
	}
	return texts
}
