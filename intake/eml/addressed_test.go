package eml

import (
	"strings"
	"testing"
)

func TestALetterToTheSenderIsNotTheSendersWords(t *testing.T) {
	const letter = "FOI 26-118. Section 12 of the Act applies.\nYou may ask for an internal review."
	for _, c := range []struct {
		name, from, subject, body string
		own                       string // "" if all of it is the sender's
	}{
		{"a heading without a time", "Gavin Thripp", "Re: your answer", "Thank you.\nGavin\n\nOn 12 May 2026 Example Body wrote:\nDear Mr Thripp,\n" + letter, "Thank you.\nGavin"},
		{"who wrote comes first", "Gavin Thripp", "Re: your answer", "Thank you.\n\nExample Body wrote on 18 March:\n" + letter, "Thank you."},
		{"a date alone", "Marcia Greening", "Re: your answer", "I am content to wait.\nMarcia\n\n10 June\nDear Ms Greening, your request is complex: " + letter, "I am content to wait.\nMarcia"},
		{"nothing but the greeting", "Owain Bebb", "Ateb", "Beth yw hyn?\nOwain\n\nAnnwyl Mr Bebb, amgaeir y contract.", "Beth yw hyn?\nOwain"},
		{"Welsh heading", "Owain Bebb", "Ateb: cais", "Beth yw hyn?\n\nAr 4 Mehefin 2026 ysgrifennodd Corff Enghraifft:\nAmgaeir y contract.", "Beth yw hyn?"},
		{"the sender goes on and signs", "Gavin Thripp", "Re: your answer", "You wrote on 3 May:\nDear Mr Thripp, no.\nPlease send me my file all the same.\nGavin Thripp", ""},
		{"a letter that begins so", "Gavin Thripp", "a letter", "Dear Mr Thripp,\n" + letter, ""},
		{"somebody else is greeted", "Gavin Thripp", "my file", "For the manager.\n\nDear Mr Jones,\nplease send me my file.", ""},
		{"a story", "Gavin Thripp", "my file", "On 3 May 2026 your officer wrote:\nhe is late.\nI want what else she wrote.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := "From: \"" + c.from + "\" <sender@example.com>\nSubject: " + c.subject + "\nContent-Type: text/plain; charset=utf-8\n\n" + c.body + "\n"
			m := Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")), true)
			want := c.own
			if want == "" {
				want = c.body
			}
			own := m.WithoutQuote()
			if strings.TrimSpace(own.Text+"\n"+own.Signature) != want && own.Text != want {
				t.Errorf("own words %q (signature %q), want %q", own.Text, own.Signature, want)
			}
			if c.own == "" != (m.QuoteAt == 0) || !strings.Contains(m.Text+"\n"+m.Signature, c.body[len(c.body)-20:]) {
				t.Errorf("the letter begins at %d of %q", m.QuoteAt, m.Text)
			}
		})
	}
}
