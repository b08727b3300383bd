package engine

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/mailbox"
	"requestd/intake/officer"
	"requestd/store"
)

// reply is a mail that answers one of ours to staff: what it carries, who
// sends it, and what it says.
type reply struct {
	it       *item
	from     string         // the single address in From, "" when there is none or more
	staff    bool           // which is that of a member of staff
	letter   *intake.Letter // the mail that it proves to answer, nil where it proves nothing
	line     string         // its first line
	cmd      officer.Command
	unclear  error     // why the line is no command
	received time.Time // when it came
}

// commandLike reports whether the line was meant as a command: then a mail
// that may not give one looks like an attack.
func (r *reply) commandLike() bool {
	var n *officer.NotUnderstood
	return r.unclear == nil || errors.As(r.unclear, &n) && n.Command
}

// decisionSeems marks the arrival of an answer that was obeyed.
const decisionSeems = "decision"

// takeReply deals with a mail that answers one of ours to staff, and reports
// whether it did. Such a mail from staff opens no case and is never
// acknowledged; from anybody else it stays ordinary mail.
func (e *Engine) takeReply(tx *store.Tx, it *item, a *intake.Arrival) (outcome, bool, error) {
	r, ours := e.replyOf(tx, it)
	if !ours {
		return outcome{}, false, nil
	}
	if !r.staff {
		if r.letter != nil && r.commandLike() {
			return outcome{}, false, e.suspect(tx, r, "The mail carries the proof that was sent to "+r.letter.To+", and comes from somebody else.")
		}
		return outcome{}, false, nil
	}
	a.Kind, a.Seems, a.Attention, a.Urgent, a.Why = intake.Other, "", "", "", ""
	if err := e.heed(tx, r, a); err != nil {
		return outcome{}, false, err
	}
	d := intake.DidPass
	if a.Ref != "" {
		d = intake.DidFollowup
	}
	o, err := e.register(tx, it, a, d)
	if err != nil {
		return o, true, err
	}
	return o, true, e.list(tx, a)
}

// replyOf reads a mail as an answer to one of ours, and reports whether it is
// one: by a token in its subject, by the Message-ID of a mail to staff, or by
// the id that all staff mail of a case refers to.
func (e *Engine) replyOf(tx *store.Tx, it *item) (*reply, bool) {
	m := it.msg
	r := &reply{it: it, received: it.received}
	if len(m.From) == 1 && len(m.All("from")) <= 1 {
		r.from = m.From[0].Addr
	}
	r.staff = slices.ContainsFunc(e.Settings().Staff, func(s config.Staff) bool { return sameAddress(s.Address, r.from) })
	tokens := officer.Tokens(m.Subject)
	for _, t := range tokens {
		if tok, ok := tx.Token(t); ok {
			if l, ok := tx.LetterByKey(tok.Letter); ok {
				r.prove(l)
			}
		}
	}
	for _, id := range slices.Concat(m.InReplyTo, m.References) {
		if l, ok := tx.LetterByMessageID(id); ok && takesReplies(&l) {
			r.prove(l)
		}
	}
	ours := r.letter != nil
	if r.staff && !ours {
		ours = len(tokens) > 0 || slices.ContainsFunc(slices.Concat(m.InReplyTo, m.References), e.isRoot) || e.repliesByName(tx, m.Subject)
	}
	if ours {
		r.line = officer.FirstLine(m)
		r.cmd, r.unclear = officer.Parse(r.line, deadlines.DayOf(it.received))
	}
	return r, ours
}

// prove takes a letter as the one that is answered: the first, unless a later
// one was sent to the very sender.
func (r *reply) prove(l intake.Letter) {
	if l.To == "" {
		return // erased
	}
	if r.letter == nil || !sameAddress(r.letter.To, r.from) && sameAddress(l.To, r.from) {
		r.letter = &l
	}
}

// takesReplies reports whether a letter went to staff as staff.
func takesReplies(l *intake.Letter) bool {
	return !l.Purpose.Outside() && l.Purpose != intake.ForReceipt
}

// isRoot reports whether an id is one to which staff mail of a case refers.
func (e *Engine) isRoot(id string) bool {
	id = strings.ToLower(id)
	return slices.ContainsFunc(e.Settings().Mailboxes, func(b config.Mailbox) bool {
		return strings.HasPrefix(id, "case."+strings.ToLower(b.Reference)) && strings.HasSuffix(id, "@"+domainOf(b.Address))
	})
}

// replySubject is how the subject of an answer to staff mail of a case begins.
var replySubject = regexp.MustCompile(`(?i)^\s*(?:re|ateb|aw|sv)\s*:\s*\[([^\]]{3,20})\]`)

// repliesByName reports whether a subject is that of an answer to staff mail
// of a case: some mail programs leave every other trace out.
func (e *Engine) repliesByName(tx *store.Tx, subject string) bool {
	m := replySubject.FindStringSubmatch(subject)
	return m != nil && tx.HasCase(m[1])
}

// heed does what an answer from a staff address says, or tells its sender why
// nothing changed. It writes into the arrival what became of it.
func (e *Engine) heed(tx *store.Tx, r *reply, a *intake.Arrival) error {
	hard, soft := e.rules.Load().Classifier.MachineMarks(r.it.msg)
	if len(hard)+len(soft) > 0 || officer.Automatic(r.it.msg) {
		a.Why = "an answer to mail for staff that a machine made: not obeyed, not answered"
		return nil
	}
	trust := e.box(r.it.place.Mailbox).Trust
	if len(trust.Officers) == 0 {
		a.Why = "an answer to mail for staff: deciding by mail is switched off"
		return nil
	}
	if problem, mend, attack := e.distrust(r, trust); problem != "" {
		a.Why = "an answer in the name of staff that was not obeyed"
		if attack && r.letter != nil && r.commandLike() {
			if err := e.suspect(tx, r, problem); err != nil {
				return err
			}
		}
		return e.refuseReply(tx, r, nil, problem, mend)
	}
	a.Ref = r.letter.Ref
	if !e.firstTime(tx, r.it.msg) {
		a.Why = "an answer of staff that came before"
		return e.refuseReply(tx, r, nil, "This mail was here before: each mail acts once.", "Write a new mail where you want the same once more.")
	}
	if r.unclear != nil {
		a.Why = "an answer of staff that is no decision"
		var n *officer.NotUnderstood
		errors.As(r.unclear, &n)
		return e.refuseReply(tx, r, nil, n.Problem, n.Mend)
	}
	return e.obey(tx, r, a)
}

// distrust says why the sender is not obeyed, "" where nothing speaks against
// it, and whether a wrong proof or a forged name is the reason.
func (e *Engine) distrust(r *reply, trust config.Trust) (problem, mend string, attack bool) {
	const notYours = "If you did not write this mail, tell the security team. If you did, tell the administrator: "
	vouched, why := officer.Trust{Officers: trust.Officers, Authserv: trust.Authserv}.Vouched(r.it.msg)
	switch l := r.letter; {
	case r.it.role != mailbox.Inbox:
		return "The mail lay in the junk folder, so its sender is not believed.", notYours + "mail of colleagues should not land there.", true
	case !vouched:
		return "Nobody vouches for the sender: " + why + ".", notYours + "requestd check says what the mail server must vouch for.", true
	case l == nil:
		return "The mail does not show which of our mails it answers, or that one was sent too long ago.", "Answer the newest mail on the case, or click one of its links.", false
	case !sameAddress(l.To, r.from):
		return "It answers a mail that was sent to " + l.To + ", not to you.", "Answer the mail that was sent to you.", true
	case !e.staffOf(l.Mailbox, r.from):
		return "You are not among the staff of this mailbox.", "Ask the administrator to name you under staff.", false
	case r.received.After(e.expires(l.Created)):
		return fmt.Sprintf("The mail that you answered was sent on %s: answers count for %d days.", deadlines.DayOf(l.Created).Long(), e.Settings().Replies.TokenDays),
			"Answer a newer mail on the case.", false
	}
	return "", "", false
}

func (e *Engine) expires(issued time.Time) time.Time {
	return issued.AddDate(0, 0, e.Settings().Replies.TokenDays)
}

// staffOf reports whether an address is that of a member of staff of a
// mailbox.
func (e *Engine) staffOf(mailbox, addr string) bool {
	return slices.ContainsFunc(e.Settings().Staff, func(s config.Staff) bool {
		return sameAddress(s.Address, addr) && slices.Contains(s.Mailboxes, mailbox)
	})
}

// firstTime reports whether a mail may act: neither its Message-ID nor its
// author, date, subject and text were here before, whatever a replay changes.
func (e *Engine) firstTime(tx *store.Tx, m *intake.Message) bool {
	if m.MessageID == "" {
		return false
	}
	id := tx.Once("reply/" + m.MessageID)
	print := tx.Once(fmt.Sprintf("reply/%x", m.Fingerprint))
	return id && print
}

// forgetReplies lets go of tokens that have expired, and of the names of mails
// whose proof has: once a day.
func (e *Engine) forgetReplies(tx *store.Tx) error {
	const key = "replies/forgotten"
	var last deadlines.Day
	if _, err := tx.Get(key, &last); err != nil || last == today(tx) {
		return err
	}
	keep := 2 * time.Duration(e.Settings().Replies.TokenDays) * 24 * time.Hour
	if err := errors.Join(tx.ExpireTokens(tx.Now()), tx.ExpireOnce(tx.Now().Add(-keep))); err != nil {
		return err
	}
	return tx.Set(key, today(tx))
}
