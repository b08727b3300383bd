package casework

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/holds"
	"requestd/store"
	"requestd/templates"
)

// stepOf returns the purpose of the letter that an event asks for, if any. What
// was done on an earlier day was told to the requester then.
func stepOf(ev *intake.Event, today deadlines.Day) intake.Purpose {
	switch ev.Name {
	case intake.ClarificationReceived, intake.IdentityReceived, intake.AuthorityReceived:
		return intake.ForNewDate
	}
	if ev.Day != today {
		return ""
	}
	switch ev.Name {
	case intake.ClarificationRequested:
		return intake.ForAskClarification
	case intake.IdentityRequested:
		return intake.ForAskIdentity
	case intake.AuthorityRequested:
		return intake.ForAskAuthority
	case intake.Extended:
		return intake.ForExtension
	case intake.Responded:
		if ev.Outcome == "" || ev.Outcome == "granted" || ev.Outcome == "part" {
			return intake.ForOnItsWay
		}
	}
	return ""
}

// fits reports whether a letter of this purpose is true of a part in its
// present state.
func fits(p intake.Purpose, k *intake.Clock) bool {
	waits := strings.HasPrefix(k.State, "waiting-for-")
	switch p {
	case intake.ForAskClarification: // it moves no date of a right or a review
		return waits || !k.Finished() && (k.Kind == intake.Rights || k.Kind == intake.Review)
	case intake.ForAskIdentity, intake.ForAskAuthority: // the laws on access to information do not wait for it
		asked := strings.TrimPrefix(string(p), "ask-") + "-requested"
		return slices.ContainsFunc(k.Result.Open, func(q deadlines.Question) bool { return q.Event.Name == asked })
	case intake.ForNoAnswer:
		return waits
	case intake.ForNewDate:
		return !k.Finished() && k.RespondBy != 0
	case intake.ForExtension:
		return !k.Finished()
	case intake.ForOnItsWay:
		return k.State == string(deadlines.Responded) && k.Kind == intake.DSAR
	}
	return false
}

// draftStep drafts the letter that an event asks for, with an officer's words
// to the requester; a note is never used, since it is for colleagues. A person
// may read and edit the draft, and releases it.
func (cs *Cases) draftStep(tx *store.Tx, c *intake.Case, ch *Change, ev *intake.Event, words string) error {
	p, v := stepOf(ev, tx.Today()), cs.View(tx, c)
	if p == "" || v.Doubt || p == intake.ForNewDate && (v.Ack.At.IsZero() || !wasAsked(c, ev)) { // the acknowledgement states the date
		return nil
	}
	for i := range v.Clocks {
		k := &v.Clocks[i]
		if k.Unconfirmed || ev.Part != "" && ev.Part != k.Kind || !fits(p, k) {
			continue
		}
		says := cs.LetterText(c, v, p, templates.Corrected{})
		says.Parts, says.OnePart, says.ReceivedOn = []templates.Part{PartOf(*k)}, ofSeveral(v, k), k.ReceivedOn
		says.Exemptions, says.Words = ev.Exemptions, words
		switch p {
		case intake.ForNewDate:
			says.Asked = strings.TrimSuffix(string(ev.Name), "-received")
		case intake.ForExtension:
			says.Parts[0].RespondBy = stepDay(p, k)
		default:
			says.Parts[0].RespondBy = 0
		}
		l, err := cs.addDraft(tx, c, says, fmt.Sprintf("%s/%s/event-%d", c.Ref, p, ev.N), intake.Event{Part: k.Kind, Refers: ev.N})
		if err != nil || l == nil {
			return err
		}
		ch.Draft = l.ID
		return nil
	}
	return nil
}

// wasAsked reports whether the thing that came, by this event, had been asked
// for.
func wasAsked(c *intake.Case, ev *intake.Event) bool {
	what, _ := strings.CutSuffix(string(ev.Name), "-received")
	return slices.ContainsFunc(c.Live(), func(e intake.Event) bool {
		return string(e.Name) == what+"-requested" && e.Day <= ev.Day && (e.Part == "" || ev.Part == "" || e.Part == ev.Part)
	})
}

// ofSeveral reports whether a letter names the part that it is about. It does
// if the message has other parts of which the requester has been told; a part
// that came with another message and was merged into the case is not one of
// them.
func ofSeveral(v *intake.View, about *intake.Clock) bool {
	n := 0
	for _, k := range v.Clocks {
		if !k.Unconfirmed && k.ReceivedOn == about.ReceivedOn {
			n++
		}
	}
	return n > 1
}

// stepWords say what each letter does.
var stepWords = map[intake.Purpose]string{
	intake.ForAskClarification: "asks the requester your question",
	intake.ForAskIdentity:      "asks for proof of identity and residence",
	intake.ForAskAuthority:     "asks for authority to ask for somebody else",
	intake.ForNewDate:          "gives the requester the new date",
	intake.ForExtension:        "tells the requester of the extension and its reason",
	intake.ForNoAnswer:         "asks the requester again",
	intake.ForOnItsWay:         "tells the requester that the answer is on its way",
}

// StepWords says what a letter of the next steps does, such as "asks the
// requester again".
func StepWords(p intake.Purpose) string { return stepWords[p] }

// DraftNoAnswer drafts the letter to a requester who has not answered a
// question, once for each question, and reports whether it did.
func (cs *Cases) DraftNoAnswer(tx *store.Tx, c *intake.Case, part intake.Kind) (bool, error) {
	v := cs.View(tx, c)
	for i := range v.Clocks {
		k := &v.Clocks[i]
		if k.Kind != part || !fits(intake.ForNoAnswer, k) || k.Result.PausedSince == 0 {
			continue
		}
		says := cs.LetterText(c, v, intake.ForNoAnswer, templates.Corrected{})
		says.Parts, says.OnePart, says.ReceivedOn = []templates.Part{{Kind: string(k.Kind), Of: string(k.Of)}}, ofSeveral(v, k), k.ReceivedOn
		says.AskedOn, says.Asked = k.Result.PausedSince, strings.TrimPrefix(k.State, "waiting-for-")
		says.By = cs.answerBy(says.AskedOn, tx.Today())
		l, err := cs.addDraft(tx, c, says, fmt.Sprintf("%s/%s/%s-%s", c.Ref, intake.ForNoAnswer, part, says.AskedOn), intake.Event{Part: part})
		return l != nil, err
	}
	return false, nil
}

// answerBy returns the day by which a letter that asks again, written on a day,
// wants its answer; 0 for none.
func (cs *Cases) answerBy(asked, written deadlines.Day) deadlines.Day {
	days, cal := cs.Settings().Reminders.SuggestClose, cs.Calendar()
	if days <= 0 {
		return 0
	}
	return max(cal.AddWorkingDays(deadlines.EnglandAndWales, asked, days), cal.AddWorkingDays(deadlines.EnglandAndWales, written, 10))
}

// addDraft puts a letter that waits for a person's release into the outbox. It
// returns nil if the case has no address, or there is already a letter with
// that key.
func (cs *Cases) addDraft(tx *store.Tx, c *intake.Case, says templates.Letter, key string, ev intake.Event) (*intake.Letter, error) {
	if _, there := tx.LetterByKey(key); there || !intake.Mailable(c.Person().ReplyTo) || c.Erased() {
		return nil, nil
	}
	l, err := cs.write(tx, c, says, key, nil)
	if err != nil { // the event is recorded with or without a draft
		cs.log.Error("a letter could not be drafted: mend its template in templates.dir", "ref", c.Ref, "error", err)
		return nil, nil
	}
	l.State, l.Next, l.Response = intake.LetterHeld, time.Time{}, asDraft
	if _, err := tx.Enqueue(l); err != nil {
		return nil, err
	}
	ev.Actor, ev.Name, ev.Letter, ev.Code = intake.ActorSelf, intake.StepDrafted, l.ID, string(l.Purpose)
	cs.Append(tx, c, ev)
	return l, nil
}

const asDraft = "a draft: a person reads it and sends it, or answers in another way"

// Drafts returns the letters of the next steps on a case that nobody has
// released yet.
func (cs *Cases) Drafts(tx *store.Tx, c *intake.Case) (list []intake.Letter) {
	for _, l := range tx.LettersOf(c.Ref) {
		if l.IsDraft() {
			list = append(list, l)
		}
	}
	return list
}

// DraftOf returns the draft that an event caused; 0 for none.
func (cs *Cases) DraftOf(tx *store.Tx, c *intake.Case, event int) uint64 {
	for _, l := range cs.Drafts(tx, c) {
		if ev, ok := draftedBy(c, l.ID); ok && ev.Refers == event && event != 0 {
			return l.ID
		}
	}
	return 0
}

// SendDraft releases a draft, with a person's words if they give any: the whole
// text, or one text for each of its gaps.
func SendDraft(id uint64, words ...string) Act {
	return Act{ToRelease, func(cs *Cases, tx *store.Tx, c *intake.Case, ch *Change, by By) error {
		l, err := tx.Letter(id)
		if err != nil {
			return err
		}
		if l.Ref != c.Ref || !l.IsDraft() {
			return refuse("letter %d is no draft of case %s: requestd outbox shows what it is", id, c.Ref)
		}
		if len(words) > 0 {
			text, err := filled(c, &l, words)
			if err != nil {
				return err
			}
			if err := cs.giveText(tx, c, &l, text); err != nil {
				return err
			}
		}
		if err := cs.readyToGo(tx, c, ch.Before, &l); err != nil {
			return err
		}
		if len(words) > 0 {
			cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.StepEdited, Letter: l.ID, Code: string(l.Purpose)})
		}
		l.State, l.Next, l.Released, l.Response = intake.LetterWaiting, tx.Now().Add(by.UndoWait), tx.Now(), "released by "+by.Actor
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.StepReleased, Letter: l.ID, Code: string(l.Purpose)})
		ch.Letter, ch.Event = l.ID, len(c.Events) // undoing takes back the release only: the words stay
		if len(words) > 0 {
			return tx.RewriteLetter(&l)
		}
		return tx.PutLetter(l)
	}}
}

// readyToGo refuses a draft that has gaps or is no longer true, and notes the
// date that it promises.
func (cs *Cases) readyToGo(tx *store.Tx, c *intake.Case, v *intake.View, l *intake.Letter) error {
	k, ok := partOfDraft(c, v, l)
	if !ok {
		return OnText.Refuse("letter %d (%s) does not say what is true of %s now: it does not go", l.ID, l.Purpose, c.Ref)
	}
	text, err := textOf(tx, l)
	if err != nil {
		return err
	}
	if strings.Contains(text, templates.Gap) {
		return OnText.Refuse("letter %d has a gap that is still to be filled in, marked %s: edit it first", l.ID, templates.Gap)
	}
	if err := cs.trueDays(tx, c, v, l); err != nil {
		return err
	}
	day := stepDay(l.Purpose, &k)
	switch {
	case day != 0 && !names(text, templates.EnglishDay(day)),
		day != 0 && names(text, templates.WelshDay(k.ReceivedOn)) && !names(text, templates.WelshDay(day)):
		return OnText.Refuse("letter %d does not give the date that is right now, %s: edit it first", l.ID, day.Long())
	case l.Purpose == intake.ForNewDate:
		l.Promises = []intake.Promise{{Part: k.Kind, Day: k.RespondBy}}
	}
	return nil
}

// stepDay returns the date by which a letter of the next steps promises an
// answer; 0 if it names none.
func stepDay(p intake.Purpose, k *intake.Clock) deadlines.Day {
	switch p {
	case intake.ForNewDate:
		return k.RespondBy
	case intake.ForExtension:
		return k.Promised // the date that the notice names
	}
	return 0
}

// draftedBy returns the event by which a letter was drafted.
func draftedBy(c *intake.Case, letter uint64) (intake.Event, bool) {
	i := slices.IndexFunc(c.Events, func(ev intake.Event) bool { return ev.Name == intake.StepDrafted && ev.Letter == letter })
	if i < 0 {
		return intake.Event{}, false
	}
	return c.Events[i], true
}

// partOfDraft returns the part of the case that a draft is about, if what the
// draft says is still true of it.
func partOfDraft(c *intake.Case, v *intake.View, l *intake.Letter) (intake.Clock, bool) {
	ev, ok := draftedBy(c, l.ID)
	if !ok || c.MergedInto() != "" || ev.Refers != 0 && c.Struck(ev.Refers) {
		return intake.Clock{}, false
	}
	for _, k := range v.Clocks {
		if k.Kind == ev.Part && fits(l.Purpose, &k) {
			return k, true
		}
	}
	return intake.Clock{}, false
}

// refreshSteps stops the drafts that are no longer true. Released ones whose
// release was undone, or whose dates have changed since, must be released
// again.
func (cs *Cases) refreshSteps(tx *store.Tx, c *intake.Case, v *intake.View, ch *Change) error {
	for _, l := range tx.LettersOf(c.Ref) {
		if !l.Purpose.NextStep() || l.Doubts > 0 || l.State != intake.LetterHeld && l.State != intake.LetterWaiting {
			continue
		}
		released := slices.ContainsFunc(c.Live(), func(ev intake.Event) bool { return ev.Name == intake.StepReleased && ev.Letter == l.ID })
		_, stillTrue := partOfDraft(c, v, &l)
		overtaken := false
		if stillTrue && released && l.State == intake.LetterWaiting {
			var fault error
			if fault, overtaken = toRead(cs.readyToGo(tx, c, v, &l)); fault != nil {
				return fault
			}
		}
		switch {
		case !stillTrue:
			l.State, l.Response, l.Settled = intake.LetterFailed, intake.NotSent+"it was overtaken", tx.Now()
		case l.State == intake.LetterWaiting && !released:
			l.State, l.Next, l.Released, l.Response = intake.LetterHeld, time.Time{}, time.Time{}, asDraft
		case overtaken:
			if err := cs.waitAgain(tx, c, &l, ch); err != nil {
				return err
			}
			continue
		default:
			continue
		}
		if err := tx.PutLetter(l); err != nil {
			return err
		}
	}
	return nil
}

// waitAgain makes a letter that was released, but not sent yet, a draft again.
// A person corrects it before releasing it.
func (cs *Cases) waitAgain(tx *store.Tx, c *intake.Case, l *intake.Letter, ch *Change) error {
	l.State, l.Next, l.Released, l.Response = intake.LetterHeld, time.Time{}, time.Time{}, holds.ResponseInWords("a date that it states has changed")
	cs.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: l.Purpose.Event(intake.AckHeld), Letter: l.ID, Code: holds.ByHand})
	ch.warn("letter %d, which had not gone yet, states a date that has changed: edit it, and it goes on your word", l.ID)
	return tx.PutLetter(*l)
}

// toRead separates a refusal of what was read from an error while reading.
func toRead(err error) (fault error, refused bool) {
	if _, refused = errors.AsType[*Refusal](err); refused {
		return nil, true
	}
	return err, false
}

// draftFor returns how many working days a draft waits to be released; that an
// answer is on its way is soon no longer news.
func draftFor(p intake.Purpose) int {
	if p == intake.ForOnItsWay {
		return 2
	}
	return 10
}

// Stale reports whether a letter is a draft that nobody released in time.
func (cs *Cases) Stale(l *intake.Letter, today deadlines.Day) bool {
	return l.IsDraft() && today > cs.Calendar().AddWorkingDays(deadlines.EnglandAndWales, deadlines.DayOf(l.Created), draftFor(l.Purpose))
}

// DropStale stops a letter if it is still such a draft.
func (cs *Cases) DropStale(tx *store.Tx, id uint64) error {
	l, err := tx.Letter(id)
	if err != nil || !cs.Stale(&l, tx.Today()) {
		return err
	}
	l.Raw = nil // keep the bytes as they are
	l.State, l.Response, l.Settled = intake.LetterFailed, intake.NotSent+fmt.Sprintf("nobody let it go within %d working days", draftFor(l.Purpose)), tx.Now()
	return tx.PutLetter(l)
}
