package page_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"requestd/intake/casework"
)

// printed returns the text on paper, without a form's own fields.
func (b *browser) printed(path string) (text string) {
	b.t.Helper()
	b.open(path)
	return b.onPaper()
}

func (b *browser) onPaper() (text string) {
	b.t.Helper()
	b.run(emulation.SetEmulatedMedia().WithMedia("print"),
		chromedp.Evaluate(`dispatchEvent(new Event("beforeprint")); document.querySelector("main").innerText`, &text),
		emulation.SetEmulatedMedia().WithMedia(""))
	return text
}

// A letter that waits or is held is printed as it was typed, and so is what an
// act would do.
func TestLettersAndPreviewsArePrinted(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	id := o.view(ref).Letters[0].ID
	b := chromium(t, o, o.word("k.dunne@example.org", casework.Officer))
	if text := b.printed(fmt.Sprintf("/letters/%d", id)); !strings.Contains(text, "Thank you for your message.") || strings.Contains(text, "Send it as it stands here") {
		t.Errorf("of the letter is printed\n%s", text)
	}
	b.run(chromedp.SetValue("#text", "Dear Priya\n\nIt was typed just now."))
	if text := b.onPaper(); !strings.Contains(text, "It was typed just now.") {
		t.Errorf("what was typed is not printed, but\n%s", text)
	}
	b.open("/case/" + ref + "/act/received")
	b.run(chromedp.SetValue("#date", "2026-11-18"), chromedp.Click(`main button[name="preview"]`))
	b.waits("Nothing is saved yet")
	if text := b.onPaper(); !strings.Contains(text, "17 December 2026") || strings.Contains(text, "Preview again") {
		t.Errorf("of the preview is printed\n%s", text)
	}
}
