package main

import (
	"strings"
	"testing"

	"requestd/intake/mailbox"
)

// TestCheckTellsWhichServersTheMailItselfNames: an administrator who does not
// know the authserv-id of their mail server reads it from the mailbox's mail.
func TestCheckTellsWhichServersTheMailItselfNames(t *testing.T) {
	report := mailbox.Report{Seen: 50, Vouchers: []mailbox.Voucher{{ID: "mx.example.org", Mails: 48}, {ID: "forged.example.net", Mails: 1}}}
	for _, c := range []struct {
		name     string
		report   mailbox.Report
		believed []string
		want     []string
	}{
		{"none is believed yet", report, nil, []string{"48 of the newest 50 mails carry the word of mx.example.org on who sent them: name it here", "forged.example.net on who sent them: name it here"}},
		{"one is, whatever its letters", report, []string{"MX.example.org"}, []string{"mx.example.org on who sent them, which is believed", "forged.example.net on who sent them: name it here"}},
		{"the believed one is in no mail", mailbox.Report{Seen: 50}, []string{"mx.example.org"}, []string{"none of the newest 50 mails carries the word of mx.example.org"}},
		{"an empty mailbox tells nothing", mailbox.Report{}, []string{"mx.example.org"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := trustFindings("mailboxes[0].trust.authserv", &c.report, c.believed)
			if len(got) != len(c.want) {
				t.Fatalf("got %v, want %d findings", got, len(c.want))
			}
			for i, f := range got {
				if !f.OK || f.Where != "mailboxes[0].trust.authserv" || !strings.Contains(f.Says, c.want[i]) {
					t.Errorf("got %+v, want %q", f, c.want[i])
				}
			}
		})
	}
}
