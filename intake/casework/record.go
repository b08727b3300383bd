package casework

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

// RecordInput is an event that a person records.
type RecordInput struct {
	Event   intake.EventName `json:"event"`
	Date    deadlines.Day    `json:"date"` // 0 is today
	Part    intake.Kind      `json:"part"`
	Outcome string           `json:"outcome"`
	Reason  string           `json:"reason"`
	Void    int              `json:"void"` // of void: the event to strike
	Note    string           `json:"note"`
	// Ask is set on a question to the requester: its words in the letter that is
	// drafted.
	Ask string `json:"ask"`
	// Due is set on reopened: the date promised for the new work.
	Due deadlines.Day `json:"due"`
	// Estimate is set on extended: the date that its notice names.
	Estimate deadlines.Day `json:"estimate"`
	// Exemptions are set on responded and extended: those on which the answer
	// relies.
	Exemptions []string `json:"exemptions"`
	Officer    string   `json:"officer"`   // of assigned: who is in charge; of responded: who decided
	Cover      string   `json:"cover"`     // of assigned: the deputy
	Reference  string   `json:"reference"` // of the Commissioner's events: theirs
	Correction
}

// Reasons are the reasons that a closing can be recorded with.
var Reasons = []string{"lapsed", "transferred", "duplicate", "other"}

// Record makes the act that puts an event on a case. Events may be back-dated
// and recorded in any order; one that makes no sense is refused and changes
// nothing.
func Record(in RecordInput) Act {
	return Act{ToRecord, func(cs *Cases, tx *store.Tx, c *intake.Case, ch *Change, by By) error {
		return cs.record(tx, c, ch, by, in)
	}}
}

func (cs *Cases) record(tx *store.Tx, c *intake.Case, ch *Change, by By, in RecordInput) error {
	in.Date = cmp.Or(in.Date, tx.Today())
	if err := cs.sensible(tx, c, ch.Before, in); err != nil {
		return err
	}
	if in.Event == intake.Void && c.Events[in.Void-1].Name == intake.Merged {
		return cs.undo(tx, c, ch, by, in.Void)
	}
	ev := intake.Event{
		Actor: by.Actor, Name: in.Event, Day: in.Date, Part: in.Part, Outcome: in.Outcome, Refers: in.Void,
	}
	if err := cs.detail(c, ch, by, in, &ev); err != nil {
		return err
	}
	if err := answeredBefore(c, ev); err != nil {
		return err
	}
	if at := ch.Before.Ack.At; in.Event == intake.Acknowledged && !ch.Before.Ack.ByHand && !at.IsZero() && deadlines.DayOf(at) <= in.Date {
		ch.warn("case %s was acknowledged on %s, which stays the date that counts", c.Ref, deadlines.DayOf(at))
	}
	if in.Event == intake.Acknowledged {
		if err := cs.withdrawLetter(tx, c, "acknowledged by hand"); err != nil {
			return err
		}
	}
	if in.Event == intake.Responded {
		ch.responded(in)
	}
	if in.Event == intake.Reopened && !slices.ContainsFunc(ch.Before.Clocks, func(k intake.Clock) bool {
		return k.Finished() && (in.Part == "" || in.Part == k.Kind)
	}) {
		ch.warn("nothing that was answered or ended is recorded on case %s: until it is, this moves no date", c.Ref)
	}
	n := len(c.Events)
	cs.Append(tx, c, ev)
	ch.Event = c.Events[n].N
	if in.Event == intake.Extended {
		cs.promiseExtended(tx, c, ch, by, in)
	}
	if in.Due != 0 && in.Event == intake.Reopened {
		for _, k := range cs.View(tx, c).Clocks {
			if in.Part == "" || in.Part == k.Kind {
				cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Promised, Part: k.Kind, Day: in.Due})
			}
		}
	}
	words := in.Ask
	if in.Event == intake.Extended {
		words = in.Reason
	}
	return cs.draftStep(tx, c, ch, &c.Events[n], intake.PlainText(words, maxNote))
}

// responded warns if the figures cannot use an answer as recorded, or if the
// part was answered before.
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
		}
	}
}

// promiseExtended records as promised the date that the notice of an extension
// names, since the notice is the officer's letter to the requester. A notice
// that came too late changes what was promised but nothing in law.
func (cs *Cases) promiseExtended(tx *store.Tx, c *intake.Case, ch *Change, by By, in RecordInput) {
	for _, k := range cs.View(tx, c).Clocks {
		if in.Part != "" && in.Part != k.Kind {
			continue
		}
		day := in.Estimate
		switch {
		case k.Finished() && in.Date >= k.Result.Ended:
			continue // the part ended with the notice or before it: the ledger warns of it
		case day != 0:
		case k.Result.Answered != 0 && !k.Result.Extended: // the part was answered before the notice: the ledger warns of it
		case k.Result.Extended || k.Kind == intake.Review:
			day = k.RespondBy
		default:
			ch.warn("the notice came too late, so the part %s stays due on %s: --estimate DATE keeps the date that the notice named", k.Kind, k.RespondBy)
		}
		if day != 0 {
			cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.Promised, Part: k.Kind, Day: day})
		}
	}
}

const maxNote = 4000 // runes kept of a note

// sensible refuses an event that cannot be meant.
func (cs *Cases) sensible(tx *store.Tx, c *intake.Case, v *intake.View, in RecordInput) error {
	if !in.Event.Recordable() {
		return refuse("event %q is unknown: want one of %s", in.Event, strings.Join(intake.RecordableNames(), ", "))
	}
	if into := c.MergedInto(); into != "" && in.Event != intake.Note {
		return refuse("case %s was merged into %s: record it there", c.Ref, into)
	}
	if in.Date > tx.Today() {
		return OnDate.Refuse("%s on %s: the date lies ahead; record it on the day, or give its own date with --date", in.Event, in.Date)
	}
	if in.Event != intake.ReceivedOn && in.Event != intake.Note && in.Event != intake.Void && in.Event != intake.Corrected && in.Date < v.ReceivedOn {
		return OnDate.Refuse("%s on %s: the request was received on %s; give a later --date, or correct the receipt with the event received", in.Event, in.Date, v.ReceivedOn)
	}
	if y, _, _ := in.Date.Date(); y < deadlines.FirstYear {
		return OnDate.Refuse("%s on %s: the calendar begins in %d", in.Event, in.Date, deadlines.FirstYear)
	}
	if err := in.checkPart(v); err != nil {
		return err
	}
	for _, x := range []struct {
		of   Field
		text string
	}{{OnNote, strings.TrimSpace(in.Reason + "\n" + in.Note)}, {OnWords, in.Ask}} {
		if err := x.of.whole(x.text, maxNote); err != nil {
			return err
		}
	}
	switch {
	case in.Reason != "" && in.Event != intake.Extended && (in.Event != intake.Closed || !slices.Contains(Reasons, in.Reason)):
		return OnReason.Refuse("reason %q: the event closed takes one of %s, and no other event takes any", in.Reason, strings.Join(Reasons, ", "))
	case in.Event == intake.Closed && in.Reason == "" && (v.Overdue || v.LateSince != 0):
		return OnReason.Refuse("case %s is overdue: say why it is closed with --reason, one of %s; an answer is recorded as responded", v.Ref, strings.Join(Reasons, ", "))
	case in.Due != 0 && (in.Event != intake.Reopened && in.Event != intake.CommissionerNotified || !in.foreseeable(in.Due)):
		return OnDue.Refuse("due %s: the event reopened takes the date promised for the new work, commissioner-notified that of our answer, on its own day or within two years of it; no other event takes any", in.Due)
	case in.Estimate != 0 && (in.Event != intake.Extended || !in.foreseeable(in.Estimate)):
		return OnEstimate.Refuse("estimate %s: the event extended alone takes the date that its notice names, on its own day or within two years of it", in.Estimate)
	case in.Ask != "" && !slices.Contains([]intake.EventName{intake.ClarificationRequested, intake.IdentityRequested, intake.AuthorityRequested}, in.Event):
		return OnWords.Refuse("ask: the events clarification-requested, identity-requested and authority-requested take the words of a letter to the requester, and no other event takes any")
	case in.Event == intake.Note && in.Note == "":
		return OnNote.Refuse("a note needs its text: --note TEXT")
	case in.Event == intake.Void:
		return cs.sensibleVoid(c, in.Void)
	}
	if err := in.checkOutcome(v); err != nil {
		return err
	}
	return cs.checkPeople(v, in)
}

// whole refuses a text whose end would be cut off.
func (f Field) whole(text string, most int) error {
	if n := utf8.RuneCountInString(strings.ReplaceAll(text, "\r\n", "\n")); n > most {
		return f.Refuse("the text has %d characters, of which %d can be kept: shorten it", n, most)
	}
	return nil
}

// foreseeable reports whether a date can be promised with an event: a wrong
// year is easily typed.
func (in RecordInput) foreseeable(day deadlines.Day) bool {
	return day >= in.Date && day <= in.Date.AddMonths(24)
}

func (cs *Cases) sensibleVoid(c *intake.Case, n int) error {
	if n <= 1 || n > len(c.Events) {
		return OnVoid.Refuse("void %d: case %s has no such event that could be struck; requestd show %s numbers them", n, c.Ref, c.Ref)
	}
	if ev := c.Events[n-1]; c.Struck(n) || !Strikable(ev) {
		return OnVoid.Refuse("void %d: %s is struck already, or not of a sort that people record", n, ev.Name)
	}
	return nil
}

// MissesPart reports whether the case has several parts and the event must name
// one of them but does not.
func (in RecordInput) MissesPart(v *intake.View) bool { return in.Part == "" && in.checkPart(v) != nil }

func (in RecordInput) checkPart(v *intake.View) error {
	parts := v.Parts()
	needs := in.Event.MovesClock()
	if in.Event == intake.Closed || in.Event == intake.Withdrawn || in.Event == intake.Reopened {
		needs = unfinished(v) > 1 // no part ends by oversight; if one is left, it is the one meant
	}
	switch {
	case in.Part == "" && needs && len(parts) > 1:
		return OnPart.Refuse("case %s has several parts: say which with --part, one of %v", v.Ref, parts)
	case in.Part != "" && !slices.Contains(parts, in.Part):
		return OnPart.Refuse("case %s has no part %q: it has %v", v.Ref, in.Part, parts)
	}
	return nil
}

func unfinished(v *intake.View) (n int) {
	for _, k := range v.Clocks {
		if !k.Finished() {
			n++
		}
	}
	return n
}
