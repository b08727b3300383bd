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
	if e.Name == Note && e.Personal != nil {
		s += ": " + OneLine(e.Personal.Text, MaxSubject)
	}
	return s
}
