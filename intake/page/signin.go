package page

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"requestd/intake/accounts"
)

type signInBody struct {
	Provider bool // people sign in at an OpenID provider
	Address  string
	Over     bool     // the session of somebody who sent a form is over
	Typed    []choice // what they had typed
}

// typedIn gives the prose of a form, of which nothing may be lost.
func typedIn(form url.Values) (list []choice) {
	for _, c := range []choice{
		{Value: "words", Label: "What the letter to the requester says"}, {Value: "text", Label: "The text, as it goes"}, {Value: "note", Label: "Note"},
		{Value: "reason", Label: "Reason"}, {Value: "subject", Label: "What is asked for, in a line"}, {Value: "name", Label: "Requester's name"},
		{Value: "postal", Label: "Address by post"}, {Value: "exemptions", Label: "Exemptions or exceptions relied on"},
	} {
		if c.Value = form.Get(c.Value); c.Value != "" {
			list = append(list, c)
		}
	}
	return list
}

func (s *Server) signInForm(w http.ResponseWriter, r *http.Request) {
	f := s.frame(w, r, nil, "Sign in")
	f.Body = signInBody{Provider: s.oidc != nil}
	s.render(w, "sign-in", f)
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	if s.oidc != nil {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	}
	if to := turnsTo(r); to != "" {
		s.setCookie(w, langCookie, to, aYear)
		f := s.frame(w, r, nil, "Sign in")
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
	f := s.frame(w, r, nil, "Sign in")
	f.Body, f.blamed = signInBody{Address: address}, []string{"address"}
	switch {
	case errors.Is(err, accounts.ErrTooMany):
		f.Status, f.Problem = http.StatusTooManyRequests, f.T("Too many attempts failed. Try again in a quarter of an hour.")
	case errors.Is(err, accounts.ErrWrong):
		f.Status, f.Problem = http.StatusUnauthorized, f.T("The address, the password or the code is wrong.")
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

// Enter gives a browser a session that was begun for it, and sends it on.
func (s *Server) Enter(w http.ResponseWriter, r *http.Request, word string) {
	s.setCookie(w, s.sessionName(), word, int(accounts.AbsoluteEnd.Seconds()))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
