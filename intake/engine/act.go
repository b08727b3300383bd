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

// Refusal is an act that makes no sense as it was asked for: nothing changed.
type Refusal struct{ Says string }

func (r *Refusal) Error() string { return r.Says }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// By says who acts, and how long a letter that the act sets off can still be
// called back.
type By struct {
	Actor string
	Wait  time.Duration
}

// Change is what an act did: the case as it stands now and stood before.
type Change struct {
	Before   *intake.View `json:"-"`
	View     *intake.View `json:"case"`
	Event    int          `json:"event"` // the number of the event recorded, 0 when none was
	Warnings []string     `json:"warnings"`
	Letter   uint64       `json:"letter"` // a letter that the act put into the outbox
}

func (ch *Change) warn(format string, args ...any) {
	ch.Warnings = append(ch.Warnings, fmt.Sprintf(format, args...))
}

// act runs a change to one case in a transaction of its own, and wakes the
// outbox once it is committed.
func (e *Engine) act(ref string, by By, do func(*store.Tx, *intake.Case, *Change) error) (*Change, error) {
	ch := &Change{}
	err := e.store.Update(func(tx *store.Tx) error {
		*ch = Change{Warnings: []string{}}
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		return e.actOn(tx, c, ch, do)
	})
	if err != nil {
		return nil, err
	}
	e.log.Info("case changed", "ref", ch.View.Ref, "actor", by.Actor, "event", ch.Event, "state", string(ch.View.State), "respond_by", ch.View.RespondBy.String())
	e.work()
	return ch, nil
}

func (e *Engine) actOn(tx *store.Tx, c *intake.Case, ch *Change, do func(*store.Tx, *intake.Case, *Change) error) error {
	ch.Before = e.view(tx, c)
	before := len(c.Events)
	if err := do(tx, c, ch); err != nil {
		return err
	}
	if len(c.Events) > before && ch.Event == 0 {
		ch.Event = c.Events[before].N
	}
	if err := e.refresh(tx, c, ch); err != nil {
		return err
	}
	if err := e.put(tx, c); err != nil {
		return err
	}
	ch.View = e.view(tx, c)
	for _, w := range ch.View.Warnings {
		if !slices.Contains(ch.Before.Warnings, w) && !slices.Contains(ch.Warnings, w) {
			ch.Warnings = append(ch.Warnings, w)
		}
	}
	return nil
}

// RecordInput is an event that a person records.
type RecordInput struct {
	Event   intake.EventName `json:"event"`
	Date    deadlines.Day    `json:"date"` // 0 is today
	Part    intake.Kind      `json:"part"`
	Outcome string           `json:"outcome"`
	Reason  string           `json:"reason"`
	Void    int              `json:"void"` // of void: the event to strike
	Note    string           `json:"note"`
}

// Outcomes and Reasons are what a response and a closing can be recorded with.
var (
	Outcomes = []string{"granted", "part", "refused", "not-held", "cost-limit", "vexatious", "repeated", "upheld", "part-upheld", "not-upheld"}
	Reasons  = []string{"lapsed", "transferred", "duplicate", "other"}
)

// Record puts an event on a case. It may be back-dated and come in any order;
// what makes no sense is refused and changes nothing.
func (e *Engine) Record(_ context.Context, by By, ref string, in RecordInput) (*Change, error) {
	return e.act(ref, by, func(tx *store.Tx, c *intake.Case, ch *Change) error {
		return e.record(tx, c, ch, by, in)
	})
}

func (e *Engine) record(tx *store.Tx, c *intake.Case, ch *Change, by By, in RecordInput) error {
	if in.Date == 0 {
		in.Date = today(tx)
	}
	if err := e.sensible(tx, c, ch.Before, in); err != nil {
		return err
	}
	ev := intake.Event{
		Actor: by.Actor, Name: in.Event, Day: in.Date, Part: in.Part, Outcome: in.Outcome, Reason: in.Reason, Refers: in.Void,
	}
	if in.Note != "" {
		ev.Personal = &intake.Personal{Text: intake.PlainText(in.Note, maxNote)}
	}
	if at := ch.Before.Ack.At; in.Event == intake.Acknowledged && !ch.Before.Ack.ByHand && !at.IsZero() && deadlines.DayOf(at) <= in.Date {
		ch.warn("case %s was acknowledged on %s, which stays the date that counts", c.Ref, deadlines.DayOf(at))
	}
	if in.Event == intake.Acknowledged {
		if err := e.withdrawLetter(tx, c, "acknowledged by hand"); err != nil {
			return err
		}
	}
	if in.Event == intake.Responded {
		ch.responded(in)
	}
	n := len(c.Events)
	e.append(tx, c, ev)
	ch.Event = c.Events[n].N
	if in.Event == intake.Extended {
		e.promiseExtended(tx, c, by, in)
	}
	return nil
}

// ofReviews are the outcomes of a review; the others are those of a request.
var ofReviews = []string{"upheld", "part-upheld", "not-upheld"}

// responded warns of an answer that the figures cannot use as it is recorded,
// or that was recorded before.
func (ch *Change) responded(in RecordInput) {
	v := ch.Before
	if v.Doubt || len(v.Parts()) == 0 {
		ch.warn("nobody has decided what case %s is: requestd reclassify %s KIND does, so that its dates and the figures are right", v.Ref, v.Ref)
		return
	}
	for _, k := range v.Clocks {
		if in.Part != "" && in.Part != k.Kind {
			continue
		}
		switch {
		case k.State == deadlines.Responded:
			ch.warn("part %s was answered before: requestd show %s numbers the events, and requestd record %s void N strikes the wrong one", k.Kind, v.Ref, v.Ref)
		case in.Outcome == "":
			ch.warn("no outcome was given, which the figures for the year will want: strike this and record it again with --outcome")
		case slices.Contains(ofReviews, in.Outcome) != (k.Kind == intake.Review):
			ch.warn("outcome %q is not one of a %s: strike this and record it again if it was mistaken", in.Outcome, k.Kind)
		}
	}
}

// promiseExtended records the date that the notice of an extension names: the
// notice is the officer's letter to the requester, and its date is promised.
func (e *Engine) promiseExtended(tx *store.Tx, c *intake.Case, by By, in RecordInput) {
	for _, k := range e.view(tx, c).Clocks {
		if k.RespondBy != 0 && (in.Part == "" || in.Part == k.Kind) {
			e.append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Promised, Part: k.Kind, Day: k.RespondBy})
		}
	}
}

const maxNote = 4000 // runes kept of a note

// sensible refuses an event that cannot be meant.
func (e *Engine) sensible(tx *store.Tx, c *intake.Case, v *intake.View, in RecordInput) error {
	if !in.Event.Recordable() {
		return refuse("event %q is unknown: want one of %s", in.Event, strings.Join(intake.RecordableNames(), ", "))
	}
	if into := mergedInto(c); into != "" && in.Event != intake.Note {
		return refuse("case %s was merged into %s: record it there", c.Ref, into)
	}
	if in.Date > today(tx) {
		return refuse("%s on %s: the date lies ahead; record it on the day, or give its own date with --date", in.Event, in.Date)
	}
	if in.Event != intake.ReceivedOn && in.Event != intake.Note && in.Event != intake.Void && in.Date < v.ReceivedOn {
		return refuse("%s on %s: the request was received on %s; give a later --date, or correct the receipt with the event received", in.Event, in.Date, v.ReceivedOn)
	}
	if y, _, _ := in.Date.Date(); y < firstYear {
		return refuse("%s on %s: the calendar begins in %d", in.Event, in.Date, firstYear)
	}
	if err := e.sensiblePart(v, in); err != nil {
		return err
	}
	switch {
	case in.Outcome != "" && (in.Event != intake.Responded || !slices.Contains(Outcomes, in.Outcome)):
		return refuse("outcome %q: the event responded takes one of %s, and no other event takes any", in.Outcome, strings.Join(Outcomes, ", "))
	case in.Reason != "" && (in.Event != intake.Closed || !slices.Contains(Reasons, in.Reason)):
		return refuse("reason %q: the event closed takes one of %s, and no other event takes any", in.Reason, strings.Join(Reasons, ", "))
	case in.Event == intake.Note && in.Note == "":
		return refuse("a note needs its text: --note TEXT")
	case in.Event == intake.Void:
		return e.sensibleVoid(c, in.Void)
	}
	return nil
}

func (e *Engine) sensibleVoid(c *intake.Case, n int) error {
	if n <= 1 || n > len(c.Events) {
		return refuse("void %d: case %s has no such event that could be struck; requestd show %s numbers them", n, c.Ref, c.Ref)
	}
	if ev := c.Events[n-1]; c.Struck(n) || !ev.Name.Recordable() && ev.Name != intake.Reclassified {
		return refuse("void %d: %s is struck already, or not of a sort that people record", n, ev.Name)
	}
	return nil
}

func (e *Engine) sensiblePart(v *intake.View, in RecordInput) error {
	parts := v.Parts()
	needs := in.Event.MovesClock() && in.Event != intake.Closed && in.Event != intake.Withdrawn && in.Event != intake.Reopened
	switch {
	case in.Part == "" && needs && len(parts) > 1:
		return refuse("case %s has several parts: say which with --part, one of %v", v.Ref, parts)
	case in.Part != "" && !slices.Contains(parts, in.Part):
		return refuse("case %s has no part %q: it has %v", v.Ref, in.Part, parts)
	}
	return nil
}

// withdrawLetter takes an acknowledgement that did not go out yet from the
// outbox.
func (e *Engine) withdrawLetter(tx *store.Tx, c *intake.Case, why string) error {
	l, ok := e.ackLetter(tx, c)
	if !ok || l.State != intake.LetterWaiting && l.State != intake.LetterHeld {
		return nil
	}
	l.State, l.Response, l.Settled = intake.LetterFailed, "not sent: "+why, tx.Now()
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	e.append(tx, c, intake.Event{Actor: actorSelf, Name: intake.AckHeld, Letter: l.ID, Code: intake.AckWithdrawn})
	return nil
}

// refresh keeps a letter that still waits true to its case: it is written anew
// when the dates or the kind have changed that it states, and taken from the
// outbox when the case has ended.
func (e *Engine) refresh(tx *store.Tx, c *intake.Case, ch *Change) error {
	if err := e.stopCorrection(tx, c, e.view(tx, c), ch); err != nil {
		return err
	}
	l, ok := e.ackLetter(tx, c)
	if !ok || l.State == intake.LetterSent || l.State == intake.LetterBounced || l.State == intake.LetterFailed {
		return nil
	}
	v := e.view(tx, c)
	if !v.IsOpen() {
		return e.withdrawLetter(tx, c, "the case is "+string(v.State))
	}
	if l.State == intake.LetterHeld || !e.outdated(c, v, l) {
		return nil
	}
	if l.State != intake.LetterWaiting || l.Doubts > 0 {
		ch.warn("an acknowledgement with other dates may be on its way: once it is sent, requestd acknowledge %s --correct puts it right", c.Ref)
		return nil
	}
	anew, err := e.acknowledgement(tx, c, v)
	if err != nil {
		return err
	}
	anew.ID, anew.Next, anew.Freed = l.ID, l.Next, l.Freed
	return tx.RewriteLetter(anew)
}

// outdated reports whether a letter states what is no longer true.
func (e *Engine) outdated(c *intake.Case, v *intake.View, l intake.Letter) bool {
	said := map[intake.Kind]deadlines.Day{}
	for _, p := range l.Promises {
		said[p.Part] = p.Day
	}
	for _, k := range v.Clocks {
		if said[k.Kind] != k.RespondBy {
			return true
		}
		delete(said, k.Kind)
	}
	moved := slices.ContainsFunc(c.Live(), func(ev intake.Event) bool {
		return (ev.Name == intake.ReceivedOn || ev.Name == intake.AddressGiven) && !ev.At.Before(l.Created)
	})
	return len(said) > 0 || moved
}
