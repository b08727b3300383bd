package intake

import (
	"fmt"
	"strings"
)

// InWords says what happened, as mail to staff does.
func (e Event) InWords() string {
	switch {
	case e.Name == Note && e.Code == CodeMine:
		return "works on it"
	case e.Name == DecisionUndone:
		return fmt.Sprintf("undone: event %d", e.Refers)
	}
	s := strings.ReplaceAll(string(e.Name), "-", " ")
	for _, detail := range []string{string(e.Part), string(e.Kind), shownOutcome(e.Outcome), strings.Join(e.Exemptions, ", "), e.Reason, e.Officer, e.Mailbox, e.Ref, e.Code} {
		if detail != "" {
			s += " " + detail
		}
	}
	if says := e.Says(); says != "" && (e.Name == Note || e.Name == Extended || e.Name == Corrected || e.Due != 0 || e.Personal.Theirs != "") {
		s += ": " + OneLine(says, MaxSubject)
	}
	return s
}

// Says is what an event says of people, or in somebody's own words: a note, a
// reason, what was put right. It is gone once the case was erased.
func (e Event) Says() string {
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
		add("by post ", OneLine(p.Postal, MaxSubject))
		add("language ", e.Language)
		switch e.Child {
		case "yes":
			add("", "a child asks")
		case "no":
			add("", "no child asks")
		}
	}
	add("", p.Theirs)
	if e.Due != 0 {
		add("answer due ", e.Due.String())
	}
	add("", p.Text)
	return strings.Join(parts, ", ")
}
