// Package admin is the API by which commands use the register: HTTP and JSON,
// over the daemon's unix socket, or within a command's own process when no
// daemon runs.
package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"requestd/intake"
	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/intake/engine"
	"requestd/intake/health"
	"requestd/intake/register"
	"requestd/intake/sheet"
	"requestd/store"
)

// Codes of failures, which the commands turn into exit codes.
const (
	CodeFailed = 1
	CodeUsage  = 2
)

// Failure is the body of an answer that is not 200.
type Failure struct {
	Error string `json:"error"`
	Code  int    `json:"code"`
}

// Page is one page of a list. Next is the cursor of the one after it, "" at
// the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// API serves the register.
type API struct {
	Engine *engine.Engine
	Store  *store.DB
	// Status returns the status.
	Status func(context.Context) (*health.Status, error)
	// Reload reads the configuration again; nil if no daemon runs.
	Reload func(context.Context) error
	// Accounts holds who may use the officers' page.
	Accounts *accounts.Accounts
	// Log logs what is done here apart from the cases, which have their own
	// history; nil for nothing.
	Log *slog.Logger
}

// Handler returns the routes. Every request must carry its actor; see
// WithActor.
func (a *API) Handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /v1/cases", answer(casework.ToRead, a.cases))
	m.HandleFunc("POST /v1/cases", answer(casework.ToOpen, a.open))
	m.HandleFunc("GET /v1/rows", answer(casework.ToRead, a.rows))
	m.HandleFunc("GET /v1/cases/{ref}", answer(casework.ToRead, a.show))
	m.HandleFunc("POST /v1/cases/{ref}/events", answer(casework.ToRecord, a.record))
	m.HandleFunc("POST /v1/cases/{ref}/kind", answer(casework.ToDecide, a.reclassify))
	m.HandleFunc("POST /v1/cases/{ref}/acknowledgement", answer(casework.ToAcknowledge, a.acknowledge))
	m.HandleFunc("POST /v1/cases/{ref}/mail", answer(casework.ToAttach, a.attach))
	m.HandleFunc("POST /v1/cases/{ref}/merge", answer(casework.ToMerge, a.merge))
	m.HandleFunc("POST /v1/cases/{ref}/erase", answer(casework.ToErase, a.erase))
	m.HandleFunc("GET /v1/cases/{ref}/story", answer(casework.ToRead, a.story))
	m.HandleFunc("GET /v1/messages", answer(casework.ToRead, a.messages))
	m.HandleFunc("GET /v1/letters", answer(casework.ToRead, a.letters))
	m.HandleFunc("GET /v1/letters/{id}/text", answer(casework.ToRead, a.letterText))
	m.HandleFunc("POST /v1/letters/{id}/text", answer(casework.ToRelease, a.editLetter))
	m.HandleFunc("POST /v1/letters/{id}/retry", answer(casework.ToRelease, a.retry))
	m.HandleFunc("POST /v1/letters/{id}/hold", answer(casework.ToHold, a.hold))
	m.HandleFunc("GET /v1/statistics", answer(casework.ToRead, a.statistics))
	m.HandleFunc("GET /v1/forecast", answer(casework.ToRead, a.forecast))
	m.HandleFunc("GET /v1/calendar", answer(casework.ToRead, a.calendar))
	m.HandleFunc("GET /v1/status", answer(casework.ToReadStatus, a.status))
	m.HandleFunc("GET /v1/retention", answer(casework.ToRead, a.outlived))
	m.HandleFunc("POST /v1/retention", answer(casework.ToErase, a.eraseOutlived))
	m.HandleFunc("POST /v1/reload", answer(casework.ToMaintain, a.reload))
	m.HandleFunc("GET /v1/restored", answer(casework.ToMaintain, a.restored))
	m.HandleFunc("POST /v1/restored", answer(casework.ToMaintain, a.release))
	m.HandleFunc("GET /v1/users", answer(casework.ToMaintain, a.users))
	m.HandleFunc("POST /v1/users", answer(casework.ToMaintain, a.addUser))
	m.HandleFunc("POST /v1/users/{address}/reset", answer(casework.ToMaintain, a.resetUser))
	m.HandleFunc("POST /v1/users/{address}/remove", answer(casework.ToMaintain, a.removeUser))
	m.HandleFunc("GET /v1/verify", answer(casework.ToMaintain, a.verify))
	m.HandleFunc("GET /v1/backup", a.backup)
	m.HandleFunc("POST /v1/backup", answer(casework.ToMaintain, a.backedUp))
	return m
}

type principalKey struct{}

// WithPrincipal sets who makes a request. A request without a principal is
// refused.
func WithPrincipal(ctx context.Context, p casework.Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// WithActor is WithPrincipal for a user of the control socket, which admits
// only users who may do everything.
func WithActor(ctx context.Context, actor string) context.Context {
	if actor == "" {
		actor = "unknown"
	}
	return WithPrincipal(ctx, casework.ByAdministrator(actor).Principal)
}

func who(r *http.Request) casework.Principal {
	p, _ := r.Context().Value(principalKey{}).(casework.Principal)
	return p
}

// by returns who makes a request, and how many events of the case they saw: the
// header If-Match (RFC 9110 section 13.1.1) has that in quotes.
func by(r *http.Request) (casework.By, error) {
	b := casework.By{Principal: who(r)}
	if s := r.Header.Get("If-Match"); s != "" {
		n, err := strconv.Atoi(strings.Trim(s, `"`))
		if err != nil || n < 1 {
			return b, &inputError{fmt.Sprintf("If-Match %s: want the number of events that the case had when it was read", s)}
		}
		b.SeenEvents = n
	}
	return b, nil
}

// answer writes what a handler returns as JSON, and its error as a Failure. If
// the actor's role does not allow the act in any mailbox the handler is not
// called.
func answer[T any](act casework.ActName, handle func(*http.Request) (T, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var v T
		err := who(r).MayAnywhere(act)
		if err == nil {
			v, err = handle(r)
		}
		if err != nil {
			fail(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false) // as commands print it
		_ = enc.Encode(v)        // the client has gone; nobody is left to tell
	}
}

// fail writes an error as a Failure.
func fail(w http.ResponseWriter, err error) {
	f, status := failure(err)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(f)
}

func failure(err error) (Failure, int) {
	var refused *casework.Refusal
	var forbidden *casework.Forbidden
	var overtaken *casework.Overtaken
	var input *inputError
	switch {
	case errors.As(err, &forbidden):
		return Failure{err.Error(), CodeFailed}, http.StatusForbidden
	case errors.As(err, &overtaken):
		return Failure{err.Error(), CodeFailed}, http.StatusPreconditionFailed
	case errors.As(err, &refused), errors.As(err, &input):
		return Failure{err.Error(), CodeUsage}, http.StatusBadRequest
	case errors.Is(err, store.ErrNotFound):
		return Failure{err.Error() + "; requestd list, messages and outbox show what there is", CodeFailed}, http.StatusNotFound
	case errors.Is(err, store.ErrTaken), errors.Is(err, errUnread):
		return Failure{err.Error(), CodeFailed}, http.StatusConflict
	}
	return Failure{err.Error(), CodeFailed}, http.StatusInternalServerError
}

// inputError is a request that could not be understood.
type inputError struct{ says string }

func (e *inputError) Error() string { return e.says }

const maxBody = 1 << 20 // bytes of a request

func decode[T any](r *http.Request) (v T, err error) {
	d := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, &inputError{"the request cannot be read: " + err.Error()}
	}
	return v, nil
}

// number reads a parameter that counts something; absent is the default.
func number(r *http.Request, name string, absent int) (int, error) {
	s := r.FormValue(name)
	if s == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, &inputError{fmt.Sprintf("%s %q: want a number from 0", name, s)}
	}
	return n, nil
}

func (a *API) cases(r *http.Request) (p Page[*intake.View], err error) {
	f := register.CaseFilter{
		State: intake.CaseState(r.FormValue("state")), Kind: intake.Kind(r.FormValue("kind")),
		Mailbox: r.FormValue("mailbox"), Mailboxes: who(r).Mailboxes, Overdue: r.FormValue("overdue") == "true", After: r.FormValue("cursor"),
		Search: r.FormValue("search"), Officer: r.FormValue("officer"), Outcome: r.FormValue("outcome"),
	}
	if err := errors.Join(dayOf(r, "from", &f.From), dayOf(r, "to", &f.To)); err != nil {
		return p, err
	}
	if f.DueWithin, err = number(r, "due_within", -1); err != nil {
		return p, err
	}
	if f.Limit, err = number(r, "limit", 0); err != nil {
		return p, err
	}
	p.Items, p.Next, err = a.Engine.Register.Cases(r.Context(), f)
	return filled(p), err
}

// rows lists the same as cases, but of each only what a table or a sheet shows.
func (a *API) rows(r *http.Request) (p Page[sheet.Case], err error) {
	whole, err := a.cases(r)
	for _, v := range whole.Items {
		p.Items = append(p.Items, sheet.CaseOf(v))
	}
	p.Next = whole.Next
	return filled(p), err
}

func filled[T any](p Page[T]) Page[T] {
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}

func (a *API) show(r *http.Request) (*register.CaseDetails, error) {
	f, err := a.Engine.Register.Case(r.Context(), r.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	return f, who(r).MayOn(casework.ToRead, f.Mailbox, "case "+f.Ref)
}

func (a *API) story(r *http.Request) (*register.Story, error) {
	s, err := a.Engine.Register.Story(r.Context(), r.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	return s, who(r).MayOn(casework.ToRead, s.Mailbox, "case "+s.Ref)
}

func (a *API) open(r *http.Request) (*casework.Change, error) {
	in, err := decode[casework.OpenInput](r)
	if err != nil {
		return nil, err
	}
	return a.Engine.Cases.OpenCase(r.Context(), casework.By{Principal: who(r)}, in)
}

// do carries out an act on the case that a request names.
func (a *API) do(r *http.Request, act casework.Act) (*casework.Change, error) {
	b, err := by(r)
	if err != nil {
		return nil, err
	}
	return a.Engine.Cases.Do(r.Context(), b, r.PathValue("ref"), act)
}

func (a *API) record(r *http.Request) (*casework.Change, error) {
	in, err := decode[casework.RecordInput](r)
	if err != nil {
		return nil, err
	}
	return a.do(r, casework.Record(in))
}

func (a *API) reclassify(r *http.Request) (*casework.Change, error) {
	in, err := decode[casework.KindInput](r)
	if err != nil {
		return nil, err
	}
	return a.do(r, casework.Decide(in))
}

func (a *API) acknowledge(r *http.Request) (*casework.Change, error) {
	in, err := decode[casework.AckInput](r)
	if err != nil {
		return nil, err
	}
	return a.do(r, casework.Acknowledge(in))
}

// Attaching names the mail that is attached to a case.
type Attaching struct {
	Message uint64 `json:"message"`
}

func (a *API) attach(r *http.Request) (*casework.Change, error) {
	in, err := decode[Attaching](r)
	if err != nil {
		return nil, err
	}
	return a.do(r, casework.Attach(in.Message))
}

// Merging names the case into which another is merged.
type Merging struct {
	Into string `json:"into"`
}

func (a *API) merge(r *http.Request) (*casework.Change, error) {
	in, err := decode[Merging](r)
	if err != nil {
		return nil, err
	}
	b, err := by(r) // of the case that is merged away
	if err != nil {
		return nil, err
	}
	return a.Engine.Cases.Do(r.Context(), casework.By{Principal: b.Principal}, in.Into, casework.Merge(r.PathValue("ref"), b.SeenEvents))
}

func (a *API) erase(r *http.Request) (*casework.Change, error) {
	return a.do(r, casework.Erase())
}

func (a *API) forecast(r *http.Request) (p Page[register.Coming], err error) {
	days, err := number(r, "days", 7)
	if err != nil {
		return p, err
	}
	if days > maxForecast {
		return p, &inputError{fmt.Sprintf("days %d: at most %d", days, maxForecast)}
	}
	list, err := a.Engine.Register.Forecast(r.Context(), days)
	for _, c := range list {
		if who(r).May(casework.ToRead, c.Mailbox) == nil {
			p.Items = append(p.Items, c)
		}
	}
	return filled(p), err
}

const maxForecast = 366

func (a *API) calendar(r *http.Request) ([]intake.Date, error) {
	return a.Engine.Register.Dates(r.Context(), register.DatesFilter{
		Officer: r.FormValue("officer"), Mailbox: r.FormValue("mailbox"), Mailboxes: who(r).Mailboxes,
	})
}
