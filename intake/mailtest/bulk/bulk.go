// Package bulk makes mailboxes of any size for measuring: mail in the shapes
// and sizes that public bodies get, always the same for the same seed. The
// texts consist of a few sentences, so it can measure speed but not a
// classifier.
package bulk

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

// Mails makes n mails with their times of receipt, spread over the year before
// end. Four in five are text of 1 to 8 KB, others have an HTML alternative, one
// in twenty has attachments of 0.1 to 8 MB, and one in a hundred comes twice.
func Mails(n int, seed uint64, end time.Time) iter.Seq2[[]byte, time.Time] {
	return mails(n, seed, end, 100_000)
}

// Small makes mails of the same kinds with attachments of 1 to 80 KB, for
// measuring what reads only the beginning of each.
func Small(n int, seed uint64, end time.Time) iter.Seq2[[]byte, time.Time] {
	return mails(n, seed, end, 1_000)
}

func mails(n int, seed uint64, end time.Time, smallest float64) iter.Seq2[[]byte, time.Time] {
	return func(yield func([]byte, time.Time) bool) {
		r := rand.New(rand.NewPCG(seed, 0x6d61696c))
		var before []byte
		for i := range n {
			at := end.AddDate(-1, 0, 0).Add(time.Duration(i) * (365 * 24 * time.Hour / time.Duration(n))).Truncate(time.Second)
			raw := before
			if before == nil || r.IntN(100) != 0 {
				m := &maker{r: r, n: i, at: at, smallest: smallest}
				raw = m.mail()
			}
			if !yield(raw, at) {
				return
			}
			if before = raw; len(raw) > 64<<10 {
				before = nil
			}
		}
	}
}

type maker struct {
	r  *rand.Rand
	n  int
	at time.Time
	b  bytes.Buffer

	smallest float64 // attachment, in bytes
}

func (m *maker) one(of []string) string { return of[m.r.IntN(len(of))] }

func (m *maker) mail() []byte {
	k := m.kind()
	name := m.one(first) + " " + m.one(last)
	addr := fmt.Sprintf("%s.%d@mail%d.example.com", strings.ToLower(strings.Fields(name)[1]), m.r.IntN(20_000), m.r.IntN(40))
	if k.from != "" {
		name, addr = k.from, strings.ToLower(strings.ReplaceAll(k.from, " ", "."))+"@example.net"
	}
	id := fmt.Sprintf("%x.%d@mail.example.com", m.r.Uint64(), m.n)
	for i := range 3 {
		m.line("Received: from relay%d.example.net (relay%d.example.net [192.0.2.%d]) by mx.example.org with ESMTPS id %x; %s",
			i, i, 10+i, m.r.Uint64(), m.at.Format(time.RFC1123Z))
	}
	m.line("Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=%s; dkim=pass header.d=example.com", addr)
	m.line("From: %s <%s>", mime.QEncoding.Encode("utf-8", name), addr)
	m.line("To: governance@example.org")
	m.line("Subject: %s", mime.QEncoding.Encode("utf-8", m.one(k.subjects)))
	m.line("Date: %s", m.at.Add(-time.Minute).Format(time.RFC1123Z))
	m.line("Message-ID: <%s>", id)
	m.line("MIME-Version: 1.0")
	for _, h := range k.headers {
		m.line("%s", h)
	}
	m.body(m.text(k, name))
	return m.b.Bytes()
}

func (m *maker) line(format string, args ...any) {
	fmt.Fprintf(&m.b, format, args...)
	m.b.WriteString("\r\n")
}

func (m *maker) kind() kind {
	x := m.r.IntN(100)
	for _, k := range kinds {
		if x < k.share {
			return k
		}
		x -= k.share
	}
	return kinds[len(kinds)-1]
}

// text returns prose of 1 to 8 KB, mostly short.
func (m *maker) text(k kind, name string) string {
	size := int(1000 * math.Exp(m.r.Float64()*math.Ln2*3))
	var b strings.Builder
	b.WriteString("Dear Sir or Madam,\n\n" + m.one(k.says) + "\n\n")
	for b.Len() < size {
		b.WriteString(m.one(filler) + " ")
		if m.r.IntN(4) == 0 {
			b.WriteString("\n\n")
		}
	}
	b.WriteString("\n\nYours faithfully,\n" + name + "\n")
	if m.r.IntN(3) == 0 {
		b.WriteString("\nOn Monday the office wrote:\n> " + strings.ReplaceAll(wrap(m.one(filler)+" "+m.one(filler)), "\n", "\n> ") + "\n")
	}
	return wrap(b.String())
}

// body writes the text in the shape that falls to this mail.
func (m *maker) body(text string) {
	x := m.r.IntN(100)
	switch {
	case x < 80:
		m.part(text, "plain")
	case x < 95:
		m.multi("alternative", text)
	default:
		m.multi("mixed", text)
	}
}

func (m *maker) part(text, sort string) {
	m.line("Content-Type: text/%s; charset=utf-8", sort)
	m.line("Content-Transfer-Encoding: quoted-printable")
	m.line("")
	w := quotedprintable.NewWriter(&m.b)
	_, _ = w.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))) // a buffer takes everything
	_ = w.Close()
	m.line("")
}

func (m *maker) multi(sort, text string) {
	mark := fmt.Sprintf("part-%x", m.r.Uint64())
	m.line("Content-Type: multipart/%s; boundary=%q", sort, mark)
	m.line("")
	m.line("--%s", mark)
	m.part(text, "plain")
	m.line("--%s", mark)
	if sort == "alternative" {
		m.part("<html><body><p>"+strings.ReplaceAll(text, "\n\n", "</p>\n<p>")+"</p></body></html>", "html")
	} else {
		m.attachment()
	}
	m.line("--%s--", mark)
}

// attachment writes one of one to eighty times the smallest size; small ones
// are more frequent.
func (m *maker) attachment() {
	m.line("Content-Type: application/pdf; name=\"letter %d.pdf\"", m.n)
	m.line("Content-Transfer-Encoding: base64")
	m.line("Content-Disposition: attachment; filename=\"letter %d.pdf\"", m.n)
	m.line("")
	row := make([]byte, 57)
	size := int(m.smallest * math.Exp(m.r.Float64()*math.Log(80)))
	for range size / len(row) {
		for i := 0; i < len(row); i += 8 {
			x := m.r.Uint64()
			for j := i; j < min(i+8, len(row)); j, x = j+1, x>>8 {
				row[j] = byte(x)
			}
		}
		m.b.WriteString(base64.StdEncoding.EncodeToString(row))
		m.b.WriteString("\r\n")
	}
}

// wrap breaks lines at 72 columns.
func wrap(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		col := 0
		for w := range strings.FieldsSeq(line) {
			if col > 0 && col+len(w) > 72 {
				b.WriteByte('\n')
				col = 0
			} else if col > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(w)
			col += len(w) + 1
		}
		b.WriteByte('\n')
	}
	return b.String()
}
