package intake

import "requestd/intake/holds"

var welsh = telling{
	mine: "yn gweithio arno", undone: "dadwnaed: digwyddiad %d", struck: "dilëwyd digwyddiad %d", names: namesCy, codes: codesCy, hold: holds.ShortWelsh,
	post: "drwy'r post ", language: "iaith ", child: "plentyn sy'n gofyn", noChild: "nid plentyn sy'n gofyn", due: "ateb i'w roi erbyn ",
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
