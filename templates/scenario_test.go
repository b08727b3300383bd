package templates

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake/holds"
)

// scenarios returns the staff mails of some days in an office, one of each
// kind, as an officer would see them.
func scenarios() map[string]Notice {
	foi := Case{
		Ref: "CAF26-00017", State: "open", Kind: "foi", Language: "en", ReplyLanguage: English,
		ReceivedOn: sampleDay(21), AcknowledgeBy: sampleDay(25), AcknowledgedOn: sampleDay(21), Promised: sampleDay(51),
		Parts: []Part{{Kind: "foi", State: "running", RespondBy: sampleDay(51), Ledger: []string{
			"Received on Saturday 21 November 2026, which is day 0 (FOIA s.10(6))",
			"20 working days, bank holidays in any part of the United Kingdom not counted (FOIA s.10(1))",
			"30 November 2026 not counted: St Andrew's Day (Scotland)"}, LedgerCy: []string{
			"Derbyniwyd ar 21 Tachwedd 2026, sef diwrnod 0 (FOIA s.10(6))",
			"20 diwrnod gwaith, heb gyfrif gwyliau banc yn unrhyw ran o'r Deyrnas Unedig (FOIA s.10(1))",
			"ni chyfrifir 30 Tachwedd 2026: Gŵyl Andreas (yr Alban)"}}},
		Flags: []string{"repeat-60-days"}, Why: "asks for figures that the body holds",
		Evidence: []Evidence{{"asks how many", "how many reports were filed late", 2.5}, {"names the Act", "under the FOI Act", 3}},
		History:  []Entry{{sampleDay(21), "registered", "cofrestrwyd", "requestd"}, {sampleDay(21), "acknowledged", "cydnabuwyd", "requestd"}},
	}
	in := Incoming{ID: "11", Name: "Sam Example", Address: "sam@example.com", Subject: "A question", ReceivedOn: sampleDay(21),
		Text: "Hello,\n\nhow many reports were filed late in Exampletown last year? I ask under the FOI Act.\n\nSam"}
	dsar := foi
	dsar.Ref, dsar.Kind, dsar.Language, dsar.Flags = "CYM26-00018", "dsar", "cy", []string{"for-child", "identity-attached"}
	dsar.State, dsar.Promised, dsar.ReplyLanguage, dsar.AcknowledgedOn = "waiting", sampleDay(51), Bilingual, sampleDay(23)
	dsar.Why, dsar.Evidence = "asks for the writer's own file", []Evidence{{"asks for own records", "popeth sydd gennych amdanaf", 3.1}}
	dsar.Parts = []Part{{Kind: "dsar", State: "waiting-for-identity", Ledger: []string{"Identity asked for on 24 November 2026: the month begins when it comes (UK GDPR Article 12A)"},
		LedgerCy: []string{"Gofynnwyd am brawf adnabod ar 24 Tachwedd 2026: mae'r mis yn dechrau pan ddaw (GDPR y DU, Erthygl 12A)"}}}
	triage := foi
	triage.State, triage.Kind, triage.AcknowledgedOn, triage.Promised, triage.History = "triage", "", 0, 0, foi.History[:1]
	triage.AcknowledgeBy = sampleDay(25)
	triage.Why = "asks something, and may mean recorded information"
	held := triage
	held.Kind, held.Hold = "foi", []string{"soft-machine-signal"}
	urgent := held
	urgent.Hold, urgent.Urgent, urgent.Flags = []string{"danger"}, "child", nil
	none := Case{Attention: "rights", Why: "asks to have data erased", Language: "en",
		Evidence: []Evidence{{"asks for erasure", "delete everything", 2.8}}}

	own := []Choice{
		{Label: "I work on this", LabelCy: "Rwy'n gweithio ar hwn", Command: "MINE", CommandCy: "FI"},
		{Label: "Write something down (behind the word)", LabelCy: "Gwneud nodyn (ar ôl y gair)", Command: "NOTE", CommandCy: "NODYN"},
	}
	events := append([]Choice{
		{Label: "The answer has gone out (or: PART, REFUSED, NOT HELD, COST LIMIT)", LabelCy: "Mae'r ateb wedi'i anfon (neu: YN RHANNOL, GWRTHODWYD, NI DDELIR, TERFYN COST)",
			Command: "RESPONDED GRANTED today", CommandCy: "ATEBWYD CANIATAWYD heddiw"},
		{Label: "It takes longer: the requester was told", LabelCy: "Mae angen mwy o amser: dywedwyd wrth y ceisydd", Command: "EXTENDED today", CommandCy: "ESTYNNWYD heddiw"},
		{Label: "Clarification was asked for", LabelCy: "Gofynnwyd am eglurhad", Command: "CLARIFICATION REQUESTED today", CommandCy: "GOFYNNWYD AM EGLURHAD heddiw"},
	}, own...)
	kinds := []Choice{
		{Label: "It is an FOI request", LabelCy: "Cais Rhyddid Gwybodaeth yw hwn", Command: "FOI", CommandCy: "RHYDDID GWYBODAETH"},
		{Label: "It is a subject access request", LabelCy: "Cais am ddata personol yw hwn", Command: "DSAR", CommandCy: "DATA PERSONOL"},
		{Label: "It asks for the review of an FOI answer", LabelCy: "Cais i adolygu ateb Rhyddid Gwybodaeth", Command: "REVIEW FOI", CommandCy: "ADOLYGIAD RHYDDID GWYBODAETH"},
		{Label: "It asks for the review of a subject access answer", LabelCy: "Cais i adolygu ateb am ddata personol", Command: "REVIEW DSAR", CommandCy: "ADOLYGIAD DATA PERSONOL"},
		{Label: "It is no request", LabelCy: "Nid cais yw hwn", Command: "NOT A REQUEST", CommandCy: "NID CAIS"},
	}
	send := append([]Choice{
		{Label: "Send the acknowledgement", LabelCy: "Anfon y gydnabyddiaeth", Command: "SEND", CommandCy: "ANFON"},
	}, kinds[1:]...)
	letter := Outgoing{ID: "41", Purpose: "acknowledgement", To: "sam@example.com", State: "held"}
	make := func(k NoticeKind, c Case, choices []Choice) Notice {
		return Notice{Kind: k, Today: sampleDay(23), Body: "Cafcass", Who: "S. Example", Case: c, In: in, Due: sampleDay(51), Choices: choices,
			ReplyTo: "governance@cafcass.gov.uk", Token: "rq-7f3k9mw2hc0x4d8zq5na"}
	}
	with := func(n Notice, change func(*Notice)) Notice { change(&n); return n }
	row := Row{ID: "12", Name: "Kim Example", Address: "kim@example.net", Subject: "When is the office open?", On: sampleDay(22),
		Note:    "an ordinary question",
		Choices: openAs("12")}

	all := map[string]Notice{
		"triage": with(make(Triage, triage, kinds), func(n *Notice) {
			n.Due, n.Law = sampleDay(25), "Whatever it is, an answer is due on 21 December 2026 at the earliest: that is the date of an FOI request, FOIA s.10(1)."
		}),
		"undecided": with(make(Undecided, triage, kinds), func(n *Notice) { n.Escalated = true }),
		"copy":      make(Copy, foi, events),
		"held":      with(make(Held, held, send), func(n *Notice) { n.Letter, n.Due = letter, sampleDay(25) }),
		"forwarded": with(make(Forwarded, held, append([]Choice{{Label: "It was received on another day (write it)", LabelCy: "Fe'i derbyniwyd ar ddiwrnod arall (ysgrifennwch ef)",
			Command: "RECEIVED 20/11/2026", CommandCy: "DERBYNIWYD 20/11/2026"}}, send...)), func(n *Notice) {
			n.Case.Hold, n.In.By, n.Letter, n.Due = []string{"forwarded"}, "practitioner@example.org", letter, sampleDay(25)
		}),
		"forwarded-late": with(make(Forwarded, held, send), func(n *Notice) {
			n.Case.Hold, n.In.By, n.Due, n.Today = []string{"forwarded"}, "practitioner@example.org", sampleDay(25), sampleDay(27)
		}),
		"held-late":        with(make(Held, held, send), func(n *Notice) { n.Due, n.Today = sampleDay(25), sampleDay(27) }),
		"ack-at-risk":      with(make(AckAtRisk, held, send), func(n *Notice) { n.Letter, n.Due, n.Today = letter, sampleDay(25), sampleDay(24) }),
		"decide-by-noon":   with(make(AckAtRisk, triage, kinds), func(n *Notice) { n.Due, n.Today, n.ByNoon = sampleDay(25), sampleDay(25), true }),
		"ack-late":         with(make(AckAtRisk, held, send), func(n *Notice) { n.Letter, n.Due, n.Today, n.Escalated = letter, sampleDay(25), sampleDay(26), true }),
		"reminder":         with(make(Reminder, foi, events), func(n *Notice) { n.Days = 5 }),
		"reminder-one-day": with(make(Reminder, foi, events), func(n *Notice) { n.Days = 1 }),
		"reminder-today":   with(make(Reminder, foi, events), func(n *Notice) { n.Today = sampleDay(51) }),
		"reminder-of-part": with(make(Reminder, hybrid(foi), events), func(n *Notice) { n.Days, n.DueKind = 2, "foi" }),
		"overdue":          with(make(Overdue, foi, events), func(n *Notice) { n.Today, n.Days, n.Escalated = sampleDay(53), 2, true }),
		"recall": with(make(Recall, dsar, events), func(n *Notice) {
			n.Days, n.Due, n.Body, n.ReplyTo = 10, sampleDay(24), "Cafcass Cymru", "CafcassCymru@gov.wales"
		}),
		"closing":   with(make(Closing, dsar, events), func(n *Notice) { n.Days, n.Due, n.Body = 40, sampleDay(24), "Cafcass Cymru" }),
		"urgent":    with(make(Urgent, urgent, send), func(n *Notice) { n.Letter = letter }),
		"attention": make(Attention, none, append(openAs("11"), Choice{Label: "It uses a data-protection right (write which: ERASURE, RECTIFICATION, RESTRICTION, PORTABILITY, OBJECTION)", LabelCy: "Mae'n arfer hawl diogelu data (ysgrifennwch pa un: DILEU, CYWIRO, CYFYNGU, CLUDADWYEDD, GWRTHWYNEBU)", Command: "OPEN 11 RIGHT", CommandCy: "AGOR 11 HAWL"})),
		"followup": with(make(Followup, dsar, append([]Choice{{Label: "The proof of identity has come", LabelCy: "Daeth y prawf adnabod", Command: "IDENTITY RECEIVED today", CommandCy: "DERBYNIWYD PRAWF ADNABOD heddiw"}}, events...)), func(n *Notice) {
			n.In.Seems, n.In.Verified, n.In.Attachments = "identity", true, []string{"passport.jpg"}
		}),
		"followup-stranger": with(make(Followup, dsar, events), func(n *Notice) { n.In.Seems, n.In.Address = "clarification", "else@example.net" }),
		"reply-seen":        make(ReplySeen, foi, events),
		"bounced": with(make(Bounced, foi, send), func(n *Notice) {
			n.Letter = letter
			n.Letter.State, n.Letter.Response = "bounced", "550 5.1.1 no such user"
		}),
		"unsent": with(make(Unsent, foi, send), func(n *Notice) {
			n.Letter = letter
			n.Letter.State, n.Letter.Response, n.Letter.Attempts = "failed", "554 5.7.1 refused", 1
		}),
		"unsent-in-doubt": with(make(Unsent, foi, send), func(n *Notice) { n.Letter = letter; n.Letter.State, n.Letter.Attempts = "in-doubt", 2 }),
		"digest": with(make(Digest, Case{}, nil), func(n *Notice) {
			row.Text = "Good morning, when is the office in Exampletown open? I would like to bring"
			n.Sum = "1 late, 1 to decide, 1 due this week"
			n.In, n.Lists = Incoming{}, []List{
				{Title: "LATE", Do: "Answer as soon as you can, and tell the requester when. If the answer has gone out, say so.", Words: "CAF26-00003 RESPONDED GRANTED today", WordsCy: "CAF26-00003 ATEBWYD CANIATAWYD heddiw",
					Rows: []Row{{Ref: "CAF26-00003", Kind: "foi", Name: "Kit Example", On: sampleDay(1), By: sampleDay(20), Note: "late since 21 November 2026, 3 days"}}},
				{Title: "TO DECIDE", Do: "Say what each is.", Words: "CAF26-00019 FOI", WordsCy: "CAF26-00019 RHYDDID GWYBODAETH",
					Rows: []Row{{Ref: "CAF26-00019", Name: "Alex Example", Address: "alex@example.com", On: sampleDay(21), By: sampleDay(25), Note: "decide by noon, else its sender is acknowledged neutrally"}}},
				{Title: "DUE THIS WEEK", Words: "CAF26-00004 RESPONDED GRANTED today", WordsCy: "CAF26-00004 ATEBWYD CANIATAWYD heddiw", Rows: []Row{{Ref: "CAF26-00004", Kind: "dsar", Address: "sam@example.com", On: sampleDay(1), By: sampleDay(27), Note: "4 working days left"}}},
				{Title: "READ AS NO REQUEST", Do: "Nobody was answered. If one is a request after all, open it.", Rows: []Row{row}},
			}
		}),
		"before-start": with(make(BeforeStart, Case{}, nil), func(n *Notice) {
			n.In, n.Lists = Incoming{}, []List{{Title: "From before 2026-11-01, perhaps still inside a statutory period", Rows: []Row{row}, More: 212}}
		}),
		"holidays": with(make(Holidays, Case{}, nil), func(n *Notice) {
			n.In, n.Changes = Incoming{}, []Change{{"CAF26-00017", "reply by (FOI)", sampleDay(51), sampleDay(52)}}
		}),
		"alarm": with(make(Alarm, Case{}, nil), func(n *Notice) {
			n.In, n.Problem, n.Mend = Incoming{}, "the mailbox cafcass has not been read for 20 minutes", "requestd check --connect says what is in the way; requestd outbox shows the letters"
		}),
		"confirmation": with(make(Confirmation, foi, []Choice{{Label: "Take it back", LabelCy: "Ei ddadwneud", Command: "UNDO", CommandCy: "DADWNEUD"},
			{Label: "Keep the decision, and hold the letter", LabelCy: "Cadw'r penderfyniad, a dal y llythyr", Command: "HOLD", CommandCy: "DAL"}}), func(n *Notice) {
			n.Actor, n.Command, n.UndoUntil = "officer@example.org", "RHYDDID GWYBODAETH (read as: FOI)", "10:42"
			n.Changes = []Change{{"", "reply by (FOI)", 0, sampleDay(51)}, {"", "acknowledge by", sampleDay(25), sampleDay(25)}}
		}),
		"confirmation-of-draft": with(make(Confirmation, dsar, []Choice{{Label: "Send the drafted letter", LabelCy: "Anfon y llythyr drafft", Command: "SEND", CommandCy: "ANFON"}}), func(n *Notice) {
			n.Actor, n.Command = "officer@example.org", "IDENTITY REQUESTED today"
			n.Draft = "Annwyl geisydd,\n\nCyn y gallwn fynd ymlaen, mae angen i ni fod yn siŵr pwy ydych chi.\n\n* * *\n\nDear requester,\n\nBefore we can go on, we need to be sure who you are."
		}),
		"refused-choice": with(make(RefusedChoice, triage, kinds), func(n *Notice) {
			n.Command, n.Problem, n.Mend = "Yes please do", "These words are not known.", "Use the words of one of the choices below as the first line, and nothing else on that line."
		}),
		"conflict": with(make(Conflict, foi, events), func(n *Notice) {
			n.Actor, n.Earlier, n.Command = "officer@example.org", "head@example.org", "DSAR"
			n.Changes = []Change{{"", "reply by (DSAR)", sampleDay(51), sampleDay(52)}}
		}),
		"answer": with(make(Answer, foi, events), func(n *Notice) { n.Command, n.Case.State = "SHOW CAF26-00017", "open" }),
		"answer-help": with(make(Answer, Case{}, nil), func(n *Notice) {
			n.In, n.Who, n.Command, n.Sum, n.Due = Incoming{}, "", "HELP", "HELP", 0
			n.Lines = []string{"- SEND / ANFON: lets the acknowledgement go", "- UNDO / DADWNEUD: takes back the decision of the mail that you answer"}
		}),
		"spoof": with(make(Spoof, foi, nil), func(n *Notice) {
			n.Actor, n.Command, n.Problem = "officer@example.org", "NOT A REQUEST", "The mail lay in the junk folder, so its sender is not believed."
			n.Mend = "Ask the colleague whether the mail is theirs. If it is not, tell the security team."
		}),
	}
	welsh := all["triage"]
	welsh.Body = "Cafcass Cymru"
	all["triage-welsh"] = welsh
	for name, n := range all {
		n.Welsh = n.Body == "Cafcass Cymru"
		all[name] = n
	}
	return all
}

func openAs(id string) []Choice {
	return []Choice{
		{Label: "It is an FOI request", LabelCy: "Cais Rhyddid Gwybodaeth yw hwn", Command: "OPEN " + id + " FOI", CommandCy: "AGOR " + id + " RHYDDID GWYBODAETH"},
		{Label: "It is a subject access request", LabelCy: "Cais am ddata personol yw hwn", Command: "OPEN " + id + " DSAR", CommandCy: "AGOR " + id + " DATA PERSONOL"},
	}
}

func hybrid(c Case) Case {
	c.Parts = append(c.Parts[:1:1], Part{Kind: "dsar", State: "running", RespondBy: sampleDay(52)})
	return c
}

func TestStaffMail(t *testing.T) {
	s := embeddedSet(t)
	seen := map[NoticeKind]bool{}
	for name, n := range scenarios() {
		seen[n.Kind] = true
		t.Run(name, func(t *testing.T) {
			m, err := s.Staff(n)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "staff-"+name, m)
			proper(t, m)
			if err := checkNotice(n, m); err != nil {
				t.Error(err)
			}
			cy := n
			cy.Language = Welsh
			w, err := s.Staff(cy)
			if err != nil {
				t.Fatal(err)
			}
			if whole := w.ContentLanguage == Welsh; whole == (name == "answer-help") { // HELP is in both languages anyway
				t.Fatalf("it is Welsh: %v\n%s", whole, w.Body)
			} else if !whole {
				return
			}
			golden(t, "staff-"+name+".cy", w)
			proper(t, w)
			if err := checkNotice(cy, w); err != nil {
				t.Error(err)
			}
			agree(t, n, m, w)
		})
	}
	for _, k := range NoticeKinds() {
		if !seen[k] {
			t.Errorf("no scenario shows the mail %q", k)
		}
	}
}

// Every name that the program gives to a reason or a check has words for staff,
// which a text that overrides them is tried with.
func TestReasonsAreSaidInWords(t *testing.T) {
	n := scenarios()["triage"]
	n.Case.Flags = []string{"child-asking", "for-child", "contact-unsafe", "environmental", "representative", "authority-attached", "identity-attached",
		"hard-copy", "by-post", "particular-item", "other-body", "repeat-60-days"}
	for _, name := range n.Case.Flags {
		if !slices.Contains(sampleCase().Flags, name) {
			t.Errorf("a text that overrides is not tried with %q at start", name)
		}
	}
	n.Case.Hold = nil
	for _, r := range holds.Reasons {
		n.Case.Hold = append(n.Case.Hold, r.Code)
	}
	m, err := embeddedSet(t).Staff(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Concat(n.Case.Flags, n.Case.Hold) {
		if strings.Contains(m.Body, "- "+name+"\n") {
			t.Errorf("staff read the bare name %q", name)
		}
	}
}

func TestMailOfACaseSharesItsTopic(t *testing.T) {
	s := embeddedSet(t)
	for name, n := range scenarios() {
		m, err := s.Staff(n)
		if err != nil {
			t.Fatal(err)
		}
		want := "[" + n.Body + "]"
		if n.Case.Ref != "" {
			want = "[" + n.Case.Ref + "] " + n.Body
		}
		if m.Topic != want {
			t.Errorf("%s: topic %q, want %q", name, m.Topic, want)
		}
	}
}

func TestAnUnknownKindOfStaffMailIsRefused(t *testing.T) {
	if m, err := embeddedSet(t).Staff(Notice{Kind: "letter-acknowledgement.en"}); err == nil {
		t.Errorf("written: %v", m)
	}
}
