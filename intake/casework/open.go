package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/holds"
	"requestd/store"
)

// OpenInput is a request that did not come by mail, a case that ran before the
// daemon did, or a mail that was not taken for a request.
type OpenInput struct {
	Mailbox      string         `json:"mailbox"`
	Message      uint64         `json:"message"` // make a case of this mail
	KindInput                   // the kind
	Received     deadlines.Day  `json:"received"` // 0 is today, or the mail's own day
	Source       string         `json:"source"`   // post, telephone, in-person, colleague
	Requester    intake.Address `json:"requester"`
	Postal       string         `json:"postal"` // the requester's postal address
	Subject      string         `json:"subject"`
	Language     string         `json:"language"`     // en, cy or bi
	Ref          string         `json:"ref"`          // of a running case that is taken over
	Acknowledged deadlines.Day  `json:"acknowledged"` // of a case taken over
	Note         string         `json:"note"`
}

// OpenCase registers a case that a person enters.
func (cs *Cases) OpenCase(_ context.Context, by By, in OpenInput) (*Change, error) {
	var ch *Change
	err := cs.store.Update(func(tx *store.Tx) (err error) {
		ch, err = cs.OpenIn(tx, by, in)
		return err
	})
	if err != nil {
		return nil, err
	}
	cs.log.Info("case opened by a person", "ref", ch.View.Ref, "actor", by.Actor)
	cs.WakeSenders()
	return ch, nil
}

// OpenIn is Open within a transaction.
func (cs *Cases) OpenIn(tx *store.Tx, by By, in OpenInput) (*Change, error) {
	ch := &Change{Warnings: []string{}}
	var mail *intake.Arrival
	if in.Message != 0 {
		a, err := tx.Arrival(in.Message)
		if err != nil {
			return nil, err
		}
		if err := by.MayOn(ToOpen, a.Mailbox, fmt.Sprintf("message %d", in.Message)); err != nil {
			return nil, err
		}
		if a.Ref != "" {
			return nil, refuse("mail %d belongs to case %s already: requestd reclassify %s KIND decides on that one", in.Message, a.Ref, a.Ref)
		}
		if store.Erased(&a) {
			return nil, refuse("mail %d was erased, and nothing is left of it: open a case without it, with the day of receipt", in.Message)
		}
		mail = &a
		in = cs.fromMail(in, a)
	}
	if err := cs.checkOpen(tx, &in); err != nil {
		return nil, err
	}
	if err := by.May(ToOpen, in.Mailbox); err != nil {
		return nil, err
	}
	if in.has(intake.Rights) && len(in.Right) == 0 {
		ch.noRight()
	}
	c, err := cs.newCase(tx, by, in, mail)
	if err != nil {
		return nil, err
	}
	if err := cs.queueOpened(tx, c, by, in, mail); err != nil {
		return nil, err
	}
	if err := cs.Put(tx, c); err != nil {
		return nil, err
	}
	ch.View, ch.Event = cs.View(tx, c), 1
	ch.Before = ch.View
	ch.sayAck()
	return ch, cs.delay(tx, ch.Letter, by.UndoWait)
}

// delay makes a letter that was just queued wait, so that it can be called
// back.
func (cs *Cases) delay(tx *store.Tx, id uint64, wait time.Duration) error {
	if id == 0 || wait == 0 {
		return nil
	}
	l, err := tx.Letter(id)
	if err != nil {
		return err
	}
	l.Next = tx.Now().Add(wait)
	return tx.PutLetter(l)
}

func (ch *Change) noAddress(ref string) {
	ch.warn("there is no address to write to: requestd acknowledge %s --address ADDRESS sends it, and --by-hand DATE records that it was made otherwise", ref)
}

func (ch *Change) noRight() {
	ch.warn("it is not recorded which right is used: say it with --right, one or several of %s", strings.Join(intake.RightNames, ", "))
}

// sayAck adds to the change whether the acknowledgement of the new case is sent
// or waits.
func (ch *Change) sayAck() {
	ref, ack := ch.View.Ref, ch.View.Ack
	switch {
	case ack.Queued:
		ch.Letter = ack.Letter
	case slices.Contains(ack.Held, holds.NoAddress):
		ch.noAddress(ref)
	case len(ack.Held) > 0:
		ch.warn("the acknowledgement waits (%s): requestd acknowledge %s releases it", holds.List(ack.Held), ref)
	}
}

// noted reports whether a mail notes somebody else's request, such as one that
// a colleague took by telephone. It is then the caller's request, never the
// colleague's.
func (in OpenInput) noted() bool {
	return in.Requester != intake.Address{} || in.Source != "" && in.Source != "mail"
}

func (cs *Cases) fromMail(in OpenInput, a intake.Arrival) OpenInput {
	in.Mailbox = a.Mailbox
	in.Subject = cmp.Or(in.Subject, a.Subject)
	switch {
	case in.noted():
	case cs.Rules().Colleague(a.From.Addr):
		in.Source = "colleague"
	default:
		in.Requester, in.Source = a.From, "mail"
	}
	in.Received = cmp.Or(in.Received, deadlines.DayOf(a.Received))
	in.Language = cmp.Or(in.Language, a.Language)
	return in
}

func (cs *Cases) checkOpen(tx *store.Tx, in *OpenInput) error {
	boxes := cs.Settings().Mailboxes
	if in.Mailbox == "" && len(boxes) == 1 {
		in.Mailbox = boxes[0].Name
	}
	if !cs.Rules().HasBox(in.Mailbox) {
		return OnMailbox.Refuse("mailbox %q: say for which mailbox with --mailbox, one of those in the configuration", in.Mailbox)
	}
	if err := in.check(); err != nil {
		return err
	}
	if in.Kind == intake.NotARequest {
		return OnKind.Refuse("a case is opened for a request: want foi, dsar, review, eir or rights")
	}
	if in.Kind == intake.Review && in.Of == "" {
		in.Of = intake.Unknown
	}
	in.Received = cmp.Or(in.Received, tx.Today())
	if in.Language != "" && !slices.Contains([]string{"en", "cy", "bi"}, in.Language) {
		return OnLanguage.Refuse("language %q: want en, cy or bi", in.Language)
	}
	switch {
	case in.Received > tx.Today():
		return OnReceived.Refuse("received %s: the date lies ahead", in.Received)
	case in.Received.Year() < deadlines.FirstYear:
		return OnReceived.Refuse("received %s: the calendar begins in %d", in.Received, deadlines.FirstYear)
	case in.Acknowledged != 0 && in.Acknowledged < in.Received:
		return refuse("acknowledged %s: that is before it was received on %s", in.Acknowledged, in.Received)
	case in.Requester.Addr != "" && !intake.Mailable(in.Requester.Addr):
		return OnAddress.Refuse("address %q: want one of the form name@example.org", in.Requester.Addr)
	}
	in.Language = cmp.Or(in.Language, "en")
	err := OnNote.whole(in.Note, maxNote)
	if err == nil {
		in.Postal, err = postal(in.Postal)
	}
	return err
}

func (cs *Cases) newCase(tx *store.Tx, by By, in OpenInput, mail *intake.Arrival) (*intake.Case, error) {
	ref, err := cs.refFor(tx, in)
	if err != nil {
		return nil, err
	}
	source := cmp.Or(in.Source, "post")
	if in.Ref != "" {
		source = "taken-over"
	}
	received := in.Received.Time(12, 0).UTC()
	if now := tx.Now(); received.After(now) {
		received = now.UTC().Truncate(time.Second)
	}
	p := &intake.Personal{Requester: in.Requester, ReplyTo: in.Requester.Addr, Postal: in.Postal, Subject: intake.OneLine(in.Subject, intake.MaxSubject)}
	if mail != nil {
		if !in.noted() || in.Source == "mail" {
			p.MessageID = mail.MessageID // the caller never saw the colleague's mail
		}
		if deadlines.DayOf(mail.Received) == in.Received {
			received = mail.Received
		}
	}
	c := &intake.Case{Ref: ref, Mailbox: in.Mailbox, Reminded: in.Received.Time(0, 0).UTC()}
	c.Append(intake.Event{
		At: tx.Now(), Actor: by.Actor, Name: intake.Opened, Day: in.Received, Kind: in.Kind, Of: in.Of, Also: in.Also, Right: in.Right,
		Opening: &intake.Opening{
			Mailbox: in.Mailbox, Received: received, Source: source, Language: in.Language,
			Reply: cs.Rules().ReplyLanguage(in.Mailbox, in.Language),
		},
		Personal: p,
	}, cs.Random(intake.SaltSize))
	if in.Note != "" {
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Note, Personal: &intake.Personal{Text: intake.PlainText(in.Note, maxNote)}})
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

func (cs *Cases) refFor(tx *store.Tx, in OpenInput) (string, error) {
	if in.Ref == "" {
		return tx.NewRef(cs.Rules().Box(in.Mailbox).Reference, tx.Today().Year()), nil
	}
	if err := tx.ReserveRef(in.Ref); err != nil {
		return "", fmt.Errorf("take over %s: %w", in.Ref, err)
	}
	return store.NormalRef(in.Ref), nil
}

// queueOpened queues the acknowledgement of a case that a person opened. No
// letter is sent on a case that was taken over.
func (cs *Cases) queueOpened(tx *store.Tx, c *intake.Case, by By, in OpenInput, mail *intake.Arrival) error {
	if in.Ref != "" {
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.TakenOver})
	}
	if in.Acknowledged != 0 {
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Acknowledged, Day: in.Acknowledged})
		return nil
	}
	var why []string
	if in.Ref != "" {
		why = append(why, holds.TakenOver)
	}
	if mail != nil && deadlines.DayOf(mail.Received) < cs.Rules().Box(in.Mailbox).Since {
		why = append(why, holds.BeforeStart)
	}
	v := cs.View(tx, c)
	if !intake.Mailable(in.Requester.Addr) {
		why = append(why, holds.NoAddress)
	} else if cs.Rules().Own(in.Requester.Addr) {
		why = append(why, holds.Own)
	}
	if cs.Late(tx, v) {
		why = append(why, holds.Late)
	}
	return cs.QueueAck(tx, c, v, why)
}
