package page_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
)

// browser is a Chromium without a visible window.
type browser struct {
	t   *testing.T
	o   *office
	ctx context.Context
}

const browserTakes = 90 * time.Second // the most time for one thing that it is told to do

// chromium starts a browser that is signed in, or skips the test if there is
// none.
func chromium(t *testing.T, o *office, word string) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing: .ci/servers installs it")
		}
		t.Skip("chromium is missing: .ci/servers installs it")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.ExecPath(program), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(browserTakes))
	ctx, end := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), opts...)
	t.Cleanup(end)
	ctx, close := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		close()
	})
	b := &browser{t, o, ctx}
	if err := chromedp.Run(ctx); err != nil { // this starts it, for as long as the context lasts
		t.Fatal(err)
	}
	b.run(chromedp.EmulateViewport(1200, 900), network.SetCookie("requestd", word).WithURL(o.url))
	return b
}

func (b *browser) run(actions ...chromedp.Action) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, browserTakes)
	defer stop()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.run(chromedp.Navigate(b.o.url+path), chromedp.WaitReady("main"))
}

// waits waits until the page's text contains some words.
func (b *browser) waits(words string) {
	b.t.Helper()
	quoted, err := json.Marshal(words)
	if err != nil {
		b.t.Fatal(err)
	}
	ask := fmt.Sprintf("document.readyState === 'complete' && document.body.innerText.includes(%s)", quoted)
	for {
		err := chromedp.Run(b.ctx, chromedp.Poll(ask, nil, chromedp.WithPollingTimeout(20*time.Second)))
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), "(-32000)") { // the page has gone: the next one is asked
			b.t.Fatalf("waiting for %q: %v", words, err)
		}
	}
}

// A day's work by mouse: decide, take on, extend with its preview, answer,
// search, register.
func TestADaysWorkByMouse(t *testing.T) {
	o := newOffice(t)
	ref, mail := o.asked("Priya Raghunathan"), o.undecided(1)
	b := chromium(t, o, o.word("k.dunne@example.org", casework.Officer))
	b.open("/")
	b.waits("To decide")
	b.run(chromedp.Click(`a[href="/triage/` + mail + `"]`))
	b.waits("What is it?")
	b.run(chromedp.Click(`main button[value="dsar"]`))
	b.waits(mail + " is decided: Subject access.")
	b.open("/case/" + ref)
	b.run(chromedp.Click(`form[action$="/take"] button`))
	b.waits("You work on " + ref)
	b.run(chromedp.Click(`a[href$="/act/extended"]`))
	b.waits("On which day?")
	b.run(chromedp.SendKeys("#note", "public interest test"), chromedp.Click(`main button[name="preview"]`))
	b.waits("Nothing is saved yet")
	b.run(chromedp.Click(`main button[name="save"]`))
	b.waits("Saved: Extend the time.")
	b.run(chromedp.Click(`a[href$="/act/responded"]`))
	b.waits("Outcome")
	b.run(chromedp.SetValue("#outcome", "granted"), chromedp.Click(`main button[name="preview"]`))
	b.waits("Nothing is saved yet")
	b.run(chromedp.Click(`main button[name="save"]`))
	b.waits("Saved: Record the answer.")
	if s := o.view(ref).State; s != intake.StateResponded {
		t.Errorf("%s is %s", ref, s)
	}
	b.open("/register")
	b.run(chromedp.Click(`input[name="mailbox"][value="cafcass"]`), chromedp.Click(`input[name="kind"][value="foi"]`), chromedp.Click(`input[name="source"][value="post"]`),
		chromedp.SendKeys("#name", "Edmund Vale"), chromedp.Click("main form button.button"))
	b.waits("is registered.")
	b.open("/search")
	b.run(chromedp.SendKeys("#words", "edmund"), chromedp.Click("main form button"))
	b.waits("1 found")
}

// Ten mails are decided in at most 40 key presses.
func TestTenMailsInFortyKeys(t *testing.T) {
	o := newOffice(t)
	var refs []string
	for n := range 10 {
		refs = append(refs, o.undecided(n))
	}
	b := chromium(t, o, o.word("k.dunne@example.org", casework.Officer))
	b.open("/triage")
	keys := 0
	for left := 10; left > 0; left-- {
		b.waits(fmt.Sprintf("%d to decide", left))
		b.run(chromedp.KeyEvent([]string{"f", "d", "n"}[left%3]))
		keys++
	}
	b.waits("Nothing waits for a decision.")
	for _, ref := range refs {
		if s := o.view(ref).State; s == intake.StateTriage {
			t.Errorf("%s is not decided", ref)
		}
	}
	if keys > 40 {
		t.Errorf("it took %d key presses", keys)
	}
	t.Logf("%d mails decided by %d key presses", len(refs), keys)
}

// The same work without a mouse: every control is reached by Tab, and pressed.
func TestByKeyboardAlone(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	b := chromium(t, o, o.word("k.dunne@example.org", casework.Officer))
	tabTo := func(selector string) {
		t.Helper()
		for range 80 {
			var there bool
			b.run(chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(fmt.Sprintf("document.activeElement.matches(%q)", selector), &there))
			if there {
				return
			}
		}
		t.Fatalf("%s is not reached by Tab", selector)
	}
	b.open("/")
	b.run(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter), // skips to the main content
		chromedp.Poll("document.activeElement.id === 'main'", nil, chromedp.WithPollingTimeout(20*time.Second)))
	b.open("/case/" + ref)
	tabTo(`a[href$="/act/responded"]`)
	b.run(chromedp.KeyEvent(kb.Enter))
	b.waits("Outcome")
	tabTo("#outcome")
	b.run(chromedp.KeyEvent("g"))
	tabTo(`main button[name="preview"]`)
	b.run(chromedp.KeyEvent(kb.Enter))
	b.waits("Nothing is saved yet")
	tabTo(`main button[name="save"]`)
	b.run(chromedp.KeyEvent(kb.Enter))
	b.waits("Saved: Record the answer.")
	if s := o.view(ref).State; s != intake.StateResponded {
		t.Errorf("%s is %s", ref, s)
	}
}

// Single keys can be switched off.
func TestSingleKeysAreSwitchedOff(t *testing.T) {
	o := newOffice(t)
	ref := o.undecided(1)
	b := chromium(t, o, o.word("k.dunne@example.org", casework.Officer))
	b.open("/account")
	b.run(chromedp.Click(`main button[name="keys"]`))
	b.waits("Single keys are switched off.")
	b.open("/triage")
	b.waits("1 to decide")
	b.run(chromedp.KeyEvent("f"))
	b.open("/triage")
	b.waits("1 to decide")
	if s := o.view(ref).State; s != intake.StateTriage {
		t.Errorf("the key decided: %s", s)
	}
}

// Single keys can be changed, and apply in every session (WCAG 2.1.4).
func TestSingleKeysAreChanged(t *testing.T) {
	o := newOffice(t)
	first, second := o.undecided(1), o.undecided(2)
	v := o.officer()
	b := chromium(t, o, o.word("k.dunne@example.org", casework.Officer))
	b.open("/account")
	b.run(chromedp.Click("summary"), chromedp.SetValue(`#key-foi`, "7"), chromedp.Evaluate(`document.getElementById("key-review/dsar").value = ""`, nil), chromedp.SetValue("#key-dsar", "c"), chromedp.Click(`main button[value="own"]`))
	b.waits("Saved.")
	if _, body := v.get("/triage"); !strings.Contains(body, `data-key="7"`) || strings.Contains(body, `data-key="f"`) {
		t.Error("the keys do not hold in another session")
	}
	if _, body := o.visitor(o.word("m.rees@example.org", casework.Officer)).get("/triage"); !strings.Contains(body, `data-key="f"`) {
		t.Error("the keys of somebody else have changed")
	}
	b.open("/triage")
	b.waits("2 to decide")
	b.run(chromedp.KeyEvent("f"), chromedp.KeyEvent("d"), chromedp.KeyEvent("7"))
	b.waits("1 to decide")
	b.run(chromedp.KeyEvent("c"))
	b.waits("Nothing waits for a decision.")
	if a, c := o.view(first).Kind, o.view(second).Kind; a != intake.FOI || c != intake.DSAR {
		t.Errorf("they were decided as %s and %s", a, c)
	}
}

func TestWithoutJavaScript(t *testing.T) {
	o := newOffice(t)
	ref := o.undecided(1)
	b := chromium(t, o, o.word("k.dunne@example.org", casework.Officer))
	b.run(emulation.SetScriptExecutionDisabled(true))
	b.open("/triage")
	b.run(chromedp.Click(`main button[value="foi"]`), chromedp.WaitVisible(".big"))
	if s := o.view(ref).State; s != intake.StateOpen {
		t.Errorf("%s is %s", ref, s)
	}
	b.open("/case/" + ref + "/act/note")
	b.run(chromedp.SendKeys("#note", "rang them"), chromedp.Click(`main button[name="preview"]`), chromedp.WaitVisible("#preview"), chromedp.Click(`main button[name="save"]`), chromedp.WaitVisible(".banner.good"))
	if evs := o.view(ref).Events; evs[len(evs)-1].Note != "rang them" {
		t.Errorf("the note is %q", evs[len(evs)-1].Note)
	}
}

// The pictures of docs/page.md. With REQUESTD_PICTURES=DIR they are kept there;
// make pictures does that.
func TestPicturesOfTheGuide(t *testing.T) {
	o := newOffice(t)
	ref, mail := o.asked("Priya Raghunathan"), o.undecided(1)
	o.undecided(2)
	b := chromium(t, o, o.word("k.dunne@example.org", casework.Officer))
	b.run(chromedp.EmulateViewport(1000, 700))
	b.open("/")
	b.picture("today")
	b.open("/triage/" + mail)
	b.picture("triage")
	b.open("/case/" + ref + "/act/received")
	b.run(chromedp.SetValue("#date", "2026-11-18"), chromedp.Click(`main button[name="preview"]`))
	b.waits("Nothing is saved yet")
	b.picture("preview")
	b.open("/case/" + ref)
	b.picture("case")
	o.receive("Edmund Vale <edmund.vale@example.org>\r\nReply-To: e.vale@example.com", "Freedom of Information request",
		"Under the Freedom of Information Act, please send me the policy on the supervision of newly qualified social workers.\n\nEdmund Vale")
	answered := map[string]string{o.asked("Dilys Fairbrother"): "2026-12-10", o.asked("Colm Devereux"): "2026-12-28"} // one in time and one late
	o.set(o.now().AddDate(0, 0, 40))
	v := o.officer()
	for ref, day := range answered {
		v.act(ref, "responded", "outcome", "granted", "date", day)
	}
	b.run(network.SetCookie("requestd", o.word("k.dunne@example.org", casework.Officer)).WithURL(o.url))
	list, err := o.e.Register.Letters(t.Context(), register.LetterFilter{State: intake.LetterHeld})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	b.open(fmt.Sprintf("/letters/%d", list[len(list)-1].ID))
	b.picture("letter")
	b.open("/calendar")
	b.run(chromedp.Click("main form.narrow button.button"))
	b.waits("Your new address")
	b.picture("calendar")
	b.open("/figures")
	b.picture("figures")
}

// picture takes a picture of the window, which must not be blank.
func (b *browser) picture(name string) {
	b.t.Helper()
	var png []byte
	b.run(chromedp.CaptureScreenshot(&png))
	if len(png) < 5000 {
		b.t.Errorf("the picture %s has %d bytes: the screen is empty", name, len(png))
	}
	if dir := os.Getenv("REQUESTD_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
}

// tries makes an act be refused, and then previewed, and looks at both answers.
func (b *browser) tries(received string, look func(name string)) {
	b.t.Helper()
	b.open(received)
	b.run(chromedp.Click(`main button[name="preview"]`))
	b.waits("There is a problem")
	look("refused")
	b.run(chromedp.SetValue("#date", "2026-11-18"), chromedp.Click(`main button[name="preview"]`))
	b.waits("Nothing is saved yet")
	look("preview")
}
