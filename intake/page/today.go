package page

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/store"
)

var todayRoutes = []route{
	{"GET /{$}", casework.ToRead, (*visit).today},
	{"POST /case/{ref}/take", casework.ToClaim, (*visit).take},
	{"POST /case/{ref}/hold", casework.ToHold, (*visit).hold},
	{"POST /case/{ref}/release", casework.ToRelease, (*visit).release},
	{"POST /case/{ref}/undo", casework.ToUndo, (*visit).undo},
}

// section is one list of the screen Today.
type section struct {
	ID    string
	Title string
	Rows  []register.OpenCase
	More  int // how many rows are not shown
}

const listAcknowledge = "acknowledge"

// Date returns the day that counts for a case in this list: in most lists that
// of the answer.
func (s section) Date(d register.OpenCase) deadlines.Day {
	if s.ID == listAcknowledge && d.AcknowledgeBy != 0 {
		return d.AcknowledgeBy
	}
	return d.Due
}

// Dated returns the name of that day.
func (s section) Dated() string {
	if s.ID == listAcknowledge {
		return "Acknowledge by"
	}
	return "Date"
}

type todayBody struct {
	Sections   []section
	Drafts     []intake.Letter // which somebody has still to send
	DraftsMore int             // how many are not shown
	Passed     []passedMail
	Later      int // open cases that are in no list
	Mine       bool
	List       string // if set, only this list is shown, and all of it
}

// passedMail is a mail that opened no case, with its first words.
type passedMail struct {
	intake.Arrival
	Words string
}

const (
	firstWords = 100 // runes
	mostRows   = 50  // of one list
	mostWhole  = 500 // of a list that is shown alone
	passedDays = 3
	soonDays   = 7
)

func (v *visit) today() error {
	open, err := v.s.Register.OpenCases(v.r.Context(), v.who.Mailboxes)
	if err != nil {
		return err
	}
	f := v.frame("Today")
	body := todayBody{Mine: v.r.FormValue("mine") == "yes", List: v.r.FormValue("list")}
	body.Sections, body.Later = sort(open, f, body.Mine)
	if body.List != "" {
		body.Sections, body.Later = slices.DeleteFunc(body.Sections, func(s section) bool { return s.ID != body.List }), 0
		if len(body.Sections) == 0 {
			return errNoPage
		}
		body.Sections[0].cut(mostWhole)
		return v.show("today", f, body)
	}
	for i := range body.Sections {
		body.Sections[i].cut(mostRows)
	}
	if body.Passed, err = v.passed(); err != nil {
		return err
	}
	if body.Drafts, err = v.drafts(body.Mine); err != nil {
		return err
	}
	if n := len(body.Drafts); n > mostRows {
		body.Drafts, body.DraftsMore = body.Drafts[:mostRows], n-mostRows
	}
	return v.show("today", f, body)
}

// DraftsAll returns how many letters are drafted.
func (b todayBody) DraftsAll() int { return len(b.Drafts) + b.DraftsMore }

// sort puts each open case into the first list that wants it.
func sort(open []register.OpenCase, f *frame, mine bool) ([]section, int) {
	wants := []struct {
		section
		of func(*register.OpenCase) bool
	}{
		{section{ID: "danger", Title: "Danger or data breach"}, func(d *register.OpenCase) bool { return d.Urgent != "" && d.State == intake.StateTriage }},
		{section{ID: "decide", Title: "To decide"}, func(d *register.OpenCase) bool { return d.State == intake.StateTriage }},
		{section{ID: "late", Title: "Late"}, func(d *register.OpenCase) bool { return d.Overdue }},
		{section{ID: listAcknowledge, Title: "To acknowledge"}, func(d *register.OpenCase) bool { return d.IsOpen() && d.Ack.At.IsZero() && !d.Ack.Queued }},
		{section{ID: "week", Title: "Due this week"}, func(d *register.OpenCase) bool { return d.Due != 0 && d.Due <= f.Today+soonDays }},
		{section{ID: "waiting", Title: "Waiting"}, func(d *register.OpenCase) bool { return d.State == intake.StateWaiting }},
	}
	later := 0
	for i := range open {
		d := &open[i]
		if mine && (f.User == nil || !intake.SameAddress(d.Officer, f.User.Address)) {
			continue
		}
		at := slices.IndexFunc(wants, func(w struct {
			section
			of func(*register.OpenCase) bool
		}) bool {
			return w.of(d)
		})
		if at < 0 {
			later++
			continue
		}
		wants[at].Rows = append(wants[at].Rows, *d)
	}
	var list []section
	for _, w := range wants {
		slices.SortStableFunc(w.Rows, func(a, b register.OpenCase) int { return cmp.Compare(w.Date(a), w.Date(b)) })
		list = append(list, w.section)
	}
	return list, later
}

func (s *section) cut(most int) {
	if n := len(s.Rows); n > most {
		s.Rows, s.More = s.Rows[:most], n-most
	}
}

// passed returns people's mail of the last days that opened no case, the newest
// first.
func (v *visit) passed() (shown []passedMail, err error) {
	var list []intake.Arrival
	var first uint64
	err = v.s.Store.View(func(tx *store.Tx) error {
		first = tx.FirstArrivalSince(tx.Now().Add(-passedDays * 24 * time.Hour))
		return nil
	})
	if err != nil {
		return nil, err
	}
	after := uint64(0)
	if first > 0 {
		after = first - 1
	}
	for _, did := range []intake.Disposition{intake.DidPass, intake.DidIgnore} {
		some, _, err := v.s.Register.Messages(v.r.Context(), register.MessageFilter{Mailboxes: v.who.Mailboxes, Decision: did, After: after})
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	slices.SortStableFunc(list, func(a, b intake.Arrival) int { return -cmp.Compare(a.ID, b.ID) })
	for _, a := range list[:min(len(list), mostRows)] {
		t, _, err := v.s.Register.MessageText(v.r.Context(), a.ID)
		if err != nil {
			return nil, err
		}
		shown = append(shown, passedMail{a, intake.OneLine(t.Text, firstWords)})
	}
	return shown, nil
}

// seen returns how many events the case had when the form was made.
func (v *visit) seen() (int, error) {
	n, err := strconv.Atoi(v.r.PostFormValue("seen"))
	if err != nil || n < 1 {
		return 0, &casework.Refusal{Says: "The form is not whole.", Mend: "Open the case again."}
	}
	return n, nil
}

// act carries out an act without a preview on the case that a form names.
func (v *visit) act(a casework.Act) (*casework.Change, error) {
	seen, err := v.seen()
	if err != nil {
		return nil, err
	}
	return v.s.Cases.Do(v.r.Context(), v.by(seen), v.r.PathValue("ref"), a)
}

// goBack returns where a form wants to go once it is done.
func (v *visit) goBack(otherwise string) string {
	if b := v.r.PostFormValue("back"); b != "" {
		return ownPath(b)
	}
	return otherwise
}

func (v *visit) take() error {
	ch, err := v.act(casework.Claim())
	if err != nil {
		return v.notDone(err)
	}
	return v.done(v.goBack("/case/"+ch.View.Ref), v.frame("").T("You work on %s.", ch.View.Ref))
}

func (v *visit) hold() error {
	ch, err := v.act(casework.Hold())
	if err != nil {
		return v.notDone(err)
	}
	return v.done(v.goBack("/case/"+ch.View.Ref), v.frame("").T("The letter of %s is held.", ch.View.Ref))
}

// release releases a held acknowledgement. If it may do harm it is previewed
// first, like an act.
func (v *visit) release() error {
	c, err := v.look(v.r.PathValue("ref"))
	if err != nil {
		return err
	}
	if len(c.Perils()) > 0 {
		return v.asAct(actRelease, "seen")
	}
	ch, err := v.act(casework.Acknowledge(casework.AckInput{}))
	if err != nil {
		return v.notDone(err)
	}
	f, back := v.frame(""), v.goBack("/case/"+ch.View.Ref)
	return v.did(back, f, ch.View.Ref+":", ch, &undoable{ch.View.Ref, ch.Event, back})
}

func (v *visit) undo() error {
	n, err := strconv.Atoi(v.r.PostFormValue("event"))
	if err != nil || n < 1 {
		return &casework.Refusal{Says: "The form is not whole.", Mend: "Open the case again."}
	}
	ch, err := v.s.Cases.Do(v.r.Context(), v.by(0), v.r.PathValue("ref"), casework.Undo(n))
	if err != nil {
		return v.notDone(err)
	}
	return v.done(v.goBack("/case/"+ch.View.Ref), v.frame("").T("Undone: %s stands as before.", ch.View.Ref))
}
