package page

import (
	"errors"
	"fmt"
	"html/template"
	"strings"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// Wrong returns what is wrong with a field, to show before it.
func (f *frame) Wrong(id string) template.HTML {
	if !f.isWrong(id) {
		return ""
	}
	f.Field = id
	return template.HTML(`<p class="wrong" id="` + id + `-wrong"><span class="unseen">` + template.HTMLEscapeString(f.T("Error")) + `: </span>` + template.HTMLEscapeString(f.Problem) + `</p>`) //nolint:gosec // ids are the page's own, and the rest is escaped
}

func (f *frame) isWrong(id string) bool {
	return f.Problem != "" && f.about == casework.Field(id)
}

// Told returns the attributes that name a field's descriptions: its hint, and
// what is wrong with it.
func (f *frame) Told(id string, hints ...string) template.HTMLAttr {
	said := f.described(id, hints)
	if f.isWrong(id) {
		said = strings.TrimSpace(said + ` aria-invalid="true"`)
	}
	return template.HTMLAttr(said) //nolint:gosec // ids are the page's own
}

// Needed is Told for a field that must be filled. Browsers tell a screen reader
// that an empty one is filled wrongly; this says so only once it was sent.
func (f *frame) Needed(id string, hints ...string) template.HTMLAttr {
	said := f.Told(id, hints...)
	if !f.isWrong(id) {
		said += ` aria-invalid="false"`
	}
	return said
}

// OneOf is Group for buttons of which one must be chosen. The id of their
// legend ends in -of.
func (f *frame) OneOf(id string) template.HTMLAttr {
	said := `role="radiogroup" aria-required="true" aria-labelledby="` + id + `-of" ` + string(f.Group(id))
	if f.isWrong(id) {
		said += ` aria-invalid="true"`
	}
	return template.HTMLAttr(said) //nolint:gosec // ids are the page's own
}

// Group is Told for several boxes or buttons under one legend.
func (f *frame) Group(id string) template.HTMLAttr {
	return template.HTMLAttr(f.described(id, nil)) //nolint:gosec // ids are the page's own
}

func (f *frame) described(id string, by []string) string {
	if f.isWrong(id) {
		by = append(by, id+"-wrong")
	}
	if len(by) == 0 {
		return ""
	}
	return `aria-describedby="` + strings.Join(by, " ") + `"`
}

// First returns the id of the first box of a group, to which the summary of
// what is wrong leads.
func (f *frame) First(id string) template.HTMLAttr {
	if f.named[id] {
		return ""
	}
	if f.named == nil {
		f.named = map[string]bool{}
	}
	f.named[id] = true
	return template.HTMLAttr(`id="` + id + `"`) //nolint:gosec // ids are the page's own
}

// noCase says that the case named in a field does not exist.
func noCase(err error, named string) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrBadRef) {
		return &casework.Refusal{Says: fmt.Sprintf("There is no case %q.", intake.OneLine(named, 40)), Mend: "Write the reference of the case to which the mail belongs.", On: casework.OnInto}
	}
	return err
}

// errNoCase says that no case was named to which a mail is to be attached.
var errNoCase = &casework.Refusal{Says: "No case was named.", Mend: "Write the reference of the case to which the mail belongs.", On: casework.OnInto}
