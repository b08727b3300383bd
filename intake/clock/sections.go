package clock

import (
	"fmt"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/templates"
)

// section is one part of the list on working mornings.
type section int

// The sections in the order in which they are shown.
const (
	late section = iota
	today
	regulator
	decide
	acknowledge
	week
	coming
	answered
	waiting
	moreMail
	unsent
	drafted
	newCases
	byColleagues
	passed
	machines
	passedUp
	sections
)

// contents says for each section who gets it, its heading, how it is counted in
// the subject and the words to answer with.
var contents = [sections]struct {
	gets, title, count, do, words string
}{
	late:         {config.GetsOverdue, "LATE", "late", "Answer as soon as you can, and tell the requester when. If the answer has gone out, say so.", "RESPONDED GRANTED today"},
	today:        {config.GetsReminders, "DUE TODAY", "due today", "The answer must go out today.", "RESPONDED GRANTED today"},
	regulator:    {config.GetsReminders, "FOR THE COMMISSIONER", "for the Commissioner", "The Commissioner waits for our answer on these.", ""},
	decide:       {config.GetsTriage, "TO DECIDE", "to decide", "Say what each is.", "FOI"},
	acknowledge:  {config.GetsReminders, "TO ACKNOWLEDGE", "to acknowledge", "No acknowledgement has gone out. Let it go, or say that it was made in another way.", "SEND"},
	week:         {config.GetsReminders, "DUE THIS WEEK", "due this week", "If an answer has gone out, say so.", "RESPONDED GRANTED today"},
	coming:       {config.GetsReminders, "COMING", "", "", ""},
	answered:     {config.GetsTriage, "ANSWERED?", "perhaps answered", "A reply on the case was found among the sent mail. It may be the answer, or only a question.", "RESPONDED GRANTED today"},
	waiting:      {config.GetsReminders, "WAITING FOR THE REQUESTER", "", "If it has come in another way, say so.", ""},
	moreMail:     {config.GetsTriage, "MORE MAIL ON CASES", "with more mail", "No date has moved: that is for you to decide.", ""},
	unsent:       {config.GetsTriage, "LETTERS THAT DID NOT GO", "not sent", "Is there another way to reach the person?", "ACKNOWLEDGED today"},
	drafted:      {config.GetsReminders, "DRAFTED LETTERS", "drafted", "Each goes when you say so, and else not at all. Read it before: SHOW and its reference shows it, and how it is changed.", "SEND"},
	newCases:     {config.GetsCopies, "NEW", "new", "", ""},
	byColleagues: {config.GetsTriage, "DECIDED BY COLLEAGUES", "", "", ""},
	passed:       {config.GetsDigest, "READ AS NO REQUEST", "read as no request", "Nobody was answered. If one is a request after all, open it.", ""},
	machines:     {config.GetsDigest, "MACHINES' MAIL", "", "", ""},
	passedUp:     {"", "PASSED UP TO YOU: nobody has dealt with it in time", "passed up to you", "", ""},
}

// lists returns the sections that are not empty.
func (l *list) lists() (lists []templates.List) {
	for i, rows := range l.rows {
		if len(rows) == 0 {
			continue
		}
		c := contents[i]
		l := templates.List{Title: c.title, Do: c.do, Rows: rows}
		slices.SortStableFunc(l.Rows, func(a, b templates.Row) int { return int(a.By - b.By) })
		if c.words != "" {
			l.Words = rows[0].Ref + " " + wordsFor(&rows[0], c.words)
		}
		lists = append(lists, l)
	}
	return lists
}

// wordsFor returns a section's words to answer with, adapted to one row:
// another regime has other outcomes, and if only a right has still to be
// decided, only that is asked.
func wordsFor(r *templates.Row, words string) string {
	kind := intake.Kind(r.Kind)
	switch {
	case r.Note == rightWaits:
		return kind.Short() + " AND RIGHT"
	case words == contents[decide].words && kind == intake.Rights:
		return "RIGHT" // with the rights found in the mail
	case strings.Contains(words, "GRANTED"):
		if list := intake.OutcomesOf(kind, intake.Kind(r.Of)); len(list) > 0 {
			return strings.Replace(words, "GRANTED", strings.ToUpper(strings.ReplaceAll(list[0], "-", " ")), 1)
		}
	}
	return words
}

// sum returns what the subject says about the list.
func (l *list) sum() string {
	var parts []string
	for i, rows := range l.rows {
		if c := contents[i].count; c != "" && len(rows) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", len(rows), c))
		}
	}
	return strings.Join(parts[:min(len(parts), 4)], ", ")
}
