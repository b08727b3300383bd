package replies

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/notices"
	"requestd/intake/officer"
	"requestd/store"
	"requestd/templates"
)

// asks reports whether a mail of staff that answers none of ours only asks for
// information. Then only the sender must be proved, since the answer goes to
// the configured address alone and changes nothing.
func (rs *Replies) asks(r *reply) (fresh, ours bool) {
	cmd, err := officer.Parse(officer.FirstLine(r.Message), deadlines.DayOf(r.Received))
	asks := err == nil && cmd.Asks()
	return asks, asks
}

// believed reports whether the mail server vouches for the sender of a mail
// that answers none of ours. If it does not, the mail stays ordinary mail.
func (rs *Replies) believed(r *reply) bool {
	trust := rs.cases.Rules().Box(r.Place.Mailbox).Trust
	vouched, _ := officer.Trust{Officers: trust.Officers, Authserv: trust.Authserv}.Vouched(r.Message)
	return r.Inbox && vouched
}

// maxFound is how many cases a search shows.
const maxFound = 20

// tell answers a question, at the configured address of the officer who asks.
func (rs *Replies) tell(tx *store.Tx, r *reply, a *intake.Arrival) error {
	n := notices.News{
		Purpose: intake.ForConfirmation, Kind: templates.Answer, Code: "ask-" + r.code(), Cause: r.from,
		Notice: templates.Notice{Command: intake.OneLine(r.line, 150), Sum: strings.ToUpper(string(r.cmd.Act))},
	}
	a.Why = "an officer's question: " + r.cmd.Full()
	var v *intake.View
	var err error
	switch r.cmd.Act {
	case officer.List:
		var sum string
		n.Notice.Lists, sum, err = rs.clock.ListFor(tx, r.from)
		if len(n.Notice.Lists) == 0 {
			n.Notice.Lines = []string{"Nothing is to be done."}
		}
		n.Notice.Sum = "LIST " + sum
	case officer.Status:
		var sum string
		_, sum, err = rs.clock.ListFor(tx, r.from)
		n.Notice.Lines = append(rs.clock.StandingFor(tx, r.from), "To do: "+cmp.Or(sum, "nothing"))
	case officer.Help:
		for _, w := range officer.HelpLines() {
			n.Notice.Lines = append(n.Notice.Lines, fmt.Sprintf("- %s / %s: %s", w.En, w.Cy, w.What))
		}
		n.Notice.Lines = append(n.Notice.Lines, "On what an answer relies stands behind its outcome: RESPONDED PART s40(2), 31(1)(a) 3 March.", "Begin with a case's reference to mean that case: CAF26-00003 RESPONDED GRANTED today. Days: today, yesterday, 3 March, 3/3/2026.")
	case officer.Search:
		n.Notice.Lists, err = rs.found(tx, r)
	case officer.Show:
		if v, err = rs.shown(tx, r, &n); err != nil {
			if problem, mend, ok := refusalOf(err); ok {
				return rs.refuseReply(tx, r, nil, problem, mend)
			}
		}
	}
	if err != nil {
		return err
	}
	mailbox := r.Place.Mailbox
	if v != nil {
		mailbox = v.Mailbox
	}
	return rs.notices.NotifyOne(tx, mailbox, v, n, rs.configured(r.from))
}

// configured is an officer's address as the configuration has it, which is
// where answers go whatever the mail says.
func (rs *Replies) configured(from string) string {
	for _, s := range rs.cases.Settings().Staff {
		if intake.SameAddress(s.Address, from) {
			return s.Address
		}
	}
	return from
}

// shown returns the case that SHOW means: the one that is named, or that of the
// answered mail.
func (rs *Replies) shown(tx *store.Tx, r *reply, n *notices.News) (*intake.View, error) {
	ref := cmp.Or(r.cmd.Ref, r.cmd.Case)
	if ref == "" && r.letter != nil {
		ref = r.letter.Ref
	}
	c, err := rs.readable(tx, r, ref)
	if err != nil {
		return nil, err
	}
	v := rs.cases.View(tx, c)
	n.Notice.Case, n.Notice.Due, n.Notice.In = notices.CaseOf(v, c), v.Due(), templates.Incoming{
		Name: v.Requester.Name, Address: v.Requester.Addr, Postal: v.Postal, Subject: v.Subject, ReceivedOn: v.ReceivedOn,
	}
	if err := rs.showMail(tx, c, &n.Notice); err != nil {
		return nil, err
	}
	return v, rs.showOnly(tx, c, &n.Notice)
}

// What SHOW includes of later mails.
const (
	mostLater  = 5
	firstWords = 150 // runes of each
)

// showMail shows the words with which a case began, as the mail about the new
// case did, and the beginnings of later mails.
func (rs *Replies) showMail(tx *store.Tx, c *intake.Case, n *templates.Notice) error {
	for i, id := range c.Messages {
		if i > 0 && i < len(c.Messages)-mostLater {
			continue
		}
		a, err := tx.Arrival(id)
		if err != nil {
			return err
		}
		text, _, err := tx.TextOf(&a)
		if err != nil {
			return err
		}
		if i == 0 {
			n.In.Text, n.In.Attachments = templates.Shown(text), a.Attachments
			continue
		}
		n.Lines = append(n.Lines, fmt.Sprintf("Mail %d, %s, from %s: %s", a.ID, deadlines.DayOf(a.Received).Long(), a.From.Addr, intake.OneLine(text, firstWords)))
	}
	if over := len(c.Messages) - 1 - mostLater; over > 0 {
		n.Lines = append([]string{fmt.Sprintf("%d mails before these are in the mailbox.", over)}, n.Lines...)
	}
	return nil
}

// readable returns a case if the sender may read it.
func (rs *Replies) readable(tx *store.Tx, r *reply, ref string) (*intake.Case, error) {
	unknown := refused(fmt.Sprintf("There is no case %q in your mailboxes.", intake.OneLine(ref, 30)), "Check the reference, and write it again: SHOW CAF26-00017.")
	if ref == "" || !tx.HasCase(ref) {
		return nil, unknown
	}
	c, err := tx.Case(ref)
	if errors.Is(err, store.ErrNotFound) || err == nil && rs.principal(r).May(casework.ToRead, c.Mailbox) != nil {
		return nil, unknown
	}
	return c, err
}

// found lists the cases that a search finds: one by its reference, those of an
// address, and of the open cases those with the words in name or subject.
func (rs *Replies) found(tx *store.Tx, r *reply) ([]templates.List, error) {
	want, who := strings.ToLower(r.cmd.Note), rs.principal(r)
	list := templates.List{Title: "FOUND", Do: "By reference, by address, and among the open cases by name and subject."}
	add := func(c *intake.Case) {
		if who.May(casework.ToRead, c.Mailbox) != nil || c.Erased() || slices.ContainsFunc(list.Rows, func(row templates.Row) bool { return row.Ref == c.Ref }) {
			return
		}
		if len(list.Rows) == maxFound {
			list.More++
			return
		}
		v := rs.cases.View(tx, c)
		list.Rows = append(list.Rows, templates.Row{Ref: v.Ref, Kind: string(v.Kind), Of: string(v.Of), Name: v.Requester.Name, Address: v.Requester.Addr, By: v.Due(), Note: string(v.State)})
	}
	if tx.HasCase(r.cmd.Note) {
		c, err := tx.Case(r.cmd.Note)
		if err != nil {
			return nil, err
		}
		add(c)
	}
	if strings.Contains(want, "@") {
		for c := range tx.LastCasesOf(want, "", maxFound) {
			add(c)
		}
	}
	for c := range tx.OpenCases() {
		if c.Matches(want) {
			add(c)
		}
	}
	return []templates.List{list}, nil
}

// principal returns the sender of a mail as the principal of acts.
func (rs *Replies) principal(r *reply) casework.Principal {
	return casework.Principal{Actor: intake.ActorMail + strings.ToLower(r.from), Role: casework.Officer, Mailboxes: rs.cases.Rules().MailboxesOf(r.from)}
}
