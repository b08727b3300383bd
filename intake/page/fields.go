package page

import (
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// fieldsOf are the fields of forms, by what acts refuse of what stands in them.
// A form has the first of them that it asks for.
var fieldsOf = []struct {
	says   *regexp.Regexp
	fields []string
}{
	{regexp.MustCompile(`^(kind "|of "|a case is opened for|No kind was chosen)`), []string{"kind"}},
	{regexp.MustCompile(`^also "`), []string{"also"}},
	{regexp.MustCompile(`^right "`), []string{"right"}},
	{regexp.MustCompile(`^mailbox "`), []string{"mailbox"}},
	{regexp.MustCompile(`^language "`), []string{"language"}},
	{regexp.MustCompile(`^child "`), []string{"child"}},
	{regexp.MustCompile(`^address "`), []string{"address"}},
	{regexp.MustCompile(`^outcome "`), []string{"outcome"}},
	{regexp.MustCompile(`^(exemption|exception) `), []string{"exemptions"}},
	{regexp.MustCompile(`^cover "`), []string{"cover"}},
	{regexp.MustCompile(`^(officer "|assigned: )`), []string{"officer"}},
	{regexp.MustCompile(`^reference "`), []string{"reference"}},
	{regexp.MustCompile(`^(reason "|case \S+ is overdue: say why)`), []string{"reason", "why"}},
	{regexp.MustCompile(`^due `), []string{"due"}},
	{regexp.MustCompile(`^estimate `), []string{"estimate"}},
	{regexp.MustCompile(`^ask: `), []string{"words"}},
	{regexp.MustCompile(`^a note needs`), []string{"note"}},
	{regexp.MustCompile(`^void [0-9]`), []string{"void"}},
	{regexp.MustCompile(`^No event was chosen`), []string{"event", "void"}},
	{regexp.MustCompile(`^case \S+ has (several parts|no part )`), []string{"part"}},
	{regexp.MustCompile(`^(received \S+: the|The date of receipt is no date|No date of receipt)`), []string{"received", "date"}},
	{regexp.MustCompile(`: (the date lies ahead|the request was received on|the calendar begins in)`), []string{"date"}},
	{regexp.MustCompile(`^with that the request would be received on`), []string{"date"}},
	{regexp.MustCompile(`^letter \S+( \(.*\))? (the text lacks|has a gap|does not give the date|does not say what)|^letter \S+: the text lacks|^the gaps of the drafted letter`), []string{"text"}},
	{regexp.MustCompile(`^(No case was named|There is no case )|^case \S+ (cannot be merged|was merged into)`), []string{"into"}},
	{regexp.MustCompile(`^It was not said how`), []string{"source"}},
	{regexp.MustCompile(`^Nothing was changed in the form`), []string{"name"}},
	{regexp.MustCompile(`^a saved search needs`), []string{"name"}},
	{regexp.MustCompile(`^a password has`), []string{"new"}},
	{regexp.MustCompile(`^the present password`), []string{"old"}},
	{regexp.MustCompile(`^there are [0-9]+ addresses already`), []string{"whose"}},
	{regexp.MustCompile(`^there are [0-9]+ saved searches`), []string{"name"}},
}

// aValue is what stands in a field, as a refusal repeats it.
var aValue = regexp.MustCompile(`^("(?:[^"\\]|\\.)*") is no date|^The key (\S) stands|^A key is`)

// blame finds the fields in which what was refused may stand.
func blame(said string, form url.Values) (list []string) {
	if m := aValue.FindStringSubmatch(said); m != nil {
		for name := range form {
			if is := strings.TrimSpace(form.Get(name)); m[1] != "" && fmt.Sprintf("%q", is) == m[1] || m[2] != "" && is == m[2] && strings.HasPrefix(name, "key-") ||
				m[1] == "" && m[2] == "" && strings.HasPrefix(name, "key-") && !oneKey.MatchString(is) {
				list = append(list, name)
			}
		}
		slices.Sort(list)
		return list
	}
	for _, x := range fieldsOf {
		if x.says.MatchString(said) {
			list = append(list, x.fields...)
		}
	}
	return list
}

// Wrong is what stands against a field, before the field itself. The first that
// may be meant is the one.
func (f *frame) Wrong(id string) template.HTML {
	if !f.isWrong(id) {
		return ""
	}
	f.Field = id
	return template.HTML(`<p class="wrong" id="` + id + `-wrong"><span class="unseen">` + template.HTMLEscapeString(f.T("Error")) + `: </span>` + template.HTMLEscapeString(f.Problem) + `</p>`) //nolint:gosec // ids are the page's own, and the rest is escaped
}

func (f *frame) isWrong(id string) bool {
	return f.Problem != "" && (f.Field == id || f.Field == "" && slices.Contains(f.blamed, id))
}

// Told names what a field is described by: its hint, and what stands against it.
func (f *frame) Told(id string, hints ...string) template.HTMLAttr {
	said := f.described(id, hints)
	if f.isWrong(id) {
		said = strings.TrimSpace(said + ` aria-invalid="true"`)
	}
	return template.HTMLAttr(said) //nolint:gosec // ids are the page's own
}

// Group is Told of several boxes or buttons under one legend.
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

// First names the first box of a group, to which a summary of what is wrong leads.
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

// noCase says that the case which a field names is not there.
func noCase(err error, named string) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrBadRef) {
		return &casework.Refusal{Says: fmt.Sprintf("There is no case %q.", intake.OneLine(named, 40)), Mend: "Write the reference of the case to which the mail belongs."}
	}
	return err
}
