package engine_test

import (
	"testing"

	"requestd/intake"
)

func TestAReceiptGoesToAColleagueAndToNobodyWhoForgesOne(t *testing.T) {
	for name, c := range map[string]struct {
		verdict string
		want    int
	}{
		"a colleague":              {"Authentication-Results: mx.example.org; dmarc=pass header.from=cafcass.gov.uk", 1},
		"a forged colleague":       {"Authentication-Results: mx.example.org; dmarc=fail header.from=cafcass.gov.uk", 0},
		"a colleague, not vouched": {"X-Nothing: said", 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := mailOffice(t, "2026-11-20 10:00")
			a := o.one("cafcass", mail{id: "fw@cafcass.gov.uk", from: "Practitioner <practitioner@cafcass.gov.uk>", to: "governance@cafcass.gov.uk", subject: "FW: Freedom of Information request",
				head: []string{c.verdict},
				body: "Please see below.\n\nFrom: Ann Example <ann@example.org>\nSent: 19 November 2026 09:00\nTo: Practitioner <practitioner@cafcass.gov.uk>\nSubject: Freedom of Information request\n\n" + foiText})
			if a.Ref == "" {
				t.Fatalf("decided %s (%s): no case", a.Decision, a.Why)
			}
			if n := len(o.letters(intake.ForReceipt)); n != c.want {
				t.Errorf("%d receipts, want %d", n, c.want)
			}
		})
	}
}
