package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/store"
)

func (s *Server) mailRoutes() []route {
	return []route{
		{"GET /mail/{id}", casework.ToRead, (*visit).mail},
		{"POST /mail/{id}", casework.ToOpen, (*visit).openMail},
	}
}

// mailBody is one mail that opened no case, or that belongs to one.
type mailBody struct {
	intake.Arrival
	Said  register.Text
	Kinds []choice
}

func (v *visit) mail() error {
	b, err := v.oneMail()
	if err != nil {
		return err
	}
	return v.show("mail", v.frame("Mail"), b)
}

func (v *visit) oneMail() (b mailBody, err error) {
	id, err := strconv.ParseUint(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return b, errNoPage
	}
	said, box, err := v.s.Register.MessageText(v.r.Context(), id)
	if err != nil {
		return b, err
	}
	if err := v.who.May(casework.ToRead, box); err != nil {
		return b, err
	}
	b.Said = said
	err = v.s.Store.View(func(tx *store.Tx) (err error) {
		b.Arrival, err = tx.Arrival(id)
		return err
	})
	if err == nil && b.Ref != "" {
		_, err = v.look(b.Ref) // whoever reads a case's mail reads the case
	}
	b.Kinds = slices.DeleteFunc(kindChoices(""), func(c choice) bool { return c.Value == string(intake.NotARequest) })
	return b, err
}

// openMail makes a case of a mail that was passed, ignored or from before the
// start.
func (v *visit) openMail() error {
	b, err := v.oneMail()
	if err != nil {
		return err
	}
	kind, of, _ := strings.Cut(v.r.PostFormValue("kind"), "/")
	in := casework.OpenInput{Message: b.ID, KindInput: casework.KindInput{Kind: intake.Kind(kind), Of: intake.Kind(of)}}
	var ch *casework.Change
	if kind == "" {
		err = &casework.Refusal{Says: "No kind was chosen."}
	} else {
		ch, err = v.s.Cases.Open(v.r.Context(), v.by(0), in)
	}
	if err != nil {
		f := v.frame("Mail")
		f.Problem = v.explain(err, f)
		return v.show("mail", f, b)
	}
	notice := v.frame("").T("%s is registered.", ch.View.Ref)
	for _, w := range ch.Warnings {
		notice += " " + w
	}
	return v.done("/case/"+url.PathEscape(ch.View.Ref), notice)
}
