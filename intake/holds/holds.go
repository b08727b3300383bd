// Package holds has the reasons why a letter is held until a person releases
// it: the codes that the register keeps, and the words for each. Acts, mail to
// staff, the commands and the page all take them from here.
package holds

import (
	"fmt"
	"strings"
)

// The codes. They are stored, so they never change.
const (
	Danger        = "danger"
	Child         = "child"
	ContactUnsafe = "contact-unsafe"
	Spoofed       = "spoofed"
	Unproved      = "sender-unproved"
	Spam          = "spam"
	Junk          = "junk"
	Machine       = "soft-machine-signal" // a sign of a machine, not proof
	NoReplies     = "asks-for-no-automatic-replies"
	Regulator     = "regulator"
	Legal         = "legal"
	Published     = "whatdotheyknow-dsar" // a request for one's own data by way of a site that publishes answers
	Forwarded     = "forwarded"           // by a colleague: check address and date
	PassedOn      = "passed-on"           // by somebody who is no colleague
	Form          = "relayed-form"        // sent by a form or service whose reply address is not that of the person named in it
	Offer         = "offer"               // it offers something and asks for nothing
	Copy          = "copy"                // the same person's last request in the same words
	Late          = "late"                // the promise to acknowledge is broken already
	TooMany       = "rate"                // too many letters to this address
	ReplyTo       = "reply-to"            // another account than the sender's
	NoAddress     = "no-address"
	Own           = "own-address"  // an answer would go to ourselves
	UTF8          = "smtputf8"     // the address needs SMTPUTF8
	NoDate        = "no-date"      // the server gave no usable date of receipt
	BeforeStart   = "before-start" // the mail is older than the daemon's first day
	TakenOver     = "taken-over"   // the case was open before the daemon ran
	Undecided     = "undecided"    // the kind is in doubt
	Withdrawn     = "withdrawn"    // a letter that had not been sent was taken back
	ByHand        = "by-hand"
	Unsent        = "unsent" // refused, or in doubt for good
)

// A Reason is one code in words: a few words for a list, and a whole sentence
// that says what to do about it.
type Reason struct {
	Code                string
	Short, ShortWelsh   string
	Advice, AdviceWelsh string
}

// Reasons lists them all.
var Reasons = []Reason{
	{Danger, "there may be danger", "gall fod perygl",
		"It speaks of danger. An answer to an address that a violent person reads can do harm.",
		"Mae'n sôn am berygl. Gall ateb i gyfeiriad y mae person treisgar yn ei ddarllen wneud niwed."},
	{Child, "a child may be asking", "efallai mai plentyn sy'n gofyn",
		"A child seems to be asking: no letter goes unseen.",
		"Ymddengys mai plentyn sy'n gofyn: nid oes llythyr yn mynd heb i rywun ei weld."},
	{ContactUnsafe, "writing there may put the sender in danger", "gall ysgrifennu yno roi'r anfonwr mewn perygl",
		"A letter to this address may put the sender in danger: none goes unseen.",
		"Gall llythyr i'r cyfeiriad hwn roi'r anfonwr mewn perygl: nid oes yr un yn mynd heb i rywun ei weld."},
	{Spoofed, "the sender's name may be forged", "gall enw'r anfonwr fod yn ffug",
		"The sender could not be verified: somebody else may have written in this name.",
		"Ni ellid cadarnhau pwy yw'r anfonwr: efallai mai rhywun arall a ysgrifennodd yn yr enw hwn."},
	{Unproved, "nobody vouches for the sender's address", "nid oes neb yn gwarantu cyfeiriad yr anfonwr",
		"Your mail server does not vouch for the sender: somebody else may have written in this name.",
		"Nid yw eich gweinydd post yn gwarantu'r anfonwr: efallai mai rhywun arall a ysgrifennodd yn yr enw hwn."},
	{Spam, "the mail provider calls it spam", "mae'r darparwr post yn ei alw'n sbam",
		"The mail provider calls it spam.",
		"Mae'r darparwr post yn ei alw'n sbam."},
	{Junk, "found in the junk folder", "cafwyd hyd iddo yn y ffolder sothach",
		"It was found in the junk folder.",
		"Cafwyd hyd iddo yn y ffolder sothach."},
	{Machine, "a machine may have sent it", "efallai mai peiriant a'i hanfonodd",
		"It may have been sent by a machine.",
		"Efallai mai peiriant a'i hanfonodd."},
	{NoReplies, "it asks for no automatic replies", "mae'n gofyn am beidio ag ateb yn awtomatig",
		"It asks for no automatic replies.",
		"Mae'n gofyn am beidio ag ateb yn awtomatig."},
	{Regulator, "a regulator seems to write", "ymddengys mai rheoleiddiwr sy'n ysgrifennu",
		"A regulator, an ombudsman or the office of a member seems to write: answer it in your own words.",
		"Ymddengys mai rheoleiddiwr, ombwdsmon neu swyddfa aelod sy'n ysgrifennu: atebwch yn eich geiriau eich hun."},
	{Legal, "it seems to be a legal paper", "ymddengys mai papur cyfreithiol ydyw",
		"It seems to be a legal paper: answer it in your own words.",
		"Ymddengys mai papur cyfreithiol ydyw: atebwch yn eich geiriau eich hun."},
	{Published, "answers there are published", "cyhoeddir atebion yno",
		"Answers to this address are published. Do not send anything personal there.",
		"Cyhoeddir atebion i'r cyfeiriad hwn. Peidiwch ag anfon dim byd personol yno."},
	{Forwarded, "a colleague passed it on", "cydweithiwr a'i hanfonodd ymlaen",
		"A colleague passed the request on. Confirm the address and the date first.",
		"Cydweithiwr a anfonodd y cais ymlaen. Cadarnhewch y cyfeiriad a'r dyddiad yn gyntaf."},
	{PassedOn, "somebody passed it on", "rhywun a'i hanfonodd ymlaen",
		"Somebody who is no colleague passed it on. Confirm whose request it is, the address and the date first.",
		"Rhywun nad yw'n gydweithiwr a'i hanfonodd ymlaen. Cadarnhewch yn gyntaf gais pwy ydyw, y cyfeiriad a'r dyddiad."},
	{Form, "a form or service speaks for somebody else", "ffurflen neu wasanaeth sy'n siarad dros rywun arall",
		"A web form or a service speaks for somebody else. Give the address of the person who asks; it may stand in the mail.",
		"Ffurflen we neu wasanaeth sy'n siarad dros rywun arall. Rhowch gyfeiriad y person sy'n gofyn; gall fod yn yr e-bost."},
	{Offer, "it may be an offer", "efallai mai cynnig ydyw",
		"It seems to offer something rather than to ask for information.",
		"Ymddengys ei fod yn cynnig rhywbeth yn hytrach na gofyn am wybodaeth."},
	{Copy, "it seems to have been sent twice", "ymddengys iddo gael ei anfon ddwywaith",
		"The same person sent the same request shortly before; it seems to have been sent twice. If so, merge the two.",
		"Anfonodd yr un person yr un cais ychydig cyn hyn; ymddengys iddo gael ei anfon ddwywaith. Os felly, cyfunwch y ddau."},
	{Late, "the time to acknowledge has passed", "mae'r amser i gydnabod wedi mynd heibio",
		"It is late, so what the letter says may no longer be right.",
		"Mae'n hwyr, felly efallai nad yw'r hyn a ddywed y llythyr yn gywir mwyach."},
	{TooMany, "too many letters went to this address", "aeth gormod o lythyrau i'r cyfeiriad hwn",
		"This address has had as many automatic letters as are allowed for now.",
		"Mae'r cyfeiriad hwn wedi cael cynifer o lythyrau awtomatig ag a ganiateir am y tro."},
	{ReplyTo, "answers are wanted at another address", "dymunir atebion mewn cyfeiriad arall",
		"It asks for answers to another address than the one it came from: somebody who did not ask may be written to.",
		"Mae'n gofyn am atebion i gyfeiriad arall na'r un y daeth ohono: gellid ysgrifennu at rywun na ofynnodd."},
	{NoAddress, "there is no address to write to", "nid oes cyfeiriad i ysgrifennu ato",
		"It gives no address that can be answered.",
		"Nid yw'n rhoi cyfeiriad y gellir ei ateb."},
	{Own, "the address is one of our own", "un o'n cyfeiriadau ni yw hwn",
		"Answers would go to an address of our own.",
		"Byddai atebion yn mynd i un o'n cyfeiriadau ni ein hunain."},
	{UTF8, "not every server can write to the address", "ni all pob gweinydd ysgrifennu at y cyfeiriad",
		"Its address is one that not every mail server can carry.",
		"Ni all pob gweinydd post gario ei gyfeiriad."},
	{NoDate, "there is no certain date of receipt", "nid oes dyddiad derbyn sicr",
		"The mail server gave no usable date of receipt. Check the date first.",
		"Ni roddodd y gweinydd post ddyddiad derbyn y gellir ei ddefnyddio. Gwiriwch y dyddiad yn gyntaf."},
	{BeforeStart, "it came before the start", "daeth cyn y dechrau",
		"It came before the day from which the program answers.",
		"Daeth cyn y diwrnod y mae'r rhaglen yn ateb ohono ymlaen."},
	{TakenOver, "the case began before this register did", "dechreuodd yr achos cyn y gofrestr hon",
		"The case ran before the program took it over: it may have been acknowledged then.",
		"Yr oedd yr achos ar waith cyn i'r rhaglen ei gymryd drosodd: efallai iddo gael ei gydnabod bryd hynny."},
	{Undecided, "not decided yet", "heb ei benderfynu eto",
		"It is not certain what is asked for.",
		"Nid yw'n sicr beth y gofynnir amdano."},
	{Withdrawn, "taken out of the outbox", "wedi'i dynnu o'r blwch allan",
		"The letter was taken out of the outbox.",
		"Tynnwyd y llythyr o'r blwch allan."},
	{ByHand, "somebody holds it", "mae rhywun yn ei ddal",
		"A person holds the letter.",
		"Mae person yn dal y llythyr."},
	{Unsent, "it could not be sent", "ni ellid ei anfon",
		"The letter could not be sent.",
		"Ni ellid anfon y llythyr."},
}

// Find returns the reason with that code.
func Find(code string) (Reason, bool) {
	for _, r := range Reasons {
		if r.Code == code {
			return r, true
		}
	}
	return Reason{}, false
}

// Short says a reason in a few words. For a code that only a newer program
// knows it returns the code.
func Short(code string) string {
	if r, ok := Find(code); ok {
		return r.Short
	}
	return strings.ReplaceAll(code, "-", " ")
}

// ShortWelsh is Short in Welsh.
func ShortWelsh(code string) string {
	if r, ok := Find(code); ok {
		return r.ShortWelsh
	}
	return strings.ReplaceAll(code, "-", " ")
}

// List says several reasons in a few words each.
func List(codes []string) string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = Short(code)
	}
	return strings.Join(list, ", ")
}

const held = "held for a person: "

// Response returns the text of Letter.Response for a held letter; for a sent
// one that field has the server's answer.
func Response(codes ...string) string { return held + strings.Join(codes, ", ") }

// ResponseInWords is Response if no code says why.
func ResponseInWords(format string, args ...any) string { return held + fmt.Sprintf(format, args...) }

// ParseResponse parses such a text: its codes, or its words if it has none.
func ParseResponse(response string) (codes []string, words string, ok bool) {
	list, ok := strings.CutPrefix(response, held)
	for code := range strings.SplitSeq(list, ", ") {
		if strings.Contains(code, " ") {
			return nil, list, ok
		}
		codes = append(codes, code)
	}
	return codes, "", ok
}

// Advice says a reason in a sentence, with what to do about it.
func Advice(code string) string {
	if r, ok := Find(code); ok {
		return r.Advice
	}
	return code
}

// AdviceWelsh is Advice in Welsh.
func AdviceWelsh(code string) string {
	if r, ok := Find(code); ok {
		return r.AdviceWelsh
	}
	return code
}
