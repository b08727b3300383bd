package intake

import (
	"cmp"
	"slices"
	"time"

	"requestd/deadlines"
)

// Case is one request, or several in one mail, under one reference: a history
// of facts. Its kind, state and dates are derived from it by ViewAt.
type Case struct {
	Ref     string  `json:"ref"`
	Mailbox string  `json:"mailbox"`
	Events  []Event `json:"events"`
	// Reminded is the moment up to which reminders have been dealt with.
	Reminded time.Time `json:"reminded,omitzero"`
	// Messages are the arrivals that belong to the case. The first one opened it.
	Messages []uint64 `json:"messages,omitempty"`
}

// Index is what the register sorts open cases by. It is derived from the case
// and stored with it; verify compares the two.
type Index struct {
	Open         bool          // not responded, closed, withdrawn or not-a-request; or the Commissioner waits for us
	Due          deadlines.Day // the earliest date of its clocks, promised ones included
	NextReminder time.Time     `json:"Wake"`       // when its next reminder falls due
	State        CaseState     `json:",omitempty"` // triage, open or waiting
}

// Opening returns the facts with which the case began.
func (c *Case) Opening() *Opening {
	if len(c.Events) == 0 || c.Events[0].Opening == nil {
		return &Opening{}
	}
	return c.Events[0].Opening
}

// Person returns who asks, and about what: the personal part of the opening,
// with what a person has added or corrected since. It is empty once the case
// was erased.
func (c *Case) Person() *Personal {
	if len(c.Events) == 0 || c.Events[0].Personal == nil {
		return &Personal{}
	}
	p := c.Events[0].Personal
	for _, e := range c.Events[1:] {
		if e.Name == Corrected && e.Personal != nil && !c.Struck(e.N) {
			right := *p
			right.Requester, right.ReplyTo, right.Postal = e.Personal.Requester, e.Personal.ReplyTo, e.Personal.Postal
			p = &right
		}
		if e.Name == AddressGiven && e.Personal != nil && !c.Struck(e.N) {
			given := *p
			given.ReplyTo = e.Personal.ReplyTo
			given.Requester.Addr = cmp.Or(given.Requester.Addr, given.ReplyTo)
			p = &given
		}
	}
	return p
}

// NameGiven reports whether a person of the body has said what the requester is
// called. If not, the name is what a stranger's mail program wrote.
func (c *Case) NameGiven() bool {
	if s := c.Opening().Source; s != "mail" && s != "forward" {
		return true
	}
	return c.Person().Requester.Name != c.opener().Requester.Name
}

// TheirRef is the reference that the requester, or whoever writes for them,
// gives the matter; "" for none.
func (c *Case) TheirRef() string { return c.opener().Theirs }

// opener is the personal part of the opening as it was.
func (c *Case) opener() *Personal {
	if len(c.Events) == 0 || c.Events[0].Personal == nil {
		return &Personal{}
	}
	return c.Events[0].Personal
}

// Home is the mailbox to which the case belongs: the one in which it was
// opened, unless a person corrected that.
func (c *Case) Home() string {
	home := cmp.Or(c.Opening().Mailbox, c.Mailbox)
	for _, e := range c.Live() {
		if e.Name == Corrected && e.Mailbox != "" {
			home = e.Mailbox
		}
	}
	return home
}

// AnsweredBefore finds an answer that is dated before the receipt of what it
// answers.
func (c *Case) AnsweredBefore() (Event, deadlines.Day, bool) {
	live := c.Live()
	all := receivedOn(live, c.Opening())
	for _, e := range live {
		receipt := all
		for _, r := range live {
			if r.Name == ReceivedOn && r.Part != "" && r.Part == e.Part {
				receipt = r.Day
			}
		}
		if e.Name == Responded && e.Day < receipt {
			return e, receipt, true
		}
	}
	return Event{}, 0, false
}

// Erased reports whether the personal parts were removed.
func (c *Case) Erased() bool { return c.has(Erased) }

func (c *Case) has(name EventName) bool {
	return slices.ContainsFunc(c.Live(), func(e Event) bool { return e.Name == name })
}

// Live returns the events that are not struck, in order of entry. A void event
// that is itself struck strikes nothing.
func (c *Case) Live() []Event {
	struck := map[int]bool{}
	for i := len(c.Events) - 1; i >= 0; i-- {
		e := c.Events[i]
		if (e.Name == Void || e.Name == DecisionUndone) && !struck[e.N] {
			struck[e.Refers] = true
		}
	}
	if len(struck) == 0 {
		return c.Events
	}
	live := make([]Event, 0, len(c.Events))
	for _, e := range c.Events {
		if !struck[e.N] {
			live = append(live, e)
		}
	}
	return live
}

// Struck reports whether event n was struck by a later one.
func (c *Case) Struck(n int) bool {
	return n > 0 && n <= len(c.Events) && !slices.ContainsFunc(c.Live(), func(e Event) bool { return e.N == n })
}

// MergedInto returns the case into which this one was merged; "" for none.
func (c *Case) MergedInto() (ref string) {
	for _, e := range c.Live() {
		if e.Name == MergedInto {
			ref = e.Ref
		}
	}
	return ref
}
