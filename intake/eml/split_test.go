package eml

import (
	"strings"
	"testing"
)

// TestNewText has the forms in which people answer and forward mail. own and
// inner contain all words that may be found there, in order; inner has one
// entry for each earlier mail: address or name, London time, text.
func TestNewText(t *testing.T) {
	for _, c := range []struct {
		name, text, own string
		inner           []string
	}{
		{"a plain letter", "Dear Sirs\n\nPlease send the policy.\n\nA B", "Dear Sirs Please send the policy. A B", nil},
		{"top-posted, Gmail", "Not good enough.\n\nOn Mon, 4 May 2026 at 10:12, Cafcass <governance@cafcass.gov.uk> wrote:\n\n> Dear Ms B\n> We refuse.\n", "Not good enough.", []string{"governance@cafcass.gov.uk|2026-05-04 10:12|Dear Ms B We refuse."}},
		{"attribution over two lines", "No.\n\nOn Mon, 4 May 2026 at 10:12, Cafcass Governance\n<governance@cafcass.gov.uk> wrote:\n> We refuse.", "No.", []string{"governance@cafcass.gov.uk|2026-05-04 10:12|We refuse."}},
		{"bottom-posted", "On 4 May 2026, at 10:12, Jo <jo@example.org> wrote:\n> What do you want?\n\nThe figures for 2024.", "The figures for 2024.", []string{"jo@example.org|2026-05-04 10:12|What do you want?"}},
		{"answers between the questions", "Hi\n> 1. Which years?\n2019 to 2024.\n> 2. Which areas?\nAll of them.", "Hi 2019 to 2024. All of them.", []string{"||1. Which years? 2. Which areas?"}},
		{"attribution without markers below", "I disagree.\n\nOn 4 May 2026 at 10:12 Jo <jo@example.org> wrote:\n\nWe refuse.\nJo", "I disagree.", []string{"jo@example.org|2026-05-04 10:12|We refuse. Jo"}},
		{"prose that looks like an attribution", "On the phone your officer wrote:\nyou may ask for the notes. So I ask for the notes.", "On the phone your officer wrote: you may ask for the notes. So I ask for the notes.", nil},
		{"Welsh Gmail", "Diolch.\n\nAr Mer, 20 Mai 2026 am 16:11, ysgrifennodd Cafcass Cymru <\nCafcassCymru@gov.wales>:\n\n> Annwyl Ms T", "Diolch.", []string{"CafcassCymru@gov.wales|2026-05-20 16:11|Annwyl Ms T"}},
		{"Welsh, name first", "Na.\n\nAr 3 Mehefin 2026 09:05, Cafcass Cymru <CafcassCymru@gov.wales> a ysgrifennodd:\n> Annwyl Ms T", "Na.", []string{"CafcassCymru@gov.wales|2026-06-03 09:05|Annwyl Ms T"}},
		{"Original Message", "See below.\n\n-----Original Message-----\nFrom: A B [mailto:ab@example.org]\nSent: 06 June 2025 09:12\nTo: Helen\nSubject: files\n\nPlease send my file.", "See below.", []string{"ab@example.org|2025-06-06 09:12|Please send my file."}},
		{"Outlook, long American date", "For you.\n\nFrom: A B <ab@example.org>\nSent: Friday, June 6, 2025 9:12 AM\nTo: Helen Marlow <helen@cafcass.gov.uk>\nCc: Team;\n Others\nSubject: files\nImportance: High\n\nPlease send my file.", "For you.", []string{"ab@example.org|2025-06-06 09:12|Please send my file."}},
		{"Outlook in Welsh", "I chi.\n\nOddi wrth: A B <ab@example.org>\nAnfonwyd: Dydd Llun, 26 Ionawr 2026 12:41\nAt: Siân\nCopi: Nia\nPwnc: ffeil\n\nGa i fy ffeil?", "I chi.", []string{"ab@example.org|2026-01-26 12:41|Ga i fy ffeil?"}},
		{"bold stars", "FYI\n\n*From:* A B <ab@example.org>\n*Sent:* 1 July 2025 23:30\n*To:* C\n*Subject:* x\n\nText.", "FYI", []string{"ab@example.org|2025-07-01 23:30|Text."}},
		{"fields as paragraphs", "FYI\n\nFrom: A B <ab@example.org>\n\nSent: 1 July 2025 23:30\n\nTo: C\n\nSubject: x\n\nText.", "FYI", []string{"ab@example.org|2025-07-01 23:30|Text."}},
		{"Gmail forward", "Pass this on\n\n---------- Forwarded message ---------\nFrom: A B <ab@example.org>\nDate: Tue, 1 Jul 2025 at 08:00\nSubject: x\nTo: <c@cafcass.gov.uk>\n\nText.", "Pass this on", []string{"ab@example.org|2025-07-01 08:00|Text."}},
		{"Apple forward", "Begin forwarded message:\n\nFrom: A B <ab@example.org>\nSubject: x\nDate: 1 July 2025 at 08:00:12 BST\nTo: c@cafcass.gov.uk\n\nText.", "", []string{"ab@example.org|2025-07-01 08:00|Text."}},
		{"Apple forward in quotation marks", "Please see\n\n> Begin forwarded message:\n> \n> From: A B <ab@example.org>\n> Subject: x\n> Date: 1 July 2025 at 08:00:12 BST\n> To: c@cafcass.gov.uk\n> \n> Text.", "Please see", []string{"ab@example.org|2025-07-01 08:00|Text."}},
		{"name alone", "I chi\n\nOddi wrth: Bowen, Elin\nAnfonwyd: 03/02/2026 14:05\nAt: Tîm\nPwnc: ffeil\n\nTestun.", "I chi", []string{"Bowen, Elin|2026-02-03 14:05|Testun."}},
		{"three forwards", "1\n\n________________________________\nFrom: B <b@example.org>\nSent: 3 March 2026 10:00\nTo: C\nSubject: FW: x\n\n2\n\n________________________________\nFrom: A <a@example.org>\nSent: 2 March 2026 09:00\nTo: B\nSubject: x\n\n3\n> older", "1", []string{"b@example.org|2026-03-03 10:00|2", "a@example.org|2026-03-02 09:00|3", "||older"}},
		{"everything is quoted", "> Please send my file.\n> A B", "Please send my file. A B", []string{"||Please send my file. A B"}},
		{"a letter that names its sender", "From: the residents of Lark Lane\n\nPlease tell us what the contract cost.", "From: the residents of Lark Lane Please tell us what the contract cost.", nil},
		{"notes with labels", "My case:\nTo: be honest I am tired.\nSubject: contact\nDate: 3 May\n\nPlease send my file.", "My case: To: be honest I am tired. Subject: contact Date: 3 May Please send my file.", nil},
		{"signature mark", "Please send the policy.\n-- \nA B\nDirector of Things", "Please send the policy.", nil},
		{"all of it below a signature mark", "Hi\n-- \nI would like to see the notes of my interview in May please.", "Hi I would like to see the notes of my interview in May please.", nil},
		{"two marks are the writer's own rules", "one\n--\nwhere is my file\n--\nthree", "one -- where is my file -- three", nil},
		{"phone", "Where is my file\n\nSent from my Samsung Galaxy smartphone.", "Where is my file", nil},
		{"phone in Welsh", "Lle mae fy ffeil\n\nAnfonwyd oddi ar fy ffôn", "Lle mae fy ffeil", nil},
		{"phone above the quotation", "ok\nSent from Outlook for iOS<https://aka.ms/x>\n________________________________\nFrom: B <b@example.org>\nSent: 3 March 2026 10:00\nTo: C\nSubject: x\n\n2", "ok", []string{"b@example.org|2026-03-03 10:00|2"}},
		{"a request after the phone's line", "Sent from my iPhone\n\nPS can you also send the 2023 report", "Sent from my iPhone PS can you also send the 2023 report", nil},
		{"footer", "Please send the policy.\n\nA B\n\nThis email is intended only for the person named. If you have received it in error, delete it.", "Please send the policy. A B", nil},
		{"footer that follows the name at once", "Please send the policy.\n\nKind regards\nA B\nCONFIDENTIALITY: this email may contain confidential information.", "Please send the policy. Kind regards A B", nil},
		{"Welsh footer", "Anfonwch y polisi.\n\nRydym yn croesawu gohebiaeth yn Gymraeg. / We welcome correspondence in Welsh.\n\nBwriadwyd y neges hon ar gyfer y sawl a enwir yn unig.", "Anfonwch y polisi.", nil},
		{"a request in the words of a footer", "I would like to know under the Freedom of Information Act how many emails were scanned for viruses last year.", "I would like to know under the Freedom of Information Act how many emails were scanned for viruses last year.", nil},
		{"nothing but a footer", "This e-mail is confidential and intended only for the addressee.", "", nil},
		{"warning on top", "CAUTION: This email originated from outside the organisation. Do not click links.\n\nWhere is my file?", "Where is my file?", nil},
		{"business card", "Please send the policy.\n\nKind regards\nA B\nFreedom of Information Officer\nTel: 01632 960000 | www.example.org", "Please send the policy. Kind regards A B", nil},
		{"request below the closing", "Please send the policy.\n\nThanks\nA B\nPS also the minutes of the board", "Please send the policy. Thanks A B PS also the minutes of the board", nil},
		{"a letter that quotes a letter", "On 12 March 2025 your officer wrote:\n\n'We hold nothing.'\n\nI want a review.", "On 12 March 2025 your officer wrote: 'We hold nothing.' I want a review.", nil},
		{"a request below a signature mark", "Dear Sirs, I wrote to you in May about this.\n--\nA B\nPlease could I have the notes", "Dear Sirs, I wrote to you in May about this. A B Please could I have the notes", nil},
		{"a sentence with the words of a business card", "Please send it.\n\nThanks\nA B\nMy solicitor is the council officer", "Please send it. Thanks A B My solicitor is the council officer", nil},
		{"sender's address on a line of its own", "Fwd\n\nFrom: A B\n<ab@example.org>\nDate: Tuesday, 3 March 2026 at 09:00\nTo: Team\nSubject: x\n\nText", "Fwd", []string{"ab@example.org|2026-03-03 09:00|Text"}},
		{"between rules", "ok\n\n---- On Tue, 03 Mar 2026 09:00:00 +0000 A B <ab@example.org> wrote ----\n\nText here", "ok", []string{"ab@example.org|2026-03-03 09:00|Text here"}},
		{"name, verb, date", "ok\n\nA B <ab@example.org> wrote on 3 March 2026 09:00:\n\nText here", "ok", []string{"ab@example.org|2026-03-03 09:00|Text here"}},
		{"bilingual labels", "Gweler isod\n\nOddi wrth / From: A B <ab@example.org>\nAnfonwyd / Sent: 3 Mawrth 2026 09:00\nAt / To: Tîm\nPwnc / Subject: x\n\nTestun", "Gweler isod", []string{"ab@example.org|2026-03-03 09:00|Testun"}},
		{"sent first", "log\n\nSent: 03 March 2026 09:00\nFrom: A B <ab@example.org>\nTo: Team\nSubject: x\n\nText", "log", []string{"ab@example.org|2026-03-03 09:00|Text"}},
		{"footers between rules", "1. how many\n\nA\n\n******\nThis email and any files transmitted with it are confidential.\nThink.\n******\nMae'r neges hon yn gyfrinachol.", "1. how many A", nil},
		{"German", "Nein.\n\nAm 4. Mai 2026 um 10:12 schrieb Jo <jo@example.org>:\n> Text", "Nein.", []string{"jo@example.org|2026-05-04 10:12|Text"}},
		{"unknown words, but marked", "No thanks\n\n04.05.2026 10:12 Jo <jo@example.org>:\n> Text", "No thanks", []string{"jo@example.org|2026-05-04 10:12|Text"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := split(c.text)
			if got := words(p.own); got != c.own {
				t.Errorf("own\n got %q\nwant %q", got, c.own)
			}
			var inner []string
			for _, in := range p.inners {
				who, when := in.From.Addr, ""
				if who == "" {
					who = in.From.Name
				}
				if !in.Date.IsZero() {
					when = in.Date.Format("2006-01-02 15:04")
				}
				inner = append(inner, who+"|"+when+"|"+words(in.Text))
			}
			if strings.Join(inner, "\n") != strings.Join(c.inner, "\n") {
				t.Errorf("inner\n got %q\nwant %q", inner, c.inner)
			}
		})
	}
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestMemoIsTheSendersOwn: a header block with nothing of the sender's above it
// is a memo or their own earlier mail, and a request in it must not be lost.
func TestMemoIsTheSendersOwn(t *testing.T) {
	for _, from := range []string{"A B", "A B <AB@example.org>"} {
		m := parse([]byte("From: ab@example.org\n\nDear Sirs,\n\nFrom: "+from+"\nTo: Cafcass\nSubject: request\n\nPlease send my file."), true)
		if !strings.Contains(m.Text, "Please send my file") {
			t.Errorf("From: %s: text %q", from, m.Text)
		}
	}
}
