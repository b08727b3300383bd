package clock

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/notices"
	"requestd/store"
	"requestd/templates"
)

// digested is how far the list has told the staff of a mailbox.
type digested struct {
	Day     deadlines.Day `json:"day"`
	Through uint64        `json:"through"` // the last arrival that was listed
	At      time.Time     `json:"at,omitzero"`
}

const maxRows = 60 // of one section in one mail

// digest mails each member of staff one list on working mornings, over all
// their mailboxes, and one to whoever cases are passed up to.
func (cl *Clock) digest(tx *store.Tx) error {
	day := tx.Today()
	if !cl.cases.Calendar().IsWorkingDay(deadlines.EnglandAndWales, day) || tx.Now().Before(cl.cases.Settings().Digest.At.On(day)) {
		return nil
	}
	m := &morning{cl: cl, tx: tx, last: map[string]*digested{}, more: map[string]int{}}
	for _, box := range cl.cases.Settings().Mailboxes {
		last := &digested{}
		if _, err := tx.Get("digest/"+box.Name, last); err != nil {
			return err
		}
		if last.Day != day { // a later one is of a clock that ran ahead
			m.last[box.Name], m.names = last, append(m.names, box.Name)
		}
	}
	if len(m.names) == 0 {
		return nil
	}
	m.cases()
	if err := m.askAgain(); err != nil {
		return err
	}
	if err := m.arrivals(); err != nil {
		return err
	}
	if err := m.letters(); err != nil {
		return err
	}
	if err := m.send(); err != nil {
		return err
	}
	for _, name := range m.names {
		if err := tx.Set("digest/"+name, digested{day, m.last[name].Through, tx.Now()}); err != nil {
			return err
		}
	}
	return nil
}

// morning gathers the lists of one working morning.
type morning struct {
	cl     *Clock
	tx     *store.Tx
	names  []string             // of the mailboxes that are still to be told of
	last   map[string]*digested // and how far each was
	people []*sheet
	more   map[string]int // how much mail came on a case
	quiet  []question     // whose requesters have not answered for long
}

// question is a part of a case that waits for the requester.
type question struct {
	ref  string
	part intake.Kind
}

// askAgain drafts the letters to requesters who have not answered for long.
func (m *morning) askAgain() error {
	for _, q := range m.quiet {
		c, err := m.tx.Case(q.ref)
		if err != nil {
			return err
		}
		if done, err := m.cl.cases.DraftNoAnswer(m.tx, c, q.part); err != nil {
			return err
		} else if !done {
			continue
		}
		if err := m.cl.cases.Put(m.tx, c); err != nil {
			return err
		}
	}
	return nil
}

const maxFirst = 160 // runes of a mail's first words

const maxMore = 5 // mails on one case that are listed: anybody who knows a reference may write about it

// sheet is the list of one person.
type sheet struct {
	address string
	rows    [sections][]templates.Row
}

func (m *morning) sheet(address string) *sheet {
	for _, s := range m.people {
		if intake.SameAddress(s.address, address) {
			return s
		}
	}
	m.people = append(m.people, &sheet{address: address})
	return m.people[len(m.people)-1]
}

// put writes a row into the lists of all whom it concerns: those who get such
// news, and those above them where it is passed up. One address alone can be
// left out.
func (m *morning) put(in section, mailbox string, v *intake.View, row templates.Row, up bool, but string) {
	own, above := m.cl.notices.Listed(mailbox, v, contents[in].gets, up)
	for _, to := range own {
		if !intake.SameAddress(to, but) {
			s := m.sheet(to)
			s.rows[in] = append(s.rows[in], row)
		}
	}
	for _, to := range above {
		if !slices.ContainsFunc(own, func(o string) bool { return intake.SameAddress(o, to) }) {
			s := m.sheet(to)
			s.rows[passedUp] = append(s.rows[passedUp], row)
		}
	}
}

// arrivals lists the mail that came since the last list.
func (m *morning) arrivals() error {
	for _, name := range m.names {
		last := m.last[name]
		for a := range m.tx.Arrivals(store.ArrivalFilter{After: last.Through, Mailbox: name}) {
			last.Through = a.ID
			if in, ok := m.sectionOf(&a); ok {
				if err := m.arrival(in, &a); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// sectionOf is where a mail is listed. What had a mail of its own is not.
func (m *morning) sectionOf(a *intake.Arrival) (section, bool) {
	switch {
	case a.Seems == intake.SeemsDecision:
		return byColleagues, true
	case a.Seems == intake.SeemsAnswer:
		return 0, false
	case a.Seems == intake.SeemsReturned:
		return unsent, true
	case a.Decision == intake.DidFollowup:
		return moreMail, true
	case a.Decision == intake.DidPass:
		return passed, true
	case a.Decision == intake.DidIgnore && a.Attention != "":
		return machines, true
	case a.Decision == intake.DidAcknowledge:
		return newCases, m.cl.cases.Settings().Digest.NewCases == config.NewInList
	}
	return 0, false
}

func (m *morning) arrival(in section, a *intake.Arrival) error {
	var v *intake.View
	if a.Ref != "" {
		c, err := m.tx.Case(a.Ref)
		switch {
		case err == nil:
			v = m.cl.cases.View(m.tx, c)
		case !errors.Is(err, store.ErrUnreadable): // an alarm tells it, and the others are listed
			return err
		}
	}
	row, but := arrivalRow(*a), ""
	if in != byColleagues {
		text, _, err := m.tx.TextOf(a)
		if err != nil && !errors.Is(err, store.ErrUnreadable) {
			return err
		}
		row.Text = intake.OneLine(intake.CutText(text, 4*maxFirst), maxFirst)
	}
	if in == moreMail {
		if m.more[a.Ref]++; m.more[a.Ref] > maxMore+1 {
			return nil
		} else if m.more[a.Ref] > maxMore {
			row = templates.Row{Ref: a.Ref, Kind: string(a.Kind), Note: "and more mail, which stands with the case"}
		}
	}
	if in == byColleagues {
		but = a.From.Addr // who was answered at once
	}
	if in == newCases && v != nil {
		row.By = v.Due()
	}
	m.put(in, a.Mailbox, v, row, false, but)
	return nil
}

// letters lists what people outside were to get and did not, and the drafts that
// wait for a word.
func (m *morning) letters() error {
	var waiting []intake.Letter
	for l := range m.tx.Letters(store.LetterFilter{Unsent: true}) {
		if m.last[l.Mailbox] == nil || !l.Purpose.Outside() || l.To == "" {
			continue
		}
		switch l.State {
		case intake.LetterFailed, intake.LetterInDoubt:
		case intake.LetterHeld:
			if l.IsDraft() {
				waiting = append(waiting, l)
				continue
			}
			if l.Attempts == 0 && l.Purpose == intake.ForAcknowledgement {
				continue // it waits for a person, who finds it among those to acknowledge
			}
		default:
			continue
		}
		m.put(unsent, l.Mailbox, nil, templates.Row{Ref: l.Ref, Address: l.To, Note: letterNote(&l)}, false, "")
	}
	waiting, err := m.cl.cases.DropStale(m.tx, waiting)
	for i := range waiting {
		l := &waiting[i]
		note := fmt.Sprintf("letter %d, which %s", l.ID, casework.StepWords(l.Purpose))
		c, err := m.tx.Case(l.Ref)
		if errors.Is(err, store.ErrUnreadable) {
			continue // an alarm tells it
		}
		if err != nil {
			return err
		}
		v := m.cl.cases.View(m.tx, c)
		m.put(drafted, l.Mailbox, v, caseRow(v, 0, note), false, "")
	}
	return err
}

func letterNote(l *intake.Letter) string {
	s := fmt.Sprintf("the %s is %s", strings.ReplaceAll(string(l.Purpose), "-", " "), strings.ReplaceAll(string(l.State), "-", " "))
	if l.Response != "" {
		s += ": " + intake.OneLine(l.Response, intake.MaxSubject)
	}
	return s
}

// send mails everybody their list, in several mails where it is long: of what
// was passed nothing may stay unseen.
func (m *morning) send() error {
	if m.cl.cases.Settings().Digest.Empty {
		for _, name := range m.names {
			own, _ := m.cl.notices.Listed(name, nil, config.GetsDigest, false)
			for _, to := range own {
				m.sheet(to)
			}
		}
	}
	slices.SortFunc(m.people, func(a, b *sheet) int { return strings.Compare(a.address, b.address) })
	for _, s := range m.people {
		pages := paged(s.lists())
		if len(pages) == 0 {
			pages = [][]templates.List{nil}
		}
		for i, page := range pages {
			n := notices.News{
				Purpose: intake.ForDigest, Kind: templates.Digest, Code: fmt.Sprintf("%s/%s/%d", strings.Join(m.names, "+"), m.tx.Today(), i+1),
				Notice: templates.Notice{Lists: page, Sum: s.sum()},
			}
			if err := m.cl.notices.TellOne(m.tx, m.via(s.address), nil, n, s.address); err != nil {
				return err
			}
		}
	}
	return nil
}

// via is the mailbox in whose name a person's list goes: one whose staff they
// are, and that takes answers where any does.
func (m *morning) via(address string) string {
	boxes := m.cl.cases.Settings().Mailboxes
	best, rank := boxes[0].Name, -1
	for _, b := range boxes {
		n := 0
		if m.cl.cases.Rules().StaffOf(b.Name, address) {
			n++
			if len(b.Trust.Officers) > 0 {
				n++
			}
		}
		if n > rank {
			best, rank = b.Name, n
		}
	}
	return best
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

func addRow(l *templates.List, r templates.Row) { l.Rows = append(l.Rows, r) }

func arrivalRow(a intake.Arrival) templates.Row {
	return templates.Row{
		ID: fmt.Sprint(a.ID), Ref: a.Ref, Name: a.From.Name, Address: a.From.Addr, Subject: a.Subject,
		Kind: string(a.Kind), Note: a.Why, On: deadlines.DayOf(a.Received),
	}
}

// nextDigest is when the next list is due: a moment gone by while today's is
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
