package templates

import (
	"maps"
	"slices"
	"time"

	"requestd/deadlines"
)

// sampleDay returns the given day of November 2026; later ones carry over.
func sampleDay(n int) deadlines.Day { return deadlines.NewDay(2026, time.November, n) }

func sampleBody(name string) Body {
	if name == "Cafcass Cymru" {
		return Body{Name: name, Address: "CafcassCymru@gov.wales"}
	}
	return Body{Name: name, Address: "governance@cafcass.gov.uk"}
}

func sampleRegulator() Regulator {
	return Regulator{
		Name:    "Regulator of Information",
		NameCy:  "Y Rheoleiddiwr Gwybodaeth",
		Address: []string{"1 Example Street", "Exampleton", "EX1 1EX"},
		Email:   "complaints@regulator.example.org", Phone: "01632 960000",
		Website: "https://regulator.example.org", WebsiteCy: "https://regulator.example.org/cy", PhoneCy: "01632 960004",
	}
}

// sampleParts returns the combinations of clocks that a case can have.
func sampleParts() map[string][]Part {
	foi := Part{Kind: "foi", RespondBy: sampleDay(51)}
	dsar := Part{Kind: "dsar", RespondBy: sampleDay(52)}
	reviewFOI := Part{Kind: "review", Of: "foi", RespondBy: sampleDay(53)}
	reviewDSAR := Part{Kind: "review", Of: "dsar", RespondBy: sampleDay(54), ComplaintAcknowledgeBy: sampleDay(55)}
	return map[string][]Part{
		"eir":                  {{Kind: "eir", RespondBy: sampleDay(51)}},
		"rights":               {{Kind: "rights", Right: []string{"erasure"}, RespondBy: sampleDay(52)}},
		"several-rights":       {{Kind: "rights", Right: []string{"erasure", "rectification", "objection"}, RespondBy: sampleDay(52)}},
		"dsar-and-rights":      {dsar, {Kind: "rights", RespondBy: sampleDay(52)}},
		"review-of-eir":        {{Kind: "review", Of: "eir", RespondBy: sampleDay(53)}},
		"review-of-rights":     {{Kind: "review", Of: "rights", RespondBy: sampleDay(54), ComplaintAcknowledgeBy: sampleDay(55)}},
		"foi":                  {foi},
		"dsar":                 {dsar},
		"review-of-foi":        {reviewFOI},
		"review-of-dsar":       {reviewDSAR},
		"review-of-dsar-early": {{Kind: "review", Of: "dsar", RespondBy: sampleDay(54)}},
		"review-of-unknown":    {{Kind: "review", Of: "unknown", RespondBy: sampleDay(53), ComplaintAcknowledgeBy: sampleDay(55)}},
		"foi-and-dsar":         {foi, dsar},
		"review-and-foi":       {reviewFOI, foi},
		"all-three":            {reviewDSAR, foi, dsar},
		"waiting":              {{Kind: "foi"}, {Kind: "dsar"}, {Kind: "review", Of: "foi"}, {Kind: "review", Of: "dsar"}},
	}
}

func sampleLetters() []Letter {
	var out []Letter
	for _, body := range []string{"Cafcass", "Cafcass Cymru", "Example Council"} {
		for _, language := range []string{English, Bilingual} {
			for _, purpose := range []Purpose{Neutral, NoRequest} {
				out = append(out, Letter{Purpose: purpose, Language: language, Body: sampleBody(body), Regulator: sampleRegulator(),
					Ref: "REF26-00017", Name: "Alex Example", ReceivedOn: sampleDay(21)})
			}
			for _, l := range sampleSteps() {
				l.Language, l.Body, l.Regulator = language, sampleBody(body), sampleRegulator()
				out = append(out, l)
				l.Child = true
				out = append(out, l)
			}
			for _, purpose := range []Purpose{Acknowledgement, Correction, Receipt} {
				all := sampleParts()
				for _, name := range slices.Sorted(maps.Keys(all)) {
					parts := all[name]
					l := Letter{Purpose: purpose, Language: language, Body: sampleBody(body), Regulator: sampleRegulator(),
						Ref: "REF26-00017", Name: "Alex Example", ReceivedOn: sampleDay(21), Parts: parts}
					if purpose == Correction {
						l.Corrects = Corrected{SentOn: sampleDay(24), Kind: true, Was: []string{"foi", "dsar", "review", "eir", "rights"}, Dates: true, Received: true}
					}
					out = append(out, l)
					if purpose == Acknowledgement {
						child, other := l, l
						child.Child = true
						other.Representative, other.Enclosed, other.TheirRef = true, true, "AE/1234"
						other.Body.Privacy = "https://www.example.org/privacy"
						out = append(out, child, other)
					}
				}
				bare := Letter{Purpose: purpose, Language: language, Body: sampleBody(body), Regulator: Regulator{Name: "Regulator"},
					Ref: "REF26-00017", ReceivedOn: sampleDay(21), Corrects: Corrected{SentOn: sampleDay(24)}}
				if purpose != Correction {
					bare.Parts = sampleParts()["foi"]
				}
				out = append(out, bare)
			}
		}
	}
	return out
}

// sampleSteps returns the drafts of the next steps, once with an officer's
// words and once with gaps.
func sampleSteps() []Letter {
	var out []Letter
	for _, p := range steps {
		for _, part := range []Part{{Kind: "foi"}, {Kind: "dsar"}, {Kind: "eir"}, {Kind: "rights"}, {Kind: "review", Of: "foi"}} {
			if p == NewDate || p == Extension {
				part.RespondBy = sampleDay(75)
			}
			l := Letter{Purpose: p, Ref: "REF26-00017", Name: "Alex Example", ReceivedOn: sampleDay(21), Parts: []Part{part}, AskedOn: sampleDay(24)}
			if p == Extension {
				l.Parts = []Part{{Kind: part.Kind, Of: part.Of}} // the date is a gap too
			}
			out = append(out, l)
			l.Parts = []Part{part}
			l.Words, l.Exemptions, l.By, l.Asked = "Which year do you mean?\nWe have figures from 2019 on.", []string{"36(2)"}, sampleDay(75), "identity"
			out = append(out, l)
			if part.Kind == "dsar" {
				l.OnePart = true
				out = append(out, l)
			}
		}
	}
	return out
}

// sampleNotices returns every kind of staff mail, once with every field and
// once with none.
func sampleNotices() []Notice {
	var out []Notice
	for _, k := range NoticeKinds() {
		out = append(out, fullNotice(k), Notice{Kind: k, Today: sampleDay(23), Body: "Cafcass"})
	}
	return out
}

func fullNotice(k NoticeKind) Notice {
	n := Notice{
		Kind: k, Today: sampleDay(23), Body: "Cafcass", Escalated: true, Welsh: true, Who: "A. Sample", Law: "20 working days (FOIA s.10(1))",
		Case: sampleCase(), In: sampleIncoming(), Due: sampleDay(51), DueKind: "foi", Days: 5,
		Letter: Outgoing{ID: "41", Purpose: "acknowledgement", To: "alex@example.com", State: "in-doubt",
			Response: "450 4.2.0 try again later", Attempts: 3},
		Lists: []List{{Title: "To decide", Do: "Say what each is.", Words: "CAF26-00017 FOI", WordsCy: "CAF26-00017 RHYDDID GWYBODAETH", Rows: []Row{sampleRow(), {ID: "m12", On: sampleDay(22)}, {Ref: "CAF26-00018", Kind: "foi"}}, More: 4}, {Title: "Held"}},
		Draft: "Dear requester,\n\nwhich year do you mean?", Gaps: 2, Sum: "2 late", Lines: []string{"- FOI: it is an FOI request"},
		Changes: []Change{{Ref: "CAF26-00017", What: "reply by (FOI)", Before: sampleDay(51), After: sampleDay(52)},
			{Ref: "CAF26-00018", What: "acknowledge by", After: sampleDay(25)}},
		Actor: "officer@example.org", Earlier: "head@example.org", Command: "EXTENDED 3 March",
		Problem: "The words are not known.", Mend: "Use one of the choices below.", UndoUntil: "10:42",
		ReplyTo: "governance@cafcass.gov.uk", Token: "rq-7f3k9", Choices: sampleChoices(),
	}
	switch k {
	case Digest, BeforeStart, Holidays, Alarm: // mail about no single case
		n.Case, n.In, n.Letter, n.Escalated = Case{}, Incoming{}, Outgoing{}, false
	case Confirmation, RefusedChoice, Conflict, Recall, Closing:
		n.Escalated = false
	}
	return n
}

func sampleCase() Case {
	return Case{
		Ref: "CAF26-00017", State: "open", Kind: "foi", Language: "bi", ReplyLanguage: Bilingual,
		ReceivedOn: sampleDay(21), AcknowledgeBy: sampleDay(25), AcknowledgedOn: sampleDay(23), Promised: sampleDay(51),
		Parts: []Part{
			{Kind: "foi", State: "running", RespondBy: sampleDay(51), Ledger: []string{
				"20 working days after the day of receipt: FOIA s.10(1)", "30 Nov 2026 not counted: St Andrew's Day (Scotland)"}, LedgerCy: []string{"20 diwrnod gwaith ar ôl y diwrnod derbyn: FOIA s.10(1)"}},
			{Kind: "dsar", State: "waiting-for-identity"},
			{Kind: "review", Of: "dsar", State: "running", RespondBy: sampleDay(54), ComplaintAcknowledgeBy: sampleDay(55)},
		},
		Flags: []string{"child-asking", "for-child", "representative", "authority-attached", "identity-attached",
			"hard-copy", "by-post", "particular-item", "other-body", "repeat-60-days", "environmental", "contact-unsafe", "a-new-flag"},
		Hold: []string{"spoofed", "sender-unproved", "spam", "soft-machine-signal", "rate", "danger", "whatdotheyknow-dsar", "late",
			"forwarded", "a-new-hold"},
		Urgent: "child", Attention: "rights", Why: "asks for figures and for the sender's own file",
		Evidence: []Evidence{{Signal: "asks for figures", Quote: "how many reports", Points: 2.5}},
		Warnings: []string{"The extension was recorded after the twentieth working day."},
		History:  []Entry{{On: sampleDay(23), What: "acknowledged", WhatCy: "cydnabuwyd", By: "requestd"}},
	}
}

func sampleIncoming() Incoming {
	return Incoming{
		ID: "m11", Name: "Alex Sample", Address: "alex.sample@example.com", By: "colleague@example.org",
		Subject: "Words of a stranger", ReceivedOn: sampleDay(21), Seems: "clarification", Verified: true,
		Text:        "Please tell me how many reports were late.\n\nThank you",
		Attachments: []string{"passport.pdf"}, Faults: []string{"an unknown character set"},
	}
}

func sampleRow() Row {
	return Row{ID: "m11", Ref: "CAF26-00017", Name: "Alex Sample", Address: "alex.sample@example.com",
		Subject: "Words of a stranger", Kind: "foi", Note: "asks for nothing", Text: "Dear colleagues", On: sampleDay(21), By: sampleDay(51),
		Choices: sampleChoices()[:1]}
}

func sampleChoices() []Choice {
	return []Choice{
		{Label: "It is an FOI request", LabelCy: "Cais Rhyddid Gwybodaeth yw hwn", Command: "FOI", CommandCy: "RHYDDID GWYBODAETH"},
		{Label: "It is no request", LabelCy: "Nid cais yw hwn", Command: "NOT A REQUEST", CommandCy: "NID CAIS"},
	}
}
