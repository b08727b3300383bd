package templates

import (
	"net/url"
	"strings"
	"testing"
)

func TestLinksFillInSubjectAndFirstLine(t *testing.T) {
	for _, c := range []struct{ addr, subject, line string }{
		{"governance@cafcass.gov.uk", "Re: [CAF26-00017] Cafcass rq-7f3k9", "NOT A REQUEST"},
		{"a+b@example.org", "100% & more? #1 = ü", "DERBYNIWYD ddoe ŵŷ"},
		{"x@example.org?bcc=evil@example.com", "a\r\nBcc: evil", "1+1"},
	} {
		link := Mailto(c.addr, c.subject, c.line)
		if strings.ContainsAny(link, " \r\n+<>\"") {
			t.Errorf("%s: holds what a link may not", link)
		}
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		to, err := url.PathUnescape(u.Opaque)
		if err != nil || to != c.addr {
			t.Errorf("%s: goes to %q (%v), want %q", link, to, err, c.addr)
		}
		q := u.Query()
		if q.Get("subject") != c.subject || q.Get("body") != c.line+"\r\n" || len(q) != 2 {
			t.Errorf("%s: fills in %v", link, q)
		}
	}
}

func TestLinksOfStaffMailCarryTheToken(t *testing.T) {
	m, err := embeddedSet(t).Staff(fullNotice(Triage))
	if err != nil {
		t.Fatal(err)
	}
	want := "<" + Mailto("governance@cafcass.gov.uk", "Re: [CAF26-00017] Cafcass rq-7f3k9", "FOI") + ">"
	if !strings.Contains(m.Body, want) {
		t.Errorf("the mail lacks %s:\n%s", want, m.Body)
	}
	if strings.Contains(m.Subject, "rq-7f3k9") {
		t.Error("the subject shows the token")
	}
}
