package notices

import (
	"slices"
	"strconv"
	"strings"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/holds"
	"requestd/intake/officer"
	"requestd/store"
	"requestd/templates"
)

// offer puts the choices into a mail to staff, and issues the token with which
// its reader can act. It offers none if no mail server is configured that could
// vouch for an answer, or the reader is not staff of the mailbox.
func (ns *Notices) offer(tx *store.Tx, n *templates.Notice, box *config.Mailbox, l *intake.Letter) error {
	n.ByCommand = len(box.Trust.Officers) == 0
	if n.ByCommand || !ns.cases.Rules().StaffOf(box.Name, l.To) {
		return nil
	}
	n.Lists = slices.Clone(n.Lists) // the lists are sent to several people
	offered := choicesOf(n)
	for i := range n.Lists {
		if n.Language == templates.Welsh {
			n.Lists[i].WordsCy = wordsCy(n.Lists[i].Words, n.Today)
		}
		offered = offerRows(&n.Lists[i]) || offered
	}
	if !offered && (n.Kind != templates.Digest || len(n.Lists) == 0) { // a list is answered by naming a case's reference
		return nil
	}
	token := officer.Token(ns.cases.Random(officer.TokenSize))
	n.ReplyTo, n.Token = box.Address, token
	return tx.PutToken(token, store.Token{
		Ref: l.Ref, Staff: l.To, Purpose: string(l.Purpose), Letter: l.Key, Expires: ns.cases.Rules().AnswersUntil(tx.Now()),
	})
}

// choicesOf fills in the choices of a mail of its kind, and reports whether
// there are any.
func choicesOf(n *templates.Notice) bool {
	m := menu{n: n, choices: slices.Clone(n.Choices)}
	switch n.Kind {
	case templates.Triage, templates.Undecided, templates.Held, templates.Forwarded, templates.Urgent, templates.AckAtRisk:
		m.undecided()
	case templates.Copy: // kept short: other words work as well
		m.other()
		m.choices = slices.DeleteFunc(m.choices, func(c templates.Choice) bool { return strings.HasPrefix(c.Command, "REVIEW") })
		if len(n.Case.Parts) == 1 {
			m.each(event(intake.ClarificationRequested), "Clarification was asked for", "Gofynnwyd am eglurhad")
		}
		m.add(officer.Command{Act: officer.Mine}, "I work on this", "Rwy'n gweithio ar hwn", false)
	case templates.Reminder, templates.Overdue, templates.Followup, templates.ReplySeen:
		m.running()
	case templates.Recall, templates.Closing:
		m.answers()
		m.add(officer.Command{Act: officer.Record, Event: intake.Closed, Reason: "lapsed"}, "Close the case: it was not answered", "Cau'r achos: ni chafwyd ateb", true)
		m.own()
	case templates.Bounced, templates.Unsent:
		m.add(event(intake.Acknowledged), "It was acknowledged in another way", "Fe'i cydnabuwyd mewn ffordd arall", true)
		m.own()
	case templates.Attention:
		m.choices = append(m.choices, openings(n.In.ID, n.Case.Attention)...)
	case templates.Confirmation:
		m.afterwards()
	case templates.RefusedChoice, templates.Conflict, templates.Answer:
		m.standing()
	}
	n.Choices = m.choices
	return len(m.choices) > 0
}

func event(name intake.EventName) officer.Command {
	return officer.Command{Act: officer.Record, Event: name}
}

// menu collects the choices of one mail.
type menu struct {
	n       *templates.Notice
	choices []templates.Choice
}

// add puts a command into the menu; dated adds the word for today, which means
// the day on which the answer is sent.
func (m *menu) add(c officer.Command, label, labelCy string, dated bool) {
	m.choices = append(m.choices, choice(c, label, labelCy, dated))
}

func choice(c officer.Command, label, labelCy string, dated bool) templates.Choice {
	en, cy := c.Words()
	if dated {
		en, cy = en+" today", cy+" heddiw"
	}
	return templates.Choice{Label: label, LabelCy: labelCy, Command: en, CommandCy: cy}
}

type decision struct {
	cmd         officer.Command
	label, inCy string
}

// first returns 1 for the right that was found in a mail, else 0.
func first(d decision, c *templates.Case) int {
	if d.cmd.Kind == intake.Rights && c.Kind == string(intake.Rights) {
		return 1
	}
	return 0
}

// kinds are the possible decisions on what a mail is.
var kinds = []decision{
	{officer.Command{Act: officer.Decide, Kind: intake.FOI}, "It is an FOI request", "Cais Rhyddid Gwybodaeth yw hwn"},
	{officer.Command{Act: officer.Decide, Kind: intake.DSAR}, "It is a subject access request", "Cais am ddata personol yw hwn"},
	{officer.Command{Act: officer.Decide, Kind: intake.Review, Of: intake.FOI}, "It asks for the review of an FOI answer", "Cais i adolygu ateb Rhyddid Gwybodaeth"},
	{officer.Command{Act: officer.Decide, Kind: intake.Review, Of: intake.DSAR}, "It asks for the review of a subject access answer", "Cais i adolygu ateb am ddata personol"},
	{officer.Command{Act: officer.Decide, Kind: intake.EIR}, "It asks for environmental information", "Cais am wybodaeth amgylcheddol yw hwn"},
	{officer.Command{Act: officer.Decide, Kind: intake.Rights}, "It uses a data-protection right (write which: ERASURE, RECTIFICATION, RESTRICTION, PORTABILITY, OBJECTION)", "Mae'n arfer hawl diogelu data (ysgrifennwch pa un: DILEU, CYWIRO, CYFYNGU, CLUDADWYEDD, GWRTHWYNEBU)"},
	{officer.Command{Act: officer.Decide, Kind: intake.NotARequest}, "It is no request", "Nid cais yw hwn"},
}

// other offers the kinds that the case is not; a right that was found comes
// first.
func (m *menu) other() {
	c := &m.n.Case
	kinds := slices.Clone(kinds)
	slices.SortStableFunc(kinds, func(a, b decision) int { return first(b, c) - first(a, c) })
	if of := intake.Kind(c.Of); c.Kind == string(intake.Review) && m.doubt() && (of == intake.EIR || of == intake.Rights) {
		m.add(officer.Command{Act: officer.Decide, Kind: intake.Review, Of: of}, "It asks for the review of that answer", "Cais i adolygu'r ateb hwnnw", false)
	}
	for _, k := range kinds {
		if k.cmd.Kind == intake.Rights {
			k.cmd.Right = m.right()
		}
		if k.cmd.Kind == intake.EIR && !slices.Contains(c.Flags, "environmental") || k.cmd.Kind == intake.Rights && !m.doubt() && c.Attention != "rights" {
			continue // offered only where they are likely; the words are understood everywhere
		}
		if k.cmd.Kind == intake.Kind(c.Kind) && (k.cmd.Of == "" || k.cmd.Of == intake.Kind(c.Of)) && !m.doubt() {
			continue
		}
		m.add(k.cmd, k.label, k.inCy, false)
	}
}

func (m *menu) doubt() bool { return slices.Contains(m.n.Case.Hold, intake.AckUndecided) }

// right returns the rights that were found in the mail.
func (m *menu) right() []string {
	for _, p := range m.n.Case.Parts {
		if p.Kind == string(intake.Rights) {
			return p.Right
		}
	}
	return nil
}

// confirm offers to confirm a right in a request whose kind is decided.
func (m *menu) confirm() {
	c := officer.Command{Act: officer.Decide, Kind: intake.Kind(m.n.Case.Kind)}
	for _, p := range m.n.Case.Parts {
		if k := intake.Kind(p.Kind); k != c.Kind && k != intake.Rights {
			c.Also = append(c.Also, k)
		}
	}
	without := c
	c.Also, c.Right = append(slices.Clone(c.Also), intake.Rights), m.right()
	m.add(c, "It uses that right as well: both have their dates", "Mae'n arfer yr hawl honno hefyd: mae gan y ddau eu dyddiadau", false)
	m.add(without, "It uses no such right", "Nid yw'n arfer hawl o'r fath", false)
	m.add(officer.Command{Act: officer.Decide, Kind: intake.Rights, Right: m.right()}, "It uses that right alone", "Dim ond yr hawl honno y mae'n ei harfer", false)
	m.own()
}

// undecided offers what to do with a case that waits for a person.
func (m *menu) undecided() {
	switch {
	case m.n.Case.State == "":
		return
	case m.n.Case.RightWaits:
		m.confirm()
		return
	}
	if len(m.n.Case.Hold) > 0 && !m.doubt() {
		m.add(officer.Command{Act: officer.Send}, "Send the acknowledgement", "Anfon y gydnabyddiaeth", false)
	}
	if slices.Contains(m.n.Case.Flags, intake.ChildAsking) {
		m.add(officer.Command{Act: officer.Correct, Child: "no"}, "No child asks: letters as to anybody", "Nid plentyn sy'n gofyn: llythyrau fel at unrhyw un", false)
	}
	m.other()
	if m.n.Kind == templates.Forwarded {
		m.add(officer.Command{Act: officer.Record, Event: intake.ReceivedOn, Date: m.n.Case.ReceivedOn}, "It was received on another day (write it)", "Fe'i derbyniwyd ar ddiwrnod arall (ysgrifennwch ef)", false)
	}
	if m.n.Kind == templates.Triage || m.n.Kind == templates.Undecided {
		m.add(officer.Command{Act: officer.Attach}, "It belongs to another case (write its reference behind the word)", "Mae'n perthyn i achos arall (ysgrifennwch ei gyfeirnod ar ôl y gair)", false)
	}
	m.own()
}

// own offers what can be done with any case.
func (m *menu) own() {
	m.add(officer.Command{Act: officer.Mine}, "I work on this", "Rwy'n gweithio ar hwn", false)
	m.add(event(intake.Note), "Write something down (behind the word)", "Gwneud nodyn (ar ôl y gair)", false)
}

// open returns the parts of the case whose clock has not ended.
func (m *menu) open() []templates.Part {
	return slices.DeleteFunc(slices.Clone(m.n.Case.Parts), func(p templates.Part) bool {
		return slices.Contains([]string{"responded", "closed", "withdrawn"}, p.State)
	})
}

// each offers an event for every part, the part named in its label.
func (m *menu) each(c officer.Command, label, labelCy string) {
	for _, p := range m.open() {
		m.part(c, p, label, labelCy)
	}
}

// part offers an event for a part, which is named if there are several.
func (m *menu) part(c officer.Command, p templates.Part, label, labelCy string) {
	if len(m.n.Case.Parts) > 1 {
		c.Part = intake.Kind(p.Kind)
		label, labelCy = label+" ("+c.Part.Short()+")", labelCy+" ("+c.Part.Short()+")"
	}
	m.add(c, label, labelCy, true)
}

// waits are the states in which a clock is stopped, and the event that starts
// it again.
var waits = map[string]struct {
	event       intake.EventName
	label, inCy string
}{
	"waiting-for-clarification": {intake.ClarificationReceived, "The clarification has come", "Daeth yr eglurhad"},
	"waiting-for-identity":      {intake.IdentityReceived, "The proof of identity has come", "Daeth y prawf adnabod"},
	"waiting-for-authority":     {intake.AuthorityReceived, "The authority has come", "Daeth yr awdurdod"},
	"waiting-for-fee":           {intake.FeeReceived, "The fee has come", "Daeth y ffi"},
}

// answers offers to record what a waiting case is waiting for.
func (m *menu) answers() {
	for _, p := range m.open() {
		if w, ok := waits[p.State]; ok {
			m.part(event(w.event), p, w.label, w.inCy)
		}
	}
}

// questions offers what the requester may be asked.
func (m *menu) questions() {
	m.each(event(intake.ClarificationRequested), "Clarification was asked for", "Gofynnwyd am eglurhad")
	for _, p := range m.n.Case.Parts {
		if p.Kind == string(intake.DSAR) || p.Kind == string(intake.Rights) {
			m.part(event(intake.IdentityRequested), p, "Proof of identity was asked for", "Gofynnwyd am brawf adnabod")
		}
	}
}

// running offers what to do with a case on which an answer is owed.
func (m *menu) running() {
	m.answers()
	for _, p := range m.open() {
		m.responded(p)
	}
	m.each(event(intake.Extended), "It takes longer: the requester was told", "Mae angen mwy o amser: dywedwyd wrth y ceisydd")
	m.questions()
	m.each(event(intake.Withdrawn), "The request was withdrawn", "Tynnwyd y cais yn ôl")
	m.own()
}

// responded offers the usual outcome of a part; the label names the others.
func (m *menu) responded(p templates.Part) {
	c := event(intake.Responded)
	label, labelCy := "The answer has gone out (or: PART, REFUSED, NOT HELD, COST LIMIT)", "Mae'r ateb wedi'i anfon (neu: YN RHANNOL, GWRTHODWYD, NI DDELIR, TERFYN COST)"
	c.Outcome = "granted"
	switch kind, of := intake.Kind(p.Kind), intake.Kind(p.Of); {
	case kind == intake.Review && (of == intake.DSAR || of == intake.Rights):
		c.Outcome = "complaint-upheld"
		label, labelCy = "The outcome has gone out (or: COMPLAINT PART UPHELD, COMPLAINT NOT UPHELD)", "Mae'r canlyniad wedi'i anfon (neu: CADARNHAWYD Y GŴYN YN RHANNOL, NI CHADARNHAWYD Y GŴYN)"
	case kind == intake.Review:
		c.Outcome = "decision-upheld"
		label, labelCy = "The outcome has gone out (or: DECISION PART UPHELD, DECISION OVERTURNED)", "Mae'r canlyniad wedi'i anfon (neu: CADARNHAWYD Y PENDERFYNIAD YN RHANNOL, GWRTHDROWYD Y PENDERFYNIAD)"
	case kind == intake.Rights:
		c.Outcome = "complied"
		label, labelCy = "It was done, and the requester told (or: PART, REFUSED, MANIFESTLY UNFOUNDED, EXCESSIVE)", "Fe'i gwnaed, a dywedwyd wrth y ceisydd (neu: YN RHANNOL, GWRTHODWYD, AMLWG DDI-SAIL, GORMODOL)"
	case kind == intake.DSAR:
		label, labelCy = "The answer has gone out (or: PART, REFUSED, NOT HELD)", "Mae'r ateb wedi'i anfon (neu: YN RHANNOL, GWRTHODWYD, NI DDELIR)"
	case kind == intake.EIR:
		label, labelCy = "The answer has gone out (or: PART, REFUSED, NOT HELD, MANIFESTLY UNREASONABLE)", "Mae'r ateb wedi'i anfon (neu: YN RHANNOL, GWRTHODWYD, NI DDELIR, AMLWG AFRESYMOL)"
	}
	m.part(c, p, label, labelCy)
}

// afterwards offers what can be done after a decision.
func (m *menu) afterwards() {
	m.add(officer.Command{Act: officer.Undo}, "Take it back", "Ei ddadwneud", false)
	if m.n.UndoUntil != "" {
		m.add(officer.Command{Act: officer.Hold}, "Keep the decision, and hold the letter", "Cadw'r penderfyniad, a dal y llythyr", false)
	} else if m.n.Draft != "" {
		m.draft()
	} else if slices.Contains(m.n.Case.Hold, holds.NoAddress) {
		m.add(event(intake.Acknowledged), "It was acknowledged in another way", "Fe'i cydnabuwyd mewn ffordd arall", true)
	} else if len(m.n.Case.Hold) > 0 && !m.doubt() {
		m.add(officer.Command{Act: officer.Send}, "Send the acknowledgement", "Anfon y gydnabyddiaeth", false)
	}
}

// draft offers to send the draft that the mail shows; its link has room for
// what is still missing in it.
func (m *menu) draft() {
	if m.n.DraftAck {
		m.add(officer.Command{Act: officer.Send}, "Send the acknowledgement", "Anfon y gydnabyddiaeth", false)
		return
	}
	m.add(officer.Command{Act: officer.Send}, "Send the drafted letter", "Anfon y llythyr drafft", false)
	if m.n.Gaps > 0 {
		c := &m.choices[len(m.choices)-1]
		c.Label, c.LabelCy = c.Label+", with your words between BEGIN and END", c.LabelCy+", gyda'ch geiriau rhwng DECHRAU a DIWEDD"
		c.Below = officer.Blank(m.n.Gaps)
	}
}

// standing offers what is possible in the present state of a case.
func (m *menu) standing() {
	if m.n.Draft != "" {
		m.draft()
	}
	switch m.n.Case.State {
	case "":
	case string(intake.StateTriage):
		m.undecided()
	case string(intake.StateOpen), string(intake.StateWaiting):
		m.running()
	case string(intake.StateNotARequest):
		m.other()
	default:
		m.add(event(intake.Reopened), "Take the case up again", "Ailagor yr achos", true)
		m.own()
	}
}

// openings returns the choices that make a case of one mail; if it uses a
// right, also a case of that right.
func openings(id, attention string) []templates.Choice {
	var list []templates.Choice
	for _, k := range kinds {
		if k.cmd.Kind != intake.FOI && k.cmd.Kind != intake.DSAR && (k.cmd.Kind != intake.Rights || attention != "rights") {
			continue
		}
		c := k.cmd
		c.Act = officer.Open
		if c.Mail, _ = strconv.ParseUint(id, 10, 64); c.Mail != 0 {
			list = append(list, choice(c, k.label, k.inCy, false))
		}
	}
	return list
}

// offerRows adds choices to each row of a list that is a mail without a case.
func offerRows(l *templates.List) bool {
	offered := false
	rows := slices.Clone(l.Rows)
	for i := range rows {
		if r := &rows[i]; r.ID != "" && r.Ref == "" {
			r.Choices = openings(r.ID, "")
			offered = offered || len(r.Choices) > 0
		}
	}
	l.Rows = rows
	return offered
}
