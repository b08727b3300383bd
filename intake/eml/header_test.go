package eml

import (
	"fmt"
	"strings"
	"testing"

	"requestd/intake"
)

func TestAddressesAsRealMailHasThem(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"a@example.org", "|a@example.org"},
		{"Ann Bee <a@Example.ORG>", "Ann Bee|a@example.org"},
		{`"Bee, Ann" <a@example.org>`, "Bee, Ann|a@example.org"},
		{"a@example.org (Ann Bee)", "Ann Bee|a@example.org"},
		{"Ann [External] Bee <a@example.org>", "Ann [External] Bee|a@example.org"},
		{"a@example.com <a@example.org>", "a@example.com|a@example.org"},
		{"a@example.org; b@example.org", "|a@example.org,|b@example.org"},
		{"Team: a@example.org, b@example.org;", "|a@example.org,|b@example.org"},
		{"undisclosed-recipients:;", ""},
		{"a..b.@example.org", "|a..b.@example.org"},
		{"MAILER-DAEMON", "MAILER-DAEMON|"},
		{"<>", ""},
		{"Ann <mailto:a@example.org>", "Ann|a@example.org"},
		{`"=?utf-8?q?Si=C3=A2n?= Powys" <s@example.org>`, "Siân Powys|s@example.org"},
		{"=?x-unknown?q?Si=E2n?= <s@example.org>", "Siân|s@example.org"},
		{"Siân <s@example.org>", "Siân|s@example.org"},
		{"Si\xe2n <s@example.org>", "Siân|s@example.org"},
		{`"unclosed <a@example.org>`, "unclosed|a@example.org"},
		{"Ann <a@example.org", "Ann|a@example.org"},
		{`"a b"@example.org`, `|"a b"@example.org`},
		{"a@[192.0.2.1]", "|a@[192.0.2.1]"},
		{"siân@post.example", "|siân@post.example"},
		{"Ann a@example.org", "|a@example.org"},
		{"Ann <a@ex\u202eample.org>", "Ann|"},
		{"a@b@example.org", "a@b@example.org|"},
	} {
		var got []string
		for _, a := range addresses([]intake.Field{{Name: "from", Value: unfold([]byte(c.in))}}, "from") {
			got = append(got, a.Name+"|"+a.Addr)
		}
		if s := strings.Join(got, ","); s != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.in, s, c.want)
		}
	}
}

func TestSubjects(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"=?utf-8?B?Q2FpcyBhbSB3eWJvZGFldGg=?=", "Cais am wybodaeth"},
		{"=?utf-8?Q?Cais?= =?utf-8?Q?_am_d=C5?=\r\n =?utf-8?Q?=B7?=", "Cais am dŷ"},
		{"=?utf-8?Q?Cais_am_wybodaeth", "Cais am wybodaeth"},
		{"=?iso-8859-14?Q?t=FE?=", "tŷ"},
		{"=?UTF-8*cy?Q?t=C5=B7?=", "tŷ"},
		{"Re: =?utf-8?Q?a_b?=c", "Re: a bc"},
		{"=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"},
		{"=?nonsense", "=?nonsense"},
		{"Cais am d\xc5\xb7", "Cais am dŷ"},
		{"Request \x96 file", "Request – file"},
		{"=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
		{"a\tb  c", "a b c"},
	} {
		m := parse([]byte("Subject: "+c.in+"\n\ntext"), true)
		if m.Subject != c.want {
			t.Errorf("%q = %q, want %q", c.in, m.Subject, c.want)
		}
	}
}

func TestIDs(t *testing.T) {
	m := parse([]byte("Message-ID: <[a]@b>\nIn-Reply-To: your mail <a:b@c> of <no-at> <x@y\nReferences: <a@b>,<c@d> =?us-ascii?Q?=3Ce@f=3E?=\nReferences: <g h@i> <> <\u200bz@y>\n\n"), true)
	got := fmt.Sprintln(m.MessageID, m.InReplyTo, m.References)
	if got != "[a]@b [a:b@c no-at] [a@b c@d e@f gh@i]\n" {
		t.Error(got)
	}
	if m := parse([]byte("Message-ID: bare@example.org\n\n"), true); m.MessageID != "bare@example.org" {
		t.Errorf("bare id %q", m.MessageID)
	}
}

func TestHeaderBlocks(t *testing.T) {
	for _, c := range []struct{ name, raw, subject, text string }{
		{"mbox line", "From a@b Mon May  4 10:12:33 2026\nSubject: x\n\ntext", "x", "text"},
		{"line without a colon", "From: a@b.example\nthis is no field\nSubject: x\n\ntext", "x", "text"},
		{"space before the colon", "Subject : x\n\ntext", "x", "text"},
		{"space in a name", "X Spam: yes\nSubject: x\n\ntext", "x", "text"},
		{"8-bit in a name", "X-\xffy: yes\nSubject: x\n\ntext", "x", "text"},
		{"blank lines first", "\r\n\r\nSubject: x\r\n\r\ntext", "x", "text"},
		{"no blank line before the body", "Subject: x\nDear Sirs I want my file\nplease: soon", "x", "Dear Sirs I want my file\nplease: soon"},
		{"no header at all", "\n\nDear Sirs, I want my file", "", "Dear Sirs, I want my file"},
		{"folded", "Subject: a\n b\n\tc\n\ntext", "a b c", "text"},
		{"bare carriage returns in a value", "Subject: a\rb\n\ntext", "a b", "text"},
		{"line of blanks ends it", "Subject: x\n \ntext", "x", "text"},
		{"byte order mark", "\xef\xbb\xbfSubject: x\n\ntext", "x", "text"},
		{"lower case and folded twice", "subject:\r\n =?utf-8?q?a?=\r\n =?utf-8?q?b?=\r\n\r\ntext", "ab", "text"},
	} {
		m := parse([]byte(c.raw), true)
		if m.Subject != c.subject || m.Text != c.text {
			t.Errorf("%s: subject %q, text %q", c.name, m.Subject, m.Text)
		}
	}
}

func TestFileNames(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`attachment; filename=a.pdf`, "a.pdf"},
		{`attachment; filename="a b; c.pdf"; size=3`, "a b; c.pdf"},
		{`attachment; filename=a b.pdf`, "a b.pdf"},
		{`attachment; filename*=UTF-8''Llythyr%20t%C5%B7.docx`, "Llythyr tŷ.docx"},
		{`attachment; filename*0="Lly"; filename*1="thyr.docx"`, "Llythyr.docx"},
		{`attachment; filename*0*=utf-8''t%C5; filename*1*=%B7.docx`, "tŷ.docx"},
		{`attachment; filename*1="b"; filename*3="d.txt"`, "bd.txt"},
		{`attachment; filename="=?utf-8?Q?t=C5=B7.docx?="`, "tŷ.docx"},
		{`attachment filename="a.pdf"`, "a.pdf"},
		{`attachment; filename="a.pdf`, "a.pdf"},
		{`attachment; filename="C:\\Users\\a.pdf"`, "a.pdf"},
		{`attachment; filename=""`, ""},
		{`attachment; filename="` + strings.Repeat("a", 300) + `.pdf"`, strings.Repeat("a", 199) + "…"},
	} {
		m := parse([]byte("Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: application/octet-stream\nContent-Disposition: "+c.in+"\n\nx\n--x--\n"), true)
		if len(m.Attachments) != 1 || m.Attachments[0].Name != c.want {
			t.Errorf("%s\n got %v\nwant %q", c.in, m.Attachments, c.want)
		}
	}
}

// FuzzHeader reads any value as every kind of field.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{
		`"Bee, Ann" <a@example.org>, b@example.org (B); Team: c@example.org;`, "=?utf-8?Q?t=C5=B7?= =?iso-8859-14?B?/g?=", "Dydd Llun, 26 Ionawr 2026 12:41", "Mon, 4 May 2026 10:12:33 +0100 (BST)",
		"<a@b> <c d@e> x", `attachment; filename*0*=utf-8''t%C5; filename*1="x"`, "a\r\n b\x00\u202e",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := unfold([]byte(s))
		if strings.ContainsAny(v, "\r\n\x00") {
			t.Errorf("unfold left a line end or NUL in %q", v)
		}
		for _, a := range appendAddresses(nil, v) {
			if a.Name == "" && a.Addr == "" || strings.ContainsAny(a.Addr, " \r\n<>") && !strings.HasPrefix(a.Addr, `"`) {
				t.Errorf("address %q of %q", a, s)
			}
			if again := cleanAddr(a.Addr); again != a.Addr {
				t.Errorf("address %q is read as %q the second time", a.Addr, again)
			}
		}
		for _, id := range appendIDs(nil, v) {
			if firstID("<"+id+">") != id {
				t.Errorf("id %q is not read again", id)
			}
		}
		if d := readDate(v); !d.IsZero() && !sane(d) {
			t.Errorf("date %v of %q", d, s)
		}
		if typ, param := mediaType(v); strings.ContainsAny(typ, " \"") {
			t.Errorf("type %q, parameters %q", typ, param)
		}
		if name := safeName(decodeWords(v)); strings.ContainsAny(name, "/\\\r\n\x00") || len([]rune(name)) > maxName {
			t.Errorf("file name %q", name)
		}
	})
}
