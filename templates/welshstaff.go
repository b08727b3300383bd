package templates

import (
	"slices"
	"strings"

	"requestd/templates/welsh"
)

// Welsh is the language of mail to staff who want it in Welsh.
const Welsh = "cy"

// inWelsh writes a mail to staff in Welsh, and reports whether it could: if
// anything that it says has no Welsh, the whole mail must be English. The words
// of senders, servers and the reader stay unchanged.
func (s *Set) inWelsh(n Notice) (Mail, bool) {
	if n.Language != Welsh {
		return Mail{}, false
	}
	cy, ok := n.welsh()
	if !ok {
		return Mail{}, false
	}
	m, err := s.staff(cy.ready())
	return m, err == nil
}

// file returns the text from which a mail is written.
func (n Notice) file() string {
	if n.Language == Welsh {
		return strings.TrimSuffix(noticeFile(n.Kind), ".txt") + ".cy.txt"
	}
	return noticeFile(n.Kind)
}

func (n Notice) language() string {
	if n.Language == Welsh {
		return Welsh
	}
	return English
}

func (n Notice) onPage() string {
	if n.Language == Welsh {
		return "Ar y dudalen: "
	}
	return "On the page: "
}

// marksCy replaces, in what a link writes, the marks between which a letter's
// words are written by the Welsh ones.
var marksCy = strings.NewReplacer("BEGIN", "DECHRAU", "END", "DIWEDD")

// welsh returns a copy in which all that the program says is in Welsh, and
// reports whether all of it has Welsh.
func (n Notice) welsh() (Notice, bool) {
	t := translation{ok: true}
	t.text(&n.Law)
	t.text(&n.Problem)
	t.text(&n.Mend)
	t.list(&n.Lines, welsh.Text)
	n.Sum, t.ok = sumInWelsh(n.Sum, t.ok)
	if cy, ok := welsh.Text(n.Command); ok && strings.Contains(n.Command, " (read as: ") { // otherwise it is as somebody wrote it
		n.Command = cy
	}
	if cy, ok := welsh.Text(n.Letter.Response); ok {
		n.Letter.Response = cy
	}
	t.list(&n.In.Faults, welsh.Text)
	t.list(&n.Case.Warnings, welsh.Text)
	for _, p := range n.Case.Parts {
		t.ok = t.ok && len(p.LedgerCy) == len(p.Ledger)
	}
	for _, e := range n.Case.History {
		t.ok = t.ok && (e.WhatCy != "" || e.What == "")
	}
	n.Changes = slices.Clone(n.Changes)
	for i := range n.Changes {
		t.text(&n.Changes[i].What)
	}
	t.choices(n.Choices)
	n.Lists = slices.Clone(n.Lists)
	for i := range n.Lists {
		t.tables(&n.Lists[i])
		t.ok = t.ok && (n.ReplyTo == "" || n.Lists[i].Words == "" || n.Lists[i].WordsCy != "") // they are shown if the mail can be answered
	}
	return n, t.ok
}

// sumInWelsh translates the sum in a mail's subject; ok stays true only if it
// has Welsh.
func sumInWelsh(sum string, ok bool) (string, bool) {
	if sum == "" {
		return "", ok
	}
	if cy, is := welsh.Text(sum); is {
		return cy, ok
	}
	list, isList := strings.CutPrefix(sum, "LIST ")
	cy, is := welsh.Texts(list)
	if is && isList {
		cy = "RHESTR " + cy
	}
	return cy, ok && is
}

// translation translates texts; ok is true until one has no Welsh.
type translation struct{ ok bool }

func (t *translation) text(s *string) {
	if *s != "" {
		cy, ok := welsh.Text(*s)
		*s, t.ok = cy, t.ok && ok
	}
}

func (t *translation) list(list *[]string, say func(string) (string, bool)) {
	*list = slices.Clone(*list)
	for i, s := range *list {
		cy, ok := say(s)
		(*list)[i], t.ok = cy, t.ok && ok
	}
}

func (t *translation) choices(list []Choice) {
	for _, c := range list {
		t.ok = t.ok && c.LabelCy != "" && c.CommandCy != ""
	}
}

func (t *translation) tables(l *List) {
	t.text(&l.Title)
	t.text(&l.Do)
	l.Rows = slices.Clone(l.Rows)
	for i := range l.Rows {
		r := &l.Rows[i]
		t.choices(r.Choices)
		if r.ID != "" || r.Note == "" { // a mail's note is in the reader's own words
			continue
		}
		if cy, err := welsh.Code(r.Note); err == nil { // a state
			r.Note = cy
			continue
		}
		t.text(&r.Note)
	}
}
