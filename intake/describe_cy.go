package intake

import (
	"fmt"
	"strings"

	"requestd/intake/holds"
)

// InWelsh is InWords for those who read mail in Welsh.
func (e Event) InWelsh() string {
	switch {
	case e.Name == Note && e.Code == CodeMine:
		return "yn gweithio arno"
	case e.Name == DecisionUndone:
		return fmt.Sprintf("dadwnaed: digwyddiad %d", e.Refers)
	case e.Name == Void:
		return fmt.Sprintf("dilëwyd digwyddiad %d", e.Refers)
	}
	s := inWords(namesCy, string(e.Name))
	for _, detail := range []string{inWords(codesCy, string(e.Part)), inWords(codesCy, string(e.Kind)), inWords(codesCy, string(e.Of)), inWords(codesCy, shownOutcome(e.Outcome)), strings.Join(e.Exemptions, ", "), inWords(codesCy, e.Reason), e.Officer, e.Mailbox, e.Ref} {
		if detail != "" {
			s += " " + detail
		}
	}
	for i, code := range splitCodes(e.Code) {
		s += map[bool]string{true: ": ", false: ", "}[i == 0] + codeInWords(codesCy, code, holds.ShortWelsh)
	}
	if says := e.says(inWelsh); says != "" && (e.Name == Note || e.Name == Extended || e.Name == Corrected || e.Due != 0 || e.Personal.Theirs != "") {
		s += ": " + OneLine(says, MaxSubject)
	}
	return s
}

var namesCy = map[string]string{
	string(ClarificationRequested): "gofynnwyd am eglurhad", string(ClarificationReceived): "derbyniwyd eglurhad",
	string(IdentityRequested): "gofynnwyd am brawf adnabod", string(IdentityReceived): "derbyniwyd prawf adnabod",
	string(AuthorityRequested): "gofynnwyd am awdurdod", string(AuthorityReceived): "derbyniwyd awdurdod",
	string(FeeRequested): "gofynnwyd am ffi", string(FeeReceived): "derbyniwyd ffi",
	string(Extended): "estynnwyd", string(Acknowledged): "cydnabuwyd", string(Responded): "atebwyd", string(Closed): "caewyd", string(Withdrawn): "tynnwyd yn ôl",
	string(Reopened): "ailagorwyd", string(ReceivedOn): "cywirwyd y dyddiad derbyn", string(Note): "nodyn", string(Corrected): "cywirwyd", string(Assigned): "yn gyfrifol:",
	string(CommissionerNotified): "dywedodd y Comisiynydd wrthym am gŵyn", string(CommissionerAnswered): "atebwyd y Comisiynydd", string(CommissionerDecided): "penderfynodd y Comisiynydd",
	string(Opened): "agorwyd", string(MailAttached): "atodwyd e-bost", string(Reclassified): "penderfynwyd y math:", string(AckQueued): "cydnabyddiaeth yn y blwch allan",
	string(AckHeld): "daliwyd y gydnabyddiaeth", string(AckReleased): "gollyngwyd y gydnabyddiaeth", string(AckSent): "anfonwyd y gydnabyddiaeth",
	string(AckBounced): "daeth y gydnabyddiaeth yn ôl", string(AckFailed): "gwrthodwyd y gydnabyddiaeth", string(Promised): "addawyd", string(Redated): "dyddiwyd o'r newydd",
	string(MergedInto): "cyfunwyd â", string(Merged): "cyfunwyd i mewn", string(Linked): "cysylltwyd â", string(TakenOver): "cymerwyd drosodd", string(ReplySeen): "gwelwyd ateb",
	string(ReminderQueued): "atgoffwyd staff", string(Erased): "dilëwyd data personol", string(UnverifiedReply): "e-bost gan ddieithryn", string(AddressGiven): "rhoddwyd cyfeiriad",
	string(StepDrafted): "drafftiwyd llythyr", string(StepEdited): "golygwyd y llythyr", string(StepReleased): "gollyngwyd y llythyr", string(StepHeld): "daliwyd y llythyr",
	string(StepSent): "anfonwyd y llythyr", string(StepFailed): "gwrthodwyd y llythyr", string(StepBounced): "daeth y llythyr yn ôl",
}

var codesCy = map[string]string{
	string(FOI): FOI.Short(), string(DSAR): DSAR.Short(), string(EIR): EIR.Short(), string(Rights): "hawl diogelu data", string(Unknown): "", string(Other): "arall",
	string(Review): "adolygiad", string(NotARequest): "nid cais",

	"granted": "caniatawyd", "part": "yn rhannol", "refused": "gwrthodwyd", "not-held": "ni ddelir", "cost-limit": "terfyn cost", "vexatious": "blinderus", "repeated": "ailadroddus",
	"advice": "cyngor", "manifestly-unreasonable": "amlwg afresymol", "manifestly-unfounded": "amlwg ddi-sail", "excessive": "gormodol", "complied": "cydymffurfiwyd",
	"decision-upheld": "cadarnhawyd y penderfyniad", "decision-part-upheld": "cadarnhawyd y penderfyniad yn rhannol", "decision-overturned": "gwrthdrowyd y penderfyniad",
	"complaint-upheld": "cadarnhawyd y gŵyn", "complaint-part-upheld": "cadarnhawyd y gŵyn yn rhannol", "complaint-not-upheld": "ni chadarnhawyd y gŵyn", Unspecified: "heb ei nodi",
	"lapsed": "darfu", "transferred": "trosglwyddwyd", "duplicate": "dyblyg",

	CodeUndoneToo: "gyda'r hyn a ddadwnaed", CodeWaits: "mae ei hawl yn aros am berson", "again": "unwaith eto", "correction": "cywiriad",
	"reply-by": "ateb erbyn", "acknowledge-by": "cydnabod erbyn",
	string(ForAskClarification): "cwestiwn i'r ceisydd", string(ForAskIdentity): "gofyn am brawf adnabod", string(ForAskAuthority): "gofyn am awdurdod",
	string(ForNewDate): "y dyddiad newydd", string(ForExtension): "hysbysiad o estyniad", string(ForNoAnswer): "gofyn eto", string(ForOnItsWay): "mae'r ateb ar ei ffordd",
	string(ForNoRequest): "ni ymdrinnir ag ef fel cais", string(ForNeutral): "niwtral",
}

// wordsOfSays are the few words that a language puts before what Says returns.
type wordsOfSays struct {
	post, language, child, noChild, due string
}

var (
	inEnglish = wordsOfSays{post: "by post ", language: "language ", child: "a child asks", noChild: "no child asks", due: "answer due "}
	inWelsh   = wordsOfSays{post: "drwy'r post ", language: "iaith ", child: "plentyn sy'n gofyn", noChild: "nid plentyn sy'n gofyn", due: "ateb i'w roi erbyn "}
)
