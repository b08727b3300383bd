// Package register only reads: lists of cases, mail and letters, one case in
// full, what falls due, the state of things. It changes no case.
package register

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/store"
)

// Register answers questions. Its methods are safe for concurrent use.
type Register struct {
	cases  *casework.Cases
	store  *store.DB
	counts census
	desks  desks
}

// New makes a Register that answers questions about db.
func New(db *store.DB, cases *casework.Cases) *Register { return &Register{cases: cases, store: db} }

// CaseFilter chooses among cases. Zero fields choose all.
type CaseFilter struct {
	State     intake.CaseState
	Kind      intake.Kind // of any part
	Mailbox   string
	Mailboxes []string // those that the caller may read; nil is all
	Overdue   bool
	DueWithin int           // days from today, overdue ones included; below 0 is no limit
	Search    string        // a reference in any spelling, an address, or words of name, address and subject
	Officer   string        // in charge, or deputy
	Outcome   string        // of any part
	From, To  deadlines.Day // of receipt; 0 is no limit
	After     string        // the cursor: the last reference of the page before
	Limit     int           // of a page; 0 is no limit
}

// Cases lists the register in the order of references or, if the filter is
// about dates, in the order in which cases fall due.
func (rg *Register) Cases(_ context.Context, f CaseFilter) (views []*intake.View, next string, err error) {
	if err := f.check(rg); err != nil {
		return nil, "", err
	}
	err = rg.store.View(func(tx *store.Tx) error {
		f.Search = spelt(tx, f.Search)
		for v := range rg.candidates(tx, f) {
			if !f.matches(v) {
				continue
			}
			if f.Limit > 0 && len(views) == f.Limit {
				next = cursorBehind(tx, f, views[len(views)-1].Ref)
				return nil
			}
			views = append(views, v)
		}
		return nil
	})
	return views, next, err
}

// candidates iterates over no more cases than the filter needs: an index by
// date holds what is overdue or due soon.
func (rg *Register) candidates(tx *store.Tx, f CaseFilter) iter.Seq[*intake.View] {
	if !f.byDate() {
		return rg.byReference(tx, f)
	}
	through := tx.Today() - 1
	if !f.Overdue {
		through = tx.Today() + deadlines.Day(f.DueWithin)
	}
	from, last := splitCursor(f.After)
	return rg.standingOf(tx, func(yield func(string) bool) {
		for day, ref := range tx.DueThrough(through) {
			if (day > from || day == from && ref > last) && !yield(ref) {
				return
			}
		}
	})
}

// byDate reports whether cases are listed in the order in which they fall due.
func (f CaseFilter) byDate() bool { return f.Overdue || f.DueWithin >= 0 }

// A list by date continues after a date and a reference, so that a case which
// was settled between two pages makes no others missing.
func cursorBehind(tx *store.Tx, f CaseFilter, ref string) string {
	if !f.byDate() {
		return ref
	}
	_, ix, err := tx.CaseIndex(ref)
	if err != nil {
		return ref
	}
	return ix.Due.String() + " " + store.NormalRef(ref)
}

func splitCursor(cursor string) (deadlines.Day, string) {
	day, ref, _ := strings.Cut(cursor, " ")
	d, err := deadlines.ParseDay(day)
	if err != nil {
		return 0, ""
	}
	return d, ref
}

func (f CaseFilter) matches(v *intake.View) bool {
	return (f.Search == "" || f.finds(v)) && (f.Officer == "" || strings.EqualFold(v.Officer, f.Officer) || strings.EqualFold(v.Cover, f.Officer)) &&
		(f.From == 0 || v.ReceivedOn >= f.From) && (f.To == 0 || v.ReceivedOn <= f.To) &&
		(f.Outcome == "" || slices.ContainsFunc(v.Clocks, func(k intake.Clock) bool { return k.Outcome == f.Outcome })) &&
		(f.State == "" || v.State == f.State) && (f.Mailbox == "" || v.Mailbox == f.Mailbox) && among(v.Mailbox, f.Mailboxes) &&
		(f.Kind == "" || v.Kind == f.Kind || slices.Contains(v.Also, f.Kind)) && (!f.Overdue || v.Overdue)
}

func among(mailbox string, readable []string) bool {
	return readable == nil || slices.Contains(readable, mailbox)
}

// CaseDetails is one case with everything that belongs to it.
type CaseDetails struct {
	*intake.View
	Source    string              `json:"source"`
	Attention string              `json:"attention"`
	Hold      []string            `json:"hold"`
	Evidence  []intake.Evidence   `json:"evidence"`
	Ledgers   map[string][]string `json:"ledgers"` // by kind of the part, in words
	Steps     map[string]any      `json:"ledger"`  // the same as data
	Warnings  []string            `json:"warnings"`
	Mail      []intake.Arrival    `json:"mail"`
	Letters   []intake.Letter     `json:"letters"`
	Events    []ShownEvent        `json:"events"`
}

// Case returns one case with its clocks, ledger, mail, letters and history.
func (rg *Register) Case(_ context.Context, ref string) (f *CaseDetails, err error) {
	err = rg.store.View(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		f, err = rg.full(tx, c)
		return err
	})
	return f, err
}

func (rg *Register) full(tx *store.Tx, c *intake.Case) (*CaseDetails, error) {
	v := rg.cases.View(tx, c)
	f := &CaseDetails{
		View: v, Source: v.Opening.Source, Attention: v.Opening.Attend, Hold: nonNilText(v.Ack.Held), Warnings: nonNilText(v.Warnings),
		Evidence: c.Person().Evidence, Ledgers: map[string][]string{}, Steps: map[string]any{},
		Mail: []intake.Arrival{}, Letters: []intake.Letter{},
	}
	if f.Evidence == nil {
		f.Evidence = []intake.Evidence{}
	}
	for _, k := range v.Clocks {
		f.Ledgers[string(k.Kind)] = deadlines.Lines(k.Result.Ledger)
		f.Steps[string(k.Kind)] = k.Result.Ledger
	}
	for _, id := range c.Messages {
		a, err := tx.Arrival(id)
		if err != nil {
			return nil, err
		}
		f.Mail = append(f.Mail, a)
	}
	f.Letters = append(f.Letters, tx.LettersOf(c.Ref)...)
	f.Events = shown(c)
	return f, nil
}

func nonNilText(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// MessageFilter chooses among messages.
type MessageFilter struct {
	Mailbox   string
	Mailboxes []string // those that the caller may read; nil is all
	Decision  intake.Disposition
	Ref       string
	After     uint64
	Limit     int // 0 is no limit
}

// Messages lists every message that came in, what was decided about it and
// why, in the order in which they were registered.
func (rg *Register) Messages(_ context.Context, f MessageFilter) (list []intake.Arrival, next string, err error) {
	if err := f.check(rg); err != nil {
		return nil, "", err
	}
	err = rg.store.View(func(tx *store.Tx) error {
		arrivals := tx.Arrivals(store.ArrivalFilter{After: f.After, Mailbox: f.Mailbox, Decision: f.Decision, Ref: f.Ref})
		if f.Ref != "" {
			arrivals = mailsOf(tx, f)
		}
		for a := range arrivals {
			if !among(a.Mailbox, f.Mailboxes) {
				continue
			}
			if f.Limit > 0 && len(list) == f.Limit {
				next = strconv.FormatUint(list[len(list)-1].ID, 10)
				return nil
			}
			list = append(list, a)
		}
		return nil
	})
	return list, next, err
}

// LetterFilter chooses among letters.
type LetterFilter struct {
	State     intake.LetterState
	Mailbox   string
	Mailboxes []string // those that the caller may read; nil is all
	Ref       string
	Since     time.Time // created then or later
}

// Letters lists the outbox, without the bytes.
func (rg *Register) Letters(_ context.Context, f LetterFilter) (list []intake.Letter, err error) {
	if err := f.check(rg); err != nil {
		return nil, err
	}
	err = rg.store.View(func(tx *store.Tx) error {
		letters := tx.Letters(store.LetterFilter{State: f.State, Mailbox: f.Mailbox, Since: f.Since})
		if f.Ref != "" {
			letters = lettersOf(tx, f)
		}
		for l := range letters {
			if among(l.Mailbox, f.Mailboxes) {
				list = append(list, l)
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b intake.Letter) int { return int(int64(a.ID) - int64(b.ID)) })
	return list, err
}

// Coming is one line of a forecast: a date that falls due, or a reminder that
// will be sent.
type Coming struct {
	At      time.Time     `json:"at"`
	On      deadlines.Day `json:"on"`
	What    string        `json:"what"` // due, commissioner, or a reminder's purpose
	Ref     string        `json:"ref"`
	Mailbox string        `json:"mailbox"`
	Kind    intake.Kind   `json:"kind"`
	Due     deadlines.Day `json:"due"`
	Code    string        `json:"code"`
	Listed  bool          `json:"listed"` // of a reminder: it is in the morning's list, and not a mail of its own
}

// Forecast lists, in order, what falls due and which reminders will be sent
// within the given number of days if nothing else happens.
func (rg *Register) Forecast(_ context.Context, days int) (list []Coming, err error) {
	err = rg.store.View(func(tx *store.Tx) error {
		through := (tx.Today() + deadlines.Day(days)).Time(23, 59)
		var refs []string
		for _, ref := range tx.WakeThrough(through) {
			refs = append(refs, ref)
		}
		for _, ref := range tx.DueThrough(tx.Today() + deadlines.Day(days)) {
			refs = append(refs, ref)
		}
		slices.Sort(refs)
		for ref := range tx.PrefetchCases(slices.Values(slices.Compact(refs))) {
			if v, ok := rg.standing(tx, ref); ok { // an alarm reports one that cannot be read
				list = append(list, rg.coming(tx, v, through)...)
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b Coming) int { return a.At.Compare(b.At) })
	return list, err
}

func (rg *Register) coming(tx *store.Tx, v *intake.View, through time.Time) []Coming {
	base := Coming{Ref: v.Ref, Mailbox: v.Mailbox, Kind: v.Kind}
	var list []Coming
	due := func(what string, kind intake.Kind, d deadlines.Day) {
		if d >= tx.Today() && !d.Time(0, 0).After(through) {
			x := base
			x.At, x.On, x.What, x.Kind, x.Due = d.Time(23, 59), d, what, kind, d
			list = append(list, x)
		}
	}
	for _, k := range v.Clocks {
		if !k.Finished() {
			due("due", k.Kind, k.Due())
		}
	}
	if v.Commissioner.Awaited() {
		due("commissioner", v.Kind, v.Commissioner.Due)
	}
	for _, r := range v.Reminders(rg.cases.Rules().Schedule(), rg.cases.Calendar(), tx.Now(), through) {
		x := base
		x.At, x.On, x.What, x.Due, x.Code, x.Listed = r.At, deadlines.DayOf(r.At), string(r.Purpose), r.Due, r.Code, !r.OwnMail
		if r.Part != "" {
			x.Kind = r.Part
		}
		list = append(list, x)
	}
	return list
}
