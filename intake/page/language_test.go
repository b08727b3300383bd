package page_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"requestd/intake/accounts"
	"requestd/intake/casework"
)

// If the language of a screen is changed, what was typed is kept and nothing
// else is done.
func TestTheLanguageChangesAndNothingTypedIsLost(t *testing.T) {
	o := newOffice(t)
	ref, mail := o.asked("Priya Raghunathan"), o.undecided(1)
	letter, passed := o.held(), o.passed()
	v := o.visitor(o.word("head@example.org", casework.Head))
	const typed = `Words "of" <mine>`
	for _, x := range []struct{ path, field string }{
		{"/case/" + ref + "/act/responded", "note"}, {"/case/" + ref + "/act/corrected", "postal"}, {"/register", "subject"}, {"/register", "postal"},
		{"/search", "words"}, {"/search", "name"}, {"/triage/" + mail, "into"}, {passed, "into"}, {letter + "/text", "text"}, {"/account/keys", "key-foi"},
	} {
		before := o.seen(ref) + " " + o.seen(mail)
		for _, to := range []string{"cy", "en"} {
			status, body := v.post(x.path, "to", to, x.field, typed, "seen", "3", "save", "yes", "decide", "foi", "then", "send", "keys", "own", "do", "belongs", "state", "open")
			if status != http.StatusOK || !strings.Contains(body, `<html lang="`+to+`">`) || !strings.Contains(body, "of&#34; &lt;mine&gt;") {
				t.Errorf("%s in %s: it is answered %d, or the words are gone", x.path, to, status)
			}
			if !strings.Contains(body, `form="work" formnovalidate name="to"`) || !strings.Contains(body, `id="work"`) {
				t.Errorf("%s in %s: the language cannot be changed back with what was typed", x.path, to)
			}
			if strings.HasPrefix(x.path, "/case") && !strings.Contains(body, `name="seen" value="3"`) {
				t.Errorf("%s forgets what the case was when its form was made", x.path)
			}
		}
		if after := o.seen(ref) + " " + o.seen(mail); after != before {
			t.Errorf("%s did something: %s events, and then %s", x.path, before, after)
		}
	}
	if _, body := v.get("/letters"); strings.Contains(body, `name="to" value="en"`) {
		t.Error("the language did not stay what it was")
	}
	if _, body := v.post("/case/"+ref+"/act/responded", "to", "cy", "seen", o.seen(ref), "shown", "x", "save", "yes", "outcome", "granted"); !strings.Contains(body, `id="preview"`) || o.view(ref).State != "open" {
		t.Error("a preview is not shown again in Welsh, or the answer is recorded")
	}
	if status, body := o.visitor("").do(http.MethodPost, "/sign-in", url.Values{"to": {"cy"}, "address": {"k.dunne@example.org"}, "password": {"secret"}}); status != http.StatusOK || !strings.Contains(body, `value="k.dunne@example.org"`) || strings.Contains(body, "secret") {
		t.Errorf("the sign-in is answered %d in Welsh", status)
	}
}

// saved returns the searches that somebody has saved.
func (o *office) saved(address string) []accounts.Search {
	o.tb.Helper()
	list, err := o.accounts.Searches(address)
	if err != nil {
		o.tb.Fatal(err)
	}
	return list
}

// held returns the screen of an acknowledgement that waits for a person.
func (o *office) held() string {
	o.tb.Helper()
	ref := o.receive("Priya Raghunathan <priya@example.org>\r\nReply-To: other@example.com", "Freedom of Information request",
		"Under the Freedom of Information Act, please send me the policy on the supervision of newly qualified social workers.\n\nPriya Raghunathan")
	return fmt.Sprint("/letters/", o.view(ref).Letters[0].ID)
}

// The same in a browser without JavaScript; and Enter in a field still presses
// the form's own button.
func TestTheLanguageIsChangedWithoutJavaScript(t *testing.T) {
	o := newOffice(t)
	ref, mail := o.asked("Priya Raghunathan"), o.undecided(1)
	passed := o.passed()
	b := chromium(t, o, o.word("head@example.org", casework.Head))
	b.run(emulation.SetScriptExecutionDisabled(true))
	b.open("/register")
	b.run(chromedp.SendKeys("#name", "Dilys Fairbrother"), chromedp.SendKeys("#note", "She rang"), chromedp.Click(`button[name="to"]`), chromedp.WaitVisible(`html[lang="cy"]`, chromedp.ByQuery))
	var name, note string
	b.run(chromedp.Value("#name", &name), chromedp.Value("#note", &note))
	if name != "Dilys Fairbrother" || note != "She rang" {
		t.Errorf("the form has %q and %q", name, note)
	}
	b.open("/case/" + ref + "/act/responded")
	b.run(chromedp.SendKeys("#exemptions", "40(2)"+kb.Enter), chromedp.WaitVisible("#preview"))
	b.open("/search?state=open")
	b.run(chromedp.SendKeys("#name", "All that is open"), chromedp.Click(`button[name="to"]`), chromedp.WaitVisible(`html[lang="en"]`, chromedp.ByQuery), chromedp.Value("#name", &name))
	if name != "All that is open" {
		t.Errorf("the name of a search is %q in the other language", name)
	}
	b.run(chromedp.SendKeys("#words", "Priya"), chromedp.Click("main form .button"), chromedp.WaitVisible(`#words[value="Priya"]`), chromedp.Value("#name", &name))
	if name != "All that is open" || len(o.saved("head@example.org")) > 0 {
		t.Errorf("searching anew leaves the name %q, or saves a search", name)
	}
	b.run(chromedp.SendKeys("#name", kb.Enter), chromedp.WaitVisible(".banner.good"))
	if list := o.saved("head@example.org"); len(list) != 1 || list[0].Words != "Priya" {
		t.Errorf("Enter behind a name saves %+v", list)
	}
	b.open(passed)
	b.run(chromedp.Click("#kind"), chromedp.SendKeys("#kind", kb.Enter), chromedp.WaitVisible(".banner.good"))
	b.open("/triage/" + mail)
	b.run(chromedp.SendKeys("#into", ref+kb.Enter), chromedp.WaitVisible("#preview"), chromedp.SendKeys(`button[name="save"]`, kb.Enter), chromedp.WaitVisible(".banner.good"))
	if got := o.view(mail).State; got != "closed" {
		t.Errorf("Enter at the field for another case makes the case %s", got)
	}
}

// A letter is shown as paragraphs that the window breaks, in the case, on its
// own and before an act is saved; where it can be edited it is shown as it will
// be sent.
func TestLettersAreShownAsParagraphs(t *testing.T) {
	o := newOffice(t)
	ref, held := o.asked("Priya Raghunathan"), o.held()
	v := o.officer()
	const paragraph = "This letter acknowledges that we have received it. It was prepared"
	for path, want := range map[string]bool{"/case/" + ref: true, "/letters/1": false, held: false} {
		if _, body := v.get(path); strings.Contains(body, paragraph) != want || !strings.Contains(body, "prepared") {
			t.Errorf("%s shows the letter otherwise", path)
		}
	}
	if _, body := v.post("/case/"+ref+"/act/received", "seen", o.seen(ref), "preview", "yes", "date", "2026-11-18"); !strings.Contains(body, `id="preview"`) {
		t.Errorf("no preview: %s", problemIn(body))
	}
}

// A form that was sent is not accepted again because its language was changed.
func TestAFormInAnotherLanguageIsTakenOnce(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	_, body := v.get("/register")
	once := regexp.MustCompile(`name="once" value="([^"]+)"`)
	form := []string{"once", once.FindStringSubmatch(body)[1], "mailbox", "cafcass", "kind", "foi", "source", "post", "name", "Dilys Fairbrother", "subject", "Visits"}
	if status, body := v.post("/register", form...); status != http.StatusOK {
		t.Fatalf("it is answered %d: %s", status, problemIn(body))
	}
	_, body = v.post("/register", append(form, "to", "cy")...) // after Back
	form[1] = once.FindStringSubmatch(body)[1]
	if status, _ := v.post("/register", form...); status != http.StatusUnprocessableEntity {
		t.Errorf("the same form in Welsh is registered again: %d", status)
	}
}
