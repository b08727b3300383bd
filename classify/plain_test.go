package classify_test

import (
	"testing"

	"requestd/classify/corpus"
	"requestd/intake"
)

// TestThePlainestMailIsRead: mail as most people write it, in the words of
// templates, must not wait for a person because the model learned from harder
// mail; and a right exercised in such words is no request for a copy.
func TestThePlainestMailIsRead(t *testing.T) {
	c := newClassifier(t)
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
		{intake.Rights, "Erase my data", "Hello,\n\nUnder Article 17 of the UK GDPR please erase all the personal data that you hold about me.\n\nThanks,\nKim Example"},
		{intake.Rights, "Data protection request", "Dear Sir or Madam,\n\nPlease correct my date of birth in your records. It is 4 March 1985, not 4 May.\n\nYours faithfully,\nPeter Marsh"},
	} {
		want := intake.Acknowledge
		if x.kind == intake.Rights {
			want = intake.Triage
		}
		if r := c.Classify(corpus.Text("", x.subject, x.text), intake.Thread{}, ""); r.Kind != x.kind || r.Decision != want {
			t.Errorf("%q is read as %s, %s (%.2f, hold %v)", x.text, r.Kind, r.Decision, r.Confidence, r.Hold)
		}
	}
}
