package register

import (
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// Event is an event as it is sent to people and scripts. It has the fields of
// intake.Event, whose own JSON form can never change, since the chain of hashes
// covers it. A new field there does not compile here until somebody has decided
// under which name it is sent.
type Event struct {
	N          int              `json:"n"`
	At         time.Time        `json:"at"`
	Actor      string           `json:"actor"`
	Name       intake.EventName `json:"event"`
	Day        deadlines.Day    `json:"date"`
	Before     deadlines.Day    `json:"before,omitzero"`
	Part       intake.Kind      `json:"part,omitempty"`
	Outcome    string           `json:"outcome,omitempty"`
	Reason     string           `json:"reason,omitempty"`
	Kind       intake.Kind      `json:"kind,omitempty"`
	Of         intake.Kind      `json:"of,omitempty"`
	Also       []intake.Kind    `json:"also,omitempty"`
	Right      []string         `json:"right,omitempty"`
	Refers     int              `json:"refers,omitempty"`
	Ref        string           `json:"ref,omitempty"`
	Message    uint64           `json:"message,omitempty"`
	Messages   []uint64         `json:"messages,omitempty"`
	Letter     uint64           `json:"letter,omitempty"`
	Code       string           `json:"code,omitempty"`
	Exemptions []string         `json:"exemptions,omitempty"`
	Officer    string           `json:"officer,omitempty"`
	Cover      string           `json:"cover,omitempty"`
	Due        deadlines.Day    `json:"due,omitzero"`
	Language   string           `json:"language,omitempty"`
	Reply      string           `json:"reply_language,omitempty"`
	Mailbox    string           `json:"mailbox,omitempty"`
	Child      string           `json:"child,omitempty"`
	Opening    *intake.Opening  `json:"-"`
	Personal   *intake.Personal `json:"-"`
	Digest     []byte           `json:"digest,omitempty"`
	Chain      []byte           `json:"chain,omitempty"`
}

// ShownEvent is an event as people see it.
type ShownEvent struct {
	Event
	Struck bool   `json:"struck"`
	Note   string `json:"note"`
}

// Fact returns the event itself, without its personal part.
func (e ShownEvent) Fact() intake.Event { return intake.Event(e.Event) }

func shown(c *intake.Case) []ShownEvent {
	list := []ShownEvent{}
	for _, ev := range c.Events {
		s := ShownEvent{Event: Event(ev), Struck: c.Struck(ev.N)}
		if ev.Personal != nil {
			s.Note = ev.Says()
		}
		s.Opening, s.Personal = nil, nil
		list = append(list, s)
	}
	return list
}
