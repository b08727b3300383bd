// Package sample makes registers for tests and measurements: requests as a
// daemon leaves them, always the same for the same number.
package sample

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// Register is the transaction of a store. The interface is defined here so that
// the store's own tests can use this package.
type Register interface {
	Now() time.Time
	NewRef(prefix string, year int) string
	AddArrival(*intake.Arrival) error
	Enqueue(*intake.Letter) (added bool, err error)
	PutCase(*intake.Case, intake.Index) error
	Letter(id uint64) (intake.Letter, error)
	PutLetter(intake.Letter) error
	Case(ref string) (*intake.Case, error)
}

// text is that of every letter.
var text = append([]byte("Subject: Your request\r\n\r\n"), bytes.Repeat([]byte("We have your request. "), 136)...)

// Request registers the n-th request: arrival, case, letter.
func Request(tx Register, n int) error {
	_, err := request(tx, n, false)
	return err
}

// request registers a request. With undecided a person has still to decide it:
// it has no letter, and letter is 0.
func request(tx Register, n int, undecided bool) (letter uint64, err error) {
	now := tx.Now()
	mailbox := [2]string{"cafcass", "cafcass-cymru"}[n%2]
	from := fmt.Sprintf("person%d.surname@mail%d.example.com", n, n%50)
	salt := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(n)*0x9E3779B97F4A7C15), uint64(n)*0xC2B2AE3D27D4EB4F)
	mid := fmt.Sprintf("CAB%x@mail.example.com", salt)
	subject := fmt.Sprintf("Request for figures on reports filed late in area %d", n%97)
	a := &intake.Arrival{MailLocation: intake.MailLocation{Mailbox: mailbox, Folder: "INBOX", UIDValidity: 1700000001, UID: uint32(n + 1)}, MessageID: mid,
		From: intake.Address{Name: "Jo Surname", Addr: from}, Subject: subject, Received: now.Add(-time.Minute).Truncate(time.Second), Sent: now.Add(-2 * time.Minute).Truncate(time.Second),
		Registered: now, Size: int64(4000 + n%1000), Fingerprint: digest(salt), Decision: intake.DidAcknowledge, Kind: intake.FOI,
		Why: "asks for recorded information of the body: \"how many reports were filed late\""}
	c := &intake.Case{Ref: tx.NewRef([2]string{"CAF", "CYM"}[n%2], 2026), Mailbox: mailbox}
	a.Ref = c.Ref
	if err := tx.AddArrival(a); err != nil {
		return 0, err
	}
	c.Messages = []uint64{a.ID}
	day := deadlines.DayOf(now)
	opening, kind := &intake.Opening{Mailbox: mailbox, Received: a.Received, Source: "mail", Language: "en", Reply: "en"}, intake.FOI
	if undecided {
		opening.Triage, opening.Doubt, kind = true, true, intake.Unknown
	}
	c.Append(intake.Event{At: now, Actor: "requestd", Name: intake.Opened, Day: day, Kind: kind, Message: a.ID, Opening: opening,
		Personal: &intake.Personal{Requester: a.From, ReplyTo: from, Subject: subject, MessageID: mid, Evidence: []intake.Evidence{
			{Signal: "names the Act", Quote: "under the Freedom of Information Act", Points: 4.2},
			{Signal: "asks for figures", Quote: "how many reports were filed late", Points: 2.1}}}}, salt)
	ix := intake.Index{Open: true, Due: day + 28, NextReminder: now.Add(240 * time.Hour), State: intake.StateOpen}
	if undecided {
		ix.State = intake.StateTriage
		return 0, tx.PutCase(c, ix)
	}
	l := &intake.Letter{Key: c.Ref + "/acknowledgement/1", Ref: c.Ref, Mailbox: mailbox, Purpose: intake.ForAcknowledgement,
		From: "governance@cafcass.gov.uk", To: from, MessageID: fmt.Sprintf("%x@cafcass.gov.uk", digest(salt)[:16]), Raw: bytes.Clone(text), Next: now,
		Promises: []intake.Promise{{Part: intake.FOI, Day: day + 28}}}
	if _, err := tx.Enqueue(l); err != nil {
		return 0, err
	}
	c.Append(intake.Event{At: now, Actor: "requestd", Name: intake.AckQueued, Day: day, Letter: l.ID}, nil)
	return l.ID, tx.PutCase(c, ix)
}

// Settle sends the letter of the n-th request and records its answer.
func Settle(tx Register, n int) error {
	c, _, err := acknowledge(tx, uint64(n+1))
	if err != nil {
		return err
	}
	now := tx.Now()
	c.Append(intake.Event{At: now, Actor: "mail:foi.officer@example.org", Name: intake.Responded, Day: deadlines.DayOf(now), Outcome: "granted"}, nil)
	c.Reminded = now
	return tx.PutCase(c, intake.Index{})
}

// acknowledge sends a letter, and returns its case and index, neither of them
// stored yet.
func acknowledge(tx Register, letter uint64) (*intake.Case, intake.Index, error) {
	now := tx.Now()
	l, err := tx.Letter(letter)
	if err != nil {
		return nil, intake.Index{}, err
	}
	l.State, l.Attempts, l.Settled, l.Response = intake.LetterSent, 1, now, "250 2.0.0 Ok: queued as 4bXyZ12345"
	if err := tx.PutLetter(l); err != nil {
		return nil, intake.Index{}, err
	}
	c, err := tx.Case(l.Ref)
	if err != nil {
		return nil, intake.Index{}, err
	}
	day := deadlines.DayOf(now)
	c.Append(intake.Event{At: now, Actor: "requestd", Name: intake.AckSent, Day: day, Letter: l.ID}, nil)
	c.Append(intake.Event{At: now, Actor: "requestd", Name: intake.Promised, Day: day + 28, Part: intake.FOI, Letter: l.ID}, nil)
	return c, intake.Index{Open: true, Due: day + 28, NextReminder: now.Add(240 * time.Hour), State: intake.StateOpen}, nil
}

// Backlog is half the number of requests that stay open in Fill's store, and
// the number of requests over which the order of answers is shuffled.
const Backlog = 400

// shuffled returns each number once, out of order within its backlog.
func shuffled(n int) int { return n/Backlog*Backlog + n%Backlog*271%Backlog }

// Fill registers the requests from first up to end, and settles as many earlier
// ones, except the last few and those for which open returns true.
func Fill(tx Register, first, end int, open func(n int) bool) error {
	for i := first; i < end; i++ {
		if err := Request(tx, i); err != nil {
			return err
		}
		if i < 2*Backlog {
			continue
		}
		if old := shuffled(i - 2*Backlog); !open(old) {
			if err := Settle(tx, old); err != nil {
				return err
			}
		}
	}
	return nil
}

const (
	careerYears = 10
	careerWeeks = 5 // during which the open cases came in
	fillAtOnce  = 500
)

// FillCareer fills a register that already holds the first requests: the
// settled ones evenly over ten years, the open ones over the last weeks, so
// that some are overdue. update runs a transaction at a given time.
func FillCareer(now time.Time, held, total, open int, update func(at time.Time, f func(Register) error) error) error {
	begins, recent := now.AddDate(-careerYears, 0, 0), now.AddDate(0, 0, -7*careerWeeks)
	settled := total - open
	for i := held; i < total; i += fillAtOnce {
		at := begins.Add(time.Duration(float64(recent.Sub(begins)) * float64(i) / float64(settled)))
		if i >= settled {
			at = recent.Add(time.Duration(float64(now.Sub(recent)) * float64(i-settled) / float64(open)))
		}
		if err := update(at, func(tx Register) error { return career(tx, i, min(i+fillAtOnce, total), total, open) }); err != nil {
			return fmt.Errorf("fill the register: %w", err)
		}
	}
	return nil
}

// career registers the requests from first up to end of a register that will
// hold total: the last open of them stay open, acknowledged except for one in
// fifty that is undecided, and the others are settled.
func career(tx Register, first, end, total, open int) error {
	for i := first; i < end; i++ {
		recent := i >= total-open
		letter, err := request(tx, i, recent && i%50 == 0)
		switch {
		case err != nil:
		case !recent:
			err = Settle(tx, i)
		case letter != 0:
			var c *intake.Case
			var ix intake.Index
			if c, ix, err = acknowledge(tx, letter); err == nil {
				err = tx.PutCase(c, ix)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func digest(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}
