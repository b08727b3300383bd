package intake

import (
	"cmp"
	"slices"
	"strings"

	"requestd/deadlines"
)

// Commissioner is the state of a complaint to the Information Commissioner
// about a case.
type Commissioner struct {
	Reference string        `json:"reference"` // theirs
	Notified  deadlines.Day `json:"notified"`
	Due       deadlines.Day `json:"due"` // when they want our answer
	Answered  deadlines.Day `json:"answered"`
	Decided   deadlines.Day `json:"decided"`
	Outcome   string        `json:"outcome"`
}

// Awaited reports whether the Commissioner told us of a complaint, has had no
// answer and has not decided without one.
func (k *Commissioner) Awaited() bool {
	return k != nil && k.Notified != 0 && k.Answered < k.Notified && k.Decided < k.Notified
}

// ChildAsking is the flag of a case in which a child seems to ask: letters are
// short and plain.
const ChildAsking = "child-asking"

// ContactUnsafe is the flag of a case whose sender may be in danger if written to.
const ContactUnsafe = "contact-unsafe"

// readPeople reads from one event who works on the case, its languages, and the
// complaint to the Commissioner.
func (v *View) readPeople(e *Event) {
	switch e.Name {
	case Assigned:
		v.Officer, v.Cover = e.Officer, e.Cover
	case Note:
		if e.Code == CodeMine {
			v.Officer = strings.TrimPrefix(ActorName(e.Actor), "local:")
		}
	case Corrected:
		v.Language = cmp.Or(e.Language, v.Language)
		v.ReplyLanguage = cmp.Or(e.Reply, v.ReplyLanguage)
		if e.Child != "" {
			v.Flags = slices.DeleteFunc(slices.Clone(v.Flags), func(f string) bool { return f == ChildAsking })
			if e.Child == "yes" {
				v.Flags = append(v.Flags, ChildAsking)
			}
		}
	case CommissionerNotified, CommissionerAnswered, CommissionerDecided:
		v.readCommissioner(e)
	}
}

func (v *View) readCommissioner(e *Event) {
	v.Commissioner = cmp.Or(v.Commissioner, &Commissioner{})
	k := v.Commissioner
	if e.Personal != nil && e.Personal.Theirs != "" {
		k.Reference = e.Personal.Theirs
	}
	switch e.Name {
	case CommissionerNotified:
		k.Notified = e.Day
		k.Due = cmp.Or(e.Due, k.Due)
	case CommissionerAnswered:
		k.Answered = e.Day
	case CommissionerDecided:
		k.Decided, k.Outcome = e.Day, e.Outcome
	}
}
