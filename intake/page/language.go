package page

import (
	"maps"
	"net/http"
	"net/url"
	"strings"

	"requestd/intake/casework"
)

// Changing the language of a screen with a form sends that form, so that
// nothing that was typed is lost: the screen is shown again in the other
// language with the form's content, and nothing else is done.

// button is the one that Enter presses in a form. It must be named explicitly,
// because the button that changes the language is before the form and sends it.
type button struct{ Name, Value string }

// working is the body of a screen that has such a form, whose id is work.
type working interface{ work(*frame) *button }

var _ = []working{&actBody{}, openBody{}, searchBody{}, calendarBody{}, accountBody{}, letterBody{}, triageBody{}, mailBody{}, signInBody{}}

// Work returns the button that Enter presses in the screen's form; nil if it
// has none.
func (f *frame) Work() *button {
	if w, ok := f.Body.(working); ok {
		return w.work(f)
	}
	return nil
}

func (b *actBody) work(*frame) *button {
	if b.Preview != nil {
		return &button{"save", "yes"}
	}
	return &button{"preview", "yes"}
}

func (b openBody) work(*frame) *button     { return &button{} }
func (b searchBody) work(*frame) *button   { return &button{"enter", "yes"} }
func (b calendarBody) work(*frame) *button { return &button{} }
func (b accountBody) work(*frame) *button  { return &button{"keys", "own"} }

func (b letterBody) work(f *frame) *button {
	if f.Edits(b) {
		return &button{}
	}
	return nil
}

func (b triageBody) work(*frame) *button {
	if b.Case == nil {
		return nil
	}
	return &button{"decide", "belongs"}
}

func (b mailBody) work(f *frame) *button {
	if b.Ref != "" || !f.May(string(casework.ToOpen)) {
		return nil
	}
	return &button{} // attaches if a case is named, and makes a case if a kind is chosen
}

func (b signInBody) work(*frame) *button {
	if b.Provider || b.Over && len(b.Typed) == 0 {
		return nil
	}
	return &button{}
}

// turnsTo returns the language to which a form changes; "" if it does not.
func turnsTo(r *http.Request) string {
	if to := r.PostForm.Get("to"); r.Method == http.MethodPost && (to == "en" || to == "cy") {
		return to
	}
	return ""
}

func (v *visit) turns() bool { return turnsTo(v.r) != "" }

// again holds, by the pattern to which a form is sent, the function that shows
// the form again with what was typed.
var again = map[string]func(*visit) error{
	"POST /case/{ref}/act/{act}": (*visit).actAgain,
	"POST /register":             (*visit).openAgain,
	"POST /search":               (*visit).searchAgain,
	"POST /triage/{ref}":         (*visit).triageAgain,
	"POST /mail/{id}":            (*visit).mailAgain,
	"POST /letters/{id}/text":    (*visit).letterAgain,
	"POST /calendar":             (*visit).calendarAgain,
	"POST /account/keys":         (*visit).keysAgain,
}

// turning returns the handler of a route where the language may be changed.
func turning(r route) func(*visit) error {
	return func(v *visit) error {
		to := turnsTo(v.r)
		if to == "" {
			return r.serve(v)
		}
		v.s.setCookie(v.w, langCookie, to, aYear)
		if show := again[r.pattern]; show != nil {
			return show(v)
		}
		http.Redirect(v.w, v.r, here(v.r), http.StatusSeeOther)
		return nil
	}
}

// actAgain shows an act's form again, or its preview.
func (v *visit) actAgain() error {
	form := v.r.PostForm
	form.Del("save")
	if form.Has("shown") {
		return v.actSent()
	}
	body, err := v.actBody(form)
	if err != nil {
		return err
	}
	if body.Seen, err = v.seen(); err != nil {
		return err
	}
	return v.show("act", v.actFrame(body), body)
}

// searchAgain redirects to the address with the filters, if there is nothing
// else.
func (v *visit) searchAgain() error {
	form := v.r.PostForm
	if strings.TrimSpace(form.Get("words")) != "" || strings.TrimSpace(form.Get("name")) != "" {
		return v.search()
	}
	filters := url.Values{}
	for _, name := range []string{"kind", "state"} {
		if form.Get(name) != "" {
			filters.Set(name, form.Get(name))
		}
	}
	http.Redirect(v.w, v.r, (&url.URL{Path: "/search", RawQuery: filters.Encode()}).String(), http.StatusSeeOther)
	return nil
}

func (v *visit) openAgain() error {
	b := v.openBody(v.r.PostForm)
	b.Once = v.r.PostFormValue("once") // still the same form, which is accepted once
	return v.show("register", v.frame("Register a request"), b)
}

func (v *visit) triageAgain() error {
	list, err := v.undecided()
	if err != nil {
		return err
	}
	return v.showTriage(v.frame("Triage"), v.r.PathValue("ref"), list, v.r.PostForm, nil)
}

func (v *visit) mailAgain() error {
	b, err := v.oneMail()
	if err != nil {
		return err
	}
	b.Form = v.r.PostForm
	return v.show("mail", v.mailFrame(&b), b)
}

func (v *visit) letterAgain() error {
	b, err := v.oneLetter()
	if err != nil {
		return err
	}
	if b.Ref != "" {
		if b.Seen, err = v.seen(); err != nil {
			return err
		}
	}
	b.Text, b.Typed = v.r.PostFormValue("text"), true
	return v.show("letter", v.letterFrame(&b), b)
}

func (v *visit) calendarAgain() error {
	return v.showCalendars(v.frame("Calendar"), calendarBody{Form: v.r.PostForm})
}

func (v *visit) keysAgain() error {
	k := v.session.Keys
	if k.Own = maps.Clone(k.Own); k.Own == nil {
		k.Own = map[string]string{}
	}
	for _, x := range ownKeys {
		if name := "key-" + x.Name; v.r.PostForm.Has(name) {
			k.Own[x.Name] = v.r.PostForm.Get(name)
		}
	}
	return v.showAccount(v.frame("Your account"), k)
}
