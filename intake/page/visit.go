package page

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/store"
)

// visit is one request of somebody who has signed in.
type visit struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	session *accounts.Session
	who     casework.Principal
	stands  error // against what was to be done, which the screen that is shown says
}

// by returns who acts, what they saw, and how long a letter can be called back.
func (v *visit) by(seen int) casework.By {
	return casework.By{Principal: v.who, SeenEvents: seen, UndoWait: v.s.Cases.Settings().Replies.UndoWait}
}

// signedIn lets in whoever has a session and a role that allows an act in some
// mailbox; for a case the act itself checks its mailbox.
func (s *Server) signedIn(act casework.ActName, serve func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{s: s, w: w, r: r}
		word, ok := s.word(r)
		err := accounts.ErrEnded
		if ok {
			v.session, err = s.Accounts.Session(word)
		}
		if errors.Is(err, accounts.ErrEnded) {
			s.askToSignIn(w, r)
			return
		}
		if err == nil {
			v.who = v.session.Who()
			err = v.who.MayAnywhere(act)
		}
		if err == nil {
			err = serve(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

// askToSignIn sends a browser to the sign-in and back to where it was. A form
// that was being sent is not sent again automatically; its answer says so.
func (s *Server) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		s.keep(w, backCookie, here(r))
	}
	if r.Method != http.MethodGet {
		s.over(w, r)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

var errNoPage = errors.New("there is no such page")

// fail answers with what went wrong, on a page of its own.
func (v *visit) fail(err error) {
	f := v.frame("Something went wrong")
	v.explain(f, err)
	v.s.render(v.w, "problem", f)
}

// explain puts a failure into words in the frame, with its status.
func (v *visit) explain(f *frame, err error) {
	var refused *casework.Refusal
	var forbidden *casework.Forbidden
	var overtaken *casework.Overtaken
	var unreadable intake.Unreadable
	switch {
	case errors.As(err, &overtaken):
		f.Status, f.Problem = http.StatusConflict, f.T("This case has changed since you opened it. Nothing was overwritten. See below what happened, and decide again.")
	case errors.As(err, &forbidden):
		f.Status, f.Problem = http.StatusForbidden, f.T("You may not do this here. An administrator gives roles and mailboxes.")
	case errors.As(err, &refused):
		f.Status, f.Problem = http.StatusUnprocessableEntity, strings.TrimSpace(f.Says(refused.Says)+" "+f.Says(refused.Mend))
		f.about = refused.On
	case errors.Is(err, ErrGone):
		f.Status, f.Problem = http.StatusNotFound, f.T("The mail no longer lies where it came in: it was moved or deleted. Look for it in the mailbox.")
	case errors.As(err, &unreadable):
		f.Status, f.Problem = http.StatusUnprocessableEntity, f.T("The mail cannot be taken apart. Open it in the mailbox, with care.")
	case errors.Is(err, accounts.ErrTooMany):
		f.Status, f.Problem = http.StatusTooManyRequests, f.T("Too many attempts failed. Try again in a quarter of an hour.")
	case errors.Is(err, errMailbox):
		f.Status, f.Problem = http.StatusBadGateway, f.T("The mailbox cannot be read at the moment. Nothing was changed; try again in a few minutes.")
		v.s.Log.Error("the page could not fetch a mail", "error", err)
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrBadRef), errors.Is(err, errNoPage):
		f.Status, f.Problem = http.StatusNotFound, f.T("There is nothing at this address.")
	case store.DiskFault(err):
		f.Status, f.Problem = http.StatusServiceUnavailable, f.T("The register cannot be written at the moment, so nothing was saved. What you typed is still in the form. Tell the administrator.")
		v.s.faulty.Store(true)
		v.s.Log.Error("the page could not write to the register", "error", err)
	default:
		f.Status, f.Problem = http.StatusInternalServerError, f.T("Something went wrong, and nothing was changed. The administrator finds the cause in the log.")
		v.s.Log.Error("the page failed", "path", v.r.Pattern, "error", err)
	}
}

// frame is what every screen shows around its own body.
type frame struct {
	s       *Server
	Lang    string
	Title   string // in the language of the page
	Path    string
	Here    string // the address with its filters, to come back to
	Now     time.Time
	Today   deadlines.Day
	User    *accounts.Session // nil before sign-in
	Who     casework.Principal
	Notice  string // what was just done
	Undo    *undoable
	Look    *lookAt         // what has still to be done about it
	Problem string          // what is wrong
	about   casework.Field  // what the problem is about, if that may be a field of the form
	Field   string          // the field, once the form is written
	named   map[string]bool // groups of boxes whose first box has its id
	Broken  string          // why the register cannot be written
	Keys    bool            // single keys are switched on
	Body    any
	Status  int
	Partial bool
}

// undoable is a decision that can still be taken back.
type undoable struct {
	Ref   string
	Event int
	Back  string
}

// T returns a text of the interface in the visitor's language.
func (f *frame) T(en string, args ...any) string { return f.s.words.say(f.Lang, en, args...) }

// Day writes a date as people read it.
func (f *frame) Day(d deadlines.Day) string { return f.s.words.day(f.Lang, d, f.Today) }

// DayOf writes the day of a moment in London.
func (f *frame) DayOf(t time.Time) string { return f.Day(deadlines.DayOf(t)) }

// Moment writes a day and a time of day in London.
func (f *frame) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return f.Day(deadlines.DayOf(t)) + " " + t.In(deadlines.London()).Format("15:04")
}

// May reports whether the visitor's role allows an act somewhere.
func (f *frame) May(act string) bool { return f.Who.MayAnywhere(casework.ActName(act)) == nil }

// Kind names a kind for people.
func (f *frame) Kind(k intake.Kind) string { return f.T(kindName(k)) }

// With passes a part of a screen its own data together with the frame.
func (f *frame) With(x any) part { return part{f, x} }

type part struct {
	F *frame
	X any
}

func (v *visit) frame(title string) *frame {
	f := v.s.frame(v.r, v.session, title)
	f.Who = v.who
	v.takeFlash(f)
	if v.stands != nil {
		v.explain(f, v.stands)
	}
	return f
}

func (s *Server) frame(r *http.Request, session *accounts.Session, title string) *frame {
	f := &frame{s: s, Lang: lang(r), Path: r.URL.Path, Here: here(r), Now: s.Now(), Today: deadlines.DayOf(s.Now()), User: session, Keys: session != nil && !session.Keys.Off, Status: http.StatusOK}
	f.Title = f.T(title)
	if s.broken() {
		f.Broken = f.T("The register cannot be written at the moment: you can read, and nothing can be saved. Tell the administrator.")
	}
	return f
}

// show answers with a screen.
func (v *visit) show(screen string, f *frame, body any) error {
	f.Body = body
	v.s.render(v.w, screen, f)
	return nil
}

func (s *Server) render(w http.ResponseWriter, screen string, f *frame) {
	b := buffers.Get().(*bytes.Buffer)
	defer giveBack(b)
	err := s.screens.ExecuteTemplate(b, screenOf+screen, f)
	if err == nil && f.Field != "" { // the summary above the form can lead to the field now
		b.Reset()
		f.named = nil
		err = s.screens.ExecuteTemplate(b, screenOf+screen, f)
	}
	if err != nil {
		s.Log.Error("a screen could not be written", "screen", screen, "error", err)
		http.Error(w, "the page could not be written; the administrator finds the cause in the log", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(f.Status)
	_, _ = b.WriteTo(w) // the client has gone; nobody is left to tell
}

const (
	bodyOf   = "body of "
	screenOf = "screen "
)

func readScreens() (*template.Template, error) {
	list, err := files.ReadDir("screens")
	if err != nil {
		return nil, err
	}
	all := template.New("").Funcs(functions)
	for _, e := range list {
		name := strings.TrimSuffix(e.Name(), ".html")
		b, err := files.ReadFile("screens/" + e.Name())
		if err != nil {
			return nil, err
		}
		text := string(b)
		switch name {
		case "parts":
		case "layout": // it contains each screen's own body
			head, foot, _ := strings.Cut(text, `{{template "body" .}}`)
			text = `{{define "head"}}` + head + `{{end}}{{define "foot"}}` + foot + `{{end}}`
		default:
			text = strings.Replace(text, `{{define "body"}}`, `{{define "`+bodyOf+name+`"}}`, 1) +
				`{{define "` + screenOf + name + `"}}{{template "head" .}}{{template "` + bodyOf + name + `" .}}{{template "foot" .}}{{end}}`
		}
		if _, err := all.Parse(text); err != nil {
			return nil, fmt.Errorf("screen %s: %w", name, err)
		}
	}
	return all, nil
}
