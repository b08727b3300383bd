package classify_test

import (
	"slices"
	"testing"

	"requestd/intake"
	"requestd/intake/eml"
)

// TestNothingIsLostBelowAnUnmarkedLetter: what follows a greeting of the sender
// may be our letter or the sender's own words, and so a person looks.
func TestNothingIsLostBelowAnUnmarkedLetter(t *testing.T) {
	c := newClassifier(t)
	const refused = "Dear Mr Thripp,\nThank you for your letter. We have closed the complaint.\nYours sincerely\nA Marsh\n\n"
	for _, x := range []struct {
		name, from, subject, body string
		want                      intake.Verdict
		hold                      string
	}{
		{"our letter, then the request, unsigned", "Gavin Thripp", "your letter", "I got this from you:\n\n" + refused + "Please send me a copy of everything you hold about me, the case notes and the emails.", intake.Triage, ""},
		{"the same in a reply", "Gavin Thripp", "Re: your letter", "Thanks.\n\nCafcass wrote on 18 March:\n" + refused + "Under the Freedom of Information Act, how many complaints did you receive in 2025?", intake.Triage, ""},
		{"below the signature mark's text", "Gavin Thripp", "Re: your letter", "Thanks.\n\n" + refused + "Please send me a copy of my whole file, it is a subject access request.\n-- \nGavin Thripp", intake.Triage, ""},
		{"to a namesake", "John Smith", "For Mary Smith", "For the attention of Mary Smith\n\nDear Ms Smith,\nI make a subject access request. Please send me all the records that you hold about me.", intake.Triage, ""},
		{"to one of the same first name", "David Jones", "records", "Good afternoon\n\nHi David,\ncould you send me all the records that you hold about me please", intake.Triage, ""},
		{"a team to a team", "Advocacy Team", "a request", "Our ref 114\n\nDear Team,\nunder the Freedom of Information Act please tell us how many children waited more than a year in 2025.", intake.Triage, ""},
		{"a request that somebody passes on", "Helen Marlow", "for you", "Can you deal with this.\n\nDear Helen,\nI would like a copy of my records from when I was in care, please.\nJo Reed", intake.Triage, ""},
		{"danger below our letter", "Gavin Thripp", "my file", "Please send me a copy of my file, all the records you hold about me.\n\n" + refused + "Do not write to my address. He opens my post and he has said that he will kill me if he finds out where I am.", intake.Triage, "danger"},
		{"thanks above our letter", "Gavin Thripp", "Re: your letter", "Thank you, that is all clear now.\nGavin\n\nDear Mr Thripp,\nYour request was received on 3 March. We will answer it by 2 April.\nYours sincerely\nA Marsh\n\n", intake.Pass, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			m := eml.Parse([]byte("From: \""+x.from+"\" <sender@example.com>\r\nTo: governance@cafcass.gov.uk\r\nSubject: "+x.subject+"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"+x.body+"\r\n"), true)
			if m.QuoteAt == 0 {
				t.Error("no letter was found: this shows nothing")
			}
			r := c.Classify(m, intake.Thread{}, "")
			if r.Decision != x.want || x.hold != "" && !slices.Contains(r.Hold, x.hold) {
				t.Errorf("%s (%s, hold %v), want %s and a hold %q", r.Decision, r.Why, r.Hold, x.want, x.hold)
			}
		})
	}
}
