package page

import (
	"errors"
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

func (s *Server) actRoutes() []route {
	return []route{
		{"GET /case/{ref}/act/{act}", casework.ToRecord, (*visit).actForm},
		{"POST /case/{ref}/act/{act}", casework.ToRecord, (*visit).actSent},
	}
}

// act is a form by which something is done to a case.
type act struct {
	Name  string
	Label string
	ask   fields
	makes func(url.Values) (casework.Act, error)
}

// fields says what an act asks for.
type fields struct {
	Date, Part, Outcome, Reason, Note, Due, Estimate, Void bool
	Kind, Address, Into                                    bool
}

// Acts beside those that record an event.
const (
	actDecide   = "decide"
	actRelease  = "release"
	actHold     = "hold"
	actCorrect  = "correct"
	actAddress  = "address"
	actMerge    = "merge"
	actErase    = "erase"
	mostPreview = 20
)

var labels = map[string]string{
	actDecide: "Decide the kind", actRelease: "Send the acknowledgement", actHold: "Hold the letter", actCorrect: "Send a correction",
	actAddress: "Give an address and send", actMerge: "Merge into another case", actErase: "Erase personal data",
	string(intake.Responded): "Record the answer", string(intake.Extended): "Extend the time", string(intake.ClarificationRequested): "Ask for clarification",
	string(intake.ClarificationReceived): "Clarification has come", string(intake.IdentityRequested): "Ask for proof of identity",
	string(intake.IdentityReceived): "Proof of identity has come", string(intake.AuthorityRequested): "Ask for authority",
	string(intake.AuthorityReceived): "Authority has come", string(intake.FeeRequested): "Ask for the fee", string(intake.FeeReceived): "The fee has come",
	string(intake.Acknowledged): "Acknowledged by hand", string(intake.Withdrawn): "Withdrawn by the requester", string(intake.Closed): "Close without an answer",
	string(intake.Reopened): "Reopen", string(intake.ReceivedOn): "Correct the date of receipt", string(intake.Note): "Write a note", string(intake.Void): "Strike an event",
}

// acts lists what the case allows and the visitor's role.
func acts(c *caseBody, who casework.Principal) (list []act) {
	if who.May(casework.ToRecord, c.Mailbox) != nil {
		return nil
	}
	merged := slices.ContainsFunc(c.Events, func(ev register.ShownEvent) bool { return ev.Name == intake.MergedInto && !ev.Struck })
	if !merged {
		list = append(list, act{Name: actDecide, ask: fields{Kind: true}, makes: decision})
		if c.IsOpen() && len(c.Ack.Held) > 0 && !c.Doubt {
			list = append(list, act{Name: actRelease, makes: plain(casework.Acknowledge(casework.AckInput{}))},
				act{Name: actAddress, ask: fields{Address: true}, makes: withAddress})
		}
		if c.Ack.Queued {
			list = append(list, act{Name: actHold, makes: plain(casework.Hold())})
		}
		if !c.Ack.At.IsZero() && !c.Ack.ByHand {
			list = append(list, act{Name: actCorrect, makes: plain(casework.Acknowledge(casework.AckInput{Correct: true}))})
		}
	}
	for _, name := range casework.Allowed(c.View, merged) {
		list = append(list, act{Name: string(name), ask: asks(name), makes: recording(name)})
	}
	if !merged {
		list = append(list, act{Name: actMerge, ask: fields{Into: true}})
	}
	if !c.IsOpen() && who.May(casework.ToErase, c.Mailbox) == nil {
		list = append(list, act{Name: actErase, makes: plain(casework.Erase())})
	}
	for i := range list {
		list[i].Label = labels[list[i].Name]
	}
	return list
}

func asks(name intake.EventName) fields {
	f := fields{Date: true, Note: true, Part: name.MovesClock() || name == intake.ReceivedOn}
	switch name {
	case intake.Responded:
		f.Outcome = true
	case intake.Closed:
		f.Reason = true
	case intake.Extended:
		f.Estimate = true
	case intake.Reopened:
		f.Due = true
	case intake.Note:
		f.Date = false
	case intake.Void:
		f = fields{Void: true, Note: true}
	}
	return f
}

func plain(a casework.Act) func(url.Values) (casework.Act, error) {
	return func(url.Values) (casework.Act, error) { return a, nil }
}

func withAddress(form url.Values) (casework.Act, error) {
	return casework.Acknowledge(casework.AckInput{Address: strings.TrimSpace(form.Get("address"))}), nil
}

func decision(form url.Values) (casework.Act, error) {
	kind, of, _ := strings.Cut(form.Get("kind"), "/")
	if kind == "" {
		return casework.Act{}, &casework.Refusal{Says: "No kind was chosen."}
	}
	in := casework.KindInput{Kind: intake.Kind(kind), Of: intake.Kind(of)}
	for _, also := range form["also"] {
		if also != kind {
			in.Also = append(in.Also, intake.Kind(also))
		}
	}
	return casework.Decide(in), nil
}

func recording(name intake.EventName) func(url.Values) (casework.Act, error) {
	return func(form url.Values) (casework.Act, error) {
		in := casework.RecordInput{
			Event: name, Part: intake.Kind(form.Get("part")), Outcome: form.Get("outcome"), Reason: form.Get("reason"), Note: form.Get("note"),
		}
		var err error
		for field, day := range map[string]*deadlines.Day{"date": &in.Date, "due": &in.Due, "estimate": &in.Estimate} {
			s := strings.TrimSpace(form.Get(field))
			if s == "" {
				continue
			}
			if *day, err = deadlines.ParseDay(s); err != nil {
				return casework.Act{}, &casework.Refusal{Says: fmt.Sprintf("%q is no date.", s), Mend: "Write it as 2026-11-30."}
			}
		}
		if name == intake.Void {
			if in.Void, err = strconv.Atoi(form.Get("void")); err != nil {
				return casework.Act{}, &casework.Refusal{Says: "No event was chosen."}
			}
		}
		return casework.Record(in), nil
	}
}

type actBody struct {
	Case     *caseBody
	Act      act
	Ask      fields
	Form     url.Values
	Outcomes []string
	Reasons  []string
	Kinds    []choice
	Preview  *casework.Previewed
	Letters  []item
	Since    []intake.Event
	Seen     int
}

func (v *visit) actForm() error {
	body, err := v.actBody(url.Values{})
	if err != nil {
		return err
	}
	f := v.frame(body.Act.Label)
	return v.show("act", f, body)
}

func (v *visit) actBody(form url.Values) (*actBody, error) {
	c, err := v.look(v.r.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	name := v.r.PathValue("act")
	at := slices.IndexFunc(c.Acts, func(a act) bool { return a.Name == name })
	var a act
	switch {
	case at >= 0:
		a = c.Acts[at]
	case labels[name] == "":
		return nil, errNoPage
	case form.Get("seen") == "":
		return nil, &casework.Refusal{Says: "The case does not allow this as it stands now.", Mend: "Open the case again."}
	default: // the case has changed since the form was made: its words are kept, and shown
		a = act{Name: name, Label: labels[name], ask: asks(intake.EventName(name)), makes: recording(intake.EventName(name))}
	}
	b := &actBody{Case: c, Act: a, Ask: a.ask, Form: form, Outcomes: outcomes(c.View), Reasons: casework.Reasons, Seen: c.Seen}
	b.Kinds = kindChoices(c.seems())
	return b, nil
}

// outcomes are what an answer on a case can be, of each part that it has.
func outcomes(v *intake.View) (list []string) {
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
	for _, k := range []intake.Kind{intake.FOI, intake.DSAR, intake.EIR, intake.Rights} {
		if k.HasClock() {
			list = append(list, choice{Value: string(k), Label: kindName(k)})
		}
	}
	list = append(list, choice{Value: "review/foi", Label: "Review of a freedom of information answer"}, choice{Value: "review/dsar", Label: "Data protection complaint"},
		choice{Value: "review/eir", Label: "Review of an environmental answer"}, choice{Value: "review/rights", Label: "Complaint about a data protection right"},
		choice{Value: string(intake.NotARequest), Label: "Not a request"})
	for i := range list {
		list[i].On = list[i].Value == seems
	}
	return list
}

// actSent previews an act at first and carries it out once that was confirmed.
func (v *visit) actSent() error {
	form := v.r.PostForm
	body, err := v.actBody(form)
	if err != nil {
		return err
	}
	f := v.frame(body.Act.Label)
	err = v.tryAct(body, f)
	if err == nil {
		return nil
	}
	f.Problem = v.explain(err, f)
	var o *casework.Overtaken
	if errors.As(err, &o) {
		body.Since = o.Since
	}
	return v.show("act", f, body)
}

func (v *visit) tryAct(body *actBody, f *frame) error {
	seen, err := v.seen()
	if err != nil {
		return err
	}
	ref, by := body.Case.Ref, v.by(seen)
	var a casework.Act
	if body.Act.Name == actMerge {
		into := strings.TrimSpace(v.r.PostFormValue("into"))
		if into == "" {
			return &casework.Refusal{Says: "No case was named."}
		}
		a, ref, by = casework.Merge(body.Case.Ref, seen), into, v.by(0)
	} else if a, err = body.Act.makes(v.r.PostForm); err != nil {
		return err
	}
	if v.r.PostFormValue("save") == "" {
		if body.Preview, err = v.s.Cases.Preview(v.r.Context(), by, ref, a); err != nil {
			return err
		}
		for i := range body.Preview.Letters[:min(len(body.Preview.Letters), mostPreview)] {
			l := &body.Preview.Letters[i]
			body.Letters = append(body.Letters, item{Letter: l, Text: readable(l.Raw)})
		}
		return v.show("act", f, body)
	}
	ch, err := v.s.Cases.Do(v.r.Context(), by, ref, a)
	if err != nil {
		return err
	}
	notice := f.T("Saved: %s.", f.T(body.Act.Label))
	for _, w := range ch.Warnings {
		notice += " " + w
	}
	undo := &undoable{ch.View.Ref, ch.Event, "/case/" + ch.View.Ref}
	if ch.Event == 0 || body.Act.Name == actErase {
		undo = nil
	}
	return v.doneUndoable("/case/"+url.PathEscape(ch.View.Ref), notice, undo)
}
