package page_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"requestd/intake"
	"requestd/intake/casework"
)

// tabTo moves to an element with the Tab key alone.
func (b *browser) tabTo(what string) {
	b.t.Helper()
	for range 80 {
		b.run(chromedp.KeyEvent(kb.Tab))
		var there int
		b.run(chromedp.Evaluate(fmt.Sprintf("document.activeElement.matches(%q) ? 1 : 0", what), &there))
		if there == 1 {
			return
		}
	}
	b.t.Fatalf("the keyboard does not reach %s", what)
}

// press presses a key, after which the screen shows something that was not
// there before.
func (b *browser) press(key, then string) {
	b.t.Helper()
	b.run(chromedp.KeyEvent(key), chromedp.WaitVisible(then, chromedp.ByQuery))
}

// A new officer's first day by keyboard, with JavaScript switched off: a search
// is saved, a calendar subscribed to, and a mail handled from Triage to its
// answer.
func TestANewOfficersFirstDay(t *testing.T) {
	o := newOffice(t)
	o.asked("Priya Raghunathan")
	mail := o.undecided(1)
	b := chromium(t, o, o.word("new.officer@example.org", casework.Officer))
	b.run(emulation.SetScriptExecutionDisabled(true))

	b.open("/")
	b.tabTo(`a[href="/search"]`)
	b.press(kb.Enter, "#words")
	b.tabTo("#words")
	b.run(chromedp.KeyEvent("Priya"))
	b.press(kb.Enter, "#name")
	b.tabTo("#name")
	b.run(chromedp.KeyEvent("Priya's cases"))
	b.press(kb.Enter, `a[href="/search/saved/1"][aria-current="page"]`)

	b.tabTo(`a[href="/calendar"]`)
	b.press(kb.Enter, "#make")
	b.tabTo(`input[name="whose"]`)
	b.run(chromedp.KeyEvent(kb.ArrowDown)) // everybody's
	b.tabTo(`section button.button`)
	b.press(kb.Enter, "#given")
	var address string
	b.run(chromedp.Value("#given", &address, chromedp.ByQuery))
	if status, feed := o.visitor("").get(address[strings.Index(address, "/calendar/"):]); status != http.StatusOK || !strings.Contains(feed, "BEGIN:VEVENT") {
		t.Errorf("the calendar answers %d", status)
	}

	b.tabTo(`a[href="/triage"]`)
	b.press(kb.Enter, "#decide")
	b.tabTo(`button[value="foi"]`)
	b.press(kb.Enter, ".big")
	b.tabTo(`a[href="/search"]`)
	b.press(kb.Enter, "#words")
	b.tabTo("#words")
	b.run(chromedp.KeyEvent(mail))
	b.press(kb.Enter, "#can")
	b.tabTo(`a[href$="/act/responded"]`)
	b.press(kb.Enter, "#outcome")
	b.tabTo("#exemptions")
	b.run(chromedp.KeyEvent("99"))
	b.press(kb.Enter, "#problem") // Enter presses the form's own button
	b.tabTo("#problem a")
	b.press(kb.Enter, "#exemptions-wrong")
	b.run(chromedp.KeyEvent(kb.Tab))
	b.open("/case/" + mail + "/act/responded")
	b.tabTo("#outcome")
	b.run(chromedp.KeyEvent("Gr")) // Granted
	b.tabTo(`main button[name="preview"]`)
	b.press(kb.Enter, "#preview")
	b.tabTo(`main button[name="save"]`)
	b.press(kb.Enter, ".banner.good")
	if c := o.view(mail); c.State != intake.StateResponded {
		t.Errorf("%s is %s", mail, c.State)
	}
}
