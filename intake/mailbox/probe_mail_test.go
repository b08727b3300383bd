package mailbox

import "testing"

func TestTheTopmostVoucherCounts(t *testing.T) {
	for header, want := range map[string]string{
		"Authentication-Results: mx.Example.org; dmarc=pass\r\nAuthentication-Results: forged.example.net; dmarc=pass\r\nFrom: a\r\n\r\n": "mx.example.org",
		"Received: x\r\nAuthentication-Results: mx.example.org 1;\r\n dkim=pass\r\n\r\n":                                                  "mx.example.org",
		"Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=none\r\n\r\n":                          "microsoft365",
		"From: a\r\n\r\n": "",
		"":                "",
		"Authentication-Results: mx.example.org; none\r\nbroken line\r\n\r\n": "mx.example.org",
	} {
		if got := voucher([]byte(header)); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func TestUsualNamesOfFolders(t *testing.T) {
	for name, want := range map[string]bool{"Sent": true, "INBOX.Sent": true, "[Gmail]/Sent Mail": true, "Sentences": false, "": false} {
		if usual(name, "sent", "sent mail") != want {
			t.Errorf("%q", name)
		}
	}
}
