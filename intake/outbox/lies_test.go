package outbox_test

import (
	"bytes"
	"testing"

	"requestd/intake/mailtest"
	"requestd/intake/outbox"
)

// An answer that arrives before its question was asked does not count: else a
// letter would count as sent that the server never had.
func TestAnswersThatComeTooSoonAreNotBelieved(t *testing.T) {
	type fault = mailtest.SMTPFault
	large := append(bytes.Clone(plainMail), bytes.Repeat([]byte("Another line of the text.\r\n"), 40_000)...)
	for name, faults := range map[string][]fault{
		"all answers at RCPT, and the text is lost":       {{At: mailtest.AtRcpt, Reply: "250 2.1.5 ok\n354 go on\n250 2.0.0 taken", Times: 1}, {At: mailtest.AtBody, CutBody: 50, Times: 1}},
		"all answers at MAIL, and the text is lost":       {{At: mailtest.AtMail, Reply: "250 2.1.0 ok\n250 2.1.5 ok\n354 go on\n250 2.0.0 taken", Times: 1}, {At: mailtest.AtBody, CutBody: 50, Times: 1}},
		"the text taken at DATA, and then refused":        {{At: mailtest.AtData, Reply: "354 go on\n250 2.0.0 taken", Times: 1}, {At: mailtest.AtBody, Reply: "451 4.3.0 later", Times: 1}},
		"the text taken at DATA, and the connection lost": {{At: mailtest.AtData, Reply: "354 go on\n250 2.0.0 taken", Times: 1}, {At: mailtest.AtBody, CutBody: 50, Times: 1}},
		"each answer twice from MAIL on":                  {{At: mailtest.AtMail, Reply: "250 2.1.0 ok\n250 2.1.0 ok", Times: 1}},
		"a yes to DATA that asks for no text":             {{At: mailtest.AtData, Reply: "250 2.0.0 ok", Times: 1}},
		"a wish for text at MAIL":                         {{At: mailtest.AtMail, Reply: "354 go on", Times: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: faults})
			s := client(t, srv.Port, srv.CAFile)
			for i, raw := range [][]byte{plainMail, large, plainMail} {
				had := len(srv.Mails())
				r := s.Send(t.Context(), "a@example.org", "b@example.org", raw)
				if came := len(srv.Mails()) - had; r.Outcome == outbox.Sent != (came == 1) || i == 2 && r.Outcome != outbox.Sent {
					t.Errorf("mail %d: %s (%s), and the server took %d", i+1, r.Outcome, r.Response, came)
				}
			}
		})
	}
}

// A server that accepts the text with an unusual positive code has it: the mail
// is not sent again.
func TestAnyYesAfterTheTextIsAYes(t *testing.T) {
	for reply, want := range map[string]outbox.Outcome{
		"251 2.0.0 taken": outbox.Sent, "200 fine": outbox.Sent, "252 taken": outbox.Sent, "221 2.0.0 bye": outbox.Sent, "354 more": outbox.Doubt, "150 wait": outbox.Doubt, "hello": outbox.Doubt,
	} {
		srv := mailtest.StartSMTP(t, mailtest.SMTPOptions{Faults: []mailtest.SMTPFault{{At: mailtest.AtBody, Reply: reply, Times: 1}}})
		s := client(t, srv.Port, srv.CAFile)
		if r := s.Send(t.Context(), "a@example.org", "b@example.org", plainMail); r.Outcome != want || want == outbox.Sent && r.Response != reply[4:] {
			t.Errorf("%q is read as %s (%s), want %s", reply, r.Outcome, r.Response, want)
		}
		if r := s.Send(t.Context(), "a@example.org", "b@example.org", plainMail); r.Outcome != outbox.Sent {
			t.Errorf("the mail after %q: %s (%s)", reply, r.Outcome, r.Response)
		}
	}
}
