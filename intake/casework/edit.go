package casework

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/compose"
	"requestd/intake/holds"
	"requestd/store"
	"requestd/templates"
)

// maxLetter bounds the text of an edited letter, in runes.
const maxLetter = 20_000

// EditLetter replaces the text of a draft, or of an acknowledgement that has
// not been sent. The text must contain the reference of the case, and that of
// an acknowledgement also its dates; if these change the letter is written
// anew.
func (cs *Cases) EditLetter(_ context.Context, by By, id uint64, text string) (intake.Letter, error) {
	var l intake.Letter
	err := cs.store.Update(func(tx *store.Tx) error {
		var c *intake.Case
		var err error
		if l, c, err = letterOf(tx, by, ToRelease, id); err != nil {
			return err
		}
		if l.Purpose == intake.ForAcknowledgement {
			if err := cs.writeForNow(tx, c, &l); err != nil {
				return err
			}
		}
		if err := cs.giveText(tx, c, &l, text); err != nil {
			return err
		}
		cs.Append(tx, c, intake.Event{Actor: by.Actor, Name: intake.StepEdited, Letter: l.ID, Code: string(l.Purpose)})
		if err := tx.RewriteLetter(&l); err != nil {
			return err
		}
		return cs.Put(tx, c)
	})
	if err == nil {
		cs.log.Info("letter edited", "letter", id, "actor", by.Actor)
	}
	return l, err
}

// giveText writes a letter anew with a person's text.
func (cs *Cases) giveText(tx *store.Tx, c *intake.Case, l *intake.Letter, text string) error {
	if err := OnText.whole(text, maxLetter); err != nil {
		return err
	}
	text = strings.TrimSpace(intake.PlainText(text, maxLetter)) + "\n"
	switch {
	case !Editable(l):
		return refuse("letter %d (%s, %s) cannot be edited: only a draft can, or an acknowledgement that has not gone", l.ID, l.Purpose, l.State)
	case !strings.Contains(text, c.Ref):
		return OnText.Refuse("letter %d: the text lacks the reference %s, by which an answer finds its case", l.ID, c.Ref)
	}
	for _, p := range l.Promises {
		if l.Purpose == intake.ForAcknowledgement && !strings.Contains(text, templates.EnglishDay(p.Day)) && !strings.Contains(text, templates.WelshDay(p.Day)) {
			return OnText.Refuse("letter %d: the text lacks the date %s, which an acknowledgement states", l.ID, templates.EnglishDay(p.Day))
		}
	}
	l.Edited = true
	return cs.retext(tx, c, l, text)
}

// retext gives a letter to the requester another text and keeps its subject.
func (cs *Cases) retext(tx *store.Tx, c *intake.Case, l *intake.Letter, text string) error {
	subject, _, err := compose.Text(l.Raw)
	if err != nil {
		return err
	}
	language := "en"
	if cs.View(tx, c).ReplyLanguage == templates.Bilingual {
		language = "cy, en"
	}
	return cs.WriteBytes(l, cs.Rules().Box(l.Mailbox), headOf(c), templates.Mail{Subject: subject, Body: text, ContentLanguage: language})
}

// gap is what a person has still to fill in, such as [[ write it here ]].
var gap = regexp.MustCompile(`\[\[[^\]]*\]\]`)

// Gaps returns how many gaps a text has.
func Gaps(text string) int { return len(gap.FindAllString(text, -1)) }

// filled returns the text of a draft with a person's words: the whole text if
// it contains the reference, else one text for each gap.
func filled(c *intake.Case, l *intake.Letter, words []string) (string, error) {
	_, text, err := compose.Text(l.Raw)
	if err != nil {
		return "", err
	}
	gaps := Gaps(text)
	switch {
	case len(words) == 1 && (strings.Contains(words[0], c.Ref) || gaps == 0):
		return words[0], nil
	case len(words) != gaps:
		return "", OnText.Refuse("the gaps of the drafted letter are %d, and the texts given for them %d: give one for each, or the whole letter with its reference", gaps, len(words))
	}
	n := 0
	return gap.ReplaceAllStringFunc(text, func(string) string { n++; return words[n-1] }), nil
}

// Editable reports whether a person may change the text of a letter, as far as
// the letter itself says.
func Editable(l *intake.Letter) bool {
	switch {
	case l.Attempts > 0 || l.Doubts > 0:
		return l.IsDraft()
	case l.Purpose == intake.ForAcknowledgement:
		return l.State == intake.LetterWaiting || l.State == intake.LetterHeld
	}
	return l.IsDraft() || l.Purpose == intake.ForNoRequest && l.State == intake.LetterHeld
}

// writeForNow writes an acknowledgement for the present state of its case; a
// held one may never have been written.
func (cs *Cases) writeForNow(tx *store.Tx, c *intake.Case, l *intake.Letter) error {
	v := cs.View(tx, c)
	switch {
	case !Editable(l): // the caller refuses it
		return nil
	case v.Doubt || len(v.Parts()) == 0:
		return refuse("case %s is not decided yet: requestd reclassify %s KIND decides and sends the acknowledgement", c.Ref, c.Ref)
	case !v.IsOpen() || !v.Ack.At.IsZero():
		return refuse("case %s has nothing to acknowledge any more", c.Ref)
	case !intake.Mailable(c.Person().ReplyTo):
		return noAddress(c)
	}
	anew, err := cs.acknowledgement(tx, c, v)
	if err != nil {
		return err
	}
	anew.ID, anew.State, anew.Next, anew.Released, anew.Response = l.ID, l.State, l.Next, l.Released, l.Response
	*l = *anew
	return nil
}

// heldAnew holds an acknowledgement that was written anew in place of a
// person's own text: nobody has read the new one.
func (cs *Cases) heldAnew(tx *store.Tx, c *intake.Case, l *intake.Letter) {
	l.State, l.Next, l.Response = intake.LetterHeld, l.Created, holds.ResponseInWords("what it states has changed, and the text that somebody gave it is gone")
	cs.Append(tx, c, intake.Event{Actor: intake.ActorSelf, Name: intake.AckHeld, Letter: l.ID, Code: holds.ByHand})
}

// warnOfLostText warns that a person's text of the acknowledgement is lost,
// because the letter was written anew.
func (cs *Cases) warnOfLostText(tx *store.Tx, c *intake.Case, ch *Change, edited bool) {
	if l, ok := cs.AckLetter(tx, c); edited && ok && !l.Edited && slices.Contains([]intake.LetterState{intake.LetterWaiting, intake.LetterHeld}, l.State) {
		ch.warn("what the acknowledgement states has changed, so it was written anew: the text that somebody gave it is gone")
	}
}
