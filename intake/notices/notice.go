// Package notices decides what staff are told: who gets a piece of news, each
// once, and which answers the mail offers.
package notices

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/store"
	"requestd/templates"
)

// News is one piece of news for the staff of a mailbox.
type News struct {
	Purpose      intake.Purpose
	Kind         templates.NoticeKind
	Subscription string       // the entry of staff's gets list that it belongs to; it selects the recipients
	Code         string       // names the occurrence; nothing is mailed twice with the same code
	Escalate     bool         // also sent to escalate_to
	Cause        string       // who sent the mail that caused it; "" if none did
	Order        intake.Order // in the outbox, if not the order of its purpose
	Notice       templates.Notice
}

// Notices writes to staff.
type Notices struct {
	cases *casework.Cases
	log   *slog.Logger
}

// New makes a Notices that writes to the staff of the given cases' mailboxes.
func New(cases *casework.Cases, log *slog.Logger) *Notices { return &Notices{cases, log} }

// Notify puts a piece of news into the outbox, one mail to each member of staff
// of the mailbox who is to have it, and each only once for the same News.Code.
// v is nil if the news is not about a case.
func (ns *Notices) Notify(tx *store.Tx, mailbox string, v *intake.View, n News) error {
	return ns.NotifyFrom(tx, mailbox, mailbox, v, n)
}

// NotifyFrom is Notify in the name of another mailbox, through whose server it
// is sent.
func (ns *Notices) NotifyFrom(tx *store.Tx, via, mailbox string, v *intake.View, n News) error {
	if n.Purpose == intake.ForUrgent && n.Cause != "" {
		first, err := urgent.allows(tx, intake.Account(n.Cause))
		if err != nil {
			return err
		}
		if !first { // one who cries danger in every mail does not delay others' news
			n.Order = intake.OrderStaff
		}
	}
	box := ns.cases.Rules().Box(via)
	for _, to := range ns.staff(mailbox, v, n) {
		if err := ns.notifyOne(tx, box, v, n, to); err != nil {
			return err
		}
	}
	return nil
}

// NotifyOne is Notify for one address only, in the name of a mailbox.
func (ns *Notices) NotifyOne(tx *store.Tx, via string, v *intake.View, n News, to string) error {
	return ns.notifyOne(tx, ns.cases.Rules().Box(via), v, n, recipient{address: to})
}

// Listed returns whose morning list shows a piece of news about a case. own are
// those who receive such news or the digest; above are those in escalate_to, if
// it is escalated. own may be empty only for news that is in the digest alone.
func (ns *Notices) Listed(mailbox string, v *intake.View, gets string, escalate bool) (own, above []string) {
	add := func(list []string, address string) []string {
		if address == "" || slices.ContainsFunc(list, func(o string) bool { return intake.SameAddress(o, address) }) {
			return list
		}
		return append(list, address)
	}
	for _, to := range ns.staff(mailbox, v, News{Subscription: gets, Escalate: escalate, Purpose: intake.ForDigest}) {
		if to.escalated {
			above = add(above, to.address)
		} else {
			own = add(own, to.address)
		}
	}
	for _, to := range ns.staff(mailbox, v, News{Subscription: config.GetsDigest, Purpose: intake.ForDigest}) {
		own = add(own, to.address)
	}
	if len(own) == 0 && gets != config.GetsDigest { // nobody subscribed to it, but everything must be seen
		for _, to := range ns.staff(mailbox, v, News{Subscription: gets, Escalate: escalate}) {
			own = add(own, to.address)
		}
	}
	return own, above
}

// Answer tells one member of staff what became of their own mail, unless too
// many such mails were sent already. It reports whether they are told; the last
// mail for a while says that it is the last.
func (ns *Notices) Answer(tx *store.Tx, mailbox string, v *intake.View, n News, to string) (bool, error) {
	if ok, err := refusals.allows(tx, to); err != nil || !ok {
		return false, err
	}
	if hour, day := refusals.spent(tx, to); hour == refusals.hour || len(day) == refusals.day {
		n.Notice.Mend = strings.TrimSpace(n.Notice.Mend + " This is the last of these mails for a while, since there were so many: what changes nothing is not answered now, and what is understood is done as ever. HELP lists the words.")
	}
	return true, ns.notifyOne(tx, ns.cases.Rules().Box(mailbox), v, n, recipient{address: to})
}

// recipient is one address that news goes to.
type recipient struct {
	address   string
	escalated bool
}

// staff returns the people who get news of a kind. News to which nobody
// subscribed goes to everybody of the mailbox: everything must be seen.
func (ns *Notices) staff(mailbox string, v *intake.View, n News) []recipient {
	var to, all []recipient
	add := func(list []recipient, r recipient) []recipient {
		if r.address == "" || slices.ContainsFunc(list, func(o recipient) bool { return intake.SameAddress(o.address, r.address) }) {
			return list
		}
		return append(list, r)
	}
	for _, s := range ns.cases.Settings().Staff {
		if mailbox != "" && !slices.Contains(s.Mailboxes, mailbox) {
			continue
		}
		all = add(all, recipient{address: s.Address})
		if n.Escalate {
			all = add(all, recipient{s.EscalateTo, true})
		}
		if !slices.Contains(s.Gets, n.Subscription) || !ns.handles(s, mailbox, v) {
			continue
		}
		to = add(to, recipient{address: s.Address})
		if n.Escalate {
			to = add(to, recipient{s.EscalateTo, true})
		}
	}
	if len(to) > 0 || n.Purpose == intake.ForDigest || n.Purpose == intake.ForCopy {
		return to
	}
	if len(all) == 0 { // requestd check refuses a mailbox without staff
		for _, s := range ns.cases.Settings().Staff {
			all = add(all, recipient{address: s.Address})
		}
	}
	return all
}

// handles reports whether a member of staff deals with the kind of a case. A
// case in doubt, or that is no request, concerns everybody.
func (ns *Notices) handles(s config.Staff, mailbox string, v *intake.View) bool {
	if v == nil || v.Doubt || len(v.Parts()) == 0 {
		return true
	}
	return slices.ContainsFunc(v.Parts(), func(k intake.Kind) bool { return ns.cases.Settings().Handles(s, mailbox, string(k)) })
}

func (ns *Notices) notifyOne(tx *store.Tx, box *config.Mailbox, v *intake.View, n News, to recipient) error {
	ref := ""
	if v != nil {
		ref = v.Ref
	}
	l := &intake.Letter{
		Key: fmt.Sprintf("%s/%s/%s/%s", cmp.Or(ref, "-"), n.Purpose, n.Code, strings.ToLower(to.address)), Ref: ref, Mailbox: box.Name,
		Purpose: n.Purpose, To: to.address, Order: n.Order,
	}
	if _, told := tx.LetterByKey(l.Key); told {
		return nil
	}
	notice := n.Notice
	notice.Kind, notice.Today, notice.Body, notice.Escalated = n.Kind, tx.Today(), box.Body, to.escalated
	notice.Welsh, notice.Language = box.Language == "cy-en", ns.cases.Settings().LanguageOf(to.address)
	if ns.cases.Settings().Digest.Names {
		notice.Who = templates.ShortName(notice.In.Name)
		if v != nil {
			notice.Who = templates.ShortName(v.Requester.Name)
		}
	}
	if n.Kind != templates.Alarm { // the commands in an alarm are for the administrator
		notice.Problem, notice.Mend = inWords(notice.Problem), inWords(notice.Mend)
	}
	notice.Case.Warnings = slices.Clone(notice.Case.Warnings)
	for i, w := range notice.Case.Warnings {
		notice.Case.Warnings[i] = inWords(w)
	}
	inLanguage(&notice, v)
	notice.Page = ns.page(v)
	if v != nil && v.Doubt {
		notice.Law = lawOf(v)
	}
	if err := ns.offer(tx, &notice, box, l); err != nil {
		return err
	}
	if err := ns.draft(tx, l, box, notice); err != nil {
		return err
	}
	if intake.SameAddress(n.Cause, to.address) && n.Purpose != intake.ForUrgent {
		if err := ns.LimitAnswer(tx, l); err != nil {
			return err
		}
	}
	ns.cases.Throttle(l, n.Cause, box)
	_, err := tx.Enqueue(l)
	return err
}

// page returns the address of the officers' page for a case, or for the work to
// do; "" if no page is configured.
func (ns *Notices) page(v *intake.View) string {
	web := ns.cases.Settings().Web
	switch {
	case web.BaseURL == "":
		return ""
	case v == nil:
		return web.Address() + "/"
	}
	return web.Address() + "/case/" + v.Ref
}

// threadRoot returns the id that all staff mail about a case refers to, so that
// mail programs show one conversation. No mail has this id.
func threadRoot(ref, from string) string {
	return "case." + strings.ToLower(ref) + "@" + intake.DomainOf(from)
}

// CaseOf returns what staff see of a case.
func CaseOf(v *intake.View, c *intake.Case) templates.Case {
	t := casework.ToCheck(v)
	t.Ref, t.State, t.Kind, t.Of = v.Ref, string(v.State), string(v.Kind), string(v.Of)
	t.Language, t.ReplyLanguage, t.ReceivedOn, t.AcknowledgeBy = v.Language, v.ReplyLanguage, v.ReceivedOn, v.AcknowledgeBy
	t.AcknowledgedOn, t.Promised, t.Warnings, t.RightWaits = deadlines.DayOf(v.Ack.At), v.Promised, v.Warnings, v.RightWaits()
	for _, k := range v.Clocks {
		if v.Doubt && k.Result.Kind != "" { // the law by which the date is computed, whatever was guessed
			k.Kind, k.Of = intake.Kind(k.Result.Kind), intake.Kind(k.Result.Of)
		}
		t.Parts = append(t.Parts, casework.PartOf(k))
	}
	for _, ev := range c.Person().Evidence {
		t.Evidence = append(t.Evidence, templates.Evidence{Signal: ev.Signal, Quote: ev.Quote, Points: ev.Points})
	}
	events := c.Events[1:]
	if over := len(events) - maxHistory; over > 0 {
		t.History = append(t.History, templates.Entry{On: events[0].Day, What: fmt.Sprintf("%d earlier events, which stand in the register", over), WhatCy: fmt.Sprintf("%d digwyddiad cynharach, sydd yn y gofrestr", over)})
		events = events[over:]
	}
	for _, ev := range events {
		if !c.Struck(ev.N) && ev.Code != intake.CodeUndoneToo && ev.Name != intake.Promised { // the day of a promise lies ahead, and is shown among those that are due
			t.History = append(t.History, templates.Entry{On: ev.Day, What: numbered(ev, ev.InWords(), "event"), WhatCy: numbered(ev, ev.InWelsh(), "digwyddiad"), By: intake.ActorName(ev.Actor)})
		}
	}
	return t
}

// maxHistory is how many events of a case a mail shows: strangers can add
// events, and every mail to staff would contain them.
const maxHistory = 40

// numbered returns an event in words, with its number if it can be struck.
func numbered(ev intake.Event, says, event string) string {
	if ev.Name.Recordable() || ev.Name == intake.Reclassified {
		return fmt.Sprintf("%s [%s %d]", says, event, ev.N)
	}
	return says
}

// LetterOf returns what staff see of a letter.
func LetterOf(l intake.Letter) templates.Outgoing {
	if l.Attempts == 0 && l.State == intake.LetterWaiting {
		l.Response = "" // no server has answered yet
	}
	return templates.Outgoing{
		ID: fmt.Sprint(l.ID), Purpose: string(l.Purpose), To: l.To, State: string(l.State), Response: l.Response, Attempts: l.Attempts,
	}
}
