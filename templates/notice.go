package templates

import "requestd/deadlines"

// NoticeKind says why a mail is sent to staff.
type NoticeKind string

// The kinds of staff mail.
const (
	Triage        NoticeKind = "triage"         // a mail needs a decision
	Undecided     NoticeKind = "undecided"      // it still needs one
	Copy          NoticeKind = "copy"           // a case was registered and acknowledged
	Held          NoticeKind = "held"           // an acknowledgement waits for a person
	Forwarded     NoticeKind = "forwarded"      // a colleague's request to confirm
	AckAtRisk     NoticeKind = "ack-at-risk"    // the third working day is near, or gone
	Reminder      NoticeKind = "reminder"       // the reply-by date is near, or is today
	Overdue       NoticeKind = "overdue"        // the reply-by date has passed
	Recall        NoticeKind = "recall"         // a case waits for the requester
	Closing       NoticeKind = "closing"        // it has waited so long that it may be closed
	Urgent        NoticeKind = "urgent"         // harm, a child at risk, a breach of data
	Attention     NoticeKind = "attention"      // rights, regulator, legal
	Followup      NoticeKind = "followup"       // more mail on a case
	ReplySeen     NoticeKind = "reply-seen"     // a colleague seems to have answered
	Bounced       NoticeKind = "bounced"        // an acknowledgement came back
	Unsent        NoticeKind = "unsent"         // a letter is in doubt or failed
	Digest        NoticeKind = "digest"         // the working morning's list
	BeforeStart   NoticeKind = "before-start"   // mail older than the start; sent once
	Holidays      NoticeKind = "holidays"       // new holidays moved dates
	Alarm         NoticeKind = "alarm"          // for the operator
	Confirmation  NoticeKind = "confirmation"   // what a person's answer changed
	RefusedChoice NoticeKind = "refused-choice" // why a person's answer changed nothing
	Conflict      NoticeKind = "conflict"       // somebody else decided before
	Spoof         NoticeKind = "spoof"          // a command that looks like an attack
	Answer        NoticeKind = "answer"         // to a question that the reader asked
)

// NoticeKinds are all kinds of staff mail, in the order of the constants.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{Triage, Undecided, Copy, Held, Forwarded, AckAtRisk, Reminder, Overdue, Recall, Closing,
		Urgent, Attention, Followup, ReplySeen, Bounced, Unsent, Digest, BeforeStart, Holidays, Alarm, Confirmation,
		RefusedChoice, Conflict, Spoof, Answer}
}

// Notice is what a mail to staff says. Fields that a kind does not need stay
// zero; docs/templates.md says which kind shows which. Every string may contain
// anything: it is made plain before a template sees it, and its links are
// broken, except in Mend. The JSON form stores it until the mail is written.
type Notice struct {
	Kind      NoticeKind    `json:",omitzero"`
	Today     deadlines.Day `json:",omitzero"` // in London; never the clock's
	Language  string        `json:",omitzero"` // cy for a reader of Welsh; if anything in it has no Welsh, it is written in English
	Body      string        `json:",omitzero"` // the public body, such as Cafcass
	Welsh     bool          `json:",omitzero"` // choices are labelled in Welsh too
	Who       string        `json:",omitzero"` // the requester for a subject, such as "K. Dunne"; "" if it is to have none
	Law       string        `json:",omitzero"` // of a mail in doubt: the law that sets its date
	Escalated bool          `json:",omitzero"` // this copy is for escalate_to
	Case      Case          `json:",omitzero"`
	In        Incoming      `json:",omitzero"`
	Due       deadlines.Day `json:",omitzero"` // the date that this mail is about
	DueKind   string        `json:",omitzero"` // whose date it is: the kind of a part, "" if there is only one
	DueOf     string        `json:",omitzero"` // of a review
	ByNoon    bool          `json:",omitzero"` // of ack-at-risk: at noon of Due a neutral acknowledgement is sent
	Days      int           `json:",omitzero"` // working days until Due, or since; of a recall, days waited
	Letter    Outgoing      `json:",omitzero"`
	Draft     string        `json:",omitzero" clean:"words"` // a letter that the reader has to release
	Gaps      int           `json:",omitzero"`               // which are still to be filled in
	DraftAck  bool          `json:",omitzero"`               // it is the held acknowledgement
	Lists     []List        `json:",omitzero"`               // of digest and before-start
	Sum       string        `json:",omitzero"`               // of digest: how much there is to do, for the subject
	Lines     []string      `json:",omitzero"`               // of answer: what it says first
	Changes   []Change      `json:",omitzero"`               // of confirmation, conflict and holidays
	Actor     string        `json:",omitzero"`               // who decided, or in whose name a command was sent
	Earlier   string        `json:",omitzero"`               // of a conflict: who decided before
	Command   string        `json:",omitzero"`               // the words that were received
	Problem   string        `json:",omitzero"`               // of alarm, refused-choice, spoof, unsent: what is wrong
	Over      bool          `json:",omitzero"`               // of alarm: it has ended
	Mend      string        `json:",omitzero" clean:"own"`   // what to do about it
	UndoUntil string        `json:",omitzero"`               // time until which UNDO stops a letter, such as 10:42
	ReplyTo   string        `json:",omitzero"`               // the address that takes answers; "" for no links
	Token     string        `json:",omitzero"`               // put in the subject of each link, so that an answer finds its case
	ByCommand bool          `json:",omitzero"`               // answering mail is switched off: commands are offered
	Page      string        `json:",omitzero" clean:"own"`   // where the officers' page shows it; "" without a page or its address
	Choices   []Choice      `json:",omitzero"`
}

// Case is what staff see of a case. All its strings are written by the daemon.
type Case struct {
	Ref            string        `json:",omitzero"` // "" for mail without a case
	State          string        `json:",omitzero"`
	Kind           string        `json:",omitzero"`
	Of             string        `json:",omitzero"`
	Language       string        `json:",omitzero"` // en, cy or bi
	ReplyLanguage  string        `json:",omitzero"` // en or cy-en
	ReceivedOn     deadlines.Day `json:",omitzero"`
	AcknowledgeBy  deadlines.Day `json:",omitzero"`
	AcknowledgedOn deadlines.Day `json:",omitzero"`
	Promised       deadlines.Day `json:",omitzero"` // already told to the requester
	Parts          []Part        `json:",omitzero"`
	Flags          []string      `json:",omitzero"` // as in classify --json
	Hold           []string      `json:",omitzero"`
	Urgent         string        `json:",omitzero"`
	Attention      string        `json:",omitzero"`
	Why            string        `json:",omitzero"` // the reading in one line
	Evidence       []Evidence    `json:",omitzero"` // the evidence for it
	RightWaits     bool          `json:",omitzero"` // all is decided except a right that the mail also uses
	Warnings       []string      `json:",omitzero"` // such as an extension recorded too late
	History        []Entry       `json:",omitzero"` // what was already decided and done
}

// Evidence is one signal that was found.
type Evidence struct {
	Signal string  `json:",omitzero"`
	Quote  string  `json:",omitzero"`
	Points float64 `json:",omitzero"`
}

// Incoming is the mail that a notice is about. All of it comes from the sender.
type Incoming struct {
	ID          string        `json:",omitzero"` // as in requestd messages
	Name        string        `json:",omitzero"`
	Address     string        `json:",omitzero"`
	Postal      string        `json:",omitzero"` // the requester's postal address
	By          string        `json:",omitzero"` // of a forwarded one: the colleague's address
	Subject     string        `json:",omitzero"`
	ReceivedOn  deadlines.Day `json:",omitzero"`
	Seems       string        `json:",omitzero"`              // of a follow-up: addendum, clarification, identity, chaser, thanks …
	Verified    bool          `json:",omitzero"`              // of a follow-up: the sender is the case's requester
	Text        string        `json:",omitzero" clean:"text"` // its new text; shown as a capped excerpt
	Attachments []string      `json:",omitzero"`
	Faults      []string      `json:",omitzero"` // what could not be read
}

// Entry is one event of a case.
type Entry struct {
	On     deadlines.Day `json:",omitzero"`
	What   string        `json:",omitzero"`
	WhatCy string        `json:",omitzero"`
	By     string        `json:",omitzero"`
}

// Outgoing is a letter as it is in the outbox.
type Outgoing struct {
	ID       string `json:",omitzero"`
	Purpose  string `json:",omitzero"`
	To       string `json:",omitzero"`
	State    string `json:",omitzero"` // held, in-doubt, failed or bounced
	Response string `json:",omitzero"` // of the server
	Attempts int    `json:",omitzero"`
	Text     string `json:",omitzero" clean:"words"` // of confirmation: the letter's text
}

// List is one table of a digest.
type List struct {
	Title   string `json:",omitzero"`
	Do      string `json:",omitzero"` // what to do about its rows
	Words   string `json:",omitzero"` // the words to answer with, for the first row
	WordsCy string `json:",omitzero"`
	Rows    []Row  `json:",omitzero"`
	More    int    `json:",omitzero"` // rows left out
}

// Row is one line of a list.
type Row struct {
	ID      string        `json:",omitzero"` // of a mail
	Ref     string        `json:",omitzero"` // of a case
	Name    string        `json:",omitzero"`
	Address string        `json:",omitzero"`
	Subject string        `json:",omitzero"`
	Kind    string        `json:",omitzero"`
	Of      string        `json:",omitzero"`
	Note    string        `json:",omitzero"`
	Text    string        `json:",omitzero"` // of a mail: its first words
	On      deadlines.Day `json:",omitzero"` // received
	By      deadlines.Day `json:",omitzero"` // due
	Choices []Choice      `json:",omitzero"`
}

// Change is a date before and after.
type Change struct {
	Ref    string        `json:",omitzero"`
	What   string        `json:",omitzero"` // such as "reply by (FOI)"
	Before deadlines.Day `json:",omitzero"`
	After  deadlines.Day `json:",omitzero"`
}

// Choice is something that staff can do by answering.
type Choice struct {
	Label     string `json:",omitzero"` // in English
	LabelCy   string `json:",omitzero"`
	Command   string `json:",omitzero"` // the words to type
	CommandCy string `json:",omitzero"`
	Below     string `json:",omitzero" clean:"words"` // what the link writes below the command
	Mailto    string `json:",omitzero"`               // set by Staff; a link that fills in subject and first line
}
