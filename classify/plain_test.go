package classify_test

import (
	"strings"
	"testing"

	"requestd/classify"
	"requestd/classify/corpus"
	"requestd/intake"
)

// TestThePlainestRequestsAreAnswered: what most people write, in the words that
// templates have, must not wait for a person because harder mail was learned from.
func TestThePlainestRequestsAreAnswered(t *testing.T) {
	c, err := classify.New(classify.DefaultSettings())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		kind          intake.Kind
		subject, text string
	}{
		{intake.DSAR, "Subject access request", "I would like a copy of all the personal data you hold about me.\n\nKim"},
		{intake.DSAR, "Subject access request", "Dear Sir or Madam,\n\nPlease provide a copy of all personal data that you hold about me, including case notes and emails.\n\nYours faithfully,\nPeter Marsh"},
		{intake.DSAR, "SAR", "Hello,\n\nThis is a subject access request under Article 15 of the UK GDPR. Please send me all the information you hold on me.\n\nThanks\nAlison Reed"},
		{intake.DSAR, "Data request", "Hi, please can you send me everything you have on file about me. My date of birth is 4 March 1985.\n\nRegards, Lewis Tate"},
		{intake.DSAR, "Cais am wybodaeth bersonol", "Annwyl Syr/Madam,\n\nHoffwn gael copi o'r holl ddata personol sydd gennych amdanaf i.\n\nDiolch,\nSiân Bowen"},
		{intake.FOI, "Freedom of Information request", "Dear Sir or Madam,\n\nUnder the Freedom of Information Act 2000, please tell me how many complaints you received in 2024 and 2025.\n\nYours faithfully,\nJane Porter"},
		{intake.FOI, "FOI request", "Hello,\n\nPlease send me a copy of your complaints policy and your staff training policy.\n\nKind regards,\nTom Hale"},
		{intake.FOI, "FOI", "1. How many agency social workers did you employ in 2025?\n2. How much did you spend on them?\n\nPlease reply by email.\n\nR. Dean"},
		{intake.FOI, "Cais Rhyddid Gwybodaeth", "Annwyl Syr/Madam,\n\nO dan Ddeddf Rhyddid Gwybodaeth 2000, faint o gwynion a gawsoch yn 2025?\n\nYn gywir,\nHuw Prys"},
		{intake.Review, "Internal review", "Dear Sir or Madam,\n\nI am not satisfied with your response to my freedom of information request and I would like an internal review of the decision.\n\nYours faithfully,\nJane Porter"},
	} {
		m := corpus.Text("", x.subject, strings.ReplaceAll(x.text, "\n", `\n`))
		if r := c.Classify(m, intake.Thread{}, ""); r.Kind != x.kind || r.Decision != intake.Acknowledge {
			t.Errorf("%q is read as %s, %s (%.2f, hold %v)", x.text, r.Kind, r.Decision, r.Confidence, r.Hold)
		}
	}
}
