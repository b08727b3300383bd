package page_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"requestd/intake/casework"
)

var (
	toField = regexp.MustCompile(`(?s)id="problem">.*?<p><a href="#([^"]+)">([^<]+)</a></p>`)
	input   = regexp.MustCompile(`<(input|select|textarea|fieldset)[^>]*>`)
)

// What is wrong in a form is said above it, with a link to the field, and at
// the field, as its description.
func TestARefusalLeadsToItsField(t *testing.T) {
	o := newOffice(t)
	ref, both := o.asked("Priya Raghunathan"), o.undecided(1)
	passed := o.passed()
	v := o.visitor(o.word("head@example.org", casework.Head))
	v.post("/triage/"+both, "seen", o.seen(both), "decide", "foi", "also", "dsar")
	_, form := v.get("/register")
	once := onceField.FindStringSubmatch(form)[1]
	act := func(of, name string, fields ...string) (string, []string) {
		return "/case/" + of + "/act/" + name, append([]string{"seen", o.seen(of), "preview", "yes"}, fields...)
	}
	for _, x := range []struct {
		name, field string
		path        string
		form        []string
	}{
		{name: "no kind to register", field: "kind", path: "/register", form: []string{"once", once}},
		{name: "no way in which it came", field: "source", path: "/register", form: []string{"once", once, "kind", "foi"}},
		{name: "no day of receipt", field: "received", path: "/register", form: []string{"once", once, "kind", "foi", "source", "post", "received", "yesterday"}},
		{name: "a receipt to come", field: "received", path: "/register", form: []string{"once", once, "kind", "foi", "source", "post", "mailbox", "cafcass", "received", "2026-12-24"}},
		{name: "an address by post that cannot be kept whole", field: "postal", path: "/register", form: []string{"once", strings.Repeat("x", 30), "kind", "foi", "source", "post", "mailbox", "cafcass", "postal", strings.Repeat("é", 401)}},
		{name: "a search without a name", field: "name", path: "/search/saved", form: []string{"words", "x", "name", ""}},
		{name: "a mail for no case", field: "into", path: passed, form: []string{"do", "belongs"}},
		{name: "a mail for a case that is not there", field: "into", path: passed, form: []string{"do", "belongs", "into", "CAF26-90000"}},
		{name: "a mail of no kind", field: "kind", path: passed, form: []string{"do", "case"}},
		{name: "two things by a key that the first got", field: "key-foi", path: "/account/keys", form: []string{"keys", "own", "key-foi", "d", "was-foi", "f", "key-dsar", "d", "was-dsar", "d"}},
		{name: "two things by a key that the second got", field: "key-dsar", path: "/account/keys", form: []string{"keys", "own", "key-foi", "f", "was-foi", "f", "key-dsar", "f", "was-dsar", "d"}},
		{name: "a key of two", field: "key-foi", path: "/account/keys", form: []string{"keys", "own", "key-foi", "AA"}},
	} {
		o.leadsTo(v, x.name, x.field, x.path, x.form)
	}
	own := o.visitor("")
	own.signIn(o.account("m.rees@example.org"))
	o.leadsTo(own, "passwords that differ", "again", "/account/password", []string{"old", "x", "new", "y", "again", "z"})
	v.post("/case/"+ref+"/act/note", "seen", o.seen(ref), "save", "yes", "note", "They rang.")
	for _, x := range []struct {
		of, act, field string
		form           []string
	}{
		{ref, "responded", "date", []string{"date", "2026-12-24"}},
		{ref, "responded", "date", []string{"date", "tomorrow"}},
		{ref, "responded", "outcome", []string{"date", "2026-11-20", "outcome", "complied"}},
		{ref, "responded", "exemptions", []string{"outcome", "refused", "exemptions", "99"}},
		{ref, "extended", "estimate", []string{"estimate", "2020-01-01"}},
		{ref, "closed", "reason", []string{"reason", "tired"}},
		{ref, "note", "note", nil},
		{ref, "note", "note", []string{"note", strings.Repeat("é", 4001)}},
		{ref, "clarification-requested", "words", []string{"words", strings.Repeat("é", 4001)}},
		{ref, "void", "void", nil},
		{ref, "merge", "into", nil},
		{ref, "merge", "into", []string{"into", "CAF26-90000"}},
		{ref, "received", "date", nil},
		{ref, "received", "date", []string{"date", o.view(ref).ReceivedOn.String()}},
		{ref, "assigned", "officer", []string{"officer", "nobody"}},
		{ref, "corrected", "name", nil},
		{ref, "corrected", "postal", []string{"postal", strings.Repeat("é", 401)}},
		{ref, "corrected", "address", []string{"address", "nowhere"}},
		{ref, "decide", "kind", []string{"kind", "lunch"}},
		{both, "responded", "part", []string{"outcome", "granted"}},
	} {
		path, form := act(x.of, x.act, x.form...)
		o.leadsTo(v, x.act+" "+strings.Join(x.form, " "), x.field, path, form)
	}
}

// passed returns the screen of a mail that is no request.
func (o *office) passed() string {
	o.tb.Helper()
	o.receive("Fleur Amsel <f.amsel@example.org>", "Thank you", "Thank you for your kind help last week.\n\nFleur")
	return fmt.Sprint("/mail/", o.uid)
}

func (o *office) leadsTo(v *visitor, name, field, path string, form []string) {
	o.tb.Helper()
	status, body := v.post(path, form...)
	link := toField.FindStringSubmatch(body)
	if status != http.StatusUnprocessableEntity || link == nil || link[1] != field {
		o.tb.Errorf("%s: it is answered %d, and leads to %q, not %q", name, status, link, field)
		return
	}
	told := `<p class="wrong" id="` + field + `-wrong"><span class="unseen">Error: </span>` + link[2]
	described := false
	for _, x := range input.FindAllString(body, -1) {
		described = described || strings.Contains(x, `id="`+field+`"`) && strings.Contains(x, `aria-invalid="true"`) || strings.Contains(x, "<fieldset") && strings.Contains(x, field+"-wrong")
	}
	if !described || strings.Count(body, told) != 1 || strings.Count(body, `class="wrong"`) != 1 || strings.Count(body, ` id="`+field+`"`) != 1 {
		o.tb.Errorf("%s: the field does not say once what is wrong with it", name)
	}
}

// The summary's link moves the focus into the field, and axe-core finds nothing
// wrong with a refused form.
func TestTheSummaryLeadsIntoTheForm(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	o.officer().post("/case/"+ref+"/act/note", "seen", o.seen(ref), "save", "yes", "note", "They rang.")
	b := chromium(t, o, o.word("head@example.org", casework.Head))
	axe := axeScript(t)
	for path, x := range map[string]struct{ change, send, field string }{
		"/case/" + ref + "/act/responded": {`document.querySelector("#exemptions").value = "99"`, "preview", "exemptions"},
		"/case/" + ref + "/act/note":      {`0`, "preview", "note"},
		"/case/" + ref + "/act/void":      {`0`, "preview", "void"},
		"/case/" + ref + "/act/decide":    {`document.querySelector("#kind").value = "lunch"; document.querySelector("#kind").checked = true`, "preview", "kind"},
		"/account":                        {`document.querySelector("details").open = true; document.querySelector("#key-foi").value = "A"`, `keys"][value="own`, "key-foi"},
	} {
		b.open(path)
		b.run(chromedp.Evaluate(x.change, nil), chromedp.Click(`main button[name="`+x.send+`"]`))
		b.waits("There is a problem")
		var wrong []string
		var focused string
		b.run(chromedp.Evaluate(axe, nil), chromedp.Evaluate(`axe.run().then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")))`, &wrong, awaited),
			chromedp.Click("#problem a"), chromedp.Evaluate(`document.activeElement.id`, &focused))
		if focused != x.field || len(wrong) > 0 {
			t.Errorf("%s: the link leads to %q, not %q; axe-core: %v", path, focused, x.field, wrong)
		}
	}
}
