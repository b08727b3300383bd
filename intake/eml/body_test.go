package eml

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestBodies reads the text of a single part in every way it may be encoded.
func TestBodies(t *testing.T) {
	for _, c := range []struct{ name, fields, body, want string }{
		{"no field at all", "", "Annwyl Syr", "Annwyl Syr"},
		{"UTF-8 under no label", "", "t\xc5\xb7", "tŷ"},
		{"Latin-1 under no label", "", "Si\xe2n \x93x\x94", "Siân “x”"},
		{"Latin-1 called UTF-8", "Content-Type: text/plain; charset=utf-8", "Si\xe2n", "Siân"},
		{"UTF-8 called Latin-1", "Content-Type: text/plain; charset=iso-8859-1", "t\xc5\xb7", "tŷ"},
		{"smart quotes called Latin-1", "Content-Type: text/plain; charset=iso-8859-1", "\x93x\x94", "“x”"},
		{"Latin-8", "Content-Type: text/plain; charset=ISO-8859-14", "d\xf0r t\xfe", "dŵr tŷ"},
		{"utf8 without a hyphen, quoted badly", `Content-Type: text/plain; charset='utf8'`, "t\xc5\xb7", "tŷ"},
		{"ansi", "Content-Type: text/plain; charset=ansi", "\xa35", "£5"},
		{"unknown", "Content-Type: text/plain; charset=x-unknown", "\xa35", "£5"},
		{"GB2312 means more", "Content-Type: text/plain; charset=gb2312", "\x8c\x9b", "寷"},
		{"Korean of Windows", "Content-Type: text/plain; charset=ks_c_5601-1987", "\xb0\xa1", "가"},
		{"Japanese", "Content-Type: text/plain; charset=iso-2022-jp", "\x1b$B$\"\x1b(B", "あ"},
		{"UTF-7", "Content-Type: text/plain; charset=unicode-1-1-utf-7", "t+AXc- +- x", "tŷ + x"},
		{"UTF-16 with its mark", "Content-Type: text/plain; charset=utf-16", "\xfe\xff\x00t\x01\x77", "tŷ"},
		{"charset in the HTML alone", "Content-Type: text/html", "<meta charset=\"iso-8859-14\"><p>t\xfe</p>", "tŷ"},
		{"quoted-printable", "Content-Transfer-Encoding: quoted-printable", "t=C5=B7 =\nand=20more", "tŷ and more"},
		{"bad quoted-printable", "Content-Transfer-Encoding: quoted-printable", "5 =ZZ 6 = 7 \x01=C5=B7", "5 =ZZ 6 = 7 ŷ"},
		{"base64", "Content-Transfer-Encoding: BASE64", "dMW3\r\n", "tŷ"},
		{"base64 with a comment", "Content-Transfer-Encoding: base64 (as ever)", "dMW3", "tŷ"},
		{"base64 without its padding", "Content-Transfer-Encoding: \"base64\"", "YWJjZA", "abcd"},
		{"base64 with a footer below", "Content-Transfer-Encoding: base64", "QW5ud3lsIFN5cg==\n-- \nA list's footer, in plain text", "Annwyl Syr"},
		{"unknown encoding", "Content-Transfer-Encoding: quantum", "as it stands", "as it stands"},
		{"uuencode", "Content-Transfer-Encoding: x-uuencode", "begin 644 a.txt\n#86)C\n`\nend\n", "abc"},
		{"NUL and controls", "", "my\x00 file\x07", "my file"},
		{"content type without a subtype", "Content-Type: text", "t", "t"},
		{"content type of nonsense", "Content-Type: =?utf-8?q?x?=", "t", "t"},
		{"flowed", "Content-Type: text/plain; format=flowed", "a \nb", "a b"},
		{"multipart without parts", "Content-Type: multipart/mixed; boundary=x", "Dear Sirs", "Dear Sirs"},
	} {
		raw := []byte(c.fields + "\n\n" + c.body)
		if c.fields == "" {
			raw = []byte("Subject: x\n\n" + c.body)
		}
		if m := parse(raw, true); m.Text != c.want {
			t.Errorf("%s\n got %q\nwant %q (faults %q)", c.name, m.Text, c.want, m.Faults)
		}
	}
}

// TestWhichText chooses among several parts.
func TestWhichText(t *testing.T) {
	part := func(fields, body string) string { return "--x\n" + fields + "\n\n" + body + "\n" }
	plain, rich := "Content-Type: text/plain", "Content-Type: text/html"
	for _, c := range []struct{ name, typ, body, want string }{
		{"plain beside HTML", "alternative", part(plain, "Please send my file.") + part(rich, "<p>Please send my file.</p>"), "Please send my file."},
		{"empty plain", "alternative", part(plain, " ") + part(rich, "<p>Please send my file.</p>"), "Please send my file."},
		{"HTML first", "alternative", part(rich, "<p>file</p>") + part(plain, "file"), "file"},
		{"HTML within related", "alternative", part(plain, "Use another reader.") + part("Content-Type: multipart/related; boundary=y", "--y\nContent-Type: text/html\n\n<p>Please send me all of my file and the notes.</p>\n--y\nContent-Type: image/png; name=l.png\n\nx\n--y--"), "Please send me all of my file and the notes."},
		{"texts around a picture", "mixed", part(plain, "This is the house.") + part("Content-Type: image/jpeg\nContent-Disposition: inline; filename=a.jpg", "x") + part(plain, "I want the report on it."), "This is the house.\nI want the report on it."},
		{"a text attachment is not the text", "mixed", part(plain, "See attached.") + part("Content-Type: text/plain; name=a.txt", "my letter"), "See attached."},
		{"a mail attached is not the text", "mixed", part("Content-Type: message/rfc822", "Subject: y\n\ninner") + part(plain, "outer"), "outer"},
		{"signed", "signed", part(plain, "Please send my file.") + part("Content-Type: application/pkcs7-signature; name=smime.p7s", "x"), "Please send my file."},
		{"calendar", "alternative", part(plain, "Accepted") + part("Content-Type: text/calendar; method=REPLY", "BEGIN:VCALENDAR"), "Accepted"},
	} {
		m := parse([]byte("Content-Type: multipart/"+c.typ+"; boundary=x\n\n"+c.body+"--x--\n"), true)
		if m.Text != c.want {
			t.Errorf("%s: %q, want %q", c.name, m.Text, c.want)
		}
	}
}

func TestOutlooksOwnFormat(t *testing.T) {
	attr := func(id string, data string) string {
		n := len(data)
		return "\x01" + id + string([]byte{byte(n), byte(n >> 8), 0, 0}) + data + "\x00\x00"
	}
	stream := "\x78\x9f\x3e\x22\x01\x00" + attr("\x08\x80\x07\x00", "REPORT.IPM.Note.IPNRN\x00") + attr("\x0c\x80\x02\x00", "Please send my file.\x00")
	m := parse([]byte("Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(stream))), true)
	if got := m.Parts[0].Param["message-class"]; got != "REPORT.IPM.Note.IPNRN" {
		t.Errorf("message class %q", got)
	}
	if m.Text != "Please send my file." {
		t.Errorf("text %q", m.Text)
	}
	for n := range len(stream) {
		tnef([]byte(stream[:n]))
	}
}

func TestReports(t *testing.T) {
	multi := func(report, second, third string) string {
		return "From: MAILER-DAEMON@example.org\nContent-Type: multipart/report; report-type=" + report + "; boundary=x\n\n--x\n\nNot delivered.\n--x\n" + second + "\n--x\n" + third + "\n--x--\n"
	}
	for _, c := range []struct{ name, raw, want string }{
		{"failure with the header", multi("delivery-status", "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@example.org\nAction: failed\nStatus: 5.1.1 (no such user)\n", "Content-Type: text/rfc822-headers\n\nSubject: x\nMessage-ID: <ack.1@b>\n"), "delivery-status failed 5.1.1 a@example.org ack.1@b"},
		{"delay with the mail", multi("delivery-status", "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nOriginal-Recipient: rfc822;a@example.org\nAction: delayed\nStatus: 4.4.1\n", "Content-Type: message/rfc822\n\nMessage-ID: <ack.1@b>\n\ntext"), "delivery-status delayed 4.4.1 a@example.org ack.1@b"},
		{"international", multi("delivery-status", "Content-Type: message/global-delivery-status\n\nAction: failed\n", "Content-Type: message/global-headers\n\nMessage-ID: <ack.1@b>\n"), "delivery-status failed   ack.1@b"},
		{"read receipt", multi("disposition-notification", "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;a@example.org\nOriginal-Message-ID: <ack.1@b>\nDisposition: manual-action/MDN-sent-manually; displayed\n", ""), "disposition-notification displayed  a@example.org ack.1@b"},
		{"complaint", multi("feedback-report", "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: a@example.org\n", "Content-Type: message/rfc822\n\nMessage-ID: <ack.1@b>\n\ntext"), "feedback-report   a@example.org ack.1@b"},
		{"without the wrapper", "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nSorry\n--x\nContent-Type: message/delivery-status\n\nAction: failed\nFinal-Recipient: rfc822;a@example.org\n\n--x--\n", "delivery-status failed  a@example.org "},
		{"prose of qmail", "From: MAILER-DAEMON@old.example\nSubject: failure notice\n\nHi.\n\n<a@example.org>:\nuser unknown 5.1.1\n\n--- Below this line is a copy of the message.\n\nReceived: x\nMessage-ID: <ack.1@b>\nFrom: c@d.example\n\ntext", "delivery-status failed 5.1.1 a@example.org ack.1@b"},
		{"a person who quotes one", "From: jo@example.org\n\nWhat is this?\n\n<a@example.org>:\nuser unknown\n\nMessage-ID: <ack.1@b>", "none"},
		{"a person who forwards one", "From: jo@example.org\nContent-Type: multipart/mixed; boundary=y\n\n--y\n\nWhat is this?\n--y\nContent-Type: message/rfc822\n\n" + multi("delivery-status", "Content-Type: message/delivery-status\n\nAction: failed\n", "") + "\n--y--\n", "none"},
	} {
		m, got := parse([]byte(c.raw), true), "none"
		if r := m.Report; r != nil {
			got = strings.Join([]string{r.Type, r.Action, r.Status, r.Recipient, r.MessageID}, " ")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
