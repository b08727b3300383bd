package engine

import (
	"fmt"
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// digested is how far the digest of a mailbox has told staff.
type digested struct {
	Day     deadlines.Day `json:"day"`
	Through uint64        `json:"through"` // the last arrival that was listed
}

const (
	maxRows     = 60 // of one list in a digest
	dueSoonDays = 5  // working days that the digest looks ahead
)

// digest mails each mailbox's list on working mornings: every mail that was
// passed since the last one, what waits for a decision, what falls due.
func (e *Engine) digest(tx *store.Tx) error {
	day := today(tx)
	if !e.Calendar().IsWorkingDay(deadlines.EnglandAndWales, day) || tx.Now().Before(e.Settings().Digest.At.On(day)) {
		return nil
	}
	for _, box := range e.Settings().Mailboxes {
		var last digested
		if _, err := tx.Get("digest/"+box.Name, &last); err != nil {
			return err
		}
		if last.Day == day { // a later one is of a clock that ran ahead
			continue
		}
		lists, through, err := e.digestOf(tx, &box, last)
		if err != nil {
			return err
		}
		if err := e.tellDigest(tx, &box, lists); err != nil {
			return err
		}
		if err := tx.Set("digest/"+box.Name, digested{day, through}); err != nil {
			return err
		}
	}
	return nil
}

// tellDigest mails the lists, in several mails where they are long: of what
// was passed nothing may stay unseen.
func (e *Engine) tellDigest(tx *store.Tx, box *config.Mailbox, lists []templates.List) error {
	pages := paged(lists)
	if len(pages) == 0 && e.Settings().Digest.Empty {
		pages = [][]templates.List{nil}
	}
	for i, page := range pages {
		n := note{
			purpose: intake.ForDigest, kind: templates.Digest, gets: config.GetsDigest,
			code: fmt.Sprintf("%s/%s/%d", box.Name, today(tx), i+1), notice: templates.Notice{Lists: page},
		}
		if err := e.tell(tx, box.Name, nil, n); err != nil {
			return err
		}
	}
	return nil
}

// paged cuts lists so that no page holds more than maxRows rows of any.
func paged(lists []templates.List) (pages [][]templates.List) {
	for _, l := range lists {
		for i := 0; len(l.Rows) > 0; i++ {
			part := l
			part.Rows = l.Rows[:min(maxRows, len(l.Rows))]
			l.Rows = l.Rows[len(part.Rows):]
			if i > 0 {
				part.Title += " (continued)"
			}
			if i == len(pages) {
				pages = append(pages, nil)
			}
			pages[i] = append(pages[i], part)
		}
	}
	return pages
}

func (e *Engine) digestOf(tx *store.Tx, box *config.Mailbox, last digested) (lists []templates.List, through uint64, err error) {
	passed := templates.List{Title: "Passed: read as no request"}
	unread := templates.List{Title: "Machines' mail"}
	through = last.Through
	for a := range tx.Arrivals(store.ArrivalFilter{After: last.Through, Mailbox: box.Name}) {
		through = a.ID
		switch {
		case a.Seems == decisionSeems: // staff were told what it changed
		case a.Decision == intake.DidPass || a.Decision == intake.DidFollowup:
			addRow(&passed, arrivalRow(a))
		case a.Decision == intake.DidIgnore && a.Attention != "":
			addRow(&unread, arrivalRow(a))
		}
	}
	triage := templates.List{Title: "To be decided"}
	soon := templates.List{Title: fmt.Sprintf("Due within %d working days, or overdue", dueSoonDays)}
	until := e.Calendar().AddWorkingDays(deadlines.EnglandAndWales, today(tx), dueSoonDays)
	for c, ix := range tx.OpenCases() {
		if c.Mailbox != box.Name {
			continue
		}
		v := e.view(tx, c)
		switch {
		case v.State == intake.StateTriage:
			addRow(&triage, caseRow(v, ix.Due))
		case ix.Due != 0 && ix.Due <= until:
			addRow(&soon, caseRow(v, ix.Due))
		}
	}
	for _, l := range []templates.List{soon, triage, passed, unread} {
		if len(l.Rows) > 0 {
			slices.SortStableFunc(l.Rows, func(a, b templates.Row) int { return int(a.By - b.By) })
			lists = append(lists, l)
		}
	}
	return lists, through, nil
}

func addRow(l *templates.List, r templates.Row) { l.Rows = append(l.Rows, r) }

func arrivalRow(a intake.Arrival) templates.Row {
	return templates.Row{
		ID: fmt.Sprint(a.ID), Ref: a.Ref, Name: a.From.Name, Address: a.From.Addr, Subject: a.Subject,
		Kind: string(a.Kind), Note: a.Why, On: deadlines.DayOf(a.Received),
	}
}

func caseRow(v *intake.View, due deadlines.Day) templates.Row {
	r := templates.Row{Ref: v.Ref, Kind: string(v.Kind), Of: string(v.Of), On: v.ReceivedOn, By: due}
	if v.Overdue {
		r.Note = "overdue"
	}
	return r
}

// nextDigest is when the next digest is due: a moment gone by while today's is
// still to be written.
func (e *Engine) nextDigest(tx *store.Tx) (time.Time, error) {
	day := today(tx)
	at := e.Settings().Digest.At
	tomorrow := at.On(e.Calendar().NextWorkingDay(deadlines.EnglandAndWales, day))
	if !e.Calendar().IsWorkingDay(deadlines.EnglandAndWales, day) {
		return tomorrow, nil
	}
	for _, box := range e.Settings().Mailboxes {
		var last digested
		if _, err := tx.Get("digest/"+box.Name, &last); err != nil {
			return tomorrow, err
		}
		if last.Day != day {
			return at.On(day), nil
		}
	}
	return tomorrow, nil
}

// beforeStart are arrivals from before the start that staff are to be shown.
type beforeStart struct {
	Waiting []uint64  `json:"waiting"`
	Last    time.Time `json:"last"` // when the last of them came in
}

// settleTime is how long the first reading of a mailbox must have been quiet
// before the list is written, so that there is one and not many.
const settleTime = 30 * time.Second

func (e *Engine) noteBeforeStart(tx *store.Tx, a *intake.Arrival) error {
	var b beforeStart
	if _, err := tx.Get("before-start/"+a.Mailbox, &b); err != nil {
		return err
	}
	b.Waiting, b.Last = append(b.Waiting, a.ID), tx.Now()
	return tx.Set("before-start/"+a.Mailbox, b)
}

// listBeforeStart shows staff, once, the mail from before the start that may
// still be inside a statutory period.
func (e *Engine) listBeforeStart(tx *store.Tx) error {
	for _, box := range e.Settings().Mailboxes {
		var b beforeStart
		if _, err := tx.Get("before-start/"+box.Name, &b); err != nil {
			return err
		}
		if len(b.Waiting) == 0 || tx.Now().Sub(b.Last) < settleTime && !e.once.Load() {
			continue
		}
		list := templates.List{Title: "From before " + box.Since.String() + ", perhaps still inside a statutory period"}
		for _, id := range b.Waiting {
			a, err := tx.Arrival(id)
			if err != nil {
				return err
			}
			addRow(&list, arrivalRow(a))
		}
		for i, page := range paged([]templates.List{list}) {
			n := note{
				purpose: intake.ForBeforeStart, kind: templates.BeforeStart, gets: config.GetsTriage,
				code: fmt.Sprintf("%s/through-%d/%d", box.Name, b.Waiting[len(b.Waiting)-1], i+1), notice: templates.Notice{Lists: page, Due: box.Since},
			}
			if err := e.tell(tx, box.Name, nil, n); err != nil {
				return err
			}
		}
		if err := tx.Delete("before-start/" + box.Name); err != nil {
			return err
		}
	}
	return nil
}

// nextBeforeStart is when the list of mail from before the start may be
// written; the zero time when there is none to write.
func (e *Engine) nextBeforeStart(tx *store.Tx) (next time.Time, err error) {
	for _, box := range e.Settings().Mailboxes {
		var b beforeStart
		if _, err := tx.Get("before-start/"+box.Name, &b); err != nil {
			return next, err
		}
		if at := b.Last.Add(settleTime); len(b.Waiting) > 0 && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, nil
}

// lastDue is the last of the dates by which a mail from before the start
// could have to be answered: while it is not past, the mail still matters.
func (e *Engine) lastDue(tx *store.Tx, it *item) deadlines.Day {
	var latest deadlines.Day
	for _, kind := range []intake.Kind{intake.FOI, intake.DSAR} {
		r, err := e.Calendar().Compute(deadlines.Request{Kind: string(kind), Received: deadlines.DayOf(it.received)}, e.rulesOf(it.place.Mailbox))
		if err == nil {
			latest = max(latest, r.RespondBy)
		}
	}
	return latest
}
