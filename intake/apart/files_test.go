package apart

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"requestd/intake"
)

// withFile returns a mail with an attachment of that many bytes.
func withFile(subject string, size int) (raw, content []byte) {
	content = bytes.Repeat([]byte("0123456789abcdef"), size/16)
	text := base64.StdEncoding.EncodeToString(content)
	var b bytes.Buffer
	b.WriteString("From: a@example.org\r\nSubject: " + subject + "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee it.\r\n--b\r\n" +
		"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for i := 0; i < len(text); i += 76 {
		b.WriteString(text[i:min(i+76, len(text))] + "\r\n")
	}
	b.WriteString("--b--\r\n")
	return b.Bytes(), content
}

// A mail of the largest size that is fetched is taken apart within the limits.
func TestAttachmentsAreTakenApart(t *testing.T) {
	l := DefaultLimits()
	l.Processor = time.Minute // for a slow machine, and for a test that is built to look for races
	b := newBench(t, 1, l)
	for _, size := range []int{64, 45 << 20} {
		raw, content := withFile("Plans", size)
		list, err := b.Files(raw, true, 0)
		if err != nil || len(list) != 1 || list[0].Name != "x.pdf" || list[0].Size != int64(len(content)) || list[0].Content != nil {
			t.Fatalf("the list of a mail of %d bytes: %d files, %v", len(raw), len(list), err)
		}
		list, err = b.Files(raw, true, 1)
		if err != nil || len(list) != 1 || !bytes.Equal(list[0].Content, content) {
			t.Fatalf("the file of %d bytes: %d files, %v", len(content), len(list), err)
		}
		if list, err = b.Files(raw, true, 2); err != nil || len(list) != 1 || list[0].Content != nil {
			t.Errorf("a file that there is not: %d files, %v", len(list), err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.all) > 1 {
		t.Errorf("%d processes are left", len(b.all))
	}
}

// A mail that takes too much ends only the process that takes it apart.
func TestAMailThatCannotBeTakenApart(t *testing.T) {
	for _, what := range []string{"spin", "eat", "overflow", "crash", "leave"} {
		t.Run(what, func(t *testing.T) {
			l := quick()
			if what != "spin" {
				l.Processor = time.Minute
			}
			b := newBench(t, 1, l)
			raw, _ := withFile("do: "+what, 64)
			var why intake.Unreadable
			if list, err := b.Files(raw, true, 1); !errors.As(err, &why) || len(list) > 0 {
				t.Errorf("%d files, %v", len(list), err)
			}
			if !strings.Contains(b.log.String(), "was lost that took a mail apart") {
				t.Errorf("the log says nothing of it:\n%s", b.log.String())
			}
			if m, _, err := b.mail("Request"); err != nil || m.Subject != "Request" {
				t.Errorf("a mail after it: %v, %v", m, err)
			}
			raw, content := withFile("Plans", 64)
			if list, err := b.Files(raw, true, 1); err != nil || !bytes.Equal(list[0].Content, content) {
				t.Errorf("attachments after it: %v", err)
			}
		})
	}
	b := newBench(t, 1, quick())
	b.Stop()
	if _, err := b.Files([]byte("Subject: x\n\n"), true, 0); !errors.Is(err, ErrStopped) {
		t.Errorf("once the pool is stopped: %v", err)
	}
}
