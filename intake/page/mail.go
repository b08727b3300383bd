package page

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/store"
)

var mailRoutes = []route{
	{"GET /mail/{id}", casework.ToRead, (*visit).mail},
	{"POST /mail/{id}", casework.ToOpen, (*visit).openMail},
	{"GET /mail/{id}/attachments", casework.ToRead, (*visit).attachments},
	{"GET /mail/{id}/attachments/{n}", casework.ToRead, (*visit).attachment},
}

// mailBody is one mail, whether it belongs to a case or opened none.
type mailBody struct {
	intake.Arrival
	Said  register.Text
	Kinds []choice
	Form  url.Values // the form that was sent and refused
	Sure  string     // the case to which it is joined if confirmed, though somebody else wrote it
}

// Item returns the mail as the thread of a case shows it.
func (b mailBody) Item() item {
	return item{Mail: &b.Arrival, Text: b.Said.Text, Cut: b.Said.Cut, Missing: b.Said.Missing}
}

func (v *visit) mail() error {
	b, err := v.oneMail()
	if err != nil {
		return err
	}
	return v.show("mail", v.mailFrame(&b), b)
}

// mailFrame puts the mail into the title.
func (v *visit) mailFrame(b *mailBody) *frame {
	f := v.frame("Mail")
	f.Title = fmt.Sprintf("%s %d", f.Title, b.ID)
	return f
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
	if err := v.who.MayOn(casework.ToRead, box, fmt.Sprintf("message %d", id)); err != nil {
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

// errOthers asks for confirmation before a mail is joined to somebody else's
// request.
var errOthers error = &casework.Refusal{Says: "This mail is not from the requester of that case, and is not joined to it yet.", Mend: "Look whether it belongs there, and press again if it does.", On: casework.OnInto}

// openMail makes a case of a mail that was passed, ignored or from before the
// start.
func (v *visit) openMail() error {
	b, err := v.oneMail()
	if err != nil {
		return err
	}
	f := v.mailFrame(&b)
	ch, err := v.tryMail(b)
	if err != nil {
		v.explain(f, err)
		b.Form = v.r.PostForm
		if errors.Is(err, errOthers) {
			b.Sure = strings.TrimSpace(v.r.PostFormValue("into"))
		}
		return v.show("mail", f, b)
	}
	done := f.T("%s is registered.", ch.View.Ref)
	if v.r.PostFormValue("into") != "" && v.r.PostFormValue("do") != "case" {
		done = f.T("Mail %d belongs to %s now.", b.ID, ch.View.Ref)
	}
	return v.did("/case/"+url.PathEscape(ch.View.Ref), f, done, ch, nil)
}

// tryMail attaches a mail to the case that was named, or makes a case of it.
func (v *visit) tryMail(b mailBody) (*casework.Change, error) {
	into := strings.TrimSpace(v.r.PostFormValue("into"))
	switch {
	case into != "" && v.r.PostFormValue("do") != "case":
		if p, err := v.s.Cases.Preview(v.r.Context(), v.by(0), into, casework.Attach(b.ID)); err == nil && p.OtherRequester && v.r.PostFormValue("sure") != into {
			return nil, errOthers
		}
		ch, err := v.s.Cases.Do(v.r.Context(), v.by(0), into, casework.Attach(b.ID))
		return ch, noCase(err, into)
	case v.r.PostFormValue("do") == "belongs":
		return nil, errNoCase
	}
	in, err := kindOf(v.r.PostForm, v.r.PostFormValue("kind"))
	if err != nil {
		return nil, err
	}
	return v.s.Cases.OpenCase(v.r.Context(), v.by(0), casework.OpenInput{Message: b.ID, KindInput: in})
}
