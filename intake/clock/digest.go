package clock

import (
	"fmt"
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/notices"
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
func (cl *Clock) digest(tx *store.Tx) error {
	day := tx.Today()
	if !cl.cases.Calendar().IsWorkingDay(deadlines.EnglandAndWales, day) || tx.Now().Before(cl.cases.Settings().Digest.At.On(day)) {
		return nil
	}
	for _, box := range cl.cases.Settings().Mailboxes {
		var last digested
		if _, err := tx.Get("digest/"+box.Name, &last); err != nil {
			return err
		}
		if last.Day == day { // a later one is of a clock that ran ahead
			continue
		}
		lists, through, err := cl.digestOf(tx, &box, last)
		if err != nil {
			return err
		}
		if err := cl.tellDigest(tx, &box, lists); err != nil {
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
func (cl *Clock) tellDigest(tx *store.Tx, box *config.Mailbox, lists []templates.List) error {
	pages := paged(lists)
	if len(pages) == 0 && cl.cases.Settings().Digest.Empty {
		pages = [][]templates.List{nil}
	}
	for i, page := range pages {
		n := notices.News{
			Purpose: intake.ForDigest, Kind: templates.Digest, Gets: config.GetsDigest,
			Code: fmt.Sprintf("%s/%s/%d", box.Name, tx.Today(), i+1), Notice: templates.Notice{Lists: page},
		}
		if err := cl.notices.Tell(tx, box.Name, nil, n); err != nil {
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

func (cl *Clock) digestOf(tx *store.Tx, box *config.Mailbox, last digested) (lists []templates.List, through uint64, err error) {
	passed := templates.List{Title: "Passed: read as no request"}
	unread := templates.List{Title: "Machines' mail"}
	through = last.Through
	for a := range tx.Arrivals(store.ArrivalFilter{After: last.Through, Mailbox: box.Name}) {
		through = a.ID
		switch {
		case a.Seems == intake.SeemsDecision: // staff were told what it changed
		case a.Decision == intake.DidPass || a.Decision == intake.DidFollowup:
			addRow(&passed, arrivalRow(a))
		case a.Decision == intake.DidIgnore && a.Attention != "":
			addRow(&unread, arrivalRow(a))
		}
	}
	triage := templates.List{Title: "To be decided"}
	soon := templates.List{Title: fmt.Sprintf("Due within %d working days, or overdue", dueSoonDays)}
	until := cl.cases.Calendar().AddWorkingDays(deadlines.EnglandAndWales, tx.Today(), dueSoonDays)
	for c, ix := range tx.OpenCases() {
		if c.Mailbox != box.Name {
			continue
		}
		v := cl.cases.View(tx, c)
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
	if n := v.DaysLate(); n > 0 {
		r.Note = fmt.Sprintf("late since %s, %d days", v.LateSince.Long(), n)
	}
	return r
}

// nextDigest is when the next digest is due: a moment gone by while today's is
// still to be written.
func (cl *Clock) nextDigest(tx *store.Tx) (time.Time, error) {
	day := tx.Today()
	at := cl.cases.Settings().Digest.At
	tomorrow := at.On(cl.cases.Calendar().NextWorkingDay(deadlines.EnglandAndWales, day))
	if !cl.cases.Calendar().IsWorkingDay(deadlines.EnglandAndWales, day) {
		return tomorrow, nil
	}
	for _, box := range cl.cases.Settings().Mailboxes {
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
