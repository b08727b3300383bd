// Package replies reads staff's answers to our mails and carries them out: it
// finds who really sent one, which mail and case it is about, and which act it
// asks for.
package replies

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/notices"
	"requestd/intake/officer"
	"requestd/store"
	"requestd/templates"
)

// Replies carries out staff's answers to our mails.
type Replies struct {
	cases   *casework.Cases
	notices *notices.Notices
	clock   WorkLists
	log     *slog.Logger
}

// WorkLists makes the lists of open work, and the state of the mailboxes, for
// an officer who asks by mail.
type WorkLists interface {
	ListFor(tx *store.Tx, address string) (lists []templates.List, sum string, err error)
	StandingFor(tx *store.Tx, address string) []string
}

// New makes a Replies that carries out answers with the given acts, and
// confirms them.
func New(cases *casework.Cases, tell *notices.Notices, clock WorkLists, log *slog.Logger) *Replies {
	return &Replies{cases: cases, notices: tell, clock: clock, log: log}
}

// Mail is a mail that came in.
type Mail struct {
	*intake.Message
	Place    intake.MailLocation
	Received time.Time
	Inbox    bool // the mail is in the inbox, not in the junk folder
}

// reply is a mail that answers one of ours to staff: who sends it, which mail
// it answers, and what it says.
type reply struct {
	Mail
	from    string         // the single address in From; "" if there is none or several
	staff   bool           // from is a member of staff
	letter  *intake.Letter // the mail that it answers; nil if that cannot be told
	line    string         // its first line
	cmd     officer.Command
	unclear error // why the line is no command
	fresh   bool  // it answers none of our mails, and only asks for information
}

// commandLike reports whether the line was meant as a command: if such a mail
// has no right to give one, it looks like an attack.
func (r *reply) commandLike() bool {
	var n *officer.NotUnderstood
	return r.unclear == nil || errors.As(r.unclear, &n) && n.Command
}

// Take handles a mail that answers one of ours to staff, and reports whether it
// did. An answer from staff is never itself treated as a request; an answer
// from anybody else stays ordinary mail. What became of it is written into a,
// which the caller records.
func (rs *Replies) Take(tx *store.Tx, m Mail, a *intake.Arrival) (taken bool, err error) {
	r, ours := rs.replyOf(tx, m)
	if !ours {
		return false, nil
	}
	if r.fresh && !rs.believed(r) {
		return false, nil
	}
	if !r.staff {
		if r.letter != nil && r.commandLike() {
			return false, rs.suspect(tx, r, "The mail carries the proof that was sent to "+r.letter.To+", and comes from somebody else.")
		}
		return false, nil
	}
	a.Kind, a.Seems, a.Attention, a.Urgent, a.Why = intake.Other, intake.SeemsAnswer, "", "", ""
	return true, rs.handle(tx, r, a)
}

// replyOf reads a mail as an answer to one of ours, and reports whether it is
// one: by a token in its subject, by the Message-ID of a mail to staff, or by
// the id that all staff mail about a case refers to.
func (rs *Replies) replyOf(tx *store.Tx, m Mail) (*reply, bool) {
	r := &reply{Mail: m}
	if len(m.From) == 1 && len(m.All("from")) <= 1 {
		r.from = m.From[0].Addr
	}
	r.staff = slices.ContainsFunc(rs.cases.Settings().Staff, func(s config.Staff) bool { return intake.SameAddress(s.Address, r.from) })
	tokens := officer.Tokens(m.Subject)
	for _, t := range tokens {
		if tok, ok := tx.Token(t); ok {
			if l, ok := tx.LetterByKey(tok.Letter); ok {
				r.answers(l)
			}
		}
	}
	for _, id := range slices.Concat(m.InReplyTo, m.References) {
		if l, ok := tx.LetterByMessageID(id); ok && takesReplies(&l) {
			r.answers(l)
		}
	}
	ours := r.letter != nil
	if r.staff && !ours {
		ours = len(tokens) > 0 || slices.ContainsFunc(slices.Concat(m.InReplyTo, m.References), rs.isRoot) || rs.repliesByName(tx, m.Subject, r.from)
	}
	if r.staff && !ours {
		r.fresh, ours = rs.asks(r)
	}
	if ours {
		r.line = officer.FirstLine(m.Message)
		r.cmd, r.unclear = officer.Parse(r.line, deadlines.DayOf(m.Received))
		if r.unclear == nil && r.cmd.Act == officer.Send {
			r.cmd.Texts, r.unclear = officer.Between(m.Message)
		}
	}
	return r, ours
}

// answers records a letter as the answered one: the first, unless a later one
// was sent to this very sender.
func (r *reply) answers(l intake.Letter) {
	if l.To == "" {
		return // erased
	}
	if r.letter == nil || !intake.SameAddress(r.letter.To, r.from) && intake.SameAddress(l.To, r.from) {
		r.letter = &l
	}
}

// takesReplies reports whether a letter was sent to staff as staff.
func takesReplies(l *intake.Letter) bool {
	return !l.Purpose.Outside() && l.Purpose != intake.ForReceipt
}

// isRoot reports whether an id is one that staff mail about a case refers to.
func (rs *Replies) isRoot(id string) bool {
	id = strings.ToLower(id)
	return slices.ContainsFunc(rs.cases.Settings().Mailboxes, func(b config.Mailbox) bool {
		return strings.HasPrefix(id, "case."+strings.ToLower(b.Reference)) && strings.HasSuffix(id, "@"+intake.DomainOf(b.Address))
	})
}

// replySubject matches the subject of an answer to staff mail about a case.
var replySubject = regexp.MustCompile(`(?i)^\s*(?:re|ateb|aw|sv)\s*:.*\[([^\]]{3,20})\]`)

// repliesByName reports whether a subject is that of an answer to staff mail
// about a case that its sender may read: some mail programs leave out every
// other trace.
func (rs *Replies) repliesByName(tx *store.Tx, subject, from string) bool {
	m := replySubject.FindStringSubmatch(subject)
	if m == nil {
		return false
	}
	c, err := tx.Case(m[1])
	return err == nil && rs.cases.Rules().StaffOf(c.Mailbox, from)
}

// handle does what an answer from a staff address says, or tells its sender why
// nothing changed. It records in the arrival what became of it.
func (rs *Replies) handle(tx *store.Tx, r *reply, a *intake.Arrival) error {
	hard, soft := rs.cases.Rules().Classifier.MachineMarks(r.Message)
	if len(hard)+len(soft) > 0 || officer.Automatic(r.Message) || r.cmd.Away() {
		a.Why = "an answer to mail for staff that a machine made: not obeyed, not answered"
		return nil
	}
	trust := rs.cases.Rules().Box(r.Place.Mailbox).Trust
	if len(trust.Officers) == 0 {
		a.Why, a.Seems = "an answer to mail for staff: deciding by mail is switched off", "" // the list shows it, since nothing answers it
		return nil
	}
	if problem, mend, attack := rs.distrust(r, trust); problem != "" {
		a.Why = "an answer in the name of staff that was not obeyed"
		if attack && r.letter != nil && r.commandLike() {
			if err := rs.suspect(tx, r, problem); err != nil {
				return err
			}
		}
		return rs.refuseReply(tx, r, nil, problem, mend)
	}
	if r.letter != nil {
		a.Ref = r.letter.Ref
	}
	if !rs.firstTime(tx, r.Message) {
		a.Why = "an answer of staff that came before"
		return rs.refuseReply(tx, r, nil, "This mail was here before: each mail acts once.", "Write a new mail where you want the same once more.")
	}
	if r.unclear != nil {
		a.Why = "an answer of staff that is no decision"
		var n *officer.NotUnderstood
		errors.As(r.unclear, &n)
		return rs.refuseReply(tx, r, nil, n.Problem, nearest(r, n.Mend))
	}
	if r.cmd.Asks() {
		return rs.tell(tx, r, a)
	}
	return rs.execute(tx, r, a)
}

// distrust says why the sender is not obeyed, "" if nothing speaks against it,
// and whether the reason is a wrong proof or a forged name.
func (rs *Replies) distrust(r *reply, trust config.Trust) (problem, mend string, attack bool) {
	const notYours = "If you did not write this mail, tell the security team. If you did, tell the administrator: "
	vouched, why := officer.Trust{Officers: trust.Officers, Authserv: trust.Authserv}.Vouched(r.Message)
	switch l := r.letter; {
	case !r.Inbox:
		return "The mail lay in the junk folder, so its sender is not believed.", notYours + "mail of colleagues should not land there.", true
	case !vouched:
		return "Nobody vouches for the sender: " + why + ".", notYours + "the mail server has to vouch for it.", true
	case r.fresh:
		return "", "", false
	case l == nil:
		return "The mail does not show which of our mails it answers, or that one was sent too long ago.", "Answer the newest mail on the case, or click one of its links.", false
	case !intake.SameAddress(l.To, r.from):
		return "It answers a mail that was sent to " + l.To + ", not to you.", "Answer the mail that was sent to you.", true
	case !rs.cases.Rules().StaffOf(l.Mailbox, r.from):
		return "You are not among the staff of this mailbox.", "Ask the administrator to name you under staff.", false
	case r.Received.After(rs.cases.Rules().AnswersUntil(l.Created)):
		return fmt.Sprintf("The mail that you answered was sent on %s: answers count for %d days.", deadlines.DayOf(l.Created).Long(), rs.cases.Settings().Replies.TokenDays),
			"Answer this one: it is fresh, and counts as long again.", false
	}
	return "", "", false
}

// firstTime reports whether a mail may act: neither its Message-ID nor its
// author, date, subject and text were seen before, whatever else a replay
// changes.
func (rs *Replies) firstTime(tx *store.Tx, m *intake.Message) bool {
	if m.MessageID == "" {
		return false
	}
	id := tx.FirstTime("reply/" + m.MessageID)
	print := tx.FirstTime(fmt.Sprintf("reply/%x", m.Fingerprint))
	return id && print
}
