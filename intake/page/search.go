package page

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/store"
)

var searchRoutes = []route{
	{"GET /search", casework.ToRead, (*visit).search},
	{"POST /search", casework.ToRead, (*visit).search},
	{"GET /search/saved/{n}", casework.ToRead, (*visit).savedSearch},
	{"POST /search/saved", casework.ToRead, (*visit).saveSearch},
	{"POST /search/saved/{n}/remove", casework.ToRead, (*visit).removeSearch},
}

type searchBody struct {
	Words  string
	State  string
	Kind   string
	Rows   []*intake.View
	More   bool
	Asked  bool
	Empty  bool // it was sent with nothing to search for
	States []choice
	Kinds  []choice
	Saved  []accounts.Search
	Name   string // of the saved search that is shown, or is to be saved
	Named  string // the name as it was first shown
	N      int    // its number
}

// Searched returns what was searched for, so that a form knows whether it was
// changed since.
func (b searchBody) Searched() string {
	return url.Values{"words": {b.Words}, "state": {b.State}, "kind": {b.Kind}}.Encode()
}

const mostFound = 30

// search looks for cases. Its words are only sent by POST, so that no address
// contains a name; its filters can be in a link.
func (v *visit) search() error {
	body := searchBody{Words: strings.TrimSpace(v.r.PostFormValue("words")), State: v.r.FormValue("state"), Kind: v.r.FormValue("kind")}
	if v.r.FormValue("csv") != "" {
		return v.searchCSV(body)
	}
	form := v.r.PostForm
	body.Name, body.Named = form.Get("name"), form.Get("named")
	if form.Has("enter") && !v.turns() && body.Name != body.Named && form.Get("searched") == body.Searched() {
		return v.saveSearch() // Enter after typing only a name
	}
	return v.showSearch(v.frame("Search"), body)
}

func (v *visit) showSearch(f *frame, body searchBody) (err error) {
	for _, s := range []intake.CaseState{intake.StateTriage, intake.StateOpen, intake.StateWaiting, intake.StateResponded, intake.StateClosed, intake.StateWithdrawn, intake.StateNotARequest} {
		body.States = append(body.States, choice{Value: string(s), Label: stateName(s), On: string(s) == body.State})
	}
	for _, k := range []intake.Kind{intake.FOI, intake.DSAR, intake.EIR, intake.Rights, intake.Review} {
		if k.HasClock() {
			body.Kinds = append(body.Kinds, choice{Value: string(k), Label: kindName(k), On: string(k) == body.Kind})
		}
	}
	if body.Saved, err = v.s.Accounts.Searches(v.session.Address); err != nil {
		return err
	}
	body.Asked = body.Words != "" || body.State != "" || body.Kind != ""
	body.Empty = !body.Asked && v.r.Method == http.MethodPost && !v.turns()
	if body.Asked {
		if full, err := v.s.Register.Case(v.r.Context(), body.Words); !v.turns() && body.Words != "" && f.Problem == "" && err == nil && v.who.May(casework.ToRead, full.Mailbox) == nil {
			return v.done("/case/"+url.PathEscape(full.Ref), "")
		}
		body.Rows, body.More, err = v.find(body)
		if err != nil {
			v.explain(f, err)
		}
		f.Title += ": " + f.T("%d found", len(body.Rows))
	}
	return v.show("search", f, body)
}

func (v *visit) find(b searchBody) ([]*intake.View, bool, error) {
	if open := (&intake.View{State: intake.CaseState(b.State)}); open.IsOpen() {
		return v.findOpen(b)
	}
	found, next, err := v.s.Register.Cases(v.r.Context(), register.CaseFilter{
		Search: b.Words, State: intake.CaseState(b.State), Kind: intake.Kind(b.Kind), Mailboxes: v.who.Mailboxes, DueWithin: -1, Limit: mostFound,
	})
	return found, next != "", err
}

// findOpen searches only the open cases, which are remembered.
func (v *visit) findOpen(b searchBody) (found []*intake.View, more bool, err error) {
	open, err := v.s.Register.OpenCases(v.r.Context(), v.who.Mailboxes)
	for _, d := range open {
		kind := b.Kind == "" || d.Kind == intake.Kind(b.Kind) || slices.Contains(d.Also, intake.Kind(b.Kind))
		if string(d.State) != b.State || !kind || !d.Matches(b.Words) {
			continue
		}
		if len(found) == mostFound {
			return found, true, nil
		}
		found = append(found, d.View)
	}
	return found, false, err
}

// searchCSV sends everything that a search finds, for a spreadsheet. A list may
// have every case there ever was: it is read, recorded and sent in steps.
func (v *visit) searchCSV(b searchBody) error {
	wanted := register.CaseFilter{
		Search: b.Words, State: intake.CaseState(b.State), Kind: intake.Kind(b.Kind), Mailboxes: v.who.Mailboxes, DueWithin: -1, Limit: atATime,
	}
	f := &frame{s: v.s, Lang: lang(v.r)} // of the whole frame the words alone
	out := download{v: v, name: "cases.csv", head: f.head(caseHead)}
	for more := true; more; more = wanted.After != "" {
		found, next, err := v.s.Register.Cases(v.r.Context(), wanted)
		if err != nil {
			return out.failed(err)
		}
		wanted.After = next
		refs, rows := make([]string, 0, len(found)), make([][]string, 0, len(found))
		for _, c := range found {
			refs = append(refs, c.Ref)
			rows = append(rows, f.caseRow(c))
		}
		if err := v.s.recordLooks(refs, Look{Actor: v.who.Actor, List: true}); err != nil && !store.DiskFault(err) {
			return out.failed(err) // with a faulty disk people may go on reading
		}
		if !out.send(rows) {
			return nil // the client has gone; nobody is left to tell
		}
	}
	return nil
}
