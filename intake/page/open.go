package page

import (
	"crypto/rand"
	"net/url"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/store"
)

var openRoutes = []route{
	{"GET /register", casework.ToOpen, (*visit).openForm},
	{"POST /register", casework.ToOpen, (*visit).open},
}

type openBody struct {
	Form      url.Values
	Mailboxes []config.Mailbox
	Kinds     []choice
	Sources   []choice
	Rights    []string
	Once      string // identifies this form, which is accepted once
}

func (v *visit) openBody(form url.Values) openBody {
	b := openBody{Form: form, Kinds: kindChoices(""), Rights: intake.RightNames, Once: rand.Text()}
	b.Kinds = b.Kinds[:len(b.Kinds)-1] // mail that is no request is not registered
	for _, m := range v.s.Cases.Settings().Mailboxes {
		if v.who.May(casework.ToOpen, m.Name) == nil {
			b.Mailboxes = append(b.Mailboxes, m)
		}
	}
	b.Sources = []choice{
		{Value: "post", Label: "By post"}, {Value: "telephone", Label: "By telephone"},
		{Value: "in-person", Label: "In person"}, {Value: "colleague", Label: "Through a colleague"},
	}
	return b
}

func (v *visit) openForm() error {
	return v.show("register", v.frame("Register a request"), v.openBody(url.Values{}))
}

func (v *visit) open() error {
	form := v.r.PostForm
	ch, err := v.tryOpen(form)
	if err != nil {
		f := v.frame("Register a request")
		v.explain(f, err)
		return v.show("register", f, v.openBody(form))
	}
	f := v.frame("")
	return v.did("/case/"+url.PathEscape(ch.View.Ref), f, f.T("%s is registered.", ch.View.Ref), ch, nil)
}

func (v *visit) tryOpen(form url.Values) (*casework.Change, error) {
	kind, err := kindOf(form, form.Get("kind"))
	if err != nil {
		return nil, err
	}
	in := casework.OpenInput{
		Mailbox: form.Get("mailbox"), KindInput: kind, Source: form.Get("source"),
		Requester: intake.Address{Name: strings.TrimSpace(form.Get("name")), Addr: strings.TrimSpace(form.Get("address"))},
		Postal:    form.Get("postal"), Subject: strings.TrimSpace(form.Get("subject")), Language: form.Get("language"), Note: form.Get("note"),
	}
	if in.Source == "" {
		return nil, &casework.Refusal{Says: "It was not said how the request came.", Mend: "Choose how.", On: casework.OnSource}
	}
	if s := strings.TrimSpace(form.Get("received")); s != "" {
		day, err := deadlines.ParseDay(s)
		if err != nil {
			return nil, &casework.Refusal{Says: "The date of receipt is no date.", Mend: "Write it as 2026-11-30.", On: casework.OnReceived}
		}
		in.Received = day
	}
	if err := v.once(form.Get("once")); err != nil {
		return nil, err
	}
	return v.s.Cases.OpenCase(v.r.Context(), v.by(0), in)
}

// once refuses a form that was sent before.
func (v *visit) once(name string) error {
	if len(name) < 20 || len(name) > 64 {
		return &casework.Refusal{Says: "The form is not whole.", Mend: "Open it again."}
	}
	first := false
	if err := v.s.write(func(tx *store.Tx) error { first = tx.FirstTime("page/form/" + name); return nil }); err != nil {
		return err
	}
	if !first {
		return &casework.Refusal{Says: "This form was sent already.", Mend: "Look under Search whether the request is registered; send the form again if it is not."}
	}
	return nil
}
