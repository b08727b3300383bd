package engine_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"requestd/intake"
)

// code matches what no mail to an officer may show: a flag, a day in figures, a
// command, a name internal to the program.
var code = regexp.MustCompile(`(^|\s)--[a-z]|\b20\d\d-\d\d-\d\d\b|requestd [a-z]+ [A-Z]|\b(identity|authority|clarification|fee)-re|held: [a-z]+-[a-z]+|not-held|part "|want (one )?of\b`)

// mistakes are first lines that change nothing, each with something that the
// answer must say.
var mistakes = []struct{ words, says string }{
	{"RESPONDED COMPLIED today", "Write one of these behind RESPONDED: GRANTED, PART, REFUSED, NOT HELD, COST LIMIT"},
	{"RESPONDED DSAR GRANTED today", "such as RESPONDED GRANTED"},
	{"RESPONDED GRANTED tomorrow", `Understood was "RESPONDED GRANTED"`},
	{"RESPONED PART today", `The nearest right form is "RESPONDED PART today"`},
	{"CLOSED", "Write the day behind it, such as CLOSED today"},
	{"CLOSED LAPSED 1 November 2026", "is before the request was received"},
	{"VOID 99", "SHOW CAF26-00001 gives the numbers"},
	{"VOID 2", "no event 2 on this case that could be struck"},
	{"VOID", "Write VOID and the number of the event"},
	{"CORRECT LANGUAGE FRENCH", "What to do: Write one of CORRECT NAME"},
	{"REGISTER FOI", "What to do: Write it such as REGISTER FOI BY TELEPHONE 3 March FROM"},
	{"RECEIVED last Monday", "What to do: Write the date in full"},
	{"REVIEW", "Write REVIEW FOI, REVIEW DSAR"},
	{"MERGE", "such as MERGE CAF26-00017"},
	{"MERGE CAF26-99999", "Check the reference"},
	{"OPEN 99", "such as OPEN 12 FOI"},
	{"SEND", "The acknowledgement has gone out."},
	{"SEND 99", "Check the reference or number"},
	{"SHOW CAF26-99999", "There is no case"},
	{"SEARCH", "SEARCH Dunne"},
	{"NOTE", "What to do:"},
}

// TestEachMistakeIsAnsweredWithARightForm, without a code, and changes nothing.
func TestEachMistakeIsAnsweredWithARightForm(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	o.send()
	l := o.to(ceri, intake.ForCopy)
	events := o.events(ref)
	for _, m := range mistakes {
		o.now = o.now.Add(3 * time.Hour) // further apart than the limit on such answers
		o.one("cafcass", answer(l, ceri, m.words, passed))
		all := o.letters("")
		last := o.letter(all[len(all)-1].ID)
		s := flat(t, last)
		if last.To != ceri || !strings.Contains(s, m.says) || !strings.Contains(s, m.words) {
			t.Errorf("%q is not answered with %q:\n%s", m.words, m.says, s)
		}
		if c := code.FindString(s); c != "" {
			t.Errorf("%q is answered with the code %q:\n%s", m.words, c, s)
		}
		if o.events(ref) != events {
			t.Fatalf("%q changed the case", m.words)
		}
	}
}

// TestEachEventIsRecordedByMail, in both languages, and the mail DONE says so
// without a code.
func TestEachEventIsRecordedByMail(t *testing.T) {
	for words, want := range map[string]struct {
		first, event string
	}{
		"IDENTITY REQUESTED today":              {"", "identity-requested"},
		"DERBYNIWYD PRAWF ADNABOD heddiw":       {"IDENTITY REQUESTED today", "identity-received"},
		"GOFYNNWYD AM AWDURDOD heddiw":          {"", "authority-requested"},
		"AUTHORITY RECEIVED today":              {"AUTHORITY REQUESTED today", "authority-received"},
		"FEE REQUESTED today":                   {"", "fee-requested"},
		"DERBYNIWYD FFI heddiw":                 {"FEE REQUESTED today", "fee-received"},
		"CLARIFICATION REQUESTED today":         {"", "clarification-requested"},
		"DERBYNIWYD EGLURHAD heddiw":            {"GOFYNNWYD AM EGLURHAD heddiw", "clarification-received"},
		"ESTYNNWYD heddiw":                      {"", "extended"},
		"ATEBWYD YN RHANNOL sch 2 para 16":      {"", "responded"},
		"CAEWYD DYBLYG heddiw":                  {"", "closed"},
		"TYNNWYD YN ÔL heddiw":                  {"", "withdrawn"},
		"REOPENED today":                        {"WITHDRAWN today", "reopened"},
		"RECEIVED 20 November 2026":             {"", "received"},
		"NODYN ffoniodd hi heddiw":              {"", "note"},
		"MINE":                                  {"", "note"},
		"VOID 5":                                {"NOTE a mistake", "void"},
		"ACKNOWLEDGED 20 November 2026":         {"", "acknowledged"},
		"CORRECT LETTERS CHILD":                 {"", "corrected"},
		"DSAR AND RIGHT ERASURE":                {"", "reclassified"},
		"RHYDDID GWYBODAETH A DATA PERSONOL":    {"", "reclassified"},
		"NID CAIS":                              {"", "reclassified"},
		"EIR":                                   {"", "reclassified"},
		"RIGHT RECTIFICATION AND OBJECTION":     {"", "reclassified"},
		"REVIEW EIR":                            {"", "reclassified"},
		"RESPONDED MANIFESTLY UNFOUNDED today.": {"", "responded"},
	} {
		t.Run(words, func(t *testing.T) {
			o := mailOffice(t, "2026-11-20 10:00")
			ref := o.one("cafcass", dsarMail("d@example.org", "Kim Dunne <kim@example.org>")).Ref
			o.send()
			l := o.to(ceri, intake.ForCopy)
			for _, w := range []string{want.first, words} {
				if w == "" {
					continue
				}
				o.now = o.now.Add(3 * time.Hour)
				o.one("cafcass", answer(l, ceri, w, passed))
				l = o.to(ceri, intake.ForConfirmation)
			}
			if len(o.letters(intake.ForRefusedChoice)) > 0 {
				t.Fatalf("refused:\n%s", text(t, o.to(ceri, intake.ForRefusedChoice)))
			}
			if !strings.Contains(strings.Join(names(o, ref), " "), want.event) {
				t.Errorf("the events are %v, want %s", names(o, ref), want.event)
			}
			if c := code.FindString(flat(t, l)); c != "" {
				t.Errorf("DONE shows the code %q:\n%s", c, text(t, l))
			}
			if found, err := o.e.Register.Verify(t.Context()); err != nil || len(found) > 0 {
				t.Errorf("%v, %v", found, err)
			}
		})
	}
}

func names(o *office, ref string) (list []string) {
	for _, ev := range o.view(ref).Events {
		list = append(list, string(ev.Name))
	}
	return list
}

// TestADraftSaysWhichPartItIsAbout if the message has several, and thanks for
// nothing that was never asked for.
func TestADraftSaysWhichPartItIsAbout(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	o.one("cafcass", dsarMail("d@example.org", "Kim Dunne <kim@example.org>"))
	o.send()
	l := o.to(ceri, intake.ForCopy)
	say := func(words string) string {
		t.Helper()
		o.now = o.now.Add(time.Minute)
		o.one("cafcass", answer(l, ceri, words, passed))
		l = o.to(ceri, intake.ForConfirmation)
		return strings.ReplaceAll(flat(t, l), "| ", "")
	}
	const about = "one part of your message"
	if s := say("AUTHORITY RECEIVED today"); strings.Contains(s, "THE DRAFTED LETTER") {
		t.Errorf("a letter thanks for what nobody asked for:\n%s", s)
	}
	if s := say("IDENTITY REQUESTED today"); !strings.Contains(s, "THE DRAFTED LETTER") || strings.Contains(s, about) {
		t.Errorf("the letter of a single request:\n%s", s)
	}
	if s := say("UNDO"); strings.Contains(s, "THE DRAFTED LETTER") {
		t.Errorf("after UNDO:\n%s", s)
	}
	say("FOI AND DSAR")
	for _, words := range []string{"IDENTITY REQUESTED DSAR today", "IDENTITY RECEIVED DSAR today", "EXTENDED DSAR today", "RESPONDED DSAR GRANTED today"} {
		if s := say(words); !strings.Contains(s, about+", a request for a copy of personal information. We deal with the rest of it separately.") {
			t.Errorf("%s: the letter does not say which part it is about:\n%s", words, s)
		}
	}
}

// TestAMailInDoubtNamesTheLawOfItsDate: the law that sets the date, whatever
// the mail turns out to be, not that of the guessed kind.
func TestAMailInDoubtNamesTheLawOfItsDate(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	o.unreadable()
	s := flat(t, o.to(ceri, intake.ForTriage))
	if !strings.Contains(s, "Say what this mail is by Wed 25 Nov 2026.") || !strings.Contains(s, "Whatever it is, an answer is due on 18 December 2026 at the earliest: that is the date of a review, the body's own promise") {
		t.Errorf("the mail says not by when, or by which law:\n%s", s)
	}
}

// TestWhyALetterStillWaitsIsSaidInWords after a decision that did not release
// it.
func TestWhyALetterStillWaitsIsSaidInWords(t *testing.T) {
	o := mailOffice(t, "2026-11-20 10:00")
	doubtful(o, inDoubt{hold: []string{"danger", "whatdotheyknow-dsar"}})
	o.one("cafcass", answer(o.to(ceri, intake.ForHeld), ceri, "FOI", passed))
	if s := flat(t, o.to(ceri, intake.ForConfirmation)); !strings.Contains(s, "still waits for a person (there may be danger, answers there are published)") {
		t.Errorf("DONE says not why in words:\n%s", s)
	}
}
