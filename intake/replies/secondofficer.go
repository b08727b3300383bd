package replies

import (
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/notices"
	"requestd/intake/officer"
	"requestd/store"
	"requestd/templates"
)

// proposal is the address to which an officer wants the letters of a case to
// go. Somebody who reads one officer's mail must not be able to have letters
// sent elsewhere, so a second officer must say the same.
type proposal struct {
	Address string    `json:"address"` // a pseudonym of the address
	Actor   string    `json:"actor"`
	At      time.Time `json:"at"`
}

func proposalKey(ref string) string { return "proposal/" + ref }

// mayRecord reports whether the actor may record on the order's case. If not,
// it is refused where it is done.
func (o *order) mayRecord() bool { return o.by.May(casework.ToRecord, o.c.Mailbox) == nil }

// wantsSecond reports whether a second officer must confirm a command first.
// One that somebody else has proposed is carried out, and the proposal is
// deleted.
func (rs *Replies) wantsSecond(tx *store.Tx, o *order) (bool, error) {
	if o.cmd.Act != officer.Correct || o.cmd.Person.Addr == "" || o.c == nil || o.c.Erased() || !o.mayRecord() {
		return false, nil
	}
	p, known := store.Fact[proposal](tx, proposalKey(o.c.Ref))
	if known && p.Actor != o.by.Actor && p.Address == tx.Pseudonym(o.cmd.Person.Addr) && tx.Now().Before(rs.cases.Rules().AnswersUntil(p.At)) {
		return false, tx.DeleteFact(proposalKey(o.c.Ref))
	}
	return true, nil
}

// propose records what an officer proposes and asks the others of the mailbox.
func (rs *Replies) propose(tx *store.Tx, o *order) error {
	var others []config.Staff
	for _, s := range rs.cases.Settings().Staff {
		if rs.cases.Rules().StaffOf(o.c.Mailbox, s.Address) && !intake.SameAddress(s.Address, o.from) {
			others = append(others, s)
		}
	}
	if len(others) == 0 {
		return rs.refuseReply(tx, o.reply, o.c, "Where letters go is changed once a second officer says the same, and the mailbox has no other.", "Ask the administrator.")
	}
	p := proposal{tx.Pseudonym(o.cmd.Person.Addr), o.by.Actor, tx.Now()}
	if err := tx.SetFact(proposalKey(o.c.Ref), p); err != nil {
		return err
	}
	v := rs.cases.View(tx, o.c)
	en, cy := officer.Command{Act: officer.Correct, Person: o.cmd.Person}.Words()
	n := notices.News{
		Purpose: intake.ForConfirmation, Kind: templates.Answer, Code: "propose-" + o.code(),
		Notice: templates.Notice{
			Case: notices.CaseOf(v, o.c), Due: v.Due(), Command: said(o), Sum: "CONFIRM",
			Lines:   []string{o.from + " proposes that letters on this case go to another address. Nothing has changed yet. Is it right? Ask your colleague, not by mail. If so, answer with the same words."},
			Choices: []templates.Choice{{Label: "Yes: letters go there from now on", LabelCy: "Ie: aiff llythyrau yno o hyn ymlaen", Command: en, CommandCy: cy}},
		},
	}
	for _, s := range others {
		if err := rs.notices.NotifyOne(tx, o.c.Mailbox, v, n, s.Address); err != nil {
			return err
		}
	}
	n.Cause = o.from
	n.Notice.Choices, n.Notice.Lines = nil, []string{"Nothing has changed yet: where letters go is changed once a second officer of the mailbox answers with the same words. They were asked."}
	return rs.notices.NotifyOne(tx, o.c.Mailbox, v, n, o.from)
}
