package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
)

// halfYear is an office with some twenty open cases, where two officers deal
// with both mailboxes by answering mail.
type halfYear struct {
	*office
	rng  *rand.Rand
	cal  *deadlines.Calendar
	n    int
	open []*work
	sent map[string]map[deadlines.Day]int // mails by address and London day
	seen uint64                           // the last letter that was counted
}

// work is what officers have still to do about a case.
type work struct {
	ref     string
	day     deadlines.Day // the day on which the mail came
	decide  deadlines.Day // 0 if nothing is to be decided
	ask     deadlines.Day // the day of a question to the requester; 0 for none
	came    deadlines.Day // the day of its answer
	respond deadlines.Day
	officer string
}

// TestMailsADayToAnOfficer counts what officers are sent in half a year.
func TestMailsADayToAnOfficer(t *testing.T) {
	o := mailOffice(t, "2026-11-20 07:00")
	h := &halfYear{office: o, rng: rand.New(rand.NewPCG(15, 2026)), cal: deadlines.Default(), sent: map[string]map[deadlines.Day]int{}}
	first := day(t, "2026-11-20")
	for d := first; d < first+183; d++ {
		h.live(d)
	}
	for _, who := range []struct {
		address            string
		median, mostPerDay int
	}{{ceri, 3, 8}, {bethan, 3, 8}, {"head@staff.example.org", 1, 8}} {
		var days []int
		total := 0
		for d := first; d < first+183; d++ {
			if h.cal.IsWorkingDay(deadlines.EnglandAndWales, d) && d > first+28 { // until then the twenty cases are coming in
				days = append(days, h.sent[who.address][d])
				total += h.sent[who.address][d]
			}
		}
		slices.Sort(days)
		median, most := days[len(days)/2], days[len(days)-1]
		t.Logf("%-26s %4d mails on %d working days: median %d, most %d", who.address, total, len(days), median, most)
		if median > who.median || most > who.mostPerDay {
			t.Errorf("%s gets a median of %d and at most %d mails a working day, want %d and %d", who.address, median, most, who.median, who.mostPerDay)
		}
	}
}

// live plays one day: the morning's work, the mail that comes in, what officers
// do.
func (h *halfYear) live(d deadlines.Day) {
	h.wind(d.Time(9, 0))
	h.send()
	if h.cal.IsWorkingDay(deadlines.EnglandAndWales, d) {
		for range min(4, 20-min(20, len(h.open))) {
			if h.rng.IntN(2) == 0 {
				h.comes(d)
			}
		}
		for range h.rng.IntN(4) {
			h.n++
			h.one("cafcass", idleMail(10000+h.n))
		}
		if h.rng.IntN(2) == 0 && len(h.open) > 0 {
			h.writesAgain(h.open[h.rng.IntN(len(h.open))])
		}
		h.now = d.Time(11, 0)
		h.send()
		h.desk(d)
	}
	h.wind(d.Time(12, 30))
	h.send()
	h.wind(d.Time(17, 0))
	h.send()
	h.count()
}

// comes takes in a new request.
func (h *halfYear) comes(d deadlines.Day) {
	h.n++
	from := fmt.Sprintf("Asker %c Example <asker-%d@example.org>", 'A'+rune(h.n%26), h.n)
	m := mail{id: fmt.Sprintf("new-%d@example.org", h.n), from: from, to: "governance@cafcass.gov.uk", subject: fmt.Sprintf("Request %d", h.n)}
	m.body = strings.ReplaceAll(strings.Replace(foiText, "section 7", fmt.Sprintf("section %d", h.n), 1), "Ann", "A")
	if h.rng.IntN(3) == 0 {
		m.body = strings.Replace(dsarText, "case notes", fmt.Sprintf("case notes of %d", h.n), 1)
	}
	held := h.rng.IntN(5) == 0
	if held {
		m.head = []string{"X-Autoreply:"}
	}
	if h.rng.IntN(40) == 0 {
		m.body += "\nMy former husband said that he will kill me.\n"
	}
	a := h.one("cafcass", m)
	if a.Ref == "" {
		h.t.Fatalf("%s (%s) opened no case", a.Decision, a.Why)
	}
	w := &work{ref: a.Ref, day: d, officer: []string{ceri, bethan}[h.rng.IntN(2)]}
	in := func(n int) deadlines.Day { return h.cal.AddWorkingDays(deadlines.EnglandAndWales, d, n) }
	if a.Decision == intake.DidTriage {
		w.decide = in([]int{0, 0, 1, 1, 2, 4}[h.rng.IntN(6)])
	}
	w.respond = in([]int{8, 12, 15, 17, 18, 19, 20, 20, 22, 28}[h.rng.IntN(10)])
	if h.rng.IntN(6) == 0 {
		w.ask = in(5)
		w.came = in(8 + h.rng.IntN(40))
		w.respond = max(w.respond, h.cal.AddWorkingDays(deadlines.EnglandAndWales, w.came, 12))
	}
	h.open = append(h.open, w)
}

// writesAgain makes a requester write once more about the case.
func (h *halfYear) writesAgain(w *work) {
	h.n++
	v := h.view(w.ref)
	h.one("cafcass", mail{id: fmt.Sprintf("more-%d@example.org", h.n), from: v.Requester.Addr, to: "governance@cafcass.gov.uk",
		subject: "Re: [" + w.ref + "] Request", body: fmt.Sprintf("Thank you for your letter no. %d.\n", h.n), head: []string{"In-Reply-To: <" + v.MessageID + ">"}})
}

// desk does what the officers do on a day, by answering the newest mail that
// each has about the case.
func (h *halfYear) desk(d deadlines.Day) {
	for _, w := range slices.Clone(h.open) {
		switch {
		case w.decide != 0 && w.decide <= d:
			w.decide = 0
			h.does(w, "SEND")
		case w.ask != 0 && w.ask <= d:
			w.ask = 0
			h.does(w, "CLARIFICATION REQUESTED")
		case w.came != 0 && w.came <= d:
			w.came = 0
			h.does(w, "CLARIFICATION RECEIVED")
		case w.respond <= d:
			h.does(w, "RESPONDED GRANTED")
			h.open = slices.DeleteFunc(h.open, func(x *work) bool { return x == w })
		}
	}
}

func (h *halfYear) does(w *work, words string) {
	var newest intake.Letter
	for _, l := range h.letters("") {
		if l.Ref == w.ref && l.To == w.officer && !l.Purpose.Outside() && l.Created.AddDate(0, 0, 29).After(h.now) {
			newest = l
		}
	}
	before := h.events(w.ref)
	if newest.ID != 0 {
		h.now = h.now.Add(time.Second)
		h.one("cafcass", answer(newest, w.officer, words, passed, "X-Number: "+fmt.Sprint(before)))
	}
	if h.events(w.ref) > before {
		return
	}
	var err error
	switch words { // the mail is too old to be answered, or the words do not fit
	case "SEND":
		_, err = h.e.Cases.Do(h.t.Context(), h.by(), w.ref, casework.Acknowledge(casework.AckInput{}))
	default:
		in := casework.RecordInput{Event: map[string]intake.EventName{"CLARIFICATION REQUESTED": intake.ClarificationRequested,
			"CLARIFICATION RECEIVED": intake.ClarificationReceived, "RESPONDED GRANTED": intake.Responded}[words]}
		if words == "RESPONDED GRANTED" {
			in.Outcome = "granted"
		}
		_, err = h.e.Cases.Do(h.t.Context(), h.by(), w.ref, casework.Record(in))
	}
	if err != nil {
		h.t.Logf("%s on %s: %v", words, w.ref, err)
	}
}

// count counts the mails to staff since it was last called.
func (h *halfYear) count() {
	through := h.seen
	for _, l := range h.letters("") {
		if l.ID <= through || l.Purpose.Outside() {
			continue
		}
		h.seen = max(h.seen, l.ID)
		if h.sent[l.To] == nil {
			h.sent[l.To] = map[deadlines.Day]int{}
		}
		h.sent[l.To][deadlines.DayOf(l.Created)]++
	}
}
