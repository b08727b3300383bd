package classify_test

import (
	"slices"
	"testing"

	"requestd/intake"
)

// A first request in reply to somebody's letter about something else does not
// answer a question of ours, however it sounds.
func TestAFirstRequestUnderAnotherLetterIsNotPassed(t *testing.T) {
	c := newClassifier(t)
	for _, raw := range [][]byte{
		mail("Hi Marcus,\n\nThe form is done, attached.\n\nBefore I decide about the union I would like to see my personnel file, both lots of notes from the grievance, and the chats in which I am mentioned. From January this year.\n\nRhoda\n\n"+
			"From: Marcus Hale (HR)\nSent: 9 March 2026\nSubject: Your leaver's form\n\nHi Rhoda, just the form and your door fob to come. Marcus\n",
			"From: Rhoda Finch <rhoda.finch@example.com>", "Subject: Re: Your leaver's form"),
		mail("Thank you for the letter about the twins.\n\nCan somebody tell me how often that happens, I mean in figures: how many children in care had three guardians or more in one case last year? And if there is a checklist for handing over I would like to see it.\n\nCora Ames\n\n"+
			"On 12 Mar 2026, at 09:15, T. Boyle wrote:\n> I have replaced Ms Ray as guardian for the children.\n",
			"From: Cora Ames <cora.ames@example.org>", "Subject: Re: Notification of a new guardian"),
	} {
		if r := read(t, c, raw); r.Decision == intake.Pass || r.Decision == intake.Ignore {
			t.Errorf("%s, %s, seems %q: %v", r.Kind, r.Decision, r.Seems, r.Evidence)
		}
	}
}

// A form in which somebody entered their address is that person's mail,
// whatever the header and the words around it say; and since a program sent it,
// a person looks before anything is sent.
func TestAFilledInFormIsNeverIgnored(t *testing.T) {
	r := read(t, newClassifier(t), mail("Cyflwynwyd ffurflen newydd drwy'r wefan am 23:41.\n\nEnw: Tegwen Parri\nE-bost: tegwen@example.com\nFfôn: (gwag)\nYdych chi'n: Rhiant / gofalwr\nPwnc: Arall\nIaith ateb: Cymraeg\n\n"+
		"Eich neges:\nMae angen ateb ar y doctor erbyn y 3ydd a does gen i ddim. Pwy ddywedodd, ac ymhle mae hynny?\n\nRwyf wedi darllen yr hysbysiad preifatrwydd: Ydw\n\n-- Neges awtomatig yw hon. Peidiwch ag ateb y cyfeiriad hwn. --\n",
		"From: Ffurflenni <peidiwch-ag-ateb@ffurflenni.example.net>", "Subject: Ffurflen wedi'i chyflwyno [#88213]", "Auto-Submitted: auto-generated"))
	if r.Decision != intake.Triage || !slices.Contains(r.Hold, "soft-machine-signal") && !slices.Contains(r.Hold, "relayed-form") {
		t.Errorf("%s, %s, held for %v", r.Kind, r.Decision, r.Hold)
	}
}
