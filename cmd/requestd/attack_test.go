package main

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"requestd/intake/admin"
)

// unbounded is a site whose program reads mail without any bounds of its own:
// only the limits around the reader stop it.
func unbounded(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	t.Setenv(asProgram, "1")
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.program.binary = binary
	return s
}

// sends puts a mail into the mailbox.
func (s *site) sends(id, body string) {
	s.t.Helper()
	s.imap.Deliver(s.t, "g", fmt.Appendf(nil, "From: Mallory <%s@example.net>\r\nTo: governance@cafcass.gov.uk\r\nSubject: About %[1]s\r\n"+
		"Message-ID: <%[1]s@example.org>\r\nDate: %s\r\n%s", id, time.Now().Format(time.RFC1123Z), body), time.Now())
}

func (s *site) arrival(id string) (a admin.Message, ok bool) {
	s.t.Helper()
	for _, a := range lines[admin.Message](s.program, "messages") {
		if a.MessageID == id+"@example.org" {
			return a, true
		}
	}
	return a, false
}

// Whatever a mail does to its reader ends the reader and not the daemon: the
// mail becomes a case for a person, with its sender and subject, and every
// other mail is answered.
func TestAMailThatKillsItsReaderStopsNothing(t *testing.T) {
	s := unbounded(t)
	d := s.start()
	s.arrives("first")
	bad := []string{"spin", "eat", "crash", "overflow"}
	for _, what := range bad {
		s.sends(what, "\r\ndo: "+what+"\r\n")
	}
	s.arrives("later")
	d.until("the answer to the later mail", func() bool { return s.letters("first") == 1 && s.letters("later") == 1 })
	for _, what := range bad {
		a, ok := s.arrival(what)
		if !ok || a.Decision != "unreadable" || a.Ref == "" || !strings.Contains(a.From, what+"@example.net") || a.Subject != "About "+what {
			t.Errorf("%s: %+v, want an unreadable case with its sender and subject", what, a)
		}
		if n := s.letters(what); n > 0 {
			t.Errorf("%s got %d letters", what, n)
		}
	}
	d.stop()
	s.do("verify")
}

// The daemon itself is killed while it reads a mail, and again at the next
// start. The mail is then given up, and the mails behind it are answered.
func TestAMailOverWhichTheDaemonIsKilledTwiceIsGivenUp(t *testing.T) {
	s := unbounded(t)
	s.sends("spin", "\r\ndo: spin\r\n")
	s.arrives("later")
	journal := filepath.Join(s.data, "requestd.db.reading")
	for range 2 {
		d := s.start()
		d.until("the mail being read for long", func() bool {
			b, err := os.ReadFile(journal)
			return err == nil && strings.Contains(string(b), `"Long":true`)
		})
		if err := d.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := <-d.done; err == nil {
			t.Error("the daemon that was killed ended well")
		}
	}
	d := s.start()
	d.until("the answer to the later mail", func() bool { return s.letters("later") == 1 })
	if a, ok := s.arrival("spin"); !ok || a.Decision != "unreadable" || !strings.Contains(a.From, "spin@example.net") {
		t.Errorf("%+v, want it given up", a)
	}
	d.stop()
}

// SIGTERM is obeyed whatever mail is being read, and the mail is not blamed.
func TestTheDaemonEndsWhileAMailIsRead(t *testing.T) {
	s := unbounded(t)
	s.sends("spin", "\r\ndo: spin\r\n")
	d := s.start()
	journal := filepath.Join(s.data, "requestd.db.reading")
	d.until("the mail being read", func() bool {
		b, err := os.ReadFile(journal)
		return err == nil && strings.Contains(string(b), `"Long":true`)
	})
	d.stop()
	if b, err := os.ReadFile(journal); err != nil || len(bytes.TrimSpace(b)) > 0 {
		t.Errorf("the journal holds %q, %v", b, err)
	}
}

// Every known attack is sent to the program as it is installed, in one batch
// with honest mail before and after it. No process ends, each mail has its
// decision, and the honest ones are answered.
func TestKnownAttacksAreRead(t *testing.T) {
	s := newSite(t)
	d := s.start()
	pid := d.cmd.Process.Pid
	s.arrives("first")
	bad := map[string]string{
		"row-of-35-TB":    withPDF(pdfOf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [3 0 R] >>", "<< /Contents 4 0 R >>", pdfStream("/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 65536 /Colors 65536 /BitsPerComponent 65536 >>", "text"))),
		"objects-at-once": withPDF(manyObjects(2000)),
		"tree-of-pages":   withPDF(treeOfPages(28)),
		"long-codes": withPDF(pdfOf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Kids [3 0 R] >>", "<< /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
			pdfStream("/Filter /FlateDecode", "BT /F1 10 Tf <"+strings.Repeat("0001", 500_000)+"> Tj ET"), "<< /Subtype /Type0 /ToUnicode 6 0 R >>",
			pdfStream("/Filter /FlateDecode", strings.Repeat("1 beginbfrange <0000> <ffff> <"+strings.Repeat("0041", 32)+"> endbfrange\n", 50)))),
		"quoted-in-turn": "\r\n" + strings.Repeat(">a\r\nb\r\n", 250_000),
		"nested":         nestedParts(400),
		"nested-html":    "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div><blockquote>", 100_000) + "text",
	}
	for id, body := range bad {
		s.sends(id, body)
	}
	s.arrives("later")
	d.until("the answer to the later mail", func() bool { return s.letters("first") == 1 && s.letters("later") == 1 })
	for id := range bad {
		a, ok := s.arrival(id)
		if pdf := strings.Contains(bad[id], "application/pdf"); !ok || a.Decision == "" || pdf && a.Ref == "" {
			t.Errorf("%s: %+v, want a decision, and a case where a letter could not be read", id, a)
		}
	}
	if err := syscall.Kill(pid, 0); err != nil {
		t.Errorf("the daemon: %v", err)
	}
	d.stop()
	s.do("verify")
}

func withPDF(b []byte) string {
	return "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nPlease see my letter.\r\n--x\r\nContent-Type: application/pdf; name=letter.pdf\r\n\r\n" + string(b) + "\r\n--x--\r\n"
}

func pdfOf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer << /Root 1 0 R >>\n")
	return b.Bytes()
}

// pdfStream is a compressed stream as hexadecimal digits, which no transport of
// mail changes.
func pdfStream(dict, data string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(data)) // a bytes.Buffer takes everything
	_ = w.Close()
	dict = strings.Replace(dict, "/Filter /FlateDecode", "/Filter [/ASCIIHexDecode /FlateDecode]", 1)
	dict = strings.Replace(dict, "/DecodeParms <<", "/DecodeParms [null <<", 1)
	if strings.Contains(dict, "[null <<") {
		dict += "]"
	}
	return fmt.Sprintf("<< %s >>\nstream\n%x>\nendstream", dict, b.Bytes())
}

func manyObjects(n int) []byte {
	var head strings.Builder
	for i := range n {
		fmt.Fprintf(&head, "%d 0 ", 100+i)
	}
	return pdfOf("<< /Type /Catalog >>", pdfStream(fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", n, head.Len()), head.String()+"["+strings.Repeat(" /A", n*4)+"]"))
}

func treeOfPages(depth int) []byte {
	objects := []string{"<< /Type /Catalog /Pages << /Kids 2 0 R >> >>"}
	for i := range depth {
		objects = append(objects, fmt.Sprintf("[ << /Kids %d 0 R >> << /Kids %[1]d 0 R >> ]", i+3))
	}
	return pdfOf(append(objects, "[ ]")...)
}

func nestedParts(levels int) string {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	return b.String() + "Content-Type: text/plain\r\n\r\nPlease send me my file.\r\n"
}
