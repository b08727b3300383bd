package page_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"requestd/intake/casework"
)

// node is what a screen reader is told about one element of a screen.
type node struct {
	role, name string
	props      map[string]string
}

// said is a value of any type in Chromium's answer.
type said struct {
	Value any `json:"value"`
}

func (v said) text() string {
	if v.Value == nil {
		return ""
	}
	return fmt.Sprint(v.Value)
}

// tree returns what a screen reader is told about the screen. Chromium tells
// more of it than the package that drives it knows.
func (b *browser) tree() (list []node) {
	b.t.Helper()
	var all struct {
		Nodes []struct {
			Ignored    bool `json:"ignored"`
			Role       said `json:"role"`
			Name       said `json:"name"`
			Properties []struct {
				Name  string `json:"name"`
				Value said   `json:"value"`
			} `json:"properties"`
		} `json:"nodes"`
	}
	b.run(chromedp.ActionFunc(func(ctx context.Context) error { return cdp.Execute(ctx, "Accessibility.getFullAXTree", nil, &all) }))
	for _, n := range all.Nodes {
		if n.Ignored {
			continue
		}
		x := node{role: n.Role.text(), name: n.Name.text(), props: map[string]string{}}
		for _, p := range n.Properties {
			x.props[p.Name] = p.Value.text()
		}
		list = append(list, x)
	}
	return list
}

var controls = regexp.MustCompile(`^(button|link|textbox|searchbox|combobox|radio|checkbox|DisclosureTriangle)$`)

// On every screen a screen reader is told what each control is for, by a name
// that no other control has unless both do the same. No field is called wrong
// before it was filled, and headings go down one level at a time from the only
// first.
func TestWhatAScreenReaderIsTold(t *testing.T) {
	o := newOffice(t)
	screens := every(o)
	b := chromium(t, o, o.word("head@example.org", casework.Head))
	for range 2 { // within one minute
		b.open("/calendar")
		b.run(chromedp.Click("main form.narrow button.button"))
		b.waits("Your new address")
	}
	titles := map[string]string{}
	look := func(name string) {
		var title string
		b.run(chromedp.Title(&title))
		if was := titles[title]; was != "" {
			t.Errorf("%s has the title of %s: %q", name, was, title)
		}
		titles[title] = name
		seen, level, found := map[string]string{}, 0, 0
		for _, n := range b.tree() {
			if n.role == "heading" {
				now, err := strconv.Atoi(n.props["level"])
				if err != nil || now > level+1 || now == 1 && level > 0 {
					t.Errorf("%s: the heading %q has the level %d behind %d", name, n.name, now, level)
				}
				level = now
				continue
			}
			if v := n.props["invalid"]; v != "" && v != "false" && name != "refused" {
				t.Errorf("%s: %s %q is told to be wrong", name, n.role, n.name)
			}
			if !controls.MatchString(n.role) || strings.HasPrefix(n.name, "Show date picker") {
				continue
			}
			found++
			if n.name == "" || strings.HasPrefix(n.name, " ") || strings.Contains(n.name, " :") || strings.Contains(n.name, " ,") {
				t.Errorf("%s: a %s is called %q", name, n.role, n.name)
			}
			does, key := n.props["url"], n.role+" "+n.name
			if was, twice := seen[key]; twice && (n.role != "link" || was != does) {
				t.Errorf("%s: two %s are called %q", name, n.role, n.name)
			}
			seen[key] = does
		}
		if found < 5 {
			t.Errorf("%s has only %d controls", name, found)
		}
	}
	for name, path := range screens {
		if name == "nothing" || name == "saved" { // the same title as the search
			continue
		}
		b.open(path)
		look(name)
	}
	b.tries(screens["received"], look)
	b.run(chromedp.Click(`main button[name="save"]`))
	b.waits("Saved: ")
	look("saved")
	if at := b.focused(); at != "notice" {
		t.Errorf("what was done is not read out: the focus is on %q", at)
	}
	b.run(network.ClearBrowserCookies())
	b.open("/sign-in")
	look("sign-in")
}

// focused returns the id of the element that has the focus.
func (b *browser) focused() (id string) {
	b.t.Helper()
	b.run(chromedp.Evaluate(`document.activeElement.id`, &id))
	return id
}

// In Triage the title and the first heading name the mail, the proposed kind
// and the keys are read out, and what was done has the focus.
func TestTriageForAScreenReader(t *testing.T) {
	o := newOffice(t)
	first, second := o.undecided(1), o.undecided(2)
	b := chromium(t, o, o.word("k.dunne@example.org", casework.Officer))
	b.open("/triage/" + first)
	told := func(ref string, left int) {
		t.Helper()
		var title, heading string
		b.run(chromedp.Title(&title), chromedp.Text("h1", &heading))
		for _, s := range []string{title, heading} {
			if !strings.Contains(s, ref) || !strings.Contains(s, fmt.Sprintf("%d to decide", left)) || !strings.Contains(s, "Triage: ") {
				t.Errorf("%s is called %q", ref, s)
			}
		}
		keys, proposed := 0, 0
		for _, n := range b.tree() {
			if n.role == "button" && n.props["keyshortcuts"] != "" {
				keys++
			}
			if n.role == "button" && strings.Contains(n.name, "proposed") {
				proposed++
			}
		}
		if keys < 5 || proposed > 1 {
			t.Errorf("%d keys and %d proposals are told", keys, proposed)
		}
	}
	told(first, 2)
	b.run(chromedp.KeyEvent("f"))
	b.waits("is decided")
	told(second, 1)
	if at := b.focused(); at != "notice" {
		t.Errorf("the focus is on %q", at)
	}
	b.open("/search?state=open")
	if at := b.focused(); at != "found" {
		t.Errorf("what was found is not read out: the focus is on %q", at)
	}
}

// Mails and letters are read out in their own language, whatever the page's is.
func TestMailsAndLettersHaveTheirLanguage(t *testing.T) {
	o := newOffice(t)
	ref := o.receive("Llŷr Rees <someone@example.org>", "Cais rhyddid gwybodaeth",
		"Annwyl Syr neu Fadam,\n\nO dan y Ddeddf Rhyddid Gwybodaeth, anfonwch ataf y polisi ar oruchwylio gweithwyr cymdeithasol newydd gymhwyso a nifer yr oriau a gawsant ym mhob rhanbarth y llynedd.\n\nLlŷr Rees")
	_, body := o.officer().get("/case/" + ref)
	for _, want := range []string{`<div dir="auto" lang="cy">Annwyl Syr`, `lang="cy"><bdi>Cais`} {
		if !strings.Contains(body, want) {
			t.Errorf("the case lacks %q", want)
		}
	}
	_, body = o.officer().get("/case/" + o.asked("Priya Raghunathan"))
	if !strings.Contains(body, `<div dir="auto" lang="en">Dear Information`) || !strings.Contains(body, `lang="en">Dear requester`) {
		t.Error("an English mail, or the letter that answers it, has no language")
	}
}
