package intake

import (
	"fmt"
	"strings"

	"requestd/intake/holds"
)

// telling holds what a language has for telling of events.
type telling struct {
	mine, undone, struck                string
	names, codes                        map[string]string
	hold                                func(string) string // for a code that codes does not have
	post, language, child, noChild, due string              // put before what Says returns
}

var english = telling{
	mine: "works on it", undone: "undone: event %d", struck: "event %d struck", names: names, codes: codes, hold: holds.Short,
	post: "by post ", language: "language ", child: "a child asks", noChild: "no child asks", due: "answer due ",
}

// InWords says in words, without codes, what happened, as in mail to staff.
func (e Event) InWords() string { return e.told(english) }

// InWelsh is InWords for those who read mail in Welsh.
func (e Event) InWelsh() string { return e.told(welsh) }

func (e Event) told(in telling) string {
	switch {
	case e.Name == Note && e.Code == CodeMine:
		return in.mine
	case e.Name == DecisionUndone:
		return fmt.Sprintf(in.undone, e.Refers)
	case e.Name == Void:
		return fmt.Sprintf(in.struck, e.Refers)
	}
	s := inWords(in.names, string(e.Name))
	for _, detail := range []string{inWords(in.codes, string(e.Part)), inWords(in.codes, string(e.Kind)), inWords(in.codes, string(e.Of)), inWords(in.codes, shownOutcome(e.Outcome)), strings.Join(e.Exemptions, ", "), inWords(in.codes, e.Reason), e.Officer, e.Mailbox, e.Ref} {
		if detail != "" {
			s += " " + detail
		}
	}
	for i, code := range splitCodes(e.Code) {
		s += map[bool]string{true: ": ", false: ", "}[i == 0]
		if words, ok := in.codes[code]; ok {
			s += words
		} else { // most are reasons to hold a letter
			s += in.hold(code)
		}
	}
	if says := e.says(in); says != "" && (e.Name == Note || e.Name == Extended || e.Name == Corrected || e.Due != 0 || e.Personal.Theirs != "") {
		s += ": " + OneLine(says, MaxSubject)
	}
	return s
}

// inWords says what a name or code of an event means. A code that is not in
// known is its own words, with hyphens.
func inWords(known map[string]string, code string) string {
	if words, ok := known[code]; ok {
		return words
	}
	return strings.ReplaceAll(code, "-", " ")
}

var names = map[string]string{
	string(Reclassified): "kind decided:", string(ReceivedOn): "date of receipt corrected", string(AckQueued): "acknowledgement in the outbox", string(AckFailed): "acknowledgement refused",
	string(AckBounced): "acknowledgement came back", string(Assigned): "in charge:", string(Redated): "dated anew", string(ReminderQueued): "staff reminded",
	string(UnverifiedReply): "mail from a stranger", string(StepFailed): "letter refused", string(StepBounced): "letter came back", string(Corrected): "put right",
	string(CommissionerNotified): "the Commissioner told us of a complaint", string(CommissionerAnswered): "the Commissioner was answered", string(CommissionerDecided): "the Commissioner decided",
}

var codes = map[string]string{
	string(FOI): FOI.Short(), string(DSAR): DSAR.Short(), string(EIR): EIR.Short(), string(Rights): "data-protection right", string(Unknown): "",

	CodeUndoneToo: "with what was undone", CodeWaits: "its right waits for a person", "again": "once more",
	string(ForAskClarification): "a question to the requester", string(ForAskIdentity): "asks for proof of identity", string(ForAskAuthority): "asks for authority",
	string(ForNewDate): "the new date", string(ForExtension): "notice of an extension", string(ForNoAnswer): "asks again", string(ForOnItsWay): "the answer is on its way",
	string(ForNoRequest): "not dealt with as a request", string(ForNeutral): "neutral",
}

// Says returns what an event says about people, or in somebody's own words: a
// note, a reason, what was corrected. It is "" once the case was erased.
func (e Event) Says() string { return e.says(english) }

func (e Event) says(in telling) string {
	p := e.Personal
	if p == nil {
		return ""
	}
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+value)
		}
	}
	if e.Name == Corrected {
		add("", p.Requester.Name)
		add("", p.Requester.Addr)
		add(in.post, OneLine(p.Postal, MaxSubject))
		add(in.language, e.Language)
		switch e.Child {
		case "yes":
			add("", in.child)
		case "no":
			add("", in.noChild)
		}
	}
	add("", p.Theirs)
	if e.Due != 0 {
		add(in.due, e.Due.String())
	}
	add("", p.Text)
	return strings.Join(parts, ", ")
}
