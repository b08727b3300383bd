package admin

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
)

// Message is a line of requestd messages --json.
type Message struct {
	ID          uint64             `json:"id"`
	Mailbox     string             `json:"mailbox"`
	Folder      string             `json:"folder"`
	UIDValidity uint32             `json:"uidvalidity"`
	UID         uint32             `json:"uid"`
	MessageID   string             `json:"message_id"`
	From        string             `json:"from"`
	Subject     string             `json:"subject"`
	Received    time.Time          `json:"received"`
	Sent        *time.Time         `json:"sent"` // the sender's own Date header
	Decision    intake.Disposition `json:"decision"`
	Kind        intake.Kind        `json:"kind"`
	Why         string             `json:"why"`
	Ref         string             `json:"ref"`
	Seems       string             `json:"seems"`
	Attention   string             `json:"attention"`
	Urgent      string             `json:"urgent"`
	Attachments []string           `json:"attachments"`
}

// Letter is a line of requestd outbox --json.
type Letter struct {
	ID        uint64             `json:"id"`
	Ref       string             `json:"ref"`
	Mailbox   string             `json:"mailbox"`
	Purpose   intake.Purpose     `json:"purpose"`
	To        string             `json:"to"`
	State     intake.LetterState `json:"state"`
	Attempts  int                `json:"attempts"`
	Created   time.Time          `json:"created"`
	Next      *time.Time         `json:"next"`
	Settled   *time.Time         `json:"settled"`
	MessageID string             `json:"message_id"`
	Response  string             `json:"response"`
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func message(a intake.Arrival) Message {
	m := Message{
		ID: a.ID, Mailbox: a.Mailbox, Folder: a.Folder, UIDValidity: a.UIDValidity, UID: a.UID, MessageID: a.MessageID,
		From: address(a.From), Subject: a.Subject, Received: a.Received, Sent: moment(a.Sent), Decision: a.Decision,
		Kind: a.Kind, Why: a.Why, Ref: a.Ref, Seems: a.Seems, Attention: a.Attention, Urgent: a.Urgent, Attachments: a.Attachments,
	}
	if m.Attachments == nil {
		m.Attachments = []string{}
	}
	return m
}

func address(a intake.Address) string {
	if a.Name == "" || a.Addr == "" {
		return a.Name + a.Addr
	}
	return a.Name + " <" + a.Addr + ">"
}

func letter(l intake.Letter) Letter {
	shown := Letter{
		ID: l.ID, Ref: l.Ref, Mailbox: l.Mailbox, Purpose: l.Purpose, To: l.To, State: l.State, Attempts: l.Attempts,
		Created: l.Created, Settled: moment(l.Settled), MessageID: l.MessageID, Response: l.Response,
	}
	if l.State == intake.LetterWaiting || l.State == intake.LetterInDoubt { // the others wait for nothing
		shown.Next = moment(l.Next)
	}
	return shown
}

func (a *API) messages(r *http.Request) (p Page[Message], err error) {
	f := register.MessageFilter{
		Mailbox: r.FormValue("mailbox"), Mailboxes: who(r).Mailboxes, Decision: intake.Disposition(r.FormValue("decision")), Ref: r.FormValue("ref"),
	}
	after, err := number(r, "cursor", 0)
	if err != nil {
		return p, err
	}
	f.After = uint64(after)
	if f.Limit, err = number(r, "limit", 0); err != nil {
		return p, err
	}
	list, next, err := a.Engine.Register.Messages(r.Context(), f)
	p.Next = next
	for _, m := range list {
		p.Items = append(p.Items, message(m))
	}
	return filled(p), err
}

func (a *API) letters(r *http.Request) (p Page[Letter], err error) {
	list, err := a.Engine.Register.Letters(r.Context(), register.LetterFilter{
		State: intake.LetterState(r.FormValue("state")), Mailbox: r.FormValue("mailbox"), Mailboxes: who(r).Mailboxes, Ref: r.FormValue("ref"),
	})
	for _, l := range list {
		p.Items = append(p.Items, letter(l))
	}
	return filled(p), err
}

func letterID(r *http.Request) (uint64, error) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, &inputError{"letter " + strconv.Quote(r.PathValue("id")) + ": want its number, as requestd outbox shows it"}
	}
	return id, nil
}

// letterBy returns the letter that a request names, and who asks.
func letterBy(r *http.Request) (id uint64, b casework.By, err error) {
	if id, err = letterID(r); err == nil {
		b, err = by(r)
	}
	return id, b, err
}

func (a *API) retry(r *http.Request) (Letter, error) {
	id, b, err := letterBy(r)
	if err != nil {
		return Letter{}, err
	}
	l, err := a.Engine.Cases.ReleaseLetter(r.Context(), b, id)
	return letter(l), err
}

func (a *API) letterText(r *http.Request) (t register.Text, err error) {
	id, err := letterID(r)
	if err != nil {
		return t, err
	}
	t, mailbox, err := a.Engine.Register.LetterText(r.Context(), id)
	if err == nil {
		err = who(r).MayOn(casework.ToRead, mailbox, fmt.Sprintf("letter %d", id))
	}
	if err != nil {
		return register.Text{}, err
	}
	return t, nil
}

// LetterInput is a draft's new text.
type LetterInput struct {
	Text string `json:"text"`
}

func (a *API) editLetter(r *http.Request) (Letter, error) {
	id, b, err := letterBy(r)
	if err != nil {
		return Letter{}, err
	}
	in, err := decode[LetterInput](r)
	if err != nil {
		return Letter{}, err
	}
	l, err := a.Engine.Cases.EditLetter(r.Context(), b, id, in.Text)
	return letter(l), err
}

func (a *API) hold(r *http.Request) (Letter, error) {
	id, b, err := letterBy(r)
	if err != nil {
		return Letter{}, err
	}
	l, err := a.Engine.Cases.HoldLetter(r.Context(), b, id)
	return letter(l), err
}
