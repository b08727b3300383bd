package register

import (
	"context"
	"fmt"
	"slices"
	"time"

	"requestd/intake"
	"requestd/intake/compose"
	"requestd/store"
)

// Text is the text of one mail or letter.
type Text struct {
	At      time.Time      `json:"at"`      // when it was received or sent
	Message uint64         `json:"message"` // of a mail that came in, else 0
	Letter  uint64         `json:"letter"`  // of a letter of ours, else 0
	Purpose intake.Purpose `json:"purpose"` // of a letter
	From    string         `json:"from"`
	To      string         `json:"to"`
	Subject string         `json:"subject"`
	Text    string         `json:"text"`
	Cut     bool           `json:"cut"`     // the mail is longer
	Missing string         `json:"missing"` // why there is no text
	// Attachments are the names of attachments, which are not kept.
	Attachments []string `json:"attachments"`
}

// textsOf returns what was said on a case, in the order in which it was: the mails
// that belong to it and the letters that went out to people outside, or to the
// colleague who passed it on.
func textsOf(tx *store.Tx, c *intake.Case) ([]Text, error) {
	list := []Text{}
	for _, id := range c.Messages {
		a, err := tx.Arrival(id)
		if err != nil {
			return nil, err
		}
		if a.Decision == intake.DidDuplicate {
			continue // the same words are there already
		}
		t, err := mailText(tx, &a)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	for _, l := range tx.LettersOf(c.Ref) {
		if l.State != intake.LetterSent && l.State != intake.LetterBounced || !l.Purpose.Outside() && l.Purpose != intake.ForReceipt {
			continue
		}
		t, err := letterText(tx, &l)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	slices.SortStableFunc(list, func(a, b Text) int { return a.At.Compare(b.At) })
	return list, nil
}

// MessageText returns the text of one mail, whether it belongs to a case or
// not. mailbox is where the mail is, so that the caller can check whether it
// may be read.
func (rg *Register) MessageText(_ context.Context, id uint64) (t Text, mailbox string, err error) {
	err = rg.store.View(func(tx *store.Tx) error {
		a, err := tx.Arrival(id)
		if err != nil {
			return err
		}
		mailbox = a.Mailbox
		t, err = mailText(tx, &a)
		return err
	})
	return t, mailbox, err
}

// LetterText returns the text of one letter, sent or not. mailbox is the one in
// whose name it is sent, so that the caller can check whether it may be read.
func (rg *Register) LetterText(_ context.Context, id uint64) (t Text, mailbox string, err error) {
	err = rg.store.View(func(tx *store.Tx) error {
		l, err := tx.Letter(id)
		if err != nil {
			return err
		}
		mailbox = l.Mailbox
		if l.Raw == nil {
			t, err = letterText(tx, &l)
			return err
		}
		t = Text{At: l.Created, Letter: l.ID, Purpose: l.Purpose, From: l.From, To: l.To, Attachments: []string{}}
		t.Subject, t.Text, err = compose.Text(l.Raw)
		return err
	})
	return t, mailbox, err
}

func mailText(tx *store.Tx, a *intake.Arrival) (t Text, err error) {
	t = Text{At: a.Received, Message: a.ID, From: a.From.Name, To: a.Mailbox, Subject: a.Subject, Attachments: nonNilText(a.Attachments)}
	if a.From.Addr != "" {
		t.From = intake.OneLine(a.From.Name+" <"+a.From.Addr+">", 300)
	}
	t.Text, t.Cut, err = tx.TextOf(a)
	switch {
	case err != nil || t.Text != "":
	case store.Erased(a):
		t.Missing = "it was erased"
	case a.Decision == intake.DidUnreadable:
		t.Missing = "it could not be read; it lies in the mailbox"
	default:
		t.Missing = "none is kept: it had none, its period is over, or it came before texts were kept; the mail lies in the mailbox"
	}
	return t, err
}

func letterText(tx *store.Tx, l *intake.Letter) (Text, error) {
	t := Text{At: l.Settled, Letter: l.ID, Purpose: l.Purpose, From: l.From, To: l.To, Attachments: []string{}}
	raw, err := tx.BytesOf(l.ID)
	switch {
	case err != nil:
		return t, err
	case raw == nil && l.Key == "":
		t.Missing = "it was erased"
		return t, nil
	case raw == nil && l.State == intake.LetterHeld:
		t.Missing = "it is written when it is let go"
		return t, nil
	case raw == nil:
		t.Missing = "it was sent before texts were kept"
		return t, nil
	}
	t.Subject, t.Text, err = compose.Text(raw)
	if err != nil {
		return t, fmt.Errorf("letter %d: %w", l.ID, err)
	}
	return t, nil
}

// Story is a case as one document: its state, what happened, and what was
// written.
type Story struct {
	*CaseDetails
	Made  time.Time `json:"made"` // when it was written
	Texts []Text    `json:"texts"`
}

// Story returns the whole of a case at one moment.
func (rg *Register) Story(_ context.Context, ref string) (s *Story, err error) {
	err = rg.store.View(func(tx *store.Tx) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		s = &Story{Made: tx.Now()}
		if s.CaseDetails, err = rg.full(tx, c); err != nil {
			return err
		}
		s.Texts, err = textsOf(tx, c)
		return err
	})
	return s, err
}
