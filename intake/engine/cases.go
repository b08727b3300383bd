package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// Reasons why the acknowledgement of a case that a person opened waits.
const (
	holdBeforeStart = "before-start" // the mail is older than the daemon's first day
	holdTakenOver   = "taken-over"   // the case ran before the daemon did
)

// OpenInput is a request that did not come by mail, or one that ran before
// the daemon did, or a mail that was not taken for one.
type OpenInput struct {
	Mailbox      string         `json:"mailbox"`
	Message      uint64         `json:"message"` // make a case of this mail
	KindInput                   // what it is
	Received     deadlines.Day  `json:"received"` // 0 is today, or the mail's own day
	Source       string         `json:"source"`   // post, telephone, in-person, colleague
	Requester    intake.Address `json:"requester"`
	Subject      string         `json:"subject"`
	Language     string         `json:"language"`     // en, cy or bi
	Ref          string         `json:"ref"`          // takes over a running case
	Acknowledged deadlines.Day  `json:"acknowledged"` // of a case taken over
	Note         string         `json:"note"`
}

// Open registers a case on a person's word.
func (e *Engine) Open(_ context.Context, by By, in OpenInput) (*Change, error) {
	ch := &Change{}
	err := e.store.Update(func(tx *store.Tx) error {
		*ch = Change{Warnings: []string{}}
		return e.open(tx, by, in, ch)
	})
	if err != nil {
		return nil, err
	}
	e.log.Info("case opened by a person", "ref", ch.View.Ref, "actor", by.Actor)
	e.work()
	return ch, nil
}

func (e *Engine) open(tx *store.Tx, by By, in OpenInput, ch *Change) error {
	var mail *intake.Arrival
	if in.Message != 0 {
		a, err := tx.Arrival(in.Message)
		if err != nil {
			return err
		}
		if a.Ref != "" {
			return refuse("mail %d belongs to case %s already: requestd reclassify %s KIND decides on that one", in.Message, a.Ref, a.Ref)
		}
		if store.Erased(&a) {
			return refuse("mail %d was erased, and nothing is left of it: open a case without it, with the day of receipt", in.Message)
		}
		mail = &a
		in = e.fromMail(in, a)
	}
	if err := e.checkOpen(tx, &in); err != nil {
		return err
	}
	c, err := e.newCase(tx, by, in, mail)
	if err != nil {
		return err
	}
	if err := e.oweOpened(tx, c, by, in, mail); err != nil {
		return err
	}
	if err := e.put(tx, c); err != nil {
		return err
	}
	ch.View, ch.Event = e.view(tx, c), 1
	ch.Before = ch.View
	ch.owed()
	return nil
}

func (ch *Change) noAddress(ref string) {
	ch.warn("there is no address to write to: requestd acknowledge %s --address ADDRESS sends it, and --by-hand DATE records that it was made otherwise", ref)
}

// owed says how the acknowledgement of a case just opened stands.
func (ch *Change) owed() {
	ref, ack := ch.View.Ref, ch.View.Ack
	switch {
	case ack.Queued:
		ch.Letter = ack.Letter
	case slices.Contains(ack.Held, holdNoAddress):
		ch.noAddress(ref)
	case len(ack.Held) > 0:
		ch.warn("the acknowledgement waits (%s): requestd acknowledge %s releases it", strings.Join(ack.Held, ", "), ref)
	}
}

func (e *Engine) fromMail(in OpenInput, a intake.Arrival) OpenInput {
	in.Mailbox, in.Subject, in.Requester, in.Source = a.Mailbox, a.Subject, a.From, "mail"
	if in.Received == 0 {
		in.Received = deadlines.DayOf(a.Received)
	}
	if in.Language == "" {
		in.Language = a.Language
	}
	return in
}

func (e *Engine) checkOpen(tx *store.Tx, in *OpenInput) error {
	boxes := e.Settings().Mailboxes
	if in.Mailbox == "" && len(boxes) == 1 {
		in.Mailbox = boxes[0].Name
	}
	if _, ok := e.rules.Load().boxes[in.Mailbox]; !ok {
		return refuse("mailbox %q: say for which mailbox with --mailbox, one of those in the configuration", in.Mailbox)
	}
	if err := in.check(); err != nil {
		return err
	}
	if in.Kind == intake.NotARequest {
		return refuse("a case is opened for a request: want foi, dsar or review")
	}
	if in.Kind == intake.Review && in.Of == "" {
		in.Of = intake.Unknown
	}
	if in.Received == 0 {
		in.Received = today(tx)
	}
	if in.Language != "" && !slices.Contains([]string{"en", "cy", "bi"}, in.Language) {
		return refuse("language %q: want en, cy or bi", in.Language)
	}
	switch {
	case in.Received > today(tx):
		return refuse("received %s: the date lies ahead", in.Received)
	case year(in.Received) < firstYear:
		return refuse("received %s: the calendar begins in %d", in.Received, firstYear)
	case in.Acknowledged != 0 && in.Acknowledged < in.Received:
		return refuse("acknowledged %s: that is before it was received on %s", in.Acknowledged, in.Received)
	case in.Requester.Addr != "" && !mailable(in.Requester.Addr):
		return refuse("address %q: want one of the form name@example.org", in.Requester.Addr)
	}
	if in.Language == "" {
		in.Language = "en"
	}
	return nil
}

func (e *Engine) newCase(tx *store.Tx, by By, in OpenInput, mail *intake.Arrival) (*intake.Case, error) {
	ref, err := e.refFor(tx, in)
	if err != nil {
		return nil, err
	}
	source := in.Source
	if source == "" {
		source = "post"
	}
	if in.Ref != "" {
		source = "taken-over"
	}
	received := in.Received.Time(12, 0).UTC()
	if now := tx.Now(); received.After(now) {
		received = now.UTC().Truncate(time.Second)
	}
	p := &intake.Personal{Requester: in.Requester, ReplyTo: in.Requester.Addr, Subject: intake.OneLine(in.Subject, maxSubject)}
	if mail != nil {
		p.MessageID = mail.MessageID
		if deadlines.DayOf(mail.Received) == in.Received {
			received = mail.Received
		}
	}
	c := &intake.Case{Ref: ref, Mailbox: in.Mailbox, Reminded: in.Received.Time(0, 0).UTC()}
	c.Append(intake.Event{
		At: tx.Now(), Actor: by.Actor, Name: intake.Opened, Day: in.Received, Kind: in.Kind, Of: in.Of, Also: in.Also,
		Opening: &intake.Opening{
			Mailbox: in.Mailbox, Received: received, Source: source, Language: in.Language,
			Reply: e.replyLanguage(in.Mailbox, in.Language),
		},
		Personal: p,
	}, e.bytes(intake.SaltSize))
	if in.Note != "" {
		e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Note, Personal: &intake.Personal{Text: intake.PlainText(in.Note, maxNote)}})
	}
	if mail != nil {
		mail.Ref, mail.Decision, mail.Kind = ref, intake.DidAcknowledge, in.Kind
		mail.Why = "a person made a case of it"
		c.Messages = []uint64{mail.ID}
		if err := tx.PutArrival(*mail); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (e *Engine) refFor(tx *store.Tx, in OpenInput) (string, error) {
	if in.Ref == "" {
		return tx.NewRef(e.box(in.Mailbox).Reference, year(today(tx))), nil
	}
	if err := tx.ReserveRef(in.Ref); err != nil {
		return "", fmt.Errorf("take over %s: %w", in.Ref, err)
	}
	return store.NormalRef(in.Ref), nil
}

// oweOpened settles the acknowledgement of a case that a person opened. A case
// taken over is written to by nobody.
func (e *Engine) oweOpened(tx *store.Tx, c *intake.Case, by By, in OpenInput, mail *intake.Arrival) error {
	if in.Ref != "" {
		e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.TakenOver})
	}
	if in.Acknowledged != 0 {
		e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Acknowledged, Day: in.Acknowledged})
		return nil
	}
	var holds []string
	if in.Ref != "" {
		holds = append(holds, holdTakenOver)
	}
	if mail != nil && deadlines.DayOf(mail.Received) < e.box(in.Mailbox).Since {
		holds = append(holds, holdBeforeStart)
	}
	v := e.view(tx, c)
	if !mailable(in.Requester.Addr) {
		holds = append(holds, holdNoAddress)
	} else if e.own(in.Requester.Addr) {
		holds = append(holds, holdOwn)
	}
	if e.late(tx, v) {
		holds = append(holds, holdLate)
	}
	return e.owe(tx, c, v, holds)
}

// Attach says that a mail belongs to a case.
func (e *Engine) Attach(_ context.Context, by By, message uint64, ref string) (*Change, error) {
	return e.act(ref, by, func(tx *store.Tx, c *intake.Case, ch *Change) error {
		return e.attach(tx, c, by, message)
	})
}

func (e *Engine) attach(tx *store.Tx, c *intake.Case, by By, message uint64) error {
	a, err := tx.Arrival(message)
	if err != nil {
		return err
	}
	if a.Ref == c.Ref {
		return refuse("mail %d belongs to case %s already", message, c.Ref)
	}
	if a.Ref != "" {
		return refuse("mail %d belongs to case %s already; only if the two are one request, requestd merge %s %s makes them one", message, a.Ref, a.Ref, c.Ref)
	}
	if store.Erased(&a) {
		return refuse("mail %d was erased, and nothing is left of it to attach", message)
	}
	a.Ref, a.Decision = c.Ref, intake.DidFollowup
	a.Why = "a person attached it"
	if err := tx.PutArrival(a); err != nil {
		return err
	}
	c.Messages = append(c.Messages, a.ID)
	e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.MailAttached, Day: deadlines.DayOf(a.Received), Message: a.ID})
	return nil
}

// Erase removes a settled case's personal data. What statistics need stays.
func (e *Engine) Erase(_ context.Context, by By, ref string) (*Change, error) {
	return e.act(ref, by, func(tx *store.Tx, c *intake.Case, ch *Change) error {
		if ch.Before.IsOpen() {
			return refuse("case %s is open (%s): an open case is never erased; close it first", c.Ref, ch.Before.State)
		}
		if c.Erased() && !leftOver(tx, c) {
			return refuse("case %s was erased before", c.Ref)
		}
		if l, ok := onItsWay(tx, c); ok {
			return refuse("letter %d (%s) of case %s is still %s; hold it first, with requestd outbox hold %d", l.ID, l.Purpose, c.Ref, l.State, l.ID)
		}
		e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Erased})
		return tx.Erase(c, e.Index(c))
	})
}
