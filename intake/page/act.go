package page

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
)

var actRoutes = []route{
	{"GET /case/{ref}/act/{act}", casework.ToRecord, (*visit).actForm},
	{"POST /case/{ref}/act/{act}", casework.ToRecord, (*visit).actSent},
}

const mostPreview = 20 // letters

type actBody struct {
	Case      *caseBody
	Act       act
	Ask       fields
	Form      url.Values
	Outcomes  []string
	Reasons   []string
	Kinds     []choice
	Rights    []string
	Mailboxes []string
	Staff     []string // who can be put in charge of a case
	Into      string   // of a merger: the case that remains
	Preview   *casework.Previewed
	Letters   []item
	Since     []intake.Event
	Seen      int
	Shown     string // identifies what the preview showed
}

func (v *visit) actForm() error {
	body, err := v.actBody(url.Values{})
	if err != nil {
		return err
	}
	return v.show("act", v.actFrame(body), body)
}

// actFrame puts the act and its case into the title.
func (v *visit) actFrame(b *actBody) *frame {
	f := v.frame(b.Act.Label)
	f.Title += ", " + b.Case.Ref
	return f
}

func (v *visit) actBody(form url.Values) (*actBody, error) {
	c, err := v.look(v.r.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	a, ok := actNamed(v.r.PathValue("act"))
	allowed := slices.ContainsFunc(c.Acts, func(x act) bool { return x.Name == a.Name })
	switch {
	case !ok:
		return nil, errNoPage
	case !allowed && form.Get("seen") == "": // the answer to an older form shows its words, and what has happened since
		return nil, &casework.Refusal{Says: "The case does not allow this as it stands now.", Mend: "Open the case again."}
	}
	b := &actBody{Case: c, Act: a, Ask: a.ask, Form: form, Outcomes: outcomes(c.View, a.Name), Reasons: casework.Reasons, Rights: intake.RightNames, Seen: c.Seen, Staff: v.s.Cases.Rules().Staff(c.Mailbox)}
	b.Kinds = kindChoices(c.seems())
	for _, m := range v.s.Cases.Settings().Mailboxes {
		if v.who.May(casework.ToRecord, m.Name) == nil {
			b.Mailboxes = append(b.Mailboxes, m.Name)
		}
	}
	return b, nil
}

// Say returns what a field holds: what was sent, or else what the case says.
func (b *actBody) Say(field, was string) string {
	if b.Form.Has(field) {
		return b.Form.Get(field)
	}
	return was
}

// actSent previews an act first, and carries it out once that was confirmed.
func (v *visit) actSent() error {
	form := v.r.PostForm
	body, err := v.actBody(form)
	if err != nil {
		return err
	}
	f := v.actFrame(body)
	err = v.tryAct(body, f)
	if err == nil {
		return nil
	}
	v.explain(f, err)
	if o, ok := errors.AsType[*casework.Overtaken](err); ok {
		body.Since = o.Since
	} else if seen, err := v.seen(); err == nil { // a colleague's act has still to be reported
		body.Seen = seen
	}
	return v.show("act", f, body)
}

// asAct treats the form of another screen as that of an act, which is previewed
// before it is saved. Only the given fields of the form are kept.
func (v *visit) asAct(name string, fields ...string) error {
	form := url.Values{}
	for _, field := range append(fields, "to") {
		if sent, ok := v.r.PostForm[field]; ok {
			form[field] = sent
		}
	}
	v.r.SetPathValue("act", name)
	v.r.PostForm = form
	return v.actSent()
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
			return casework.OnInto.Refuse("No case was named.")
		}
		a, ref, by = casework.Merge(body.Case.Ref, seen), into, v.by(0)
	} else if a, err = body.Act.makes(body.Case, v.r.PostForm); err != nil {
		return err
	}
	body.Shown = shown(v.r.PostForm, f.Today)
	save := v.r.PostFormValue("save") != "" && !v.turns()
	if save && v.r.PostForm.Has("shown") && v.r.PostFormValue("shown") != body.Shown {
		save, f.Problem = false, f.T("The form was changed after this was shown, so nothing is saved yet: look again.")
	}
	if !save {
		if v.turns() {
			body.Seen = seen
		}
		return v.preview(body, f, by, ref, a)
	}
	ch, err := v.s.Cases.Do(v.r.Context(), by, ref, a)
	if err != nil {
		return err
	}
	undo := &undoable{ch.View.Ref, ch.Event, "/case/" + ch.View.Ref}
	if ch.Event == 0 || body.Act.Name == actErase || body.Act.Name == actUnmerge {
		undo = nil
	}
	return v.did("/case/"+url.PathEscape(ch.View.Ref), f, f.T("Saved: %s.", f.T(body.Act.Label)), ch, undo)
}

// shown identifies what a preview shows, so that exactly what was seen is
// saved. Today is part of it, since an empty date means another day tomorrow.
func shown(form url.Values, today deadlines.Day) string {
	form = maps.Clone(form)
	for _, no := range []string{"seen", "save", "preview", "shown", "to"} {
		delete(form, no)
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(today.String()+form.Encode())))
}

func (v *visit) preview(body *actBody, f *frame, by casework.By, ref string, a casework.Act) (err error) {
	if body.Preview, err = v.s.Cases.Preview(v.r.Context(), by, ref, a); err != nil {
		if body.Act.Name == actMerge {
			err = noCase(err, ref)
		}
		return err
	}
	f.Title = f.T("Nothing is saved yet") + ": " + f.Title
	if body.Act.Name == actMerge {
		body.Into = body.Preview.View.Ref
	}
	for i := range body.Preview.Letters[:min(len(body.Preview.Letters), mostPreview)] {
		l := &body.Preview.Letters[i]
		body.Letters = append(body.Letters, item{Letter: l, Text: flowing(readable(l.Raw))})
	}
	return v.show("act", f, body)
}
