package eml

import "testing"

func TestAMailThatOnlyQuotesSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want bool
	}{
		"new text":                          {"FOI\r\n", false},
		"new text over a quotation":         {"FOI\r\n\r\n> DSAR\r\n", false},
		"a quotation alone":                 {"> NOT A REQUEST\r\n", true},
		"two quotations":                    {"> NOT A REQUEST\r\n\r\nOn 20 November 2026 Cafcass wrote:\r\n> DSAR\r\n", true},
		"the sender's own earlier mail":     {"-----Original Message-----\r\nFrom: a@example.org\r\nSent: 20 November 2026 10:00\r\nTo: b@example.org\r\nSubject: x\r\n\r\nNOT A REQUEST\r\n", true},
		"new text over one's own old words": {"FOI\r\n\r\n-----Original Message-----\r\nFrom: a@example.org\r\nSent: 20 November 2026 10:00\r\nTo: b@example.org\r\nSubject: x\r\n\r\nDSAR\r\n", false},
		"nothing":                           {"", false},
	} {
		m := Parse([]byte("From: a@example.org\r\nContent-Type: text/plain\r\n\r\n"+c.body), true)
		if m.OnlyQuoted != c.want {
			t.Errorf("%s: %t, text %q", name, m.OnlyQuoted, m.Text)
		}
	}
}
