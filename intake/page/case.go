package page

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/compose"
	"requestd/intake/register"
	"requestd/store"
)

var caseRoutes = []route{
	{"GET /case/{ref}", casework.ToRead, (*visit).oneCase},
	{"GET /case/{ref}/readers", casework.ToErase, (*visit).readers},
}

// caseBody is a case as the screens Case and Triage show it.
type caseBody struct {
	*register.CaseDetails
	Seen     int // number of events
	Thread   []item
	Acts     []act
	Since    []intake.Event // what happened since a stale form was made
	Held     bool           // a letter waits for a person
	Callable bool           // a letter is waiting that can still be held
	Checks   []string       // what only a person can judge
}

// item is one mail, letter or note of the thread.
type item struct {
	At      time.Time
	Mail    *intake.Arrival
	Letter  *intake.Letter
	Note    *register.ShownEvent
	Text    string
	Cut     bool   // the mail is longer
	Missing string // why there is no text
}

func (v *visit) oneCase() error {
	c, err := v.look(v.r.PathValue("ref"))
	if err != nil {
		return err
	}
	f := v.frame("Case")
	f.Title, c.Checks = f.caseTitle(c), v.checks(f, c.View)
	return v.show("case", f, c)
}

// caseTitle names a case in a title, without anybody's name.
func (f *frame) caseTitle(c *caseBody) string {
	return c.Ref + ", " + f.T(kindName(c.Kind)) + ", " + f.T(stateName(c.State))
}

// look reads a case if the visitor may, and records that they looked at it.
func (v *visit) look(ref string) (*caseBody, error) {
	story, err := v.s.Register.Story(v.r.Context(), ref)
	if err != nil {
		return nil, err
	}
	full := story.CaseDetails
	if err := v.who.MayOn(casework.ToRead, full.Mailbox, "case "+full.Ref); err != nil {
		return nil, err
	}
	if err := v.s.recordLook(full.Ref, v.who.Actor); err != nil && !store.DiskFault(err) {
		return nil, err // with a faulty disk people may go on reading; every screen shows the fault
	}
	c := &caseBody{CaseDetails: full, Seen: len(full.Events)}
	c.Thread = v.thread(full, story.Texts)
	c.Acts = acts(c, v.who)
	for i := range full.Letters {
		l := &full.Letters[i]
		c.Held = c.Held || l.State == intake.LetterHeld && l.Purpose.Outside()
		c.Callable = c.Callable || l.State == intake.LetterWaiting && l.Purpose == intake.ForAcknowledgement
	}
	return c, nil
}

// Spoken reports whether the text of any mail of the case is kept.
func (c *caseBody) Spoken() bool {
	return slices.ContainsFunc(c.Thread, func(m item) bool { return m.Mail != nil && m.Text != "" })
}

// thread puts mail, letters to people outside and notes in order of time.
func (v *visit) thread(full *register.CaseDetails, said []register.Text) (list []item) {
	for i := range full.Mail {
		m := item{At: full.Mail[i].Received, Mail: &full.Mail[i]}
		m.take(said, func(t *register.Text) bool { return t.Message == m.Mail.ID })
		list = append(list, m)
	}
	for i := range full.Letters {
		l := &full.Letters[i]
		if !l.Purpose.Outside() {
			continue
		}
		at := l.Created
		if !l.Settled.IsZero() {
			at = l.Settled
		}
		m := item{At: at, Letter: l}
		m.take(said, func(t *register.Text) bool { return t.Letter == l.ID })
		if m.Text == "" {
			m.Text = v.unsentText(l.ID)
		}
		m.Text = flowing(m.Text)
		list = append(list, m)
	}
	for i := range full.Events {
		ev := &full.Events[i]
		if ev.Note != "" && !ev.Struck {
			list = append(list, item{At: ev.At, Note: ev, Text: ev.Note})
		}
	}
	slices.SortStableFunc(list, func(a, b item) int { return a.At.Compare(b.At) })
	return list
}

// take finds the text of a mail or letter among what was said.
func (m *item) take(said []register.Text, is func(*register.Text) bool) {
	for i := range said {
		if t := &said[i]; is(t) {
			m.Text, m.Cut, m.Missing = t.Text, t.Cut, t.Missing
		}
	}
}

// unsentText is the text of a letter that has not gone.
func (v *visit) unsentText(id uint64) string {
	l, _ := v.letterNumber(id) // without its text the letter is shown all the same
	return readable(l.Raw)
}

// readable returns the text of one of our own letters from its bytes; "" if
// there are none.
func readable(raw []byte) string {
	_, text, _ := compose.Text(raw) // "" with an error
	return text
}

// notDone answers a button that did nothing: where the case has changed since, with
// the case and what happened; where an act refuses, with the screen on which the
// button stands.
func (v *visit) notDone(err error) error {
	var o *casework.Overtaken
	var refused *casework.Refusal
	ref := v.r.PathValue("ref")
	switch {
	case errors.As(err, &o):
		ref = o.Ref
	case !errors.As(err, &refused):
		return err
	case v.r.PathValue("id") != "":
		v.stands = err
		return v.letter()
	default:
		if to, bad := url.Parse(v.goBack("")); bad == nil && to.Path == "/" {
			today := v.r.Clone(v.r.Context())
			today.Method, today.URL, today.Form, today.PostForm = http.MethodGet, to, nil, nil
			v.r, v.stands = today, err
			return v.today()
		}
	}
	c, again := v.look(ref)
	if again != nil {
		return again
	}
	v.stands = err
	f := v.frame("Case")
	f.Title, c.Checks = f.caseTitle(c), v.checks(f, c.View)
	if o != nil {
		c.Since = o.Since
	}
	return v.show("case", f, c)
}
