package page

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
)

// act is a form that does something to a case.
type act struct {
	Name  string
	Label string
	Group string
	ask   fields
	makes func(*caseBody, url.Values) (casework.Act, error)
}

// fields says what an act asks for.
type fields struct {
	Date, Receipt, Part, Outcome, Exemptions, Reason, Why, Words, Note, Due, Estimate, Void bool
	Kind, Address, Into, InCharge, DecidedBy, Person, Theirs, AnswerDue, Undo               bool
}

// Acts other than those that record an event.
const (
	actDecide  = "decide"
	actRelease = "release"
	actHold    = "hold"
	actCorrect = "correct"
	actAddress = "address"
	actMerge   = "merge"
	actUnmerge = "undo-merge"
	actErase   = "erase"
)

// The groups in which a case offers its acts.
const (
	groupAnswer = "Answer"
	groupAsk    = "Questions to the requester"
	groupLetter = "Letter"
	groupRight  = "Put right"
	groupPeople = "People and notes"
	groupICO    = "Commissioner"
)

var groups = []string{groupAnswer, groupAsk, groupLetter, groupRight, groupPeople, groupICO}

// known are all existing acts, in the order in which a case offers them.
var known = []act{
	{Name: string(intake.Responded), Label: "Record the answer", Group: groupAnswer, ask: fields{Date: true, Part: true, Outcome: true, Exemptions: true, DecidedBy: true, Note: true}},
	{Name: string(intake.Extended), Label: "Extend the time", Group: groupAnswer, ask: fields{Date: true, Part: true, Why: true, Exemptions: true, Estimate: true, Note: true}},
	{Name: string(intake.Withdrawn), Label: "Withdrawn by the requester", Group: groupAnswer, ask: fields{Date: true, Part: true, Note: true}},
	{Name: string(intake.Closed), Label: "Close without an answer", Group: groupAnswer, ask: fields{Date: true, Part: true, Reason: true, Note: true}},
	{Name: string(intake.Reopened), Label: "Reopen", Group: groupAnswer, ask: fields{Date: true, Part: true, Due: true, Note: true}},
	question(intake.ClarificationRequested, "Ask for clarification"), question(intake.ClarificationReceived, "Clarification has come"),
	question(intake.IdentityRequested, "Ask for proof of identity"), question(intake.IdentityReceived, "Proof of identity has come"),
	question(intake.AuthorityRequested, "Ask for authority"), question(intake.AuthorityReceived, "Authority has come"),
	question(intake.FeeRequested, "Ask for the fee"), question(intake.FeeReceived, "The fee has come"),
	{Name: actRelease, Label: "Send the acknowledgement", Group: groupLetter, makes: plain(casework.Acknowledge(casework.AckInput{}))},
	{Name: actAddress, Label: "Give an address and send", Group: groupLetter, ask: fields{Address: true}, makes: withAddress},
	{Name: actHold, Label: "Hold the letter", Group: groupLetter, makes: plain(casework.Hold())},
	{Name: actCorrect, Label: "Send a correction", Group: groupLetter, makes: plain(casework.Acknowledge(casework.AckInput{Correct: true}))},
	{Name: string(intake.Acknowledged), Label: "Acknowledged by hand", Group: groupLetter, ask: fields{Date: true, Note: true}},
	{Name: actDecide, Label: "Decide the kind", Group: groupRight, ask: fields{Kind: true}, makes: decision},
	{Name: string(intake.ReceivedOn), Label: "Correct the date of receipt", Group: groupRight, ask: fields{Receipt: true, Part: true, Note: true}},
	{Name: string(intake.Corrected), Label: "Correct name, address, language or body", Group: groupRight, ask: fields{Person: true, Note: true}},
	{Name: actMerge, Label: "Merge into another case", Group: groupRight, ask: fields{Into: true}},
	{Name: actUnmerge, Label: "Undo a merger", Group: groupRight, ask: fields{Undo: true}, makes: unmerge},
	{Name: string(intake.Void), Label: "Strike an event", Group: groupRight, ask: fields{Void: true, Note: true}},
	{Name: string(intake.Assigned), Label: "Say who is in charge", Group: groupPeople, ask: fields{InCharge: true, Note: true}},
	{Name: string(intake.Note), Label: "Write a note", Group: groupPeople, ask: fields{Note: true}},
	{Name: actErase, Label: "Erase personal data", Group: groupPeople, makes: plain(casework.Erase())},
	{Name: string(intake.CommissionerNotified), Label: "The Commissioner told us of a complaint", Group: groupICO, ask: fields{Date: true, Theirs: true, AnswerDue: true, Note: true}},
	{Name: string(intake.CommissionerAnswered), Label: "We answered the Commissioner", Group: groupICO, ask: fields{Date: true, Theirs: true, Note: true}},
	{Name: string(intake.CommissionerDecided), Label: "The Commissioner has decided", Group: groupICO, ask: fields{Date: true, Theirs: true, Outcome: true, Note: true}},
}

// question returns the act for an event that stops a clock or starts it again.
func question(name intake.EventName, label string) act {
	asks := name == intake.ClarificationRequested || name == intake.IdentityRequested || name == intake.AuthorityRequested
	return act{Name: string(name), Label: label, Group: groupAsk, ask: fields{Date: true, Part: true, Words: asks, Note: true}}
}

// actNamed finds an act by its name.
func actNamed(name string) (act, bool) {
	at := slices.IndexFunc(known, func(a act) bool { return a.Name == name })
	if at < 0 {
		return act{}, false
	}
	a := known[at]
	if a.makes == nil && a.Name != actMerge {
		a.makes = recording(intake.EventName(name))
	}
	return a, true
}

// acts lists the acts that the case and the visitor's role allow.
func acts(c *caseBody, who casework.Principal) (list []act) {
	if who.May(casework.ToRecord, c.Mailbox) != nil {
		return nil
	}
	merged := c.Merged() != ""
	var may []string
	for _, name := range casework.RecordableEvents(c.View, merged) {
		may = append(may, string(name))
	}
	add := func(when bool, names ...string) {
		if when {
			may = append(may, names...)
		}
	}
	add(!merged, actDecide, actMerge)
	add(!merged && c.IsOpen() && len(c.Ack.Held) > 0 && !c.Doubt, actRelease, actAddress)
	add(!merged && c.Ack.Queued, actHold)
	add(!merged && !c.Ack.At.IsZero() && !c.Ack.ByHand, actCorrect)
	add(len(c.Mergers()) > 0, actUnmerge)
	add(!c.IsOpen() && who.May(casework.ToErase, c.Mailbox) == nil, actErase)
	for _, a := range known {
		if a.ask.Void && len(c.Strikable()) == 0 {
			continue // the form would offer nothing
		}
		if slices.Contains(may, a.Name) {
			a, _ = actNamed(a.Name)
			list = append(list, a)
		}
	}
	return list
}

// actGroup is a heading with its acts.
type actGroup struct {
	Name string
	Acts []act
}

// Groups returns the acts that the case allows, under their headings.
func (c *caseBody) Groups() (list []actGroup) {
	for _, name := range groups {
		g := actGroup{Name: name}
		for _, a := range c.Acts {
			if a.Group == name {
				g.Acts = append(g.Acts, a)
			}
		}
		if len(g.Acts) > 0 {
			list = append(list, g)
		}
	}
	return list
}

// IsAlso reports whether the case is already taken for that kind too.
func (c *caseBody) IsAlso(kind string) bool { return slices.Contains(c.Also, intake.Kind(kind)) }

// HasRight reports whether the case already has that right.
func (c *caseBody) HasRight(right string) bool { return slices.Contains(c.Right, right) }

// Merged returns the case into which this one was merged; "" for none.
func (c *caseBody) Merged() (ref string) {
	for _, ev := range c.Events {
		if ev.Name == intake.MergedInto && !ev.Struck {
			ref = ev.Ref
		}
	}
	return ref
}

// Mergers are the events by which other cases were merged into this one.
func (c *caseBody) Mergers() []register.ShownEvent {
	return c.eventsThat(func(ev intake.Event) bool { return ev.Name == intake.Merged })
}

// Strikable returns the events that can be struck.
func (c *caseBody) Strikable() []register.ShownEvent { return c.eventsThat(casework.Strikable) }

func (c *caseBody) eventsThat(are func(intake.Event) bool) (list []register.ShownEvent) {
	for _, ev := range c.Events {
		if !ev.Struck && are(ev.Fact()) {
			list = append(list, ev)
		}
	}
	return list
}

func plain(a casework.Act) func(*caseBody, url.Values) (casework.Act, error) {
	return func(*caseBody, url.Values) (casework.Act, error) { return a, nil }
}

func withAddress(_ *caseBody, form url.Values) (casework.Act, error) {
	return casework.Acknowledge(casework.AckInput{Address: strings.TrimSpace(form.Get("address"))}), nil
}

func unmerge(_ *caseBody, form url.Values) (casework.Act, error) {
	n, err := strconv.Atoi(form.Get("event"))
	if err != nil || n < 2 {
		return casework.Act{}, casework.Field("event").Refuse("No event was chosen.")
	}
	return casework.Undo(n), nil
}

func decision(_ *caseBody, form url.Values) (casework.Act, error) {
	in, err := kindOf(form, form.Get("kind"))
	return casework.Decide(in), err
}

// kindOf parses a kind such as foi or review/dsar, and what else was ticked.
func kindOf(form url.Values, value string) (in casework.KindInput, err error) {
	kind, of, _ := strings.Cut(value, "/")
	if kind == "" {
		return in, casework.OnKind.Refuse("No kind was chosen.")
	}
	in = casework.KindInput{Kind: intake.Kind(kind), Of: intake.Kind(of)}
	if in.Kind == intake.NotARequest {
		return in, nil
	}
	for _, also := range form["also"] {
		if also != kind {
			in.Also = append(in.Also, intake.Kind(also))
		}
	}
	if in.Kind == intake.Rights || slices.Contains(in.Also, intake.Rights) {
		in.Right = form["right"]
	}
	return in, nil
}

// recording returns a function that reads the form of an event.
func recording(name intake.EventName) func(*caseBody, url.Values) (casework.Act, error) {
	return func(c *caseBody, form url.Values) (casework.Act, error) {
		get := func(field string) string { return strings.TrimSpace(form.Get(field)) }
		in := casework.RecordInput{
			Event: name, Part: intake.Kind(get("part")), Outcome: get("outcome"), Reason: get("reason"), Ask: form.Get("words"), Note: form.Get("note"),
			Officer: get("officer"), Cover: get("cover"), Reference: get("reference"), Exemptions: listed(form.Get("exemptions")),
		}
		var err error
		for field, day := range map[string]*deadlines.Day{"date": &in.Date, "due": &in.Due, "estimate": &in.Estimate} {
			s := get(field)
			if s == "" {
				continue
			}
			if *day, err = deadlines.ParseDay(s); err != nil {
				return casework.Act{}, &casework.Refusal{Says: fmt.Sprintf("%q is no date.", s), Mend: "Write it as 2026-11-30.", On: casework.Field(field)}
			}
		}
		switch name {
		case intake.ReceivedOn:
			switch {
			case in.Date == 0:
				return casework.Act{}, casework.OnDate.Refuse("No date of receipt was given.")
			case in.Date == c.ReceivedOn && len(c.Parts()) < 2:
				return casework.Act{}, unchanged(casework.OnDate)
			}
		case intake.Void:
			if in.Void, err = strconv.Atoi(get("void")); err != nil {
				return casework.Act{}, casework.OnVoid.Refuse("No event was chosen.")
			}
		case intake.Corrected:
			if in.Correction = correction(c, form); in.Correction == (casework.Correction{}) {
				return casework.Act{}, unchanged(casework.OnName)
			}
		}
		return casework.Record(in), nil
	}
}

// unchanged is the refusal of a correction that changes nothing.
func unchanged(on casework.Field) error {
	return on.Refuse("Nothing was changed in the form, so there is nothing to correct.")
}

// listed splits exemptions at commas, semicolons and line ends.
func listed(s string) (list []string) {
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if x = strings.TrimSpace(x); x != "" {
			list = append(list, x)
		}
	}
	return list
}

// correction returns what differs between a form and the case as it is now.
func correction(c *caseBody, form url.Values) casework.Correction {
	changed := func(field, was string) string {
		is := strings.TrimSpace(strings.ReplaceAll(form.Get(field), "\r\n", "\n"))
		switch {
		case is == strings.TrimSpace(was) || !form.Has(field):
			return ""
		case is == "":
			return "-" // a hyphen removes it
		}
		return is
	}
	return casework.Correction{
		Name: changed("name", c.Requester.Name), Address: changed("address", c.Requester.Addr), Postal: changed("postal", c.Postal),
		Language: changed("language", c.Language), Mailbox: changed("mailbox", c.Mailbox), Child: changed("child", childAsks(c)),
	}
}

// childAsks returns yes or no: whether letters are written for a child to read.
func childAsks(c *caseBody) string {
	if slices.Contains(c.Flags, intake.ChildAsking) {
		return "yes"
	}
	return "no"
}

// outcomes lists the possible outcomes of an answer, for each part of the case,
// or of the Commissioner's decision.
func outcomes(v *intake.View, event string) (list []string) {
	if event == string(intake.CommissionerDecided) {
		return intake.OutcomesOfComplaints()
	}
	for _, k := range v.Clocks {
		for _, o := range intake.OutcomesOf(k.Kind, k.Of) {
			if !slices.Contains(list, o) {
				list = append(list, o)
			}
		}
	}
	return list
}

// kindChoices are the kinds that a person may decide for.
func kindChoices(seems string) (list []choice) {
	for _, k := range kindKeys {
		list = append(list, choice{Value: k.Name, Label: k.Label, On: k.Name == seems})
	}
	return list
}
