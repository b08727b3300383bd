package page_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/store/storetest/packed"
)

// every returns each screen, with something on it.
func every(o *office) map[string]string {
	ref, mail := o.asked("Priya Raghunathan"), o.undecided(1)
	o.undecided(2)
	if _, err := o.accounts.SaveSearch("head@example.org", accounts.Search{Name: "A name of some length that nobody breaks-anywhere-in-between-its-words", Words: "Priya", State: "open"}); err != nil {
		o.tb.Fatal(err)
	}
	return map[string]string{
		"today": "/", "triage": "/triage/" + mail, "case": "/case/" + ref, "act": "/case/" + ref + "/act/responded", "decide": "/case/" + ref + "/act/decide",
		"void": "/case/" + ref + "/act/void", "corrected": "/case/" + ref + "/act/corrected", "extended": "/case/" + ref + "/act/extended", "search": "/search?state=open", "saved": "/search/saved/1", "received": "/case/" + ref + "/act/received", "register": "/register", "letters": "/letters", "letter": "/letters/1", "mail": "/mail/1",
		"figures": "/figures", "calendar": "/calendar", "how-it-runs": "/how-it-runs", "account": "/account", "readers": "/case/" + ref + "/readers", "nothing": "/nowhere",
	}
}

// axe-core finds nothing wrong on any screen, by day and in the dark mode; none
// is wider than a telephone of 320 px. The log shows how many of its rules each
// screen meets.
func TestEveryScreenIsAccessible(t *testing.T) {
	o := newOffice(t)
	screens := every(o)
	b := chromium(t, o, o.word("head@example.org", casework.Head))
	axe := axeScript(t)
	look := func(name string) {
		met := 1000
		for _, scheme := range []string{"light", "dark"} {
			b.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
			for _, width := range []int64{1200, 320} {
				var found struct {
					Wrong []string
					Met   int
				}
				var wide int64
				b.run(chromedp.EmulateViewport(width, 900), chromedp.Evaluate(axe, nil),
					chromedp.Evaluate(`axe.run().then(r => ({Wrong: r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).join(" | ")), Met: r.passes.length}))`, &found, awaited),
					chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide))
				met = min(met, found.Met)
				for _, f := range found.Wrong {
					t.Errorf("%s, %s, %d px: %s", name, scheme, width, f)
				}
				if wide > width {
					t.Errorf("%s is %d px wide on %d", name, wide, width)
				}
			}
		}
		t.Logf("| %s | %d |", name, met)
	}
	for name, path := range screens {
		b.open(path)
		look(name)
	}
	b.tries(screens["received"], look)
	b.run(network.ClearBrowserCookies())
	b.open("/sign-in")
	look("sign-in")
}

// Every element that the keyboard reaches shows that it has the focus, on every
// screen.
func TestTheFocusIsSeen(t *testing.T) {
	o := newOffice(t)
	b := chromium(t, o, o.word("head@example.org", casework.Head))
	b.run(emulation.SetFocusEmulationEnabled(true))
	reached := 0
	for name, path := range every(o) {
		b.open(path)
		var found struct {
			N      int
			Unseen []string
		}
		b.run(chromedp.Evaluate(`(() => {
			const focus = "rgb(255, 221, 0)", unseen = [];
			const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter(e => e.type !== "hidden" && e.checkVisibility());
			for (const e of all) {
				e.focus({focusVisible: true});
				const s = getComputedStyle(e);
				if (document.activeElement !== e || s.backgroundColor !== focus && !(s.outlineStyle === "solid" && s.outlineColor === focus)) unseen.push(e.outerHTML.slice(0, 120));
			}
			return {N: all.length, Unseen: unseen};
		})()`, &found))
		reached += found.N
		for _, e := range found.Unseen {
			t.Errorf("%s: the focus is not seen on %s", name, e)
		}
	}
	if reached < 200 {
		t.Errorf("only %d things can be reached", reached)
	}
}

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

func axeScript(t *testing.T) string {
	t.Helper()
	script := string(packed.Read(t, "testdata/axe.min.js.gz"))
	if !strings.Contains(script[:200], "axe v4") {
		t.Fatal("this is not axe-core")
	}
	return script + ";0"
}
