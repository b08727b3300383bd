package page

import (
	"net/http"

	"requestd/intake/accounts"
	"requestd/intake/casework"
)

var accountRoutes = []route{
	{"GET /account", casework.ToRead, (*visit).account},
	{"POST /account/password", casework.ToRead, (*visit).password},
	{"POST /account/sessions", casework.ToRead, (*visit).endSession},
	{"POST /account/keys", casework.ToRead, (*visit).setKeys},
}

type accountBody struct {
	Sessions []accounts.Session
	Own      bool
	Keys     []key
	Open     bool // the keys are being changed
}

func (v *visit) account() error { return v.showAccount(v.frame("Your account"), v.session.Keys) }

func (v *visit) showAccount(f *frame, k accounts.Keys) error {
	list, err := v.s.Accounts.Sessions(v.session.Address)
	if err != nil {
		return err
	}
	return v.show("account", f, accountBody{Sessions: list, Own: v.session.Own, Keys: v.typedKeys(k), Open: v.r.Pattern == "POST /account/keys"})
}

func (v *visit) password() error {
	f := v.frame("Your account")
	if !v.session.Own {
		return errNoPage
	}
	if v.r.PostFormValue("new") != v.r.PostFormValue("again") {
		f.Status, f.about, f.Problem = http.StatusUnprocessableEntity, "again", f.T("The new password was not written the same twice.")
		return v.showAccount(f, v.session.Keys)
	}
	if err := v.s.Accounts.SetPassword(v.session, v.r.PostFormValue("old"), v.r.PostFormValue("new")); err != nil {
		v.explain(f, err)
		return v.showAccount(f, v.session.Keys)
	}
	return v.done("/account", f.T("Your password is changed, and your other sessions are over."))
}

func (v *visit) endSession() error {
	if err := v.s.Accounts.End(v.session.Address, v.r.PostFormValue("id")); err != nil {
		return err
	}
	return v.done("/account", v.frame("").T("The session is over."))
}
