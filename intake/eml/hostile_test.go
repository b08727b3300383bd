package eml

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"requestd/intake"
)

// allocated counts the bytes that f allocates on the heap. No other test of
// this package runs at the same time.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func nested(levels int, closed bool) string {
	var b strings.Builder
	b.WriteString("From: a@example.org\nSubject: nested\n")
	for i := range levels {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\n\nPlease send me my file.\n")
	for i := levels - 1; closed && i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\n", i)
	}
	return b.String()
}

// endless is a PDF of 2^28 pages: each of its arrays names the next one twice.
var endless = func() string {
	var b strings.Builder
	b.WriteString("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages << /Kids 2 0 R >> >>\nendobj\n")
	for i := range 28 {
		fmt.Fprintf(&b, "%d 0 obj\n[ << /Kids %d 0 R >> << /Kids %d 0 R >> ]\nendobj\n", i+2, i+3, i+3)
	}
	return b.String() + "30 0 obj\n[ ]\nendobj\ntrailer << /Root 1 0 R >>"
}()

// TestKnownAttacks contains mail that has stopped, filled or fooled other mail
// systems. Each must become a message, at a bounded cost and with its fault
// listed.
func TestKnownAttacks(t *testing.T) {
	const MB = 1 << 20
	for _, c := range []struct {
		name  string
		raw   string
		bytes uint64 // most that reading may allocate
		fault string // part of a fault that must be listed
	}{
		{"28 nested unclosed multiparts in 1.5 KB (exponential in enmime)", nested(28, false), MB, "too deep"},
		{"8,000 nested multiparts (quadratic in a recursive walk)", nested(8000, true), 4 * MB, "too deep"},
		{"100,000 empty parts", "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\n\n", 100_000), 2 * MB, "too many parts"},
		{"3 MB in one header field", "Subject: " + strings.Repeat("a", 3*MB) + "\n\ntext", 8 * MB, "header is too long"},
		{"3 MB of header fields", strings.Repeat("X-Spam: yes\n", 3*MB/12) + "\ntext", 2 * MB, "header is too long"},
		{"header that never ends", strings.Repeat("a", 2*MB), 24 * MB, ""},
		{"500,000 addresses (CVE-2024-23184)", "To: " + strings.Repeat("a@b.example,", 20_000) + "\n\ntext", 4 * MB, ""},
		{"nested comments in an address", "From: " + strings.Repeat("(", 100_000) + "a@example.org\n\ntext", 4 * MB, ""},
		{"encoded words without end", "Subject: " + strings.Repeat("=?utf-8?q?", 20_000) + "\n\ntext", 12 * MB, ""},
		{"100,000 parameters", "Content-Type: text/plain" + strings.Repeat("; a*0=b", 30_000) + "\n\ntext", 4 * MB, ""},
		{"200,000 nested divs", "Content-Type: text/html\n\n" + strings.Repeat("<div>", 200_000) + "text", 32 * MB, ""},
		{"marks left open that a browser repeats in every paragraph", "Content-Type: text/html\n\n" + numbered("<font color=%d><b id=%[1]d>", 2000) + strings.Repeat("<p>x", 100_000), 48 * MB, ""},
		{"links left open within each other", "Content-Type: text/html\n\n" + numbered("<a href=%d>x<table>", 20_000) + strings.Repeat("<p>x", 50_000), 48 * MB, ""},
		{"100,000 nested tables", "Content-Type: text/html\n\n" + strings.Repeat("<table><td>", 100_000) + "text", 48 * MB, ""},
		{"one tag of 2 MB", "Content-Type: text/html\n\n<p>before</p><a href=\"" + strings.Repeat("x", 2*MB), 32 * MB, ""},
		{"100,000 levels of quoting", strings.Repeat("From: a@b.example\n", 1) + "\n" + strings.Repeat(">", 100_000) + " text", 16 * MB, ""},
		{"5,000 quoted header blocks", "From: a@b.example\n\nhi\n" + strings.Repeat("From: c@d.example\nSent: 1 May 2026\nTo: e@f.example\nSubject: x\n\ntext\n\n", 5000), 24 * MB, ""},
		{"attached mails within each other", strings.Repeat("Content-Type: message/rfc822\n\n", 5000) + "Subject: x\n\ntext", 8 * MB, "too deep"},
		{"boundary of nothing", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\na\n--\n\nb\n", MB, "no boundary"},
		{"transfer encoding of a multipart", "Content-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: base64\n\n--x\n\ntext\n--x--\n", MB, ""},
		{"flowed lines without end (quadratic when joined one by one)", "Content-Type: text/plain; format=flowed; delsp=yes\n\n" + strings.Repeat("a \n", 500_000), 24 * MB, ""},
		{"200,000 commas for addresses", "To: " + strings.Repeat(",(", 100_000) + "a@b.example\n\ntext", 4 * MB, ""},
		{"encoded words of no known kind", "Subject: " + strings.Repeat("=?a?x? ", 30_000) + "\n\ntext", 4 * MB, ""},
		{"a quoted line and an answer in turn, 2 MB (quadratic when joined one by one)", "From: a@b.example\n\n" + strings.Repeat(">a\nb\n", 400_000), 600 * MB, ""},
		{"a quoted line of two levels and an answer in turn", "From: a@b.example\n\n" + strings.Repeat(">>a\n>b\nc\n", 200_000), 600 * MB, ""},
		{"an attribution, a quoted line and an answer in turn", "From: a@b.example\n\n" + strings.Repeat("On 3 May 2026, A <a@b.example> wrote:\n>a\nb\n", 40_000), 200 * MB, ""},
		{"five PDFs that each would take for ever", "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\nContent-Type: application/pdf\n\n"+endless+"\n", 5) + "--x--\n", 4 * MB, "too large"},
		{"400,000 lines of copies", "From: a@b.example\n\n" + strings.Repeat("cc: \nto:\n", 200_000), 48 * MB, ""},
		{"100,000 greetings of the sender (quadratic when each is followed to its end)", "From: Ann Thripp <a@b.example>\n\nhi\n" + strings.Repeat("Dear Thripp\n\n", 100_000) + "Thripp", 48 * MB, ""},
		{"50,000 lines that look like attributions", "From: a@b.example\n\n" + strings.Repeat("On Monday he wrote\n", 50_000), 48 * MB, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m *intake.Message
			raw := []byte(c.raw)
			got := allocated(func() { m = parse(raw, true) })
			if got > c.bytes {
				t.Errorf("took %d KB from the heap, want at most %d KB", got>>10, c.bytes>>10)
			}
			if !strings.Contains(strings.Join(m.Faults, "\n"), c.fault) {
				t.Errorf("faults %q do not name %q", m.Faults, c.fault)
			}
			within(t, m)
			parse(raw[:len(raw)/2], false)
		})
	}
}

// numbered repeats a text with a number in it.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// within checks every limit of a message.
func within(t *testing.T, m *intake.Message) {
	t.Helper()
	if len(m.Parts) > maxParts+maxInners || len(m.Header) > maxFields || len(m.To) > maxAddresses || len(m.References) > maxIDs || len(m.Inner) > maxInners || len(m.Faults) > maxFaults {
		t.Errorf("beyond the limits: %d parts, %d fields, %d recipients, %d references, %d inner mails, %d faults", len(m.Parts), len(m.Header), len(m.To), len(m.References), len(m.Inner), len(m.Faults))
	}
	if n := len(m.Text) + len(m.Quoted) + len(m.Signature); n > 3*maxText {
		t.Errorf("%d bytes of text", n)
	}
	shown := []string{m.Subject, m.DateText, m.MessageID}
	for _, a := range m.From {
		shown = append(shown, a.Name, a.Addr)
	}
	for _, a := range m.Attachments {
		shown = append(shown, a.Name, a.Type)
		if strings.ContainsAny(a.Name, `/\`) {
			t.Errorf("a path as a file name: %q", a.Name)
		}
	}
	for _, in := range m.Inner {
		shown = append(shown, in.From.Name, in.From.Addr, in.Subject, in.DateText, in.MessageID)
	}
	for _, s := range shown {
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }) {
			t.Errorf("a character nobody sees in %q", s)
		}
	}
}

func TestHostileNames(t *testing.T) {
	m := parse([]byte("From: \"Ann\r\n Bcc: victim@example.com\x00\u202egnp\" <ann@example.org>\n"+
		"Subject: =?utf-8?q?Request=0D=0ABcc:_x@example.com?=\n"+
		"Message-ID: <a\u200bb@example.org>\n"+
		"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello there\n"+
		"--x\nContent-Type: application/octet-stream; name=\"\u200b.htaccess\"\n\nx\n"+
		"--x\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"../../etc/passwd\"\n\nx\n"+
		"--x\nContent-Disposition: attachment; filename*=utf-8''a%0D%0Ab%E2%80%AEfdp.exe\nContent-Type: image/png\n\nx\n--x--\n"), true)
	within(t, m)
	if got := m.From[0]; got.Addr != "ann@example.org" || got.Name != "Ann Bcc: victim@example.comgnp" {
		t.Errorf("From = %q", got)
	}
	if m.Subject != "Request Bcc: x@example.com" {
		t.Errorf("Subject = %q", m.Subject)
	}
	if m.MessageID != "" {
		t.Errorf("an id with a hidden character was kept: %q", m.MessageID)
	}
	var names []string
	for _, a := range m.Attachments {
		names = append(names, a.Name)
	}
	if got := strings.Join(names, "|"); got != ".htaccess|passwd|a bfdp.exe" {
		t.Errorf("attachments %q", got)
	}
}

func TestTwoFromHeaders(t *testing.T) {
	m := parse([]byte("From: a@example.org\nFrom: b@example.com\nSubject: one\nSubject: two\n\ntext"), true)
	if len(m.From) != 2 || m.From[0].Addr != "a@example.org" || m.From[1].Addr != "b@example.com" {
		t.Errorf("From = %v", m.From)
	}
	if m.Subject != "one" || len(m.All("subject")) != 2 {
		t.Errorf("Subject = %q of %q", m.Subject, m.All("subject"))
	}
}

// TestSizeDoesNotMatter reads a mail whose attachment is a thousand times
// larger: only the decoded size may differ.
func TestSizeDoesNotMatter(t *testing.T) {
	mail := func(lines int) []byte {
		return []byte("From: a@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nPlease see the film.\n--x\nContent-Type: video/mp4; name=film.mp4\nContent-Transfer-Encoding: base64\n\n" +
			strings.Repeat(strings.Repeat("QUJD", 18)+"\n", lines) + "--x--\n")
	}
	small, large := mail(200), mail(200_000)
	a := allocated(func() { parse(small, true) })
	var m *intake.Message
	b := allocated(func() { m = parse(large, true) })
	if b > a+4096 {
		t.Errorf("%d bytes of heap for %d KB, %d for %d KB", a, len(small)>>10, b, len(large)>>10)
	}
	if m.Attachments[0].Size != 200_000*54 {
		t.Errorf("size %d", m.Attachments[0].Size)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s, true)
		f.Add(s[:len(s)/2], false)
	}
	f.Add([]byte(nested(25, false)), true)
	f.Fuzz(func(t *testing.T, raw []byte, complete bool) {
		m := parse(raw, complete)
		within(t, m)
		if complete && m.Incomplete {
			t.Error("a whole mail cannot be incomplete")
		}
		if again := parse(bytes.Clone(raw), complete); again.Fingerprint != m.Fingerprint || again.Text != m.Text {
			t.Error("the same bytes were read differently")
		}
	})
}
