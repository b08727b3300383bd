package casework

import (
	"fmt"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/compose"
	"requestd/store"
	"requestd/templates"
)

// misdated finds a day in a letter that was corrected since, where the letter
// does not name the right day instead. Such a letter must not be sent, whatever
// its purpose or state and whoever wrote it. It returns the wrong day and the
// right one.
func misdated(tx *store.Tx, c *intake.Case, v *intake.View, l *intake.Letter) (named, right deadlines.Day, err error) {
	received := v.ReceivedOn
	k, ofPart := intake.Clock{}, false
	if l.Purpose.NextStep() {
		if k, ofPart = partOfDraft(c, v, l); ofPart {
			received = k.ReceivedOn
		}
	}
	were := receipts(c, k.Kind)
	if len(were) < 2 && l.Purpose != intake.ForNoAnswer {
		return 0, 0, nil
	}
	text, err := textOf(tx, l)
	if err != nil || text == "" {
		return 0, 0, err
	}
	if named = wrongDay(text, received, were); named != 0 {
		return named, received, nil
	}
	if l.Purpose == intake.ForNoAnswer && ofPart && k.Result.PausedSince != 0 {
		return wrongDay(text, k.Result.PausedSince, asked(c)), k.Result.PausedSince, nil
	}
	return 0, 0, nil
}

// lapsed returns the day by which a letter asks for an answer if that day has
// passed and the letter still names it; else 0.
func (cs *Cases) lapsed(tx *store.Tx, c *intake.Case, v *intake.View, l *intake.Letter) (deadlines.Day, error) {
	k, ok := partOfDraft(c, v, l)
	if l.Purpose != intake.ForNoAnswer || !ok || k.Result.PausedSince == 0 {
		return 0, nil
	}
	by := cs.answerBy(k.Result.PausedSince, deadlines.DayOf(l.Created))
	if by == 0 || by >= tx.Today() {
		return 0, nil
	}
	text, err := textOf(tx, l)
	if err != nil || !names(text, templates.EnglishDay(by)) && !names(text, templates.WelshDay(by)) {
		return 0, err
	}
	return by, nil
}

// textOf returns a letter's text in one line; "" if it has no bytes.
func textOf(tx *store.Tx, l *intake.Letter) (string, error) {
	raw := l.Raw
	if raw == nil {
		full, err := tx.Letter(l.ID)
		if err != nil {
			return "", err
		}
		raw = full.Raw
	}
	if len(raw) == 0 {
		return "", nil
	}
	_, text, err := compose.Text(raw)
	if err != nil {
		return "", fmt.Errorf("read letter %d (%s) of %s: %w", l.ID, l.Purpose, l.Ref, err)
	}
	return strings.Join(strings.Fields(text), " "), nil
}

// receipts returns all the days that the case, or a part of it with its own
// receipt, has ever had as its date of receipt.
func receipts(c *intake.Case, part intake.Kind) []deadlines.Day {
	days := []deadlines.Day{deadlines.DayOf(c.Opening().Received)}
	for _, ev := range c.Events {
		if ev.Name == intake.ReceivedOn && (ev.Part == "" || ev.Part == part) {
			days = append(days, ev.Day)
		}
	}
	return days
}

// asked returns all the days on which the requester was ever recorded as asked
// for something.
func asked(c *intake.Case) (days []deadlines.Day) {
	for _, ev := range c.Events {
		if strings.HasSuffix(string(ev.Name), "-requested") {
			days = append(days, ev.Day)
		}
	}
	return days
}

// wrongDay returns the first of some days that a text names in a language in
// which it does not name the right one; 0 if there is none.
func wrongDay(text string, right deadlines.Day, of []deadlines.Day) deadlines.Day {
	for _, in := range []func(deadlines.Day) string{templates.EnglishDay, templates.WelshDay} {
		if names(text, in(right)) {
			continue
		}
		for _, day := range of {
			if day != right && names(text, in(day)) {
				return day
			}
		}
	}
	return 0
}

// names reports whether a text names a day: 17 May does not name 7 May.
func names(text, day string) bool {
	for {
		before, after, ok := strings.Cut(text, day)
		if !ok || day == "" {
			return false
		}
		if before == "" || before[len(before)-1] < '0' || before[len(before)-1] > '9' {
			return true
		}
		text = after
	}
}

// trueDays refuses a letter to the requester that names a day which was
// corrected since, or asks for an answer by a day that has passed. The refusal
// says what to do.
func (cs *Cases) trueDays(tx *store.Tx, c *intake.Case, v *intake.View, l *intake.Letter) error {
	named, right, err := misdated(tx, c, v, l)
	if err == nil && named == 0 {
		day, err := cs.lapsed(tx, c, v, l)
		switch {
		case err != nil || day == 0:
			return err
		case Editable(l):
			return OnText.Refuse("letter %d asks for an answer by %s, which has passed: edit it first", l.ID, day.Long())
		}
		return refuse("letter %d asks for an answer by %s, which has passed: it does not go, so write to %s yourself", l.ID, day.Long(), l.To)
	}
	switch {
	case err != nil:
		return err
	case Editable(l):
		return OnText.Refuse("letter %d names %s, which was put right to %s since: edit it first", l.ID, named.Long(), right.Long())
	}
	return refuse("letter %d names %s, which was put right to %s since: it does not go, so write to %s yourself", l.ID, named.Long(), right.Long(), l.To)
}
