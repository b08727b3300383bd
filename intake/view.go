package intake

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
)

// Clock is the deadline of one part of a case, at the moment of the view.
type Clock struct {
	Kind           Kind          `json:"kind"`
	Of             Kind          `json:"of"`
	Right          []string      `json:"right"` // of rights: which; else empty
	State          string        `json:"state"` // running, waiting-for-…, responded, closed, withdrawn
	RespondBy      deadlines.Day `json:"respond_by"`
	ComplaintAckBy deadlines.Day `json:"complaint_acknowledge_by"`
	Promised       deadlines.Day `json:"promised"` // the date last told to the requester
	ReceivedOn     deadlines.Day `json:"received_on"`
	FirstDue       deadlines.Day `json:"first_due"`             // a date that passed before a later event moved it
	LateSince      deadlines.Day `json:"late_since"`            // the day after the last lawful day; null when never late
	DaysLate       int           `json:"days_late"`             // calendar days, to the answer or to today
	Missed         bool          `json:"missed"`                // a house target passed, which no law sets
	Unconfirmed    bool          `json:"unconfirmed,omitempty"` // of rights: found in the mail, but not yet confirmed by a person
	Outcome        string        `json:"outcome"`               // of the answer; unspecified if what was upheld was not recorded
	Exemptions     []string      `json:"exemptions"`            // on which the answer relied
	DecidedBy      string        `json:"decided_by"`            // who decided or reviewed, if that was recorded

	Result deadlines.Result `json:"-"` // the ledger of how the dates were reached
}

// Due returns the day that reminders and overdue follow: the earlier of the
// computed date and the one promised to the requester. It is 0 while the clock
// is stopped, unless a date was promised after it had stopped.
//
// A part that was reopened after an answer has no date in law: Due is then the
// date promised since, else the house's target.
func (k Clock) Due() deadlines.Day {
	if k.Result.NewWorkBy != 0 {
		return cmp.Or(k.Promised, k.Result.NewWorkBy)
	}
	if k.RespondBy == 0 || (k.Promised != 0 && k.Promised < k.RespondBy) {
		return k.Promised
	}
	return k.RespondBy
}

// Finished reports whether nothing more is owed on this part.
func (k Clock) Finished() bool {
	return deadlines.State(k.State).Ended()
}

// Ack is the state of the acknowledgement of a case.
type Ack struct {
	At      time.Time // when it was made; zero if it was not, or came back
	Letter  uint64    // the letter that makes it; 0 if made by hand or none yet
	Queued  bool      // is in the outbox
	Held    []string  // why it is held; empty if it is not
	Bounced bool      // it was made, and came back
	ByHand  bool
}

// View is a case at one moment, with everything that is derived from its
// events. Its JSON form is a line of requestd list --json.
type View struct {
	Ref            string        `json:"ref"`
	Mailbox        string        `json:"mailbox"`
	Kind           Kind          `json:"kind"`
	Of             Kind          `json:"of"`
	Also           []Kind        `json:"also"`
	Language       string        `json:"language"`
	ReplyLanguage  string        `json:"reply_language"`
	State          CaseState     `json:"state"`
	Received       time.Time     `json:"received"`
	ReceivedOn     deadlines.Day `json:"received_on"`
	Requester      Address       `json:"requester"`
	Subject        string        `json:"subject"`
	MessageID      string        `json:"message_id"`
	TheirRef       string        `json:"their_reference"` // the requester's own, as in their mail
	AcknowledgeBy  deadlines.Day `json:"acknowledge_by"`
	AcknowledgedAt *time.Time    `json:"acknowledged_at"`
	AckByHand      bool          `json:"acknowledged_by_hand"` // only its day is known
	RespondBy      deadlines.Day `json:"respond_by"`
	Promised       deadlines.Day `json:"promised"`
	Clocks         []Clock       `json:"clocks"`
	Overdue        bool          `json:"overdue"`
	LateSince      deadlines.Day `json:"late_since"`   // the earliest of its clocks; null when never late
	Officer        string        `json:"officer"`      // who is in charge
	Cover          string        `json:"cover"`        // the deputy
	Postal         string        `json:"postal"`       // the requester's postal address
	Commissioner   *Commissioner `json:"commissioner"` // null if they told us of no complaint
	Urgent         string        `json:"urgent"`
	Flags          []string      `json:"flags"`
	Messages       int           `json:"messages"`

	Opening  *Opening  `json:"-"`
	Opened   time.Time `json:"-"` // when it was registered
	Ack      Ack       `json:"-"`
	Decided  bool      `json:"-"` // a person has decided, or nobody needs to
	Doubt    bool      `json:"-"` // the kind is in doubt and nobody has decided
	Right    []string  `json:"-"` // of a rights part, or of a review of one
	Warnings []string  `json:"-"`
}

// IsOpen reports whether anything is still owed on the case.
func (v *View) IsOpen() bool {
	return v.State == StateTriage || v.State == StateOpen || v.State == StateWaiting
}

// Reckoner computes the dates of a request: a *deadlines.Calendar, or one that
// caches results.
type Reckoner interface {
	Compute(deadlines.Request, deadlines.Rules) (deadlines.Result, error)
}

// ViewAt derives the state and dates of the case at the moment now, from
// nothing but its events and the calendar.
func (c *Case) ViewAt(now time.Time, cal Reckoner, rules deadlines.Rules) *View {
	live, o, p := c.Live(), c.Opening(), c.Person()
	v := &View{
		Ref: c.Ref, Mailbox: c.Mailbox, Language: o.Language, ReplyLanguage: o.Reply,
		Received: o.Received, ReceivedOn: receivedOn(live, o),
		Requester: p.Requester, Postal: p.Postal, Subject: p.Subject, MessageID: p.MessageID, TheirRef: c.TheirRef(),
		Urgent: o.Urgent, Flags: NonNil(o.Flags), Also: []Kind{}, Messages: len(c.Messages),
		Opening: o, Decided: !o.Triage, Doubt: o.Doubt,
	}
	merged, unconfirmed := false, false
	for _, e := range live {
		switch e.Name {
		case Opened:
			v.Opened = e.At
			v.Kind, v.Of, v.Also, v.Right = e.Kind, e.Of, NonNil(e.Also), e.Right
			unconfirmed = !IsPerson(e.Actor)
		case Reclassified:
			v.Kind, v.Of, v.Also, v.Right = e.Kind, e.Of, NonNil(e.Also), e.Right
			unconfirmed = e.Code == CodeWaits
			v.Decided, v.Doubt = true, false
		case AckReleased, Acknowledged:
			v.Decided = v.Decided || !v.Doubt // an acknowledgement says nothing about a kind that is in doubt
		case MergedInto:
			merged = true
		}
		v.readPeople(&e)
	}
	v.readClocks(live, cal, rules)
	for i := range v.Clocks {
		k := &v.Clocks[i]
		if merged && !k.Finished() { // it goes on in the other case
			k.State = string(deadlines.Closed)
		}
		k.Unconfirmed = unconfirmed && k.Kind == Rights && !k.Finished()
	}
	v.readAck(live)
	v.Ack.Held = v.settled(v.Ack.Held)
	v.readState(merged)
	v.readDue(deadlines.DayOf(now))
	if !merged {
		v.readLate(deadlines.DayOf(now))
	}
	return v
}

// ReceivedOn returns the date of receipt after the events so far; ViewAt
// returns it too.
func (c *Case) ReceivedOn() deadlines.Day { return receivedOn(c.Live(), c.Opening()) }

func receivedOn(live []Event, o *Opening) deadlines.Day {
	day := deadlines.DayOf(o.Received)
	for _, e := range live {
		if e.Name == ReceivedOn && e.Part == "" {
			day = e.Day
		}
	}
	return day
}

// Index returns what the register stores with the case to find it by. wake is
// when its next reminder falls due.
//
// A case about which the Commissioner waits for our answer is among the open
// ones, whatever its state, so that its date is found.
func (v *View) Index(wake time.Time) Index {
	awaited := v.Commissioner.Awaited()
	if !v.IsOpen() && !awaited {
		return Index{}
	}
	ix := Index{Open: true, NextReminder: wake, Due: v.Due()}
	if v.IsOpen() {
		ix.State = v.State
	}
	if awaited && v.Commissioner.Due != 0 && (ix.Due == 0 || v.Commissioner.Due < ix.Due) {
		ix.Due = v.Commissioner.Due
	}
	return ix
}

// Parts returns the kinds of the case that have a clock, the main one first.
func (v *View) Parts() []Kind {
	var parts []Kind
	for _, k := range append([]Kind{v.Kind}, v.Also...) {
		if k.HasClock() && !slices.Contains(parts, k) {
			parts = append(parts, k)
		}
	}
	return parts
}

// Kinds names the parts of the case for people, as "dsar+foi" or "review of dsar".
func (v *View) Kinds() string {
	var names []string
	for _, k := range append([]Kind{v.Kind}, v.Also...) {
		name := string(k)
		if k == Review && v.Of != "" {
			name += " of " + string(v.Of)
		}
		names = append(names, name)
	}
	return strings.Join(names, "+")
}

// HasClock reports whether requests of this kind have a date to be answered by.
func (k Kind) HasClock() bool {
	return k == FOI || k == DSAR || k == Review || k == EIR || k == Rights
}

// RightWaits reports whether the mail of a case whose kind is decided also uses
// a right of UK GDPR Articles 16 to 21 that a person has still to confirm.
// Until then no letter mentions it.
func (v *View) RightWaits() bool {
	return v.Decided && slices.ContainsFunc(v.Clocks, func(k Clock) bool { return k.Unconfirmed })
}

// RightDue returns the day by which the right of RightWaits is to be answered.
func (v *View) RightDue() deadlines.Day {
	for _, k := range v.Clocks {
		if k.Unconfirmed {
			return k.RespondBy
		}
	}
	return 0
}

func (v *View) readClocks(live []Event, cal Reckoner, rules deadlines.Rules) {
	parts := v.Parts()
	for _, part := range parts {
		v.Clocks = append(v.Clocks, v.clock(part, v.Of, live, cal, rules))
	}
	if v.Kind == NotARequest {
		v.Clocks = []Clock{}
		return
	}
	if len(parts) == 0 || v.Doubt && !v.Decided && v.Kind != Rights { // a right has its own month, which is shown separately
		v.addEarliest(live, cal, rules)
	}
	v.AcknowledgeBy = v.Clocks[0].Result.AcknowledgeBy
	v.RespondBy, v.Promised = v.Clocks[0].RespondBy, v.Clocks[0].Promised
}

// addEarliest puts the earliest plausible date first while the kind is in
// doubt, so that a late decision cannot miss a date.
func (v *View) addEarliest(live []Event, cal Reckoner, rules deadlines.Rules) {
	best := v.clock(FOI, "", live, cal, rules)
	for _, k := range []Kind{DSAR, Review} {
		if c := v.clock(k, Unknown, live, cal, rules); c.RespondBy != 0 && (best.RespondBy == 0 || c.RespondBy < best.RespondBy) {
			best = c
		}
	}
	if len(v.Clocks) == 0 {
		v.Clocks = []Clock{best}
		return
	}
	if best.RespondBy != 0 && (v.Clocks[0].RespondBy == 0 || best.RespondBy < v.Clocks[0].RespondBy) {
		kind, of := v.Clocks[0].Kind, v.Clocks[0].Of
		v.Clocks[0] = best
		v.Clocks[0].Kind, v.Clocks[0].Of = kind, of
	}
}
