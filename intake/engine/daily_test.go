package engine_test

import (
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
)

// TestOneListOverAllMailboxes: each member of staff gets one list with
// everything that they have to do, and those above them get another.
func TestOneListOverAllMailboxes(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	o.tick()
	open := func(mailbox, received string, kind intake.Kind) string {
		return o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: mailbox, Received: day(t, received), Acknowledged: day(t, received),
			Requester: intake.Address{Name: "Kit Example", Addr: "kit@example.org"}, KindInput: casework.KindInput{Kind: kind}})).View.Ref
	}
	late := open("cafcass", "2026-10-20", intake.FOI)
	dueToday := open("cymru", "2026-10-26", intake.FOI)
	soon := open("cafcass", "2026-10-28", intake.FOI)
	half := open("cymru", "2026-11-09", intake.FOI)
	waits := open("cafcass", "2026-11-02", intake.DSAR)
	o.record(waits, intake.IdentityRequested, "2026-11-04")
	undecided := o.unreadable()
	held := o.receive("cafcass", "junk", foiMail("held@example.org"))[0].Ref
	o.one("cafcass", idleMail(1))
	o.one("cafcass", about(soon, "kit@example.org", 7))
	o.now = london(t, "2026-11-23 08:00")
	o.tick()
	lists := o.letters(intake.ForDigest)
	s := text(t, o.to("officer@staff.example.org", intake.ForDigest))
	if len(lists) != 2 {
		t.Errorf("%d lists, want one to the officer and one to whom cases are passed up", len(lists))
	}
	flat := strings.NewReplacer("\n  ", " ", "\n", " ").Replace(s)
	for title, rows := range map[string][]string{
		"LATE (1)":                      {late + " FOI request, Kit Example: by Tue 17 Nov 2026; late since"},
		"DUE TODAY (1)":                 {dueToday + " FOI request"},
		"DUE THIS WEEK (1)":             {soon + " FOI request, Kit Example: by Wed 25 Nov 2026; 2 working days left"},
		"COMING (1)":                    {half + " FOI request"},
		"TO DECIDE (1)":                 {undecided + " kind not known"},
		"TO ACKNOWLEDGE (1)":            {held + " FOI request"},
		"WAITING FOR THE REQUESTER (1)": {waits + " DSAR, Kit Example; waiting for identity since 4 November 2026, 13 working days: ask again?"},
		"MORE MAIL ON CASES (1)":        {soon + " mail", "| Thank you for your letter, this is my note no 7."},
		"READ AS NO REQUEST (1)":        {"| Hi Jo, when is my appointment?"},
	} {
		_, below, _ := strings.Cut(flat, title)
		for _, row := range rows {
			if !strings.Contains(below, row) {
				t.Errorf("under %s stands no %q:\n%s", title, row, s)
			}
		}
	}
	above := text(t, o.to("head@staff.example.org", intake.ForDigest))
	if !strings.Contains(above, "PASSED UP TO YOU") || !strings.Contains(above, late) || strings.Contains(above, soon) {
		t.Errorf("to whom it is passed up stands not the late one alone:\n%s", above)
	}
}

// TestAListIsAnsweredWithACasesReference: a case that used to have a mail of
// its own with choices is a line, and is answered by naming its reference.
func TestAListIsAnsweredWithACasesReference(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	o.tick()
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	held := o.receive("cafcass", "junk", dsarMail("b@example.org", "bob@example.org"))[0].Ref
	o.now = london(t, "2026-12-14 08:00")
	o.tick()
	list := o.to(ceri, intake.ForDigest)
	if s := strings.ReplaceAll(text(t, list), "\n", " "); !strings.Contains(s, "answer this mail with the reference and the words in the first line") || !strings.Contains(s, `Words: "`+held+` SEND"`) {
		t.Errorf("the list does not say how it is answered:\n%s", s)
	}
	if a := o.one("cafcass", answer(list, ceri, ref+" RESPONDED PART today", passed)); a.Ref != ref {
		t.Errorf("the answer is of %q (%s)", a.Ref, a.Why)
	}
	if v := o.view(ref); v.State != intake.StateResponded {
		t.Errorf("the case is %s", v.State)
	}
	o.now = o.now.Add(time.Minute)
	for words, want := range map[string]string{
		"CYM26-00001 FOI":         "There is no case CYM26-00001",
		"FOI":                     "is about no single case",
		held + " RESPONDED maybe": "not known",
	} {
		o.now = o.now.Add(time.Hour)
		o.one("cafcass", answer(list, ceri, words, passed, "X: "+words))
		if s := text(t, o.to(ceri, intake.ForRefusedChoice)); !strings.Contains(strings.ReplaceAll(s, "\n", " "), want) {
			t.Errorf("%q is answered without %q:\n%s", words, want, s)
		}
	}
	if v := o.view(held); v.State != intake.StateTriage {
		t.Errorf("the other case is %s", v.State)
	}
}

// TestNewCasesInTheListAlone: a configuration may ask for no mail about each
// new case.
func TestNewCasesInTheListAlone(t *testing.T) {
	o := newOfficeWith(t, "2026-11-20 10:00", settings+"digest: {new_cases: in-list}\n")
	o.tick()
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	if n := len(o.letters(intake.ForCopy)); n != 0 {
		t.Errorf("%d mails tell of the new case at once", n)
	}
	o.now = london(t, "2026-11-23 08:00")
	o.tick()
	if s := text(t, o.to("officer@staff.example.org", intake.ForDigest)); !strings.Contains(s, "NEW (1)") || !strings.Contains(s, ref) {
		t.Errorf("the list has not the new case:\n%s", s)
	}
}

// TestOldConfigurationsLoseNobody: those who used to get the reminders of
// single cases find them in a list, even if they got no list before.
func TestOldConfigurationsLoseNobody(t *testing.T) {
	for gets, title := range map[string]string{"reminders": "DUE THIS WEEK (1)", "overdue": "LATE (1)", "digest": "LATE (1)", "triage": "TO DECIDE (1)"} {
		t.Run(gets, func(t *testing.T) {
			o := newOfficeWith(t, "2026-11-20 10:00", strings.Replace(settings, "    escalate_to: head@staff.example.org\n",
				"    gets: ["+gets+"]\n  - address: other@staff.example.org\n    gets: [copies]\n", 1))
			o.tick()
			for _, received := range []string{"2026-10-20", "2026-10-28"} {
				o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Mailbox: "cafcass", Received: day(t, received), Acknowledged: day(t, received),
					Requester: intake.Address{Addr: "kit@example.org"}, KindInput: casework.KindInput{Kind: intake.FOI}}))
			}
			o.unreadable()
			o.now = london(t, "2026-11-23 08:00")
			o.tick()
			if s := text(t, o.to("officer@staff.example.org", intake.ForDigest)); !strings.Contains(s, title) {
				t.Errorf("the list lacks %s:\n%s", title, s)
			}
		})
	}
}

// TestMailOfANewCaseIsShort: without the mail's own text it fits 30 lines, and
// its subject says what is to be done by when.
func TestMailOfANewCaseIsShort(t *testing.T) {
	hybrid := dsarMail("both@example.org", "Kim Dunne <kim@example.org>")
	hybrid.body += "\nUnder the Freedom of Information Act please also tell me how many section 7 reports were filed late in 2025.\n"
	for name, m := range map[string]mail{
		"NEW: FOI request, A. Example, reply by Fri 18 Dec 2026":        foiMail("foi@example.org"),
		"NEW: DSAR, K. Dunne, reply by Mon 21 Dec 2026":                 dsarMail("dsar@example.org", "Kim Dunne <kim@example.org>"),
		"NEW: DSAR and FOI request, K. Dunne, reply by Fri 18 Dec 2026": hybrid,
	} {
		t.Run(name, func(t *testing.T) {
			o := mailOffice(t, "2026-11-19 10:00")
			ref := o.one("cafcass", m).Ref
			s := text(t, o.to(ceri, intake.ForCopy))
			head, body, _ := strings.Cut(s, "\n\n")
			if !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(head, "\r\n ", " "), "\n ", " "), name+" ["+ref+"]") {
				t.Errorf("the subject is not %q:\n%s", name, head)
			}
			if n := besideItsText(body); n > 30 {
				t.Errorf("%d lines beside its own text:\n%s", n, body)
			}
		})
	}
}

// TestMailOfANewCaseIsShortInBothLanguages, where the choices are in Welsh too.
func TestMailOfANewCaseIsShortInBothLanguages(t *testing.T) {
	o := newOfficeWith(t, "2026-11-19 10:00", strings.ReplaceAll(settings, "since: 2026-11-01,", "since: 2026-11-01, trust: {authserv: [mx.example.org], officers: [dmarc]},")+
		"web: {listen: \"127.0.0.1:0\", base_url: \"https://requests.example.org\"}\n")
	m := dsarMail("cy@example.org", "Gwen Rees <gwen@example.org>")
	m.to, m.subject, m.body = "CafcassCymru@gov.wales", "Cais", "Annwyl Cafcass Cymru,\n\nHoffwn gael copi o'r holl wybodaeth bersonol sydd gennych amdanaf i.\n\nGwen Rees\n"
	o.one("cymru", m)
	_, body, _ := strings.Cut(text(t, o.to("officer@staff.example.org", intake.ForCopy)), "\n\n")
	if n := besideItsText(body); n > 30 || !strings.Contains(body, "BETH Y GALLWCH EI WNEUD") {
		t.Errorf("%d lines beside its own text:\n%s", n, body)
	}
}

// besideItsText counts the lines of a mail without the text that came in.
func besideItsText(body string) (n int) {
	for line := range strings.SplitSeq(strings.TrimSpace(body), "\n") {
		if !strings.HasPrefix(line, "|") {
			n++
		}
	}
	return n
}

// TestNamesInSubjectsCanBeSwitchedOff, and danger is never named together with
// a name.
func TestNamesInSubjectsCanBeSwitchedOff(t *testing.T) {
	o := newOfficeWith(t, "2026-11-19 10:00", settings+"digest: {names_in_subjects: false}\n")
	o.one("cafcass", foiMail("foi@example.org"))
	head, _, _ := strings.Cut(text(t, o.to("officer@staff.example.org", intake.ForCopy)), "\n\n")
	if strings.Contains(head, "Example") {
		t.Errorf("the subject names somebody:\n%s", head)
	}
}

// TestTheSubjectHasTheDateOfTheNextThingToDo: for a mail in doubt that is the
// decision, and the notice names the law that sets the date.
func TestTheSubjectHasTheDateOfTheNextThingToDo(t *testing.T) {
	o := newOffice(t, "2026-11-19 10:00")
	ref := o.unreadable()
	s := strings.NewReplacer("\r\n ", " ", "\n ", " ", "\n", " ").Replace(text(t, o.to("officer@staff.example.org", intake.ForTriage)))
	for _, want := range []string{"DECIDE by Tue 24 Nov 2026: is this a request?", "[" + ref + "]",
		"an answer is due on 17 December 2026 at the earliest: that is the date of a review, the body's own promise."} {
		if !strings.Contains(s, want) {
			t.Errorf("it lacks %q:\n%s", want, s)
		}
	}
}
