package templates

import "requestd/deadlines"

// NoticeKind says why a mail goes to staff.
type NoticeKind string

// The kinds of staff mail.
const (
	Triage        NoticeKind = "triage"         // a mail needs a decision
	Undecided     NoticeKind = "undecided"      // and still does
	Copy          NoticeKind = "copy"           // a case was registered and acknowledged
	Held          NoticeKind = "held"           // an acknowledgement waits for a person
	Forwarded     NoticeKind = "forwarded"      // a colleague's request to confirm
	AckAtRisk     NoticeKind = "ack-at-risk"    // the third working day is near, or gone
	Reminder      NoticeKind = "reminder"       // the reply-by date comes near, or is today
	Overdue       NoticeKind = "overdue"        // it has passed
	Recall        NoticeKind = "recall"         // a case waits for the requester
	Closing       NoticeKind = "closing"        // and has waited so long that it may be closed
	Urgent        NoticeKind = "urgent"         // harm, a child at risk, a breach of data
	Attention     NoticeKind = "attention"      // rights, regulator, legal
	Followup      NoticeKind = "followup"       // more mail on a case
	ReplySeen     NoticeKind = "reply-seen"     // a colleague seems to have answered
	Bounced       NoticeKind = "bounced"        // an acknowledgement came back
	Unsent        NoticeKind = "unsent"         // a letter is in doubt or failed
	Digest        NoticeKind = "digest"         // the working morning's list
	BeforeStart   NoticeKind = "before-start"   // mail older than the start, once
	Holidays      NoticeKind = "holidays"       // new holidays moved dates
	Alarm         NoticeKind = "alarm"          // for the operator
	Confirmation  NoticeKind = "confirmation"   // what a person's word changed
	RefusedChoice NoticeKind = "refused-choice" // why it changed nothing
	Conflict      NoticeKind = "conflict"       // somebody decided before
	Spoof         NoticeKind = "spoof"          // a command that looks like an attack
)

// NoticeKinds are all kinds of staff mail, in the order of the constants.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{Triage, Undecided, Copy, Held, Forwarded, AckAtRisk, Reminder, Overdue, Recall, Closing,
		Urgent, Attention, Followup, ReplySeen, Bounced, Unsent, Digest, BeforeStart, Holidays, Alarm, Confirmation,
		RefusedChoice, Conflict, Spoof}
}

// Notice is what a mail to staff says. Fields that a kind does not need stay
// zero; docs/templates.md says which kind shows which. Every string may hold
// anything: it is made plain before a template sees it, and its links are
// spoilt, save in Mend.
type Notice struct {
	Kind      NoticeKind
	Today     deadlines.Day // in London; never the clock's
	Body      string        // the public body, such as Cafcass
	Escalated bool          // this copy goes to escalate_to
	Case      Case
	In        Incoming
	Due       deadlines.Day // the date that this mail is about
	DueKind   string        // whose date it is: the kind of a part, "" where there is but one
	DueOf     string        // of a review
	Days      int           // working days left until Due, or gone since; of a recall, waited
	Letter    Outgoing
	Lists     []List   // of digest and before-start
	Changes   []Change // of confirmation, conflict and holidays
	Actor     string   // who decided, or in whose name a command came
	Earlier   string   // of a conflict: who decided before
	Command   string   // the words that came
	Problem   string   // of alarm, refused-choice, spoof, unsent: what is wrong
	Mend      string   `clean:"own"` // what to do about it
	UndoUntil string   // time until which UNDO stops a letter, such as 10:42
	ReplyTo   string   // the address that takes answers; "" for no links
	Token     string   // put in the subject of each link, so that an answer finds its case
	Choices   []Choice
}

// Case is what staff see of a case. All its strings are the daemon's own.
type Case struct {
	Ref            string // "" for mail without a case
	State          string
	Kind           string
	Of             string
	Language       string // en, cy or bi
	ReplyLanguage  string // en or cy-en
	ReceivedOn     deadlines.Day
	AcknowledgeBy  deadlines.Day
	AcknowledgedOn deadlines.Day
	Promised       deadlines.Day // already told to the requester
	Parts          []Part
	Flags          []string // as in classify --json
	Hold           []string
	Urgent         string
	Attention      string
	Why            string     // the reading in one line
	Evidence       []Evidence // what spoke for it
	Warnings       []string   // such as an extension recorded too late
	History        []Entry    // what was already decided and done
}

// Evidence is one signal that fired.
type Evidence struct {
	Signal string
	Quote  string
	Points float64
}

// Incoming is the mail that a notice is about. All of it is the sender's.
type Incoming struct {
	ID          string // as in requestd messages
	Name        string
	Address     string
	By          string // of a forwarded one: the colleague's address
	Subject     string
	ReceivedOn  deadlines.Day
	Seems       string // of a follow-up: addendum, clarification, identity, chaser, thanks …
	Verified    bool   // of a follow-up: the sender is the case's requester
	Text        string `clean:"text"` // its new text; shown as a capped excerpt
	Attachments []string
	Faults      []string // what could not be read
}

// Entry is one event of a case.
type Entry struct {
	On   deadlines.Day
	What string
	By   string
}

// Outgoing is a letter as the outbox has it.
type Outgoing struct {
	ID       string
	Purpose  string
	To       string
	State    string // held, in-doubt, failed or bounced
	Response string // of the server
	Attempts int
}

// List is one table of a digest.
type List struct {
	Title string
	Rows  []Row
	More  int // rows left out
}

// Row is one line of a list.
type Row struct {
	ID      string // of a mail
	Ref     string // of a case
	Name    string
	Address string
	Subject string
	Kind    string
	Of      string
	Note    string
	On      deadlines.Day // received
	By      deadlines.Day // due
	Choices []Choice
}

// Change is a date before and after.
type Change struct {
	Ref    string
	What   string // such as "reply by (FOI)"
	Before deadlines.Day
	After  deadlines.Day
}

// Choice is something that staff can do by answering.
type Choice struct {
	Label     string // in English
	LabelCy   string
	Command   string // the words to type
	CommandCy string
	Mailto    string // set by Staff; a link that fills in subject and first line
}
