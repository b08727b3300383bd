package page

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"requestd/intake/accounts"
	"requestd/intake/casework"
)

type signInBody struct {
	Provider bool // people sign in at an OpenID provider
	Address  string
	Over     bool    // the session of somebody who sent a form has ended
	Typed    []typed // what they had typed
}

// typed is a field of a form whose session has ended.
type typed struct{ Name, Label, Value string }

// typedIn returns the prose in a form, none of which may be lost.
func typedIn(form url.Values) (list []typed) {
	for _, c := range []typed{
		{Name: "words", Label: "What the letter to the requester says"}, {Name: "text", Label: "The text, as it goes"}, {Name: "note", Label: "Note"},
		{Name: "reason", Label: "Reason"}, {Name: "subject", Label: "What is asked for, in a line"}, {Name: "name", Label: "Requester's name"},
		{Name: "postal", Label: "Address by post"}, {Name: "exemptions", Label: "Exemptions or exceptions relied on"},
	} {
		if c.Value = form.Get(c.Name); c.Value != "" {
			list = append(list, c)
		}
	}
	return list
}

// over tells somebody who sent a form that their session has ended, and returns
// what they typed; in the other language if they ask for it.
func (s *Server) over(w http.ResponseWriter, r *http.Request) {
	if to := turnsTo(r); to != "" {
		s.setCookie(w, langCookie, to, aYear)
	}
	f := s.frame(r, nil, "Sign in")
	f.Problem = f.T("Your session is over, so nothing was saved. Sign in again, then open the form anew: what you typed stands below, to be copied.")
	f.Status = http.StatusUnauthorized
	f.Body = signInBody{Over: true, Typed: typedIn(r.PostForm)}
	s.render(w, "sign-in", f)
}

func (s *Server) signInForm(w http.ResponseWriter, r *http.Request) {
	f := s.frame(r, nil, "Sign in")
	f.Body = signInBody{Provider: s.oidc != nil}
	s.render(w, "sign-in", f)
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	if r.PostForm.Has("over") {
		s.over(w, r)
		return
	}
	if s.oidc != nil {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	}
	if to := turnsTo(r); to != "" {
		s.setCookie(w, langCookie, to, aYear)
		f := s.frame(r, nil, "Sign in")
		f.Body = signInBody{Address: strings.TrimSpace(r.PostFormValue("address"))}
		s.render(w, "sign-in", f)
		return
	}
	address := strings.TrimSpace(r.PostFormValue("address"))
	code := strings.ReplaceAll(r.PostFormValue("code"), " ", "")
	word, err := s.Accounts.SignIn(address, r.PostFormValue("password"), code, s.place(r))
	if err == nil {
		s.setCookie(w, s.sessionName(), word, int(accounts.AbsoluteEnd.Seconds()))
		http.Redirect(w, r, s.back(w, r), http.StatusSeeOther)
		return
	}
	f := s.frame(r, nil, "Sign in")
	f.Body = signInBody{Address: address}
	switch {
	case errors.Is(err, accounts.ErrTooMany):
		f.Status, f.Problem = http.StatusTooManyRequests, f.T("Too many attempts failed. Try again in a quarter of an hour.")
	case errors.Is(err, accounts.ErrWrong):
		f.Status, f.about, f.Problem = http.StatusUnauthorized, casework.OnAddress, f.T("The address, the password or the code is wrong.")
	default:
		s.Log.Error("somebody could not sign in", "error", err)
		f.Status, f.Problem = http.StatusServiceUnavailable, f.T("Signing in does not work at the moment. Tell the administrator.")
	}
	s.render(w, "sign-in", f)
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	if word, ok := s.word(r); ok {
		if session, err := s.Accounts.Session(word); err == nil {
			if err := s.Accounts.End(session.Address, session.ID); err != nil {
				s.Log.Error("a session could not be ended", "error", err)
			}
		}
	}
	s.setCookie(w, s.sessionName(), "", -1)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// language changes the language of the interface and goes back.
func (s *Server) language(w http.ResponseWriter, r *http.Request) {
	to := "en"
	if r.PostFormValue("to") == "cy" {
		to = "cy"
	}
	s.setCookie(w, langCookie, to, aYear)
	http.Redirect(w, r, ownPath(r.PostFormValue("back")), http.StatusSeeOther)
}

// Enter sets the cookie of a session that was begun for a browser, and
// redirects it.
func (s *Server) Enter(w http.ResponseWriter, r *http.Request, word string) {
	s.setCookie(w, s.sessionName(), word, int(accounts.AbsoluteEnd.Seconds()))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
