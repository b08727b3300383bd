package page

import (
	"regexp"
	"slices"

	"requestd/intake/accounts"
	"requestd/intake/casework"
)

// key is a single key and the name of what it presses.
type key struct {
	Name  string // the name of what it presses
	Label string
	Key   string // "" for none
	Was   string // as recorded, if Key is shown as somebody typed it
}

// kindKeys are the kinds that a person may decide for.
var kindKeys = []key{
	{Name: "foi", Label: "Freedom of information", Key: "f"}, {Name: "dsar", Label: "Subject access", Key: "d"}, {Name: "eir", Label: "Environmental information", Key: "e"},
	{Name: "rights", Label: "Data protection right", Key: "p"}, {Name: "review/foi", Label: "Review of a freedom of information answer", Key: "r"},
	{Name: "review/dsar", Label: "Data protection complaint", Key: "c"}, {Name: "review/eir", Label: "Review of an environmental answer"},
	{Name: "review/rights", Label: "Complaint about a data protection right"}, {Name: "not-a-request", Label: "Not a request", Key: "n"},
}

// The page's own keys, which everybody may change for themselves (WCAG 2.1.4).
var ownKeys = slices.Concat(kindKeys, []key{
	{Name: "skip", Label: "Skip", Key: "s"}, {Name: "open", Label: "Open the case", Key: "o"},
	{Name: "belongs", Label: "or it belongs to case", Key: "b"}, {Name: "undo", Label: "Undo", Key: "u"},
})

// keysOf returns somebody's keys.
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

// typedKeys returns keys as somebody has typed them, with those that they have
// now.
func (v *visit) typedKeys(k accounts.Keys) []key {
	list := keysOf(k)
	for i, was := range keysOf(v.session.Keys) {
		list[i].Was = was.Key
	}
	return list
}

// Key returns the visitor's key for something; "" if they have none.
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

// setKeys switches single keys off or on, changes those that a form changes, or
// restores the page's own.
func (v *visit) setKeys() error {
	f := v.frame("Your account")
	k, err := v.s.Accounts.SetKeys(v.session.Address, func(k *accounts.Keys) error {
		switch v.r.PostFormValue("keys") {
		case "off":
			k.Off = true
		case "on":
			k.Off = false
		case "first":
			k.Own = nil
		default:
			return v.changeKeys(k)
		}
		return nil
	})
	if err != nil {
		v.explain(f, err)
		return v.showAccount(f, k)
	}
	return v.done("/account", f.T("Saved."))
}

// onKey returns the field in which a key is typed.
func onKey(name string) casework.Field { return casework.Field("key-" + name) }

// changeKeys applies what was changed in a form since the form was made.
func (v *visit) changeKeys(k *accounts.Keys) error {
	form := v.r.PostForm
	for _, x := range ownKeys {
		if is := form.Get("key-" + x.Name); form.Has("key-"+x.Name) && !(form.Has("was-"+x.Name) && is == form.Get("was-"+x.Name)) {
			k.Own[x.Name] = is
		}
	}
	taken := map[string]string{}
	for _, x := range keysOf(*k) {
		other := taken[x.Key]
		switch {
		case !oneKey.MatchString(x.Key):
			return onKey(x.Name).Refuse("A key is one small letter or a figure, or nothing.")
		case x.Key != "" && other != "":
			if is := form.Get("key-" + x.Name); is == form.Get("was-"+x.Name) { // the other key is the one that was changed
				x.Name = other
			}
			return onKey(x.Name).Refuse("The key %s stands for two things.", x.Key)
		}
		taken[x.Key] = x.Name
	}
	return nil
}
