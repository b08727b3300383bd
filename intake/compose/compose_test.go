package compose_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake/compose"
)

func head() compose.Head {
	return compose.Head{
		FromName: "Cafcass Cymru", From: "CafcassCymru@gov.wales", To: "ann@example.org",
		Date: time.Date(2026, 11, 20, 10, 0, 0, 0, deadlines.London()), MessageID: "requestd.abc.def@gov.wales",
		InReplyTo: "asked@example.org", References: []string{"first@example.org"}, Subject: "Eich cais: CYM26-00001 – derbyniwyd",
		Language: "cy, en", Topic: "CYM26-00001", Automatic: "auto-replied", Loop: "loopmark",
	}
}

func compose1(t *testing.T, h compose.Head, body string) (*mail.Message, []byte) {
	t.Helper()
	raw, err := compose.Mail(h, body)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m, raw
}

func TestAMailSaysWhatItIs(t *testing.T) {
	const body = "Annwyl Ann,\n\nDiolch – cawsom eich cais ar ddydd Gwener, 20 Tachwedd 2026.\nRydym yn ateb erbyn 18 Rhagfyr 2026, a dim hwyrach na hynny, beth bynnag fo'r amgylchiadau yma.\n"
	m, raw := compose1(t, head(), body)
	for name, want := range map[string]string{
		"Date": "Fri, 20 Nov 2026 10:00:00 +0000", "Message-ID": "<requestd.abc.def@gov.wales>", "To": "<ann@example.org>",
		"In-Reply-To": "<asked@example.org>", "References": "<first@example.org> <asked@example.org>", "Content-Language": "cy, en",
		"Thread-Topic": "CYM26-00001", "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "auto_reply",
		compose.LoopHeader: "loopmark", "Content-Type": "text/plain; charset=UTF-8",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || s != head().Subject {
		t.Errorf("the subject reads %q, %v", s, err)
	}
	if a, err := m.Header.AddressList("From"); err != nil || len(a) != 1 || a[0].Address != head().From || a[0].Name != head().FromName {
		t.Errorf("from %v, %v", a, err)
	}
	if b, err := io.ReadAll(quotedprintable.NewReader(m.Body)); err != nil || strings.ReplaceAll(string(b), "\r\n", "\n") != body {
		t.Errorf("the text reads %q, %v", b, err)
	}
	for i, line := range strings.Split(string(raw), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") { // RFC 5322 section 2.1.1
			t.Errorf("line %d is %d bytes long or ends otherwise than in CRLF", i+1, len(line))
		}
	}
	if strings.Contains(string(raw), "go-mail") {
		t.Error("the mail names the library that made it")
	}
	if _, again := compose1(t, head(), body); !bytes.Equal(raw, again) {
		t.Error("the same mail has other bytes when it is composed again")
	}
}

func TestAMailOfNoThreadAndNoMachineSaysNothingOfEither(t *testing.T) {
	h := head()
	h.InReplyTo, h.References, h.Language, h.Topic, h.Automatic, h.Loop = "", nil, "", "", "", ""
	m, _ := compose1(t, h, "Hello.\n")
	for _, name := range []string{"In-Reply-To", "References", "Content-Language", "Thread-Topic", "Auto-Submitted", "Precedence", compose.LoopHeader} {
		if m.Header.Get(name) != "" {
			t.Errorf("%s: %q", name, m.Header.Get(name))
		}
	}
}

func TestAStrangersIDBreaksNoHeader(t *testing.T) {
	h := head()
	h.InReplyTo, h.References = "x@example.org\r\nBcc: eve@example.org", []string{"a b@example.org", "good@example.org", "<nested>@example.org", ""}
	m, raw := compose1(t, h, "Hello.\n")
	if m.Header.Get("References") != "<good@example.org>" || m.Header.Get("In-Reply-To") != "" || strings.Contains(string(raw), "eve@") {
		t.Errorf("%s", raw)
	}
	h = head()
	h.References = nil
	for i := range 40 {
		h.References = append(h.References, fmt.Sprintf("ref-%d@example.org", i))
	}
	m, _ = compose1(t, h, "Hello.\n")
	if refs := strings.Fields(m.Header.Get("References")); len(refs) != 10 || refs[0] != "<ref-0@example.org>" || refs[9] != "<asked@example.org>" {
		t.Errorf("%d references: %v", len(refs), refs)
	}
}

func TestAMailThatCouldBeReadOtherwiseIsNotMade(t *testing.T) {
	for name, spoil := range map[string]func(*compose.Head){
		"a line break in the subject":  func(h *compose.Head) { h.Subject = "Hello\r\nBcc: eve@example.org" },
		"a line break in the name":     func(h *compose.Head) { h.FromName = "Cafcass\nX: y" },
		"a line break in the language": func(h *compose.Head) { h.Language = "en\r\nX: y" },
		"a zero byte":                  func(h *compose.Head) { h.Subject = "Hello\x00" },
		"no Message-ID":                func(h *compose.Head) { h.MessageID = "" },
		"a Message-ID without domain":  func(h *compose.Head) { h.MessageID = "requestd" },
		"no recipient":                 func(h *compose.Head) { h.To = "" },
		"two recipients":               func(h *compose.Head) { h.To = "ann@example.org, eve@example.org" },
	} {
		h := head()
		spoil(&h)
		if raw, err := compose.Mail(h, "Hello.\n"); err == nil {
			t.Errorf("%s: made\n%s", name, raw)
		}
	}
}

func TestOnlyTheRegistersOwnMarksAreItsOwn(t *testing.T) {
	ours, theirs := compose.NewMinter([]byte("the key of one register.........")), compose.NewMinter([]byte("the key of another register....."))
	id := ours.ID([]byte("fifteen bytes.."), "Governance@Cafcass.gov.uk")
	local, domain, _ := strings.Cut(id, "@")
	if domain != "cafcass.gov.uk" || !compose.ValidID(id) {
		t.Errorf("the id is %s", id)
	}
	for s, want := range map[string]bool{
		id: true, local + "@relay.example.org": true, strings.ToUpper(id): true, "x" + id: false, local[:len(local)-1] + "@cafcass.gov.uk": false,
		"requestd.abc.def@cafcass.gov.uk": false, "": false, "asked@example.org": false,
	} {
		if ours.IsOurs(s) != want {
			t.Errorf("%q is ours: %v", s, !want)
		}
		if theirs.IsOurs(s) {
			t.Errorf("%q is another register's", s)
		}
	}
	if ours.Loop() == theirs.Loop() {
		t.Error("two registers have one loop mark")
	}
}
