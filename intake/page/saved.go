package page

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"requestd/intake/accounts"
)

// savedNumber returns the number of the saved search in an address: the words
// searched for may name somebody, and must not be in an address.
func (v *visit) savedNumber() (int, error) {
	n, err := strconv.Atoi(v.r.PathValue("n"))
	if err != nil {
		return 0, errNoPage
	}
	return n, nil
}

// savedSearch repeats a search that the visitor has saved, among what they may
// read now.
func (v *visit) savedSearch() error {
	n, err := v.savedNumber()
	if err != nil {
		return err
	}
	list, err := v.s.Accounts.Searches(v.session.Address)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(s accounts.Search) bool { return s.N == n })
	if at < 0 {
		return errNoPage
	}
	s := list[at]
	return v.showSearch(v.frame("Search"), searchBody{Words: s.Words, State: s.State, Kind: s.Kind, Name: s.Name, Named: s.Name, N: s.N})
}

func (v *visit) saveSearch() error {
	form := v.r.PostForm
	s := accounts.Search{Name: form.Get("name"), Words: strings.TrimSpace(form.Get("words")), State: form.Get("state"), Kind: form.Get("kind")}
	n, err := v.s.Accounts.SaveSearch(v.session.Address, s)
	f := v.frame("Search")
	if err != nil {
		v.explain(f, err)
		return v.showSearch(f, searchBody{Words: s.Words, State: s.State, Kind: s.Kind, Name: s.Name, Named: form.Get("named")})
	}
	return v.done(fmt.Sprintf("/search/saved/%d", n), f.T("The search is saved."))
}

func (v *visit) removeSearch() error {
	n, err := v.savedNumber()
	if err != nil {
		return err
	}
	if err := v.s.Accounts.RemoveSearch(v.session.Address, n); err != nil {
		return err
	}
	return v.done("/search", v.frame("").T("The saved search is removed."))
}
