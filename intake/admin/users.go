package admin

import (
	"fmt"
	"net/http"
	"slices"

	"requestd/intake/accounts"
)

// users lists the accounts of the officers' page.
func (a *API) users(*http.Request) (p Page[accounts.Listed], err error) {
	p.Items, err = a.Accounts.List()
	return filled(p), err
}

func (a *API) addUser(r *http.Request) (accounts.Given, error) {
	in, err := decode[accounts.Input](r)
	if err != nil {
		return accounts.Given{}, err
	}
	var known []string
	for _, m := range a.Engine.Cases.Settings().Mailboxes {
		known = append(known, m.Name)
	}
	for _, name := range in.Mailboxes {
		if !slices.Contains(known, name) {
			return accounts.Given{}, &inputError{fmt.Sprintf("mailbox %q: want one of %v", name, known)}
		}
	}
	given, err := a.Accounts.Add(in)
	a.logChange("added", r, in.Address, err)
	return given, err
}

func (a *API) resetUser(r *http.Request) (accounts.Given, error) {
	given, err := a.Accounts.Reset(r.PathValue("address"))
	a.logChange("reset", r, r.PathValue("address"), err)
	return given, err
}

func (a *API) removeUser(r *http.Request) (struct{}, error) {
	err := a.Accounts.Remove(r.PathValue("address"))
	a.logChange("removed", r, r.PathValue("address"), err)
	return struct{}{}, err
}

func (a *API) logChange(what string, r *http.Request, account string, err error) {
	if err == nil && a.Log != nil {
		a.Log.Info("an account of the page has changed", "was", what, "account", account, "by", who(r).Actor)
	}
}
