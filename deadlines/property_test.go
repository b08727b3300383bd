package deadlines

import (
	"math/rand"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func anyDay() *rapid.Generator[Day] {
	return rapid.Custom(func(t *rapid.T) Day {
		return Day(rapid.IntRange(int(firstDay), int(lastDay)-800).Draw(t, "day"))
	})
}

// anyScript generates a sequence of questions and answers that the command
// would accept, sometimes with an ending, in days from receipt.
func anyScript() *rapid.Generator[script] {
	return rapid.Custom(func(t *rapid.T) script {
		s := plan("drawn")
		add := func(name string, on int) {
			s.events = append(s.events, struct {
				name string
				on   int
			}{name, on})
		}
		for _, m := range matters {
			first := -1
			for range rapid.IntRange(0, 3).Draw(t, "questions") {
				on := rapid.IntRange(0, 90).Draw(t, "asked")
				add(m.question(), on)
				if first < 0 || on < first {
					first = on
				}
			}
			if first < 0 {
				continue
			}
			for range rapid.IntRange(0, 4).Draw(t, "answers") {
				add(m.answer(), rapid.IntRange(first, first+60).Draw(t, "answered"))
			}
		}
		for _, name := range []string{Extended, Responded, Closed, Withdrawn, Reopened, Acknowledged, Note} {
			if rapid.IntRange(0, 3).Draw(t, name) == 0 {
				add(name, rapid.IntRange(0, 150).Draw(t, "on"))
			}
		}
		return s
	})
}

func (s script) from(received Day) []Event {
	var events []Event
	for _, e := range s.events {
		events = append(events, Event{e.name, received + Day(e.on)})
	}
	return events
}

func anyRequest() *rapid.Generator[Request] {
	return rapid.Custom(func(t *rapid.T) Request {
		r := Request{Received: anyDay().Draw(t, "received")}
		r.Kind = rapid.SampledFrom(kinds).Draw(t, "kind")
		if r.Kind == KindReview {
			r.Of = rapid.SampledFrom(append([]string{""}, subject...)).Draw(t, "of")
		}
		r.Events = anyScript().Draw(t, "script").from(r.Received)
		return r
	})
}

func answer(t fataler, r Request) Result {
	res, err := Default().Answer(r, DefaultRules())
	if err != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	return res
}

func TestDrawnScriptsAgainstTheSecondReckoning(t *testing.T) {
	n := newNaive(t)
	days := int(NewDay(2028, time.December, 31) - NewDay(2018, time.January, 1))
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(2018, 1, 1+rapid.IntRange(0, days).Draw(t, "receipt"), 0, 0, 0, 0, time.UTC)
		s := anyScript().Draw(t, "script")
		n.compare(t, at, s)
		n.compareReviews(t, at, s)
	})
}

func TestALaterReceiptIsNeverDueEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Both receipts are before the first event, which stays on its day.
		r := anyRequest().Draw(t, "request")
		sooner := r
		sooner.Received = max(firstDay, r.Received-Day(rapid.IntRange(0, 40).Draw(t, "days")))
		a, b := answer(t, sooner), answer(t, r)
		if a.RespondBy > b.RespondBy || a.AcknowledgeBy > b.AcknowledgeBy || a.ComplaintAcknowledgeBy > b.ComplaintAcknowledgeBy {
			t.Fatalf("received %s: due %s, %s, %s; received %s: due %s, %s, %s",
				sooner.Received, a.AcknowledgeBy, a.ComplaintAcknowledgeBy, a.RespondBy,
				r.Received, b.AcknowledgeBy, b.ComplaintAcknowledgeBy, b.RespondBy)
		}
	})
}

func TestADueDateIsAWorkingDayOfItsCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := answer(t, anyRequest().Draw(t, "request"))
		for _, d := range []struct {
			name   string
			day    Day
			region Region
		}{
			{"acknowledge_by", r.AcknowledgeBy, EnglandAndWales},
			{"complaint_acknowledge_by", r.ComplaintAcknowledgeBy, EnglandAndWales},
			{"respond_by", r.RespondBy, r.Region},
			{"the safe day of an extension", r.ExtensionNoticeSafe, EnglandAndWales},
		} {
			if d.day != 0 && !Default().IsWorkingDay(d.region, d.day) {
				t.Fatalf("%s is %s, a %s in %s", d.name, d.day, Default().WhyNot(d.region, d.day), d.region)
			}
		}
	})
}

func TestOrderOfEntryMeansNothing(t *testing.T) {
	endings := []string{Responded, Closed, Withdrawn, Reopened} // of two on one day the later entry counts
	rapid.Check(t, func(t *rapid.T) {
		r := anyRequest().Draw(t, "request")
		r.Events = slices.DeleteFunc(r.Events, func(e Event) bool { return slices.Contains(endings, e.Name) })
		shuffled := r
		shuffled.Events = slices.Clone(r.Events)
		rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))).Shuffle(len(r.Events), func(i, j int) {
			shuffled.Events[i], shuffled.Events[j] = shuffled.Events[j], shuffled.Events[i]
		})
		a, b := string(answer(t, r).AppendJSON(nil)), string(answer(t, shuffled).AppendJSON(nil))
		if a != b {
			t.Fatalf("as drawn:  %s\nshuffled: %s", a, b)
		}
	})
}

func TestTheLedgerAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := answer(t, anyRequest().Draw(t, "request"))
		last := map[Clock]Step{}
		for _, s := range r.Ledger {
			before, begun := last[s.Clock]
			last[s.Clock] = s
			switch {
			case s.Source == "" || s.Text == "" || s.Rule == "":
				t.Fatalf("a step without its reasons: %+v", s)
			case !begun && (s.Date != r.Received || s.Days != 0):
				t.Fatalf("%s begins on %s, %d days on; want the receipt on %s", s.Clock, s.Date, s.Days, r.Received)
			case !begun || s.Date == 0:
				continue
			case before.Date+Day(s.Days) != s.Date:
				t.Fatalf("%s: from %s %d days on is not %s", s.Clock, before.Date, s.Days, s.Date)
			case (s.WorkingDays > 0 || s.Rule == "roll") && s.Days != s.WorkingDays+len(s.Skipped):
				t.Fatalf("%s: %d days are not %d working days and %d others", s.Clock, s.Days, s.WorkingDays, len(s.Skipped))
			}
			for _, d := range s.Skipped {
				if d.Date < before.Date || d.Date > s.Date || d.Why == "" {
					t.Fatalf("%s: skipped %s (%q) between %s and %s", s.Clock, d.Date, d.Why, before.Date, s.Date)
				}
			}
		}
		for clock, want := range map[Clock]Day{
			ClockAcknowledge: r.AcknowledgeBy, ClockRespond: r.RespondBy, ClockLongerReading: r.LongerReading,
			ClockComplaintAcknowledge: r.ComplaintAcknowledgeBy, ClockExtensionNotice: r.ExtensionNoticeBy,
		} {
			if last[clock].Date != want {
				t.Fatalf("%s: the ledger ends on %q, the date is %q", clock, last[clock].Date, want)
			}
		}
	})
}

func TestTheLongerReadingIsNeverTheEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if r := answer(t, anyRequest().Draw(t, "request")); r.LongerReading != 0 && r.LongerReading < r.RespondBy {
			t.Fatalf("longer reading %s, respond by %s", r.LongerReading, r.RespondBy)
		}
	})
}

func TestWorkingDaysBetweenUndoesAddWorkingDays(t *testing.T) {
	c := Default()
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom([]Region{AnyUK, EnglandAndWales}).Draw(t, "region")
		d, n := anyDay().Draw(t, "day"), rapid.IntRange(-200, 200).Draw(t, "n")
		there := c.AddWorkingDays(r, d, n)
		if n != 0 && there != 0 && !c.IsWorkingDay(r, there) {
			t.Fatalf("%d working days from %s is %s, which is none", n, d, there)
		}
		got, back := c.WorkingDaysBetween(r, d, there), c.WorkingDaysBetween(r, there, d)
		if got != -back {
			t.Fatalf("%s to %s is %d, back it is %d", d, there, got, back)
		}
		if c.IsWorkingDay(r, d) && there != 0 && got != n {
			t.Fatalf("%d working days from %s is %s, counted %d", n, d, there, got)
		}
		if n > 0 && got != n {
			t.Fatalf("%d working days from %s is %s, counted %d", n, d, there, got)
		}
	})
}
