package clock

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// list is what one person is told on a working morning, or when they ask for
// it.
type list struct {
	cl    *Clock
	tx    *store.Tx
	to    string
	names []string             // of the mailboxes that it covers
	last  map[string]*digested // up to where the last list covered each
	rows  [sections][]templates.Row
	more  map[string]int // how much mail came on each case
	known map[concern]section
}

// concern is everything that decides whether a row is in somebody's list.
type concern struct {
	in      section
	mailbox string
	kinds   string // "" if it concerns everybody
	up      bool
}

const nowhere section = -1

func (cl *Clock) newList(tx *store.Tx, to string) *list {
	return &list{cl: cl, tx: tx, to: to, last: map[string]*digested{}, more: map[string]int{}, known: map[concern]section{}}
}

func (l *list) add(mailbox string, last digested) {
	l.names, l.last[mailbox] = append(l.names, mailbox), &last
}

// nothing reports whether there is nothing to tell, and the reader does not
// want to be told that.
func (l *list) nothing() bool {
	for _, rows := range l.rows {
		if len(rows) > 0 {
			return false
		}
	}
	return !l.cl.cases.Settings().Digest.Empty || !slices.ContainsFunc(l.names, func(name string) bool {
		own, _ := l.cl.notices.Listed(name, nil, config.GetsDigest, false)
		return among(own, l.to)
	})
}

func among(list []string, address string) bool {
	return slices.ContainsFunc(list, func(o string) bool { return intake.SameAddress(o, address) })
}

const (
	maxRows  = 60  // of one section in one mail
	maxFirst = 160 // runes of a mail's first words
	maxMore  = 5   // listed mails on one case: anybody who knows a reference may write about it
)

// put puts a row into the list if it concerns the list's reader.
func (l *list) put(in section, mailbox string, v *intake.View, row templates.Row, up bool) {
	if at, ok := l.concerns(in, mailbox, v, up); ok {
		l.rows[at] = append(l.rows[at], row)
	}
}

// concerns returns the section in which news is shown in the list, if any: its
// reader is one of those who get such news, or a superior to whom it is passed
// up.
func (l *list) concerns(in section, mailbox string, v *intake.View, up bool) (section, bool) {
	c := concern{in: in, mailbox: mailbox, up: up}
	if v != nil && !v.Doubt {
		c.kinds = fmt.Sprint(v.Parts())
	}
	at, ok := l.known[c]
	if !ok {
		own, above := l.cl.notices.Listed(mailbox, v, contents[in].gets, up)
		switch at = nowhere; {
		case among(own, l.to):
			at = in
		case among(above, l.to):
			at = passedUp
		}
		l.known[c] = at
	}
	return at, at != nowhere
}

// arrivals lists the mails among ids that came since the last list.
func (l *list) arrivals(ids []uint64) error {
	for _, id := range ids {
		a, err := l.tx.Arrival(id)
		if errors.Is(err, store.ErrUnreadable) {
			continue // an alarm reports it, and the others are listed
		}
		if err != nil {
			return err
		}
		if last := l.last[a.Mailbox]; last == nil || id <= last.Through {
			continue
		}
		if in, ok := l.cl.sectionOf(&a); ok {
			if err := l.arrival(in, &a); err != nil {
				return err
			}
		}
	}
	return nil
}

// sectionOf returns the section in which a mail is listed, if any. A mail that
// staff were told of separately is not listed.
func (cl *Clock) sectionOf(a *intake.Arrival) (section, bool) {
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
		return newCases, cl.cases.Settings().Digest.NewCases == config.NewInList
	}
	return 0, false
}

func (l *list) arrival(in section, a *intake.Arrival) error {
	var v *intake.View
	if a.Ref != "" {
		c, err := l.tx.Case(a.Ref)
		switch {
		case err == nil:
			v = l.cl.cases.View(l.tx, c)
		case !errors.Is(err, store.ErrUnreadable): // an alarm reports it, and the others are listed
			return err
		}
	}
	if _, ok := l.concerns(in, a.Mailbox, v, false); !ok || in == byColleagues && intake.SameAddress(l.to, a.From.Addr) { // the writer was answered at once
		return nil
	}
	row := arrivalRow(*a)
	if in != byColleagues {
		text, _, err := l.tx.TextOf(a)
		if err != nil && !errors.Is(err, store.ErrUnreadable) {
			return err
		}
		row.Text = intake.OneLine(intake.CutText(text, 4*maxFirst), maxFirst)
	}
	if in == moreMail {
		if l.more[a.Ref]++; l.more[a.Ref] > maxMore+1 {
			return nil
		} else if l.more[a.Ref] > maxMore {
			row = templates.Row{Ref: a.Ref, Kind: string(a.Kind), Note: "and more mail, which stands with the case"}
		}
	}
	if in == newCases && v != nil {
		row.By = v.Due()
	}
	l.put(in, a.Mailbox, v, row, false)
	return nil
}

// letters lists the letters that people outside should have got and did not,
// and the drafts that nobody has released yet.
func (l *list) letters() error {
	for x := range l.tx.Letters(store.LetterFilter{Unsent: true}) {
		if l.last[x.Mailbox] == nil || !x.Purpose.Outside() || x.To == "" {
			continue
		}
		switch x.State {
		case intake.LetterFailed, intake.LetterInDoubt:
		case intake.LetterHeld:
			if x.IsDraft() {
				if err := l.draft(&x); err != nil {
					return err
				}
				continue
			}
			if x.Attempts == 0 && x.Purpose == intake.ForAcknowledgement {
				continue // it waits for a person, and is listed among those to acknowledge
			}
		default:
			continue
		}
		l.put(unsent, x.Mailbox, nil, templates.Row{Ref: x.Ref, Address: x.To, Note: letterNote(&x)}, false)
	}
	return nil
}

func (l *list) draft(x *intake.Letter) error {
	if l.cl.cases.Stale(x, l.tx.Today()) {
		return nil
	}
	c, err := l.tx.Case(x.Ref)
	if errors.Is(err, store.ErrUnreadable) {
		return nil // an alarm reports it
	}
	if err != nil {
		return err
	}
	v := l.cl.cases.View(l.tx, c)
	l.put(drafted, x.Mailbox, v, caseRow(v, 0, fmt.Sprintf("letter %d, which %s", x.ID, casework.StepWords(x.Purpose))), false)
	return nil
}

func letterNote(l *intake.Letter) string {
	s := fmt.Sprintf("the %s is %s", strings.ReplaceAll(string(l.Purpose), "-", " "), strings.ReplaceAll(string(l.State), "-", " "))
	if l.Response != "" {
		s += ": " + intake.OneLine(l.Response, intake.MaxSubject)
	}
	return s
}

// paged divides lists into pages, each with at most maxRows rows of any list.
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
