package engine_test

import (
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
)

// TestALetterRepeatsNoStrangersWords: a letter contains a name if it is plainly
// one and the mail server vouches for its sender, or if a person entered it.
func TestALetterRepeatsNoStrangersWords(t *testing.T) {
	const ask = "Under the Freedom of Information Act please tell me how many reports were late in 2025.\n"
	for name, c := range map[string]struct{ from, head, correct, want string }{
		"vouched for":          {"Ann Example <ann@example.org>", "", "", "Dear Ann Example,"},
		"no name":              {"WordPress <ann@example.org>", "", "", "Dear requester,"},
		"a message for a name": {"Ann Officer knows your child <ann@example.org>", "", "", "Dear requester,"},
		"nobody vouches":       {"Ann Example <ann@example.org>", "Authentication-Results: mx.example.net; dmarc=pass header.from=example.org", "", "Dear requester,"},
		"a person gave it":     {"ae1985 <ann@example.org>", "", "Mrs A Example", "Dear Mrs A Example,"},
	} {
		t.Run(name, func(t *testing.T) {
			o := mailOffice(t, "2026-11-20 10:00")
			m := mail{id: "q@example.org", from: c.from, to: "governance@cafcass.gov.uk", subject: "Freedom of Information request", body: ask}
			if c.head != "" {
				m.head = []string{c.head}
			}
			ref := o.one("cafcass", m).Ref
			if c.correct != "" {
				o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Record(casework.RecordInput{Event: intake.Corrected, Correction: casework.Correction{Name: c.correct}})))
			}
			if l := o.ack(ref); l.State == intake.LetterHeld {
				o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Acknowledge(casework.AckInput{})))
			}
			if raw := string(o.letter(o.ack(ref).ID).Raw); !strings.Contains(raw, c.want) {
				t.Errorf("the letter lacks %q:\n%s", c.want, raw)
			}
		})
	}
}

// TestARepresentativesReferenceIsQuoted if the sender is vouched for and the
// reference names nobody.
func TestARepresentativesReferenceIsQuoted(t *testing.T) {
	for name, c := range map[string]struct{ ref, head, want string }{
		"initials and digits": {"AE/1234", "", "Your reference: AE/1234"},
		"a name in it":        {"EXAMPLE/1234", "", ""},
		"nobody vouches":      {"AE/1234", "Authentication-Results: mx.example.net; dmarc=pass header.from=example.org", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := mailOffice(t, "2026-11-20 10:00")
			m := mail{id: "q@example.org", from: "Ann Example <ann@example.org>", to: "governance@cafcass.gov.uk", subject: "Subject access request: our client",
				body: "Dear Sirs\n\nOur ref: " + c.ref + "\n\nWe act for our client and make a subject access request on their behalf under Article 15 of the UK GDPR for all the personal data that you hold about them. Signed authority will follow by post.\n\nYours faithfully\nAnn Example, solicitor\n"}
			if c.head != "" {
				m.head = []string{c.head}
			}
			ref := o.one("cafcass", m).Ref
			if l := o.ack(ref); l.State != intake.LetterWaiting {
				o.did(o.e.Cases.Do(t.Context(), o.by(), ref, casework.Decide(casework.KindInput{Kind: intake.DSAR})))
			}
			raw := string(o.letter(o.ack(ref).ID).Raw)
			if !strings.Contains(raw, "for somebody else") {
				t.Fatalf("the letter does not speak to a representative:\n%s", raw)
			}
			if got := strings.Contains(raw, "Your reference"); got != (c.want != "") || !strings.Contains(raw, c.want) {
				t.Errorf("want %q in the letter:\n%s", c.want, raw)
			}
		})
	}
}
