package officer

import (
	"slices"
	"strings"

	"requestd/intake"
)

// verb is one act, and the words for it. The first of each language is the one
// that mail to staff proposes; the others are understood too.
type verb struct {
	act   Act
	kind  intake.Kind      // of decide
	event intake.EventName // of record
	en    []string
	cy    []string
}

// verbs is the one table of everything that can be said.
var verbs = []verb{
	{act: Decide, kind: intake.FOI, en: []string{"FOI", "FOI REQUEST", "FREEDOM OF INFORMATION", "FREEDOM OF INFORMATION REQUEST"},
		cy: []string{"RHYDDID GWYBODAETH", "CAIS RHYDDID GWYBODAETH"}},
	{act: Decide, kind: intake.DSAR, en: []string{"DSAR", "SAR", "SUBJECT ACCESS", "SUBJECT ACCESS REQUEST", "DATA SUBJECT ACCESS REQUEST"},
		cy: []string{"DATA PERSONOL", "CAIS AM DDATA PERSONOL", "CAIS GWRTHRYCH AM WYBODAETH"}},
	{act: Decide, kind: intake.Review, en: []string{"REVIEW", "INTERNAL REVIEW", "REVIEW OF"},
		cy: []string{"ADOLYGIAD", "ADOLYGU", "ADOLYGIAD MEWNOL", "ADOLYGIAD O", "ADOLYGIAD AM"}},
	{act: Decide, kind: intake.EIR, en: []string{"EIR", "EIR REQUEST", "ENVIRONMENTAL", "ENVIRONMENTAL INFORMATION", "ENVIRONMENTAL INFORMATION REQUEST"},
		cy: []string{"GWYBODAETH AMGYLCHEDDOL", "CAIS AM WYBODAETH AMGYLCHEDDOL"}},
	{act: Decide, kind: intake.Rights, en: []string{"RIGHT", "RIGHTS", "DATA RIGHT", "DATA RIGHTS", "RIGHT OF", "RIGHT TO"},
		cy: []string{"HAWL", "HAWLIAU", "HAWL I"}},
	{act: Decide, kind: intake.NotARequest, en: []string{"NOT A REQUEST", "NO REQUEST", "NOT REQUEST"},
		cy: []string{"NID CAIS", "NID CAIS YW HWN", "DIM CAIS"}},
	{act: Open, en: []string{"OPEN"}, cy: []string{"AGOR", "AGORWCH"}},
	{act: Attach, en: []string{"ATTACH"}, cy: []string{"ATODI", "ATODWCH"}},
	{act: Merge, en: []string{"MERGE"}, cy: []string{"CYFUNO", "UNO"}},
	{act: Send, en: []string{"SEND"}, cy: []string{"ANFON", "ANFONWCH"}},
	{act: Hold, en: []string{"HOLD"}, cy: []string{"DAL", "DALIWCH"}},
	{act: Mine, en: []string{"MINE"}, cy: []string{"FI"}},
	{act: Register, en: []string{"REGISTER"}, cy: []string{"COFRESTRU", "COFRESTRWCH"}},
	{act: Correct, en: []string{"CORRECT"}, cy: []string{"CYWIRO", "CYWIRWCH"}},
	{act: List, en: []string{"LIST"}, cy: []string{"RHESTR"}},
	{act: Show, en: []string{"SHOW"}, cy: []string{"DANGOS", "DANGOSWCH"}},
	{act: Search, en: []string{"SEARCH", "FIND"}, cy: []string{"CHWILIO", "CHWILIWCH"}},
	{act: Status, en: []string{"STATUS"}, cy: []string{"STATWS"}},
	{act: Help, en: []string{"HELP"}, cy: []string{"CYMORTH"}},
	{act: Undo, en: []string{"UNDO"}, cy: []string{"DADWNEUD", "DADWNEWCH"}},

	event(intake.ClarificationRequested, "CLARIFICATION REQUESTED|CLARIFICATION ASKED", "GOFYNNWYD AM EGLURHAD"),
	event(intake.ClarificationReceived, "CLARIFICATION RECEIVED", "DERBYNIWYD EGLURHAD"),
	event(intake.IdentityRequested, "IDENTITY REQUESTED|ID REQUESTED|IDENTITY ASKED", "GOFYNNWYD AM BRAWF ADNABOD|GOFYNNWYD AM BRAWF HUNANIAETH"),
	event(intake.IdentityReceived, "IDENTITY RECEIVED|ID RECEIVED|IDENTITY PROVED", "DERBYNIWYD PRAWF ADNABOD|DERBYNIWYD PRAWF HUNANIAETH"),
	event(intake.AuthorityRequested, "AUTHORITY REQUESTED|AUTHORITY ASKED", "GOFYNNWYD AM AWDURDOD"),
	event(intake.AuthorityReceived, "AUTHORITY RECEIVED", "DERBYNIWYD AWDURDOD"),
	event(intake.FeeRequested, "FEE REQUESTED|FEES REQUESTED|FEES NOTICE", "GOFYNNWYD AM FFI"),
	event(intake.FeeReceived, "FEE RECEIVED|FEES RECEIVED|FEE PAID", "DERBYNIWYD FFI|TALWYD FFI"),
	event(intake.Extended, "EXTENDED", "ESTYNNWYD"),
	event(intake.Acknowledged, "ACKNOWLEDGED|ACKNOWLEDGED BY HAND", "CYDNABUWYD"),
	event(intake.Responded, "RESPONDED|ANSWERED|REPLIED", "ATEBWYD"),
	event(intake.Closed, "CLOSED", "CAEWYD"),
	event(intake.Withdrawn, "WITHDRAWN", "TYNNWYD YN ÔL"),
	event(intake.Reopened, "REOPENED|RE-OPENED", "AILAGORWYD"),
	event(intake.ReceivedOn, "RECEIVED", "DERBYNIWYD"),
	event(intake.Void, "VOID", "DIRYMU"),
	event(intake.Note, "NOTE", "NODYN"),
}

// everyday are words with which people and machines begin a mail without
// meaning anything: they count only with a day, or another detail of the event.
var everyday = map[string]bool{"acknowledged": true, "closed": true, "answered": true, "replied": true, "cydnabuwyd": true, "caewyd": true}

func event(name intake.EventName, en, cy string) verb {
	return verb{act: Record, event: name, en: strings.Split(en, "|"), cy: strings.Split(cy, "|")}
}

// detail is what can follow a verb: an outcome, a reason.
type detail struct {
	value  string
	en, cy []string
}

var outcomes = []detail{
	{"granted", []string{"GRANTED", "GRANTED IN FULL"}, []string{"CANIATAWYD", "RHODDWYD"}},
	{"part", []string{"PART", "IN PART", "GRANTED IN PART", "PART GRANTED", "PARTLY"}, []string{"YN RHANNOL", "RHAN"}},
	{"refused", []string{"REFUSED"}, []string{"GWRTHODWYD"}},
	{"not-held", []string{"NOT HELD"}, []string{"NI DDELIR", "HEB EI DAL", "HEB EI DDAL"}},
	{"cost-limit", []string{"COST LIMIT"}, []string{"TERFYN COST"}},
	{"vexatious", []string{"VEXATIOUS"}, []string{"BLINDERUS"}},
	{"repeated", []string{"REPEATED"}, []string{"AILADRODDUS"}},
	{"advice", []string{"ADVICE", "ADVICE GIVEN"}, []string{"CYNGOR", "RHODDWYD CYNGOR"}},
	{"manifestly-unreasonable", []string{"MANIFESTLY UNREASONABLE"}, []string{"AMLWG AFRESYMOL"}},
	{"manifestly-unfounded", []string{"MANIFESTLY UNFOUNDED"}, []string{"AMLWG DDI-SAIL"}},
	{"excessive", []string{"EXCESSIVE"}, []string{"GORMODOL"}},
	{"complied", []string{"COMPLIED", "DONE AS ASKED"}, []string{"CYDYMFFURFIWYD"}},
	{"decision-upheld", []string{"DECISION UPHELD"}, []string{"CADARNHAWYD Y PENDERFYNIAD"}},
	{"decision-part-upheld", []string{"DECISION PART UPHELD", "DECISION PARTLY UPHELD"}, []string{"CADARNHAWYD Y PENDERFYNIAD YN RHANNOL"}},
	{"decision-overturned", []string{"DECISION OVERTURNED", "DECISION NOT UPHELD", "OVERTURNED"}, []string{"GWRTHDROWYD Y PENDERFYNIAD"}},
	{"complaint-upheld", []string{"COMPLAINT UPHELD"}, []string{"CADARNHAWYD Y GŴYN"}},
	{"complaint-part-upheld", []string{"COMPLAINT PART UPHELD", "COMPLAINT PARTLY UPHELD"}, []string{"CADARNHAWYD Y GŴYN YN RHANNOL"}},
	{"complaint-not-upheld", []string{"COMPLAINT NOT UPHELD"}, []string{"NI CHADARNHAWYD Y GŴYN"}},
	// These do not say what was upheld: they are understood, and refused with the
	// possible outcomes.
	{"upheld", []string{"UPHELD"}, []string{"CADARNHAWYD"}},
	{"part-upheld", []string{"PART UPHELD", "PARTLY UPHELD", "UPHELD IN PART"}, []string{"CADARNHAWYD YN RHANNOL"}},
	{"not-upheld", []string{"NOT UPHELD"}, []string{"NI CHADARNHAWYD"}},
}

var reasons = []detail{
	{"lapsed", []string{"LAPSED"}, []string{"DARFU"}},
	{"transferred", []string{"TRANSFERRED"}, []string{"TROSGLWYDDWYD"}},
	{"duplicate", []string{"DUPLICATE"}, []string{"DYBLYG"}},
	{"other", []string{"OTHER"}, []string{"ARALL"}},
}

// partWords name a part of a case after an event.
var partWords = []detail{
	{string(intake.FOI), []string{"FOI"}, []string{"RHYDDID GWYBODAETH", "RYDDID GWYBODAETH"}},
	{string(intake.DSAR), []string{"DSAR", "SAR", "SUBJECT ACCESS"}, []string{"DATA PERSONOL", "DDATA PERSONOL"}},
	{string(intake.Review), []string{"REVIEW"}, []string{"ADOLYGIAD"}},
	{string(intake.EIR), []string{"EIR", "ENVIRONMENTAL"}, []string{"GWYBODAETH AMGYLCHEDDOL", "WYBODAETH AMGYLCHEDDOL"}},
	{string(intake.Rights), []string{"RIGHTS", "RIGHT"}, []string{"HAWLIAU", "HAWL"}},
}

// rightWords name the rights of UK GDPR Articles 16 to 21.
var rightWords = []detail{
	{"erasure", []string{"ERASURE", "TO ERASURE", "DELETION"}, []string{"DILEU"}},
	{"rectification", []string{"RECTIFICATION", "TO RECTIFICATION", "CORRECTION"}, []string{"CYWIRO"}},
	{"restriction", []string{"RESTRICTION", "TO RESTRICTION"}, []string{"CYFYNGU"}},
	{"portability", []string{"PORTABILITY", "TO PORTABILITY"}, []string{"CLUDADWYEDD"}},
	{"objection", []string{"OBJECTION", "TO OBJECT"}, []string{"GWRTHWYNEBU"}},
}

// phrase is one wording of the table, folded and divided into words.
type phrase struct {
	words []string
	index int // in the table it comes from
}

// lexicon holds the phrases of a table, longest first.
type lexicon []phrase

func (l lexicon) match(words []word) (index, length int, ok bool) {
	for _, p := range l {
		if len(p.words) <= len(words) && slices.EqualFunc(p.words, words[:len(p.words)], func(s string, w word) bool { return s == w.text }) {
			return p.index, len(p.words), true
		}
	}
	return 0, 0, false
}

func newLexicon(tables ...[][]string) lexicon {
	var l lexicon
	for _, table := range tables {
		for i, wordings := range table {
			for _, s := range wordings {
				var words []string
				for _, w := range split(s) {
					words = append(words, w.text)
				}
				l = append(l, phrase{words, i})
			}
		}
	}
	slices.SortStableFunc(l, func(a, b phrase) int { return len(b.words) - len(a.words) })
	return l
}

func wordings(ds []detail) (en, cy [][]string) {
	for _, d := range ds {
		en, cy = append(en, d.en), append(cy, d.cy)
	}
	return en, cy
}

var (
	verbLexicon    = newVerbs()
	outcomeLexicon = newLexicon(wordings(outcomes))
	reasonLexicon  = newLexicon(wordings(reasons))
	partLexicon    = newLexicon(wordings(partWords))
	rightLexicon   = newLexicon(wordings(rightWords))
)

func newVerbs() lexicon {
	var en, cy [][]string
	for _, v := range verbs {
		en, cy = append(en, v.en), append(cy, v.cy)
	}
	return newLexicon(en, cy)
}
