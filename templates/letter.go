package templates

import (
	"fmt"
	"slices"

	"requestd/deadlines"
)

// Purpose says what a letter is for.
type Purpose string

// The purposes of letters.
const (
	Acknowledgement Purpose = "acknowledgement"
	Correction      Purpose = "correction" // of an acknowledgement that was wrong
	Receipt         Purpose = "receipt"    // to a colleague who forwarded a request
	Neutral         Purpose = "neutral"    // acknowledges a mail whose kind nobody has decided yet
	NoRequest       Purpose = "no-request" // follows a neutral one: the mail is not dealt with as a request

	AskClarification Purpose = "ask-clarification" // those from here on are drafts, which a person sends
	AskIdentity      Purpose = "ask-identity"
	AskAuthority     Purpose = "ask-authority"
	NewDate          Purpose = "new-date"
	Extension        Purpose = "extension"
	NoAnswer         Purpose = "no-answer"
	OnItsWay         Purpose = "on-its-way"
)

// The languages of letters.
const (
	English   = "en"
	Bilingual = "cy-en" // Welsh first, then English
)

// Letter is what a letter to a requester (or a receipt to a colleague) says. No
// field of it can contain the words of the mail that it answers.
type Letter struct {
	Purpose    Purpose
	Language   string // English or Bilingual
	Body       Body
	Regulator  Regulator
	Ref        string // such as CAF26-00017
	Name       string // the requester's, passed through Name once more; "" for a neutral greeting
	ReceivedOn deadlines.Day
	Parts      []Part    // one for each clock; empty only in a correction: no request after all
	Corrects   Corrected // of a correction

	Child          bool          // a child seems to ask: the acknowledgement and the next steps are short and plain
	Representative bool          // somebody asks for another person
	Enclosed       bool          // proof of identity or authority seems to be enclosed
	Words          string        `clean:"words"` // of a draft: an officer's own, such as a question or a reason
	Exemptions     []string      // of an extension under FOIA: those on which the answer may rely
	By             deadlines.Day // of no-answer: by when we want to hear
	OnePart        bool          // of a draft: the message has other parts besides the one in Parts
	Asked          string        // of no-answer and new-date: what was asked for, such as identity
	AskedOn        deadlines.Day // and on which day

	TheirRef string // a representative's own reference; "" unless it is safe to repeat
	Again    bool   // of an acknowledgement: a neutral one was sent before
}

// Body is the public body that writes. All fields except Name and Address may
// be empty: then the words of the body's house file are used.
type Body struct {
	Name      string // such as Cafcass Cymru
	Address   string // the address to which people reply
	Signoff   string // the team that signs, in English
	SignoffCy string // the same in Welsh
	Contact   string // more ways to reach it, such as a telephone number
	ContactCy string
	Website   string
	WebsiteCy string

	Delivery   string // how the answer to a DSAR is delivered, in whole sentences
	DeliveryCy string
	Privacy    string // the address of the privacy notice
	PrivacyCy  string
	CostPounds int // the appropriate limit for FOI (SI 2004/3244)
	CostHours  int // the same in hours of work
}

// Regulator is where people may complain. It always comes from configuration,
// since its name and address change. All fields except Name may be empty.
type Regulator struct {
	Name      string
	NameCy    string
	Address   []string // lines
	Email     string
	Phone     string
	PhoneCy   string // for calls in Welsh
	Website   string
	WebsiteCy string
}

// Part is one clock of a case.
type Part struct {
	Kind                   string        `json:",omitzero"` // foi, dsar, review, eir or rights
	Of                     string        `json:",omitzero"` // of a review: foi, dsar, eir, rights or unknown
	Right                  []string      `json:",omitzero"` // of rights: which, such as erasure
	State                  string        `json:",omitzero"` // such as running or waiting-for-identity; for staff
	RespondBy              deadlines.Day `json:",omitzero"` // no day while the clock is stopped
	ComplaintAcknowledgeBy deadlines.Day `json:",omitzero"` // DPA 2018 s.164A: of a review of a DSAR
	Ledger                 []string      `json:",omitzero"` // how RespondBy was reached, one step a line; for staff
	LedgerCy               []string      `json:",omitzero"` // the same in Welsh; nil if a line has none
}

// Aim reports whether the reply-by date is only the body's own aim and no date
// in law: for a review of an FOI answer, and for a data-protection complaint.
func (p Part) Aim() bool { return p.Kind == "review" && p.Of != "eir" }

// Kinds returns the part's kind, for asked and gofyn.
func (p Part) Kinds() []string { return []string{p.Kind} }

// Corrected says which earlier letter was wrong, and in what.
type Corrected struct {
	SentOn   deadlines.Day
	Kind     bool     // it named the wrong kind of request
	Was      []string // of Kind: the kinds that it named
	Dates    bool     // its reply-by date was wrong
	Received bool     // its date of receipt was wrong
}

// Any reports whether anything was wrong.
func (c Corrected) Any() bool { return c.Kind || c.Dates || c.Received }

// Gap begins a gap that a person must fill in before a draft is sent.
const Gap = "[["

// steps are the purposes of drafts.
var steps = []Purpose{AskClarification, AskIdentity, AskAuthority, NewDate, Extension, NoAnswer, OnItsWay}

// kindless reports whether the letter does not say what kind of request a mail
// is.
func (l Letter) kindless() bool { return l.Purpose == Neutral || l.Purpose == NoRequest }

// BothLanguages reports whether the letter is in Welsh and in English.
func (l Letter) BothLanguages() bool { return l.Language == Bilingual }

// text returns the file from which the letter is written. A child's
// acknowledgement and next steps have files of their own. The letters about
// authority do not, since those who ask for somebody else are usually no
// children.
func (l Letter) text() string {
	switch {
	case l.Child && l.Purpose == Acknowledgement:
		return "child"
	case l.Child && l.Purpose != AskAuthority && l.Asked != "authority" && slices.Contains(steps, l.Purpose):
		return "child-next"
	}
	return string(l.Purpose)
}

// Letter writes a letter. It fails if l lacks something that every letter must
// say.
func (s *Set) Letter(l Letter) (Mail, error) {
	if err := l.valid(); err != nil {
		return Mail{}, fmt.Errorf("write the %s of %s: %w", l.Purpose, l.Ref, err)
	}
	name := Name(l.Name)
	l = cleaned(l, false)
	l.Name = name
	m, err := s.letter(l)
	if err != nil && s.plain != nil {
		fault := err
		m, err = s.plain.letter(l)
		m.Fault = fault
	}
	if err != nil {
		return Mail{}, fmt.Errorf("write the %s of %s: %w", l.Purpose, l.Ref, err)
	}
	return m, nil
}

func (s *Set) letter(l Letter) (Mail, error) {
	house := s.house(l.Body.Name)
	english, body, err := writeHalf(house, l, "en")
	if err != nil {
		return Mail{}, err
	}
	if !l.BothLanguages() {
		return Mail{Subject: english, Body: body, ContentLanguage: "en"}, nil
	}
	welsh, first, err := writeHalf(house, l, "cy")
	if err != nil {
		return Mail{}, err
	}
	return Mail{Subject: welsh, Body: first + between + body, ContentLanguage: "cy, en"}, nil
}

// between separates the two languages of a letter. It must not look like the
// mark of a signature, which mail programs hide.
const between = "\n* * *\n\n"

func (l Letter) valid() error {
	switch l.Purpose {
	case Acknowledgement, Correction, Receipt, Neutral, NoRequest:
	default:
		if !slices.Contains(steps, l.Purpose) {
			return fmt.Errorf("purpose %q: want acknowledgement, correction, receipt, neutral, no-request or one of %v", l.Purpose, steps)
		}
	}
	switch {
	case l.Language != English && l.Language != Bilingual:
		return fmt.Errorf("language %q: want en or cy-en", l.Language)
	case l.Ref == "" || l.Body.Name == "" || l.Body.Address == "" || l.Regulator.Name == "":
		return fmt.Errorf("a letter needs the reference, the body's name and address, and the regulator's name")
	case l.ReceivedOn.IsZero():
		return fmt.Errorf("a letter needs the date of receipt")
	case len(l.Parts) > 0 && l.kindless():
		return fmt.Errorf("a %s letter names no kind and no date", l.Purpose)
	case len(l.Parts) == 0 && l.Purpose != Correction && !l.kindless():
		return fmt.Errorf("a letter needs at least one part with its kind and date")
	case l.Purpose == Correction && l.Corrects.SentOn.IsZero():
		return fmt.Errorf("a correction needs the day on which the wrong letter was sent")
	}
	for _, p := range l.Parts {
		if err := p.valid(); err != nil {
			return err
		}
	}
	return nil
}

func (p Part) valid() error {
	switch p.Kind {
	case "foi", "dsar", "eir", "rights":
		return nil
	case "review":
		if slices.Contains([]string{"foi", "dsar", "eir", "rights", "unknown"}, p.Of) {
			return nil
		}
		return fmt.Errorf("a review of %q: want foi, dsar, eir, rights or unknown", p.Of)
	}
	return fmt.Errorf("a part of kind %q: want foi, dsar, review, eir or rights", p.Kind)
}
