package eml

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"requestd/intake"
)

// samples returns the bytes of every mail in testdata.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".eml")] = raw
	}
	return all
}

func sample(t testing.TB, name string) *intake.Message {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name + ".eml")
	if err != nil {
		t.Fatal(err)
	}
	return parse(raw, true)
}

func TestEverySampleIsRead(t *testing.T) {
	for name, raw := range samples(t) {
		m := parse(raw, true)
		if m.Text == "" && m.Quoted == "" && m.Attached == "" && len(m.Inner) == 0 && m.Report == nil && m.Subject == "" {
			t.Errorf("%s: nothing was read", name)
		}
		if m.Incomplete {
			t.Errorf("%s: a whole mail cannot be incomplete", name)
		}
		within(t, m)
	}
}

// TestWhereItStands names, for mails in every broken form, a phrase and the
// only field that may contain it.
func TestWhereItStands(t *testing.T) {
	for _, c := range []struct{ file, place, phrase, about string }{
		{"m018", "text", "list of every local authority", "the plain part is a stub, the HTML has the text"},
		{"m044", "attached", "copy of the information held about me", "Word attachment"},
		{"m099", "attached", "cyfanswm y gwariant ar gyfieithu", "Word attachment in Welsh"},
		{"m170", "attached", "dismissed for gross misconduct", "Word attachment"},
		{"m071", "attached", "copy of the police stuff", "text attachment below a phone signature"},
		{"m175", "attached", "retention and disposal schedule", "text attachment in quoted-printable"},
		{"m113", "attached", "failure to comply with my request", "RTF attachment"},
		{"m233", "attached", "how many referrals to supervised", "PDF attachment"},
		{"m078", "text", "written guidance for your officers", "no closing boundary, no Date"},
		{"m152", "text", "corporate risk register", "multipart without a boundary parameter"},
		{"m172", "text", "fy ngŵr a'n tŷ", "ISO-8859-14"},
		{"m210", "text", "“interviewed”", "Windows-1252 called UTF-8"},
		{"m033", "text", "Proszę odpowiedzieć", "base64, bare line feeds, From twice"},
		{"m145", "text", "special guardianship orders", "pictures between the texts"},
		{"m188", "text", "median number of working days", "S/MIME signed"},
		{"m039", "inner", "nifer yr achosion cyfraith gyhoeddus", "forwarded in Welsh"},
		{"m105", "inner", "redesign of your website", "forwarded twice"},
		{"m074", "inner", "rent and rates for each of its offices", "forwarded as an attachment"},
		{"m209", "inner", "notes u wrote when u saw me", "forwarded as an attachment, cover says see attached"},
		{"m083", "inner", "one calendar month", "quoted below a phone's answer"},
		{"m137", "text", "I asked for a LIST", "two lines above a chain of letters"},
	} {
		t.Run(c.file+" "+c.about, func(t *testing.T) {
			m := sample(t, c.file)
			inner := ""
			for _, in := range m.Inner {
				inner += in.Text + "\n"
			}
			for place, text := range map[string]string{"text": m.Text, "attached": m.Attached, "inner": inner, "subject": m.Subject} {
				if got := strings.Contains(text, c.phrase); got != (place == c.place) {
					t.Errorf("%q in %s: %v\n%s", c.phrase, place, got, text)
				}
			}
		})
	}
}

// TestCutAnywhere cuts every sample at many points: if a partial calls itself
// complete, its result must be that of the whole mail.
func TestCutAnywhere(t *testing.T) {
	for name, raw := range samples(t) {
		whole := parse(raw, true)
		for n := 0; n < len(raw); n += 97 {
			p := parse(raw[:n], false)
			if !p.Incomplete && (p.Fingerprint != whole.Fingerprint || p.Text != whole.Text) {
				t.Errorf("%s cut at %d of %d: called complete, yet it differs", name, n, len(raw))
				break
			}
		}
	}
}

func TestIncomplete(t *testing.T) {
	head := "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
	text := "--x\r\nContent-Type: text/plain\r\n\r\n"
	long := strings.Repeat("I should like to know how many reports were late last year. ", 8)
	for _, c := range []struct {
		name, raw string
		want      bool
	}{
		{"in the header", "From: a@exa", true},
		{"in the text", head + text + "Please send", true},
		{"after the text, in a picture", head + text + long + "\r\n--x\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Disposition: attachment\r\n\r\nAAAA", false},
		{"a picture before any text", head + "--x\r\nContent-Type: image/jpeg; name=a.jpg\r\n\r\nAAAA", true},
		{"a picture in the line, after which text may go on", head + text + long + "\r\n--x\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Disposition: inline\r\n\r\nAAAA", true},
		{"a letter that the text points at", head + text + "Please see attached.\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nAAAA", true},
		{"a document below a long text", head + text + long + "\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nAAAA", false},
		{"an attached mail", head + text + "For you.\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: b@example.com\r\n\r\nDear", true},
		{"in a delimiter", head + text + long + "\r\n--", true},
		{"in a part's header", head + text + long + "\r\n--x\r\nContent-Ty", true},
	} {
		if got := parse([]byte(c.raw), false); got.Incomplete != c.want {
			t.Errorf("cut %s: incomplete %v", c.name, got.Incomplete)
		}
		if parse([]byte(c.raw), true).Incomplete {
			t.Errorf("%s: incomplete although it is all there is", c.name)
		}
	}
}

// TestFingerprint: what relays add is ignored, what the sender wrote is not.
func TestFingerprint(t *testing.T) {
	raw := samples(t)["m036"]
	want := parse(raw, true).Fingerprint
	other := append([]byte("Received: from mx9.example.net by mx2.example.org; Thu, 1 Jan 2026 00:00:00 +0000\r\nDelivered-To: CafcassCymru@gov.wales\r\nX-Spam-Flag: NO\r\n"), raw...)
	if parse(other, true).Fingerprint != want {
		t.Error("trace headers change the fingerprint")
	}
	if parse(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), true).Fingerprint != want {
		t.Error("line ends change the fingerprint")
	}
	for old, changed := range map[string]string{"complaint": "complaints", "2026": "2025", "stage one": "stage two"} {
		if parse(bytes.Replace(raw, []byte(old), []byte(changed), -1), true).Fingerprint == want {
			t.Errorf("%q for %q does not change the fingerprint", changed, old)
		}
	}
}
