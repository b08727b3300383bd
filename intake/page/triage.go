package page

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
)

var triageRoutes = []route{
	{"GET /triage", casework.ToDecide, (*visit).triage},
	{"GET /triage/{ref}", casework.ToDecide, (*visit).triageOne},
	{"POST /triage/{ref}", casework.ToDecide, (*visit).decide},
}

// choice is one button of the screen Triage.
type choice struct {
	Value string
	Label string
	On    bool // the daemon's proposal
}

type triageBody struct {
	Case    *caseBody
	Choices []choice
	Also    []choice
	Left    int // cases to decide, this one included
	Skip    string
	Chosen  url.Values // the form that was sent and refused
	Checks  []string   // what only a person can judge
	Follows string     // what a decision would cause
}

// undecided returns the cases to decide, those in danger first, then by date.
func (v *visit) undecided() ([]register.OpenCase, error) {
	open, err := v.s.Register.OpenCases(v.r.Context(), v.who.Mailboxes)
	open = slices.DeleteFunc(open, func(d register.OpenCase) bool { return d.State != intake.StateTriage })
	slices.SortStableFunc(open, func(a, b register.OpenCase) int {
		if x := cmp.Compare(b.Urgent, a.Urgent); (a.Urgent == "") != (b.Urgent == "") {
			return x
		}
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Ref, b.Ref))
	})
	return open, err
}

func (v *visit) triage() error {
	list, err := v.undecided()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return v.show("triage", v.frame("Triage"), triageBody{})
	}
	return v.showTriage(v.frame("Triage"), list[0].Ref, list, nil, nil)
}

func (v *visit) triageOne() error {
	list, err := v.undecided()
	if err != nil {
		return err
	}
	return v.showTriage(v.frame("Triage"), v.r.PathValue("ref"), list, nil, nil)
}

// showTriage shows a case to decide. After a refused attempt, sent is what was
// chosen, and since is what had happened on the case before.
func (v *visit) showTriage(f *frame, ref string, list []register.OpenCase, sent url.Values, since []intake.Event) error {
	c, err := v.look(ref)
	if err != nil {
		return err
	}
	if sent == nil && c.State != intake.StateTriage { // a colleague was quicker: a key pressed here would decide it again
		return v.done("/triage", f.T("%s is decided: %s.", c.Ref, f.T(kindName(c.Kind))))
	}
	c.Since = since
	if sent != nil && since == nil { // a colleague's act has still to be reported
		if c.Seen, err = v.seen(); err != nil {
			return err
		}
	}
	body := triageBody{Case: c, Left: len(list), Chosen: sent, Skip: next(list, c.Ref), Checks: v.checks(f, c.View), Follows: v.wouldFollow(f, c.View)}
	f.Title = f.T("Triage") + ": " + c.Ref + ", " + f.T("%d to decide", len(list))
	body.Choices = kindChoices(c.seems())
	for _, x := range body.Choices {
		if k := intake.Kind(x.Value); k.HasClock() { // a review, which names what it is of, stands beside nothing
			x.On = f.Chosen(sent, "also", k, slices.Contains(c.Also, k))
			body.Also = append(body.Also, x)
		}
	}
	return v.show("triage", f, body)
}

// seems returns the choice that the daemon would make.
func (c *caseBody) seems() string {
	if c.Kind == intake.Review {
		return string(c.Kind) + "/" + string(c.Of)
	}
	return string(c.Kind)
}

// next returns the address of the next case in a list; after the last comes the
// first.
func next(list []register.OpenCase, ref string) string {
	at := slices.IndexFunc(list, func(d register.OpenCase) bool { return d.Ref == ref })
	if at < 0 || at+1 >= len(list) {
		return "/triage"
	}
	return "/triage/" + list[at+1].Ref
}

// decide carries out what was chosen and goes on to the next.
func (v *visit) decide() error {
	seen, err := v.seen()
	if err != nil {
		return err
	}
	ref, chosen := v.r.PathValue("ref"), v.r.PostFormValue("decide")
	list, err := v.undecided()
	if err != nil {
		return err
	}
	into := strings.TrimSpace(v.r.PostFormValue("into"))
	var ch *casework.Change
	switch chosen {
	case "":
		err = &casework.Refusal{Says: "Nothing was chosen.", Mend: "Choose what the mail is."}
	case "belongs":
		if into == "" {
			err = errNoCase
			break
		}
		merge := casework.Merge(ref, seen)
		if p, err := v.s.Cases.Preview(v.r.Context(), v.by(0), into, merge); err == nil && p.OtherRequester {
			return v.asAct(actMerge, "seen", "into")
		}
		ch, err = v.s.Cases.Do(v.r.Context(), v.by(0), into, merge)
		err = noCase(err, into)
	default:
		var in casework.KindInput
		if in, err = kindOf(v.r.PostForm, chosen); err == nil {
			ch, err = v.s.Cases.Do(v.r.Context(), v.by(seen), ref, casework.Decide(in))
		}
	}
	if err != nil {
		f := v.frame("Triage")
		v.explain(f, err)
		var since []intake.Event
		if o := (*casework.Overtaken)(nil); errors.As(err, &o) {
			since = o.Since
		}
		return v.showTriage(f, ref, list, v.r.PostForm, since)
	}
	f := v.frame("")
	notice := f.T("%s is decided: %s.", ref, f.T(kindName(ch.View.Kind)))
	if chosen == "belongs" {
		notice = f.T("%s now belongs to %s.", ref, ch.View.Ref)
	}
	return v.did(next(list, ref), f, notice, ch, &undoable{ch.View.Ref, ch.Event, "/triage/" + ref})
}
