package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// CaseFilter chooses among cases. Zero fields choose all.
type CaseFilter struct {
	State     intake.CaseState
	Kind      intake.Kind // of any part
	Mailbox   string
	Overdue   bool
	DueWithin int    // days from today, overdue ones included; below 0 is no limit
	After     string // the cursor: the last reference of the page before
	Limit     int    // of a page; 0 is no limit
}

// Cases lists the register in the order of references, or, when dates are
// asked for, in the order in which cases fall due.
func (e *Engine) Cases(_ context.Context, f CaseFilter) (views []*intake.View, next string, err error) {
	if err := f.check(e); err != nil {
		return nil, "", err
	}
	err = e.store.View(func(tx *store.Tx) error {
		for c := range e.candidates(tx, f) {
			v := e.view(tx, c)
			if !f.matches(v) {
				continue
			}
			if f.Limit > 0 && len(views) == f.Limit {
				next = views[len(views)-1].Ref
				return nil
			}
			views = append(views, v)
		}
		return nil
	})
	return views, next, err
}

// candidates walks over no more cases than the filter needs: what is overdue
// or due soon stands in an index by date.
func (e *Engine) candidates(tx *store.Tx, f CaseFilter) func(func(*intake.Case) bool) {
	return func(yield func(*intake.Case) bool) {
		if !f.Overdue && f.DueWithin < 0 {
			for c := range tx.Cases(f.After) {
				if !yield(c) {
					return
				}
			}
			return
		}
		through := today(tx) - 1
		if !f.Overdue {
			through = today(tx) + deadlines.Day(f.DueWithin)
		}
		skip := f.After != ""
		for _, ref := range tx.DueThrough(through) {
			if skip {
				skip = store.NormalRef(ref) != store.NormalRef(f.After)
				continue
			}
			c, err := tx.Case(ref)
			if err != nil || !yield(c) {
				return
			}
		}
	}
}

func (f CaseFilter) matches(v *intake.View) bool {
	return (f.State == "" || v.State == f.State) && (f.Mailbox == "" || v.Mailbox == f.Mailbox) &&
		(f.Kind == "" || v.Kind == f.Kind || slices.Contains(v.Also, f.Kind)) && (!f.Overdue || v.Overdue)
}

// Full is one case with everything that belongs to it.
type Full struct {
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

// ShownEvent is an event as people see it.
type ShownEvent struct {
	intake.Event
	Struck bool   `json:"struck"`
	Note   string `json:"note"`
}

// Case gives one case with its clocks, ledger, mail, letters and history.
func (e *Engine) Case(_ context.Context, ref string) (f *Full, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		v := e.view(tx, c)
		f = &Full{
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
				return err
			}
			f.Mail = append(f.Mail, a)
		}
		f.Letters = append(f.Letters, tx.LettersOf(c.Ref)...)
		f.Events = shown(c)
		return nil
	})
	return f, err
}

func shown(c *intake.Case) []ShownEvent {
	list := []ShownEvent{}
	for _, ev := range c.Events {
		s := ShownEvent{Event: ev, Struck: c.Struck(ev.N)}
		if ev.Personal != nil {
			s.Note = ev.Personal.Text
		}
		s.Opening, s.Personal = nil, nil
		list = append(list, s)
	}
	return list
}

func nonNilText(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// MessageFilter chooses among messages.
type MessageFilter struct {
	Mailbox  string
	Decision intake.Disposition
	Ref      string
	After    uint64
	Limit    int // 0 is no limit
}

// Messages lists every message that came in, what was decided about it and
// why, in the order in which they were registered.
func (e *Engine) Messages(_ context.Context, f MessageFilter) (list []intake.Arrival, next string, err error) {
	if err := f.check(e); err != nil {
		return nil, "", err
	}
	err = e.store.View(func(tx *store.Tx) error {
		for a := range tx.Arrivals(store.ArrivalFilter{After: f.After, Mailbox: f.Mailbox, Decision: f.Decision, Ref: f.Ref}) {
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
	State   intake.LetterState
	Mailbox string
	Ref     string
}

// Letters lists the outbox, without the bytes.
func (e *Engine) Letters(_ context.Context, f LetterFilter) (list []intake.Letter, err error) {
	if err := f.check(e); err != nil {
		return nil, err
	}
	err = e.store.View(func(tx *store.Tx) error {
		for l := range tx.Letters(store.LetterFilter{State: f.State, Mailbox: f.Mailbox}) {
			if f.Ref == "" || store.NormalRef(l.Ref) == store.NormalRef(f.Ref) {
				list = append(list, l)
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b intake.Letter) int { return int(int64(a.ID) - int64(b.ID)) })
	return list, err
}

// Coming is one line of a forecast: a date that falls due, or a reminder that
// will go out.
type Coming struct {
	At      time.Time     `json:"at"`
	On      deadlines.Day `json:"on"`
	What    string        `json:"what"` // due, acknowledge, or a reminder's purpose
	Ref     string        `json:"ref"`
	Mailbox string        `json:"mailbox"`
	Kind    intake.Kind   `json:"kind"`
	Due     deadlines.Day `json:"due"`
	Code    string        `json:"code"`
}

// Forecast lists what falls due and which reminders will go out within the
// given number of days, in order, if nothing else happens.
func (e *Engine) Forecast(_ context.Context, days int) (list []Coming, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		through := (today(tx) + deadlines.Day(days)).Time(23, 59)
		seen := map[string]bool{}
		add := func(ref string) error {
			if seen[ref] {
				return nil
			}
			seen[ref] = true
			c, err := tx.Case(ref)
			if err != nil {
				return err
			}
			list = append(list, e.coming(tx, c, through)...)
			return nil
		}
		for _, ref := range tx.WakeThrough(through) {
			if err := add(ref); err != nil {
				return err
			}
		}
		for _, ref := range tx.DueThrough(today(tx) + deadlines.Day(days)) {
			if err := add(ref); err != nil {
				return err
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b Coming) int { return a.At.Compare(b.At) })
	return list, err
}

func (e *Engine) coming(tx *store.Tx, c *intake.Case, through time.Time) []Coming {
	v := e.view(tx, c)
	base := Coming{Ref: v.Ref, Mailbox: v.Mailbox, Kind: v.Kind}
	var list []Coming
	for _, k := range v.Clocks {
		if d := k.Due(); !k.Finished() && d >= today(tx) && !d.Time(0, 0).After(through) {
			x := base
			x.At, x.On, x.What, x.Kind, x.Due = d.Time(23, 59), d, "due", k.Kind, d
			list = append(list, x)
		}
	}
	for _, r := range v.Reminders(e.schedule(), e.cal.Load(), tx.Now(), through) {
		x := base
		x.At, x.On, x.What, x.Due, x.Code = r.At, deadlines.DayOf(r.At), string(r.Purpose), r.Due, r.Code
		if r.Part != "" {
			x.Kind = r.Part
		}
		list = append(list, x)
	}
	return list
}

// RetryLetter lets a letter go at once: one that waits, was held, failed or is
// in doubt. An acknowledgement that was held goes through Acknowledge, which
// writes it anew.
func (e *Engine) RetryLetter(ctx context.Context, by By, id uint64) (intake.Letter, error) {
	var l intake.Letter
	err := e.store.Update(func(tx *store.Tx) (err error) {
		if l, err = tx.Letter(id); err != nil {
			return err
		}
		switch {
		case l.State == intake.LetterSent || l.State == intake.LetterSending:
			return refuse("letter %d is %s: it is not sent twice", id, l.State)
		case l.Key == "":
			return refuse("letter %d was erased with its case %s, and nothing is left of it to send", id, l.Ref)
		case l.Purpose == intake.ForAcknowledgement && l.Attempts == 0:
			return nil
		case l.State == intake.LetterBounced:
			return refuse("letter %d came back from %s and does not go there again: acknowledge it another way, and record that with requestd acknowledge %s --by-hand DATE", id, l.To, l.Ref)
		}
		l.State, l.Next, l.Freed, l.Response = intake.LetterWaiting, tx.Now(), tx.Now(), "released by "+by.Actor
		return tx.PutLetter(l)
	})
	if err != nil {
		return l, err
	}
	if l.Purpose == intake.ForAcknowledgement && l.Attempts == 0 {
		if l.State == intake.LetterWaiting {
			return l, nil
		}
		if _, err := e.Acknowledge(ctx, by, l.Ref, AckInput{}); err != nil {
			return l, err
		}
		return e.letter(id)
	}
	e.log.Info("letter released", "letter", id, "actor", by.Actor)
	e.work()
	return l, nil
}

// HoldLetter keeps a letter back that has not gone yet.
func (e *Engine) HoldLetter(_ context.Context, by By, id uint64) (intake.Letter, error) {
	var l intake.Letter
	err := e.store.Update(func(tx *store.Tx) (err error) {
		if l, err = tx.Letter(id); err != nil {
			return err
		}
		if l.State != intake.LetterWaiting && l.State != intake.LetterInDoubt {
			return refuse("letter %d is %s: only one that waits or is in doubt can be held", id, l.State)
		}
		l.State, l.Next, l.Response = intake.LetterHeld, time.Time{}, "held by "+by.Actor
		if err := tx.PutLetter(l); err != nil || !l.Purpose.Outside() {
			return err
		}
		c, err := tx.Case(l.Ref)
		if err != nil {
			return err
		}
		e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.AckHeld, Letter: l.ID, Code: "by-hand"})
		return e.put(tx, c)
	})
	if err == nil {
		e.log.Info("letter held", "letter", id, "actor", by.Actor)
	}
	return l, err
}

func (e *Engine) letter(id uint64) (l intake.Letter, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		l, err = tx.Letter(id)
		return err
	})
	l.Raw = nil
	return l, err
}

// Verify checks every invariant of the register. Where it is a copy that was
// sorted by another configuration, that order is left out.
func (e *Engine) Verify(ctx context.Context) ([]store.Finding, error) {
	derive := e.Index
	err := e.store.View(func(tx *store.Tx) error {
		same, _, err := e.indexed(tx)
		if !same {
			derive = nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("verify the register: %w", err)
	}
	findings, err := e.store.Verify(ctx, derive)
	if err != nil {
		return nil, fmt.Errorf("verify the register: %w", err)
	}
	return findings, nil
}
