package page

import (
	"maps"
	"net/http"
	"regexp"

	"requestd/intake/accounts"
)

// key is a single key and what it presses.
type key struct {
	Name  string // of what it presses
	Label string
	Key   string // "" for none
}

// The page's own keys, which everybody may change for themselves (WCAG 2.1.4).
var ownKeys = []key{
	{Name: "foi", Label: "Freedom of information", Key: "f"}, {Name: "dsar", Label: "Subject access", Key: "d"}, {Name: "eir", Label: "Environmental information", Key: "e"},
	{Name: "rights", Label: "Data protection right", Key: "p"}, {Name: "review/foi", Label: "Review of a freedom of information answer", Key: "r"},
	{Name: "review/dsar", Label: "Data protection complaint", Key: "c"}, {Name: "not-a-request", Label: "Not a request", Key: "n"},
	{Name: "skip", Label: "Skip", Key: "s"}, {Name: "open", Label: "Open the case", Key: "o"},
	{Name: "belongs", Label: "or it belongs to case", Key: "b"}, {Name: "undo", Label: "Undo", Key: "u"},
}

// keysOf are somebody's keys.
func keysOf(k accounts.Keys) []key {
	list := make([]key, len(ownKeys))
	for i, x := range ownKeys {
		if own, ok := k.Own[x.Name]; ok {
			x.Key = own
		}
		list[i] = x
	}
	return list
}

// Key is the visitor's key for something, "" where they have none.
func (f *frame) Key(name string) string {
	if !f.Keys {
		return ""
	}
	for _, k := range keysOf(f.User.Keys) {
		if k.Name == name {
			return k.Key
		}
	}
	return ""
}

var oneKey = regexp.MustCompile(`^[a-z0-9]?$`)

// setKeys switches single keys off or on, changes them, or takes the page's own
// again.
func (v *visit) setKeys() error {
	k := accounts.Keys{Off: v.session.Keys.Off, Own: maps.Clone(v.session.Keys.Own)}
	f := v.frame("Your account")
	switch v.r.PostFormValue("keys") {
	case "off":
		k.Off = true
	case "on":
		k.Off = false
	case "first":
		k.Own = nil
	default:
		k.Own = map[string]string{}
		taken := map[string]bool{}
		for _, x := range ownKeys {
			own := v.r.PostFormValue("key-" + x.Name)
			switch {
			case !oneKey.MatchString(own):
				f.Problem = f.T("A key is one small letter or a figure, or nothing.")
			case own != "" && taken[own]:
				f.Problem = f.T("The key %s stands for two things.", own)
			}
			taken[own] = true
			k.Own[x.Name] = own
		}
	}
	if f.Problem != "" {
		f.Status = http.StatusUnprocessableEntity
		return v.showAccount(f, k)
	}
	if err := v.s.Accounts.SetKeys(v.session.Address, k); err != nil {
		f.Problem = v.explain(err, f)
		return v.showAccount(f, k)
	}
	return v.done("/account", f.T("Saved."))
}
