package deadlines

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// naive is a second computation, written independently of the first: it goes
// through time.Time day by day and uses the published list itself, with 2029
// added by hand.
type naive struct {
	anyUK, ew map[int64]bool // by Unix time
}

var (
	ew2029   = []string{"2029-01-01", "2029-03-30", "2029-04-02", "2029-05-07", "2029-05-28", "2029-08-27", "2029-12-25", "2029-12-26"}
	rest2029 = []string{"2029-01-02", "2029-03-19", "2029-07-12", "2029-08-06", "2029-11-30"}
)

func newNaive(t *testing.T) naive {
	t.Helper()
	text, err := os.ReadFile("holidays.json")
	if err != nil {
		t.Fatal(err)
	}
	var lists map[string]struct{ Events []struct{ Date string } }
	if err := json.Unmarshal(text, &lists); err != nil {
		t.Fatal(err)
	}
	n := naive{map[int64]bool{}, map[int64]bool{}}
	add := func(date string, ew bool) {
		d, err := time.Parse("2006-01-02", date)
		if err != nil {
			t.Fatal(err)
		}
		n.anyUK[d.Unix()], n.ew[d.Unix()] = true, n.ew[d.Unix()] || ew
	}
	for div, list := range lists {
		for _, e := range list.Events {
			add(e.Date, div == "england-and-wales")
		}
	}
	for _, date := range ew2029 {
		add(date, true)
	}
	for _, date := range rest2029 {
		add(date, false)
	}
	return n
}

func free(set map[int64]bool, d time.Time) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || set[d.Unix()]
}

func next(d time.Time) time.Time { return d.Add(24 * time.Hour) } // in UTC

// nth returns the nth day after d that is neither free nor among the days left
// out.
func nth(set map[int64]bool, d time.Time, n int, out func(time.Time) bool) time.Time {
	for n > 0 {
		d = next(d)
		if !free(set, d) && (out == nil || !out(d)) {
			n--
		}
	}
	return d
}

func rolled(set map[int64]bool, d time.Time) time.Time {
	for free(set, d) {
		d = next(d)
	}
	return d
}

// sameDate returns the same date n months later, found day by day.
func sameDate(d time.Time, n int) time.Time {
	firstOfMonth := time.Date(d.Year(), d.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	at := firstOfMonth
	for at.Day() < d.Day() && next(at).Month() == firstOfMonth.Month() {
		at = next(at)
	}
	return at
}

// script is what happens to a request, in days from its receipt.
type script struct {
	name   string
	events []struct {
		name string
		on   int
	}
	talks map[string]naiveTalk
}

// naiveTalk has the waits for one thing, every answer, and whether one is due.
type naiveTalk struct {
	spans   [][2]int
	answers []int
	open    bool
}

func plan(name string, events ...any) script {
	s := script{name: name}
	for i := 0; i < len(events); i += 2 {
		s.events = append(s.events, struct {
			name string
			on   int
		}{events[i].(string), events[i+1].(int)})
	}
	return s
}

var scripts = []script{
	plan("nothing"),
	plan("extended", Extended, 12),
	plan("extended too late", Extended, 120),
	plan("clarified", ClarificationRequested, 3, ClarificationReceived, 17),
	plan("clarified the same day", ClarificationReceived, 3, ClarificationRequested, 3),
	plan("clarified twice, overlapping", ClarificationRequested, 2, ClarificationRequested, 5, ClarificationReceived, 9, ClarificationReceived, 21),
	plan("clarified twice, apart", ClarificationRequested, 2, ClarificationReceived, 4, ClarificationRequested, 10, ClarificationReceived, 31),
	plan("clarified and extended", ClarificationRequested, 3, Extended, 18, ClarificationReceived, 17),
	plan("answered once more", ClarificationRequested, 3, ClarificationReceived, 6, ClarificationReceived, 25),
	plan("asked when late", ClarificationRequested, 70, ClarificationReceived, 90),
	plan("clarification awaited", ClarificationRequested, 1, ClarificationRequested, 2, ClarificationReceived, 30),
	plan("identity", IdentityRequested, 2, IdentityReceived, 13),
	plan("identity and authority", IdentityRequested, 1, AuthorityRequested, 1, AuthorityReceived, 40, IdentityReceived, 9),
	plan("identity awaited", IdentityRequested, 0),
	plan("identity and clarification", IdentityRequested, 1, ClarificationRequested, 6, IdentityReceived, 11, ClarificationReceived, 27),
	plan("clarified before identity came", ClarificationRequested, 1, ClarificationReceived, 8, IdentityRequested, 2, IdentityReceived, 30),
	plan("identity, clarified, extended", IdentityRequested, 1, IdentityReceived, 11, ClarificationRequested, 15, ClarificationReceived, 16, Extended, 30),
	plan("fee", FeeRequested, 7, FeeReceived, 18),
	plan("fee at once", FeeRequested, 0, FeeReceived, 0),
	plan("fee twice, overlapping", FeeRequested, 4, FeeRequested, 8, FeeReceived, 11, FeeReceived, 19),
	plan("fee after the date", FeeRequested, 80, FeeReceived, 99),
	plan("fee awaited", FeeRequested, 5),
	plan("fee and extended", FeeReceived, 40, FeeRequested, 22, Extended, 15),
	plan("fee across clarification", FeeRequested, 5, ClarificationRequested, 6, ClarificationReceived, 15, FeeReceived, 26),
	plan("responded", Responded, 14),
	plan("responded and reopened", Responded, 14, Reopened, 20),
	plan("extended after the answer", Responded, 8, Extended, 12),
	plan("extended on the day of the answer", Responded, 8, Extended, 8),
	plan("asked on the day of the answer", FeeRequested, 8, Responded, 8, ClarificationRequested, 8, IdentityRequested, 8, IdentityReceived, 8),
	plan("asked again on the day of the answer", IdentityRequested, 3, IdentityRequested, 8, IdentityReceived, 8, FeeRequested, 8, FeeRequested, 8, FeeReceived, 8, Closed, 8),
	plan("asked after the answer", Responded, 8, IdentityRequested, 9, ClarificationRequested, 12, FeeRequested, 12),
	plan("asked and told after the answer", Responded, 8, AuthorityRequested, 9, AuthorityReceived, 20, FeeRequested, 10, FeeReceived, 14),
	plan("told after it was closed", ClarificationRequested, 4, Closed, 60, ClarificationReceived, 70),
	plan("told after it was closed, so reopened", ClarificationRequested, 4, Closed, 60, ClarificationReceived, 70, Reopened, 72),
	plan("extended after it was withdrawn", Withdrawn, 8, Extended, 12),
	plan("asked between two endings", Responded, 8, IdentityRequested, 10, Closed, 15),
	plan("closed while waiting", ClarificationRequested, 4, Closed, 60),
	plan("everything", FeeRequested, 1, IdentityRequested, 1, AuthorityRequested, 2, ClarificationRequested, 3, FeeReceived, 12,
		IdentityReceived, 14, AuthorityReceived, 10, ClarificationReceived, 33, Extended, 20, Acknowledged, 1, Note, 50),
}

// dialogueOf goes through the days: a question begins a wait, an answer ends
// the oldest one.
func (s script) dialogueOf(m string) (spans [][2]int, answers []int, open bool) {
	if talk, done := s.talks[m]; done {
		return talk.spans, talk.answers, talk.open
	}
	var waiting []int
	for day := range 300 {
		for _, e := range s.events {
			if e.on == day && e.name == m+"-requested" {
				waiting = append(waiting, day)
			}
		}
		for _, e := range s.events {
			if e.on != day || e.name != m+"-received" {
				continue
			}
			answers = append(answers, day)
			if len(waiting) > 0 {
				spans = append(spans, [2]int{waiting[0], day})
				waiting = waiting[1:]
			}
		}
	}
	return spans, answers, len(waiting) > 0
}

func (s script) on(name string, day int) bool {
	return slices.ContainsFunc(s.events, func(e struct {
		name string
		on   int
	}) bool {
		return e.name == name && e.on == day
	})
}

func (s script) has(name string) bool {
	for _, e := range s.events {
		if e.name == name {
			return true
		}
	}
	return false
}

// until returns the script as far as it had come at the end of a day.
func (s script) until(day int) script {
	cut := script{name: s.name}
	for _, e := range s.events {
		if e.on <= day {
			cut.events = append(cut.events, e)
		}
	}
	return cut
}

// over reports whether the last of the endings and reopenings is an ending.
func (s script) over() bool {
	day, over := -1, false
	for _, e := range s.events {
		if ends := e.name == Responded || e.name == Closed || e.name == Withdrawn; (ends || e.name == Reopened) && e.on >= day {
			day, over = e.on, ends
		}
	}
	return over
}

// settled returns the script without what was asked, answered or extended after
// the request was over for good, and without an extension and unanswered
// questions of that day itself.
func (s script) settled() script {
	over := 300
	for ; over > 0 && s.until(over-1).over() && s.over(); over-- {
	}
	cut := script{name: s.name, talks: s.talks}
	for _, e := range s.events {
		m, asks := strings.CutSuffix(e.name, "-requested")
		moves := e.name == Extended || asks || strings.HasSuffix(e.name, "-received")
		if e.on > over && moves || e.on == over && (e.name == Extended || asks && s.unanswered(m, over)) {
			cut.talks = nil // of the whole script
			continue
		}
		cut.events = append(cut.events, e)
	}
	return cut
}

// unanswered reports whether something was asked on a day and not answered by
// the end of it.
func (s script) unanswered(m string, day int) bool {
	n := 0
	for _, e := range s.events {
		if e.on == day && e.name == m+"-requested" {
			n++
		}
	}
	spans, _, _ := s.until(day).dialogueOf(m)
	for _, x := range spans {
		if x[0] == day {
			n--
		}
	}
	return n > 0
}

// lived is the result of going through a request day by day, and checking each
// evening what was known then.
type lived struct {
	extended       bool
	due            time.Time // the reply-by date, as it is at the end
	passed, breach time.Time // the first date that passed unanswered; the first lawful one
	openLaw        time.Time // the last lawful day of what is owed at the end
}

func (n naive) live(kind, of string, received time.Time, s script) lived {
	var l lived
	last := 0
	for _, e := range s.events {
		last = max(last, e.on)
	}
	answered := false
	yesterday := script{}
	for day := 0; day <= last; day++ {
		today := received.AddDate(0, 0, day)
		if !answered && !yesterday.over() {
			due, law, _ := n.dates(kind, of, received, yesterday, l.extended)
			if l.passed.IsZero() && !due.IsZero() && today.After(due) {
				l.passed = due
			}
			if l.breach.IsZero() && !law.IsZero() && today.After(law) {
				l.breach = law
			}
		}
		now := s.until(day)
		if !l.extended && !answered && s.on(Extended, day) {
			_, _, notice := n.dates(kind, of, received, now, false)
			stopped := notice.IsZero()
			l.extended = kind == KindReview || (stopped && l.breach.IsZero()) || (!stopped && !today.After(notice))
		}
		answered = answered || s.on(Responded, day)
		yesterday = now
	}
	var law time.Time
	l.due, law, _ = n.dates(kind, of, received, s, l.extended)
	if !answered && !s.over() {
		l.openLaw = law
	}
	return l
}

// dates returns the reply-by date, the last lawful day, and the last day for
// the notice of an extension.
func (n naive) dates(kind, of string, received time.Time, s script, extended bool) (due, law, notice time.Time) {
	switch kind {
	case KindFOI, KindEIR:
		due = n.foi(received, s, extended)
		return due, due, n.foi(received, s, false)
	case KindReview:
		due, _ = n.review(received, s, of, extended)
		if of == KindEIR {
			law = due
		}
		return due, law, time.Time{}
	}
	due, law, _ = n.dsar(received, s, kind == KindDSAR, extended)
	_, _, notice = n.dsar(received, s, kind == KindDSAR, false)
	return due, law, notice
}

func (n naive) foi(received time.Time, s script, extended bool) time.Time {
	start := received
	_, answers, asking := s.dialogueOf("clarification")
	for _, a := range answers {
		start = later(start, received.AddDate(0, 0, a))
	}
	fees, _, unpaid := s.dialogueOf("fee")
	if asking || unpaid {
		return time.Time{}
	}
	days := 20
	if extended {
		days = 40
	}
	return nth(n.anyUK, start, days, func(d time.Time) bool {
		for _, f := range fees {
			if !d.Before(received.AddDate(0, 0, f[0])) && !d.After(received.AddDate(0, 0, f[1])) {
				return true
			}
		}
		return false
	})
}

// dsar returns the date by the project's reading, the longer one by the
// statute's, and the end of the period before it is rolled.
func (n naive) dsar(received time.Time, s script, pausing, extended bool) (due, longer, end time.Time) {
	start := received
	for _, m := range []string{"identity", "authority", "fee"} {
		_, answers, open := s.dialogueOf(m)
		if open {
			return due, longer, end
		}
		for _, a := range answers {
			start = later(start, received.AddDate(0, 0, a))
		}
	}
	pauses, _, open := s.dialogueOf("clarification")
	if !pausing {
		pauses, open = nil, false
	}
	if open {
		return due, longer, end
	}
	months := 1
	if extended {
		months = 3
	}
	base := sameDate(start, months)
	paused, through := map[time.Time]bool{}, map[time.Time]bool{} // a day that is paused twice counts once
	for _, p := range pauses {
		for i := p[0]; i <= p[1]; i++ {
			if d := received.AddDate(0, 0, i); !d.Before(start) {
				through[d] = true
				if i < p[1] {
					paused[d] = true
				}
			}
		}
	}
	end = base.AddDate(0, 0, len(paused))
	return rolled(n.ew, end), rolled(n.ew, base.AddDate(0, 0, len(through))), end
}

func (n naive) review(received time.Time, s script, of string, extended bool) (respond, acknowledge time.Time) {
	days := 20
	if extended {
		days = 40
	}
	if of == KindEIR {
		return nth(n.anyUK, received, 40, nil), time.Time{}
	}
	foi, house := nth(n.anyUK, received, days, nil), nth(n.ew, received, 20, nil)
	if of == "" || of == KindFOI {
		return foi, time.Time{}
	}
	if !received.Before(time.Date(2026, 6, 19, 0, 0, 0, 0, time.UTC)) {
		acknowledge = rolled(n.ew, received.AddDate(0, 0, 30))
	}
	if of == OfUnknown && foi.Before(house) {
		return foi, acknowledge
	}
	return house, acknowledge
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func dayOrNone(d time.Time) Day {
	if d.IsZero() {
		return 0
	}
	return NewDay(d.Date())
}

// thinned is how many days lie between two days of receipt that are compared,
// such that each day of the week has its turn. With REQUESTD_SWEEP, which make
// nightly sets, every day is; with the race detector, which looks for something
// else, fewer.
var thinned = 3

func init() {
	if os.Getenv("REQUESTD_SWEEP") != "" {
		thinned = 1
	}
}

// For days of receipt from 2018 to 2028, every kind and every script both
// computations agree.
func TestAgainstASecondReckoning(t *testing.T) {
	n := newNaive(t)
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			talks := map[string]naiveTalk{}
			for _, m := range []string{"clarification", "identity", "authority", "fee"} {
				spans, answers, open := s.dialogueOf(m)
				talks[m] = naiveTalk{spans, answers, open}
			}
			s.talks = talks
			step := thinned
			if !s.early() {
				step *= 37 // going day by day takes long
			}
			for at := time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() <= 2028; at = at.AddDate(0, 0, step) {
				n.compare(t, at, s)
				if slices.Contains(reviewed, s.name) {
					n.compareReviews(t, at, s)
				}
			}
		})
	}
}

// reviewed are the scripts that are also run for reviews, which no question
// moves.
var reviewed = []string{"nothing", "extended", "everything"}

type fataler interface{ Fatalf(string, ...any) }

func (n naive) compare(t fataler, at time.Time, s script) {
	for _, kind := range []string{KindFOI, KindEIR, KindDSAR, KindRights} {
		n.check(t, kind, "", at, s, time.Time{})
	}
}

// early reports whether everything happens so near to the receipt that no date
// can have passed, and an extension came in time.
func (s script) early() bool {
	for _, e := range s.events {
		if e.on > 25 {
			return false
		}
	}
	return !s.has(Reopened) && !(s.has(Responded) && s.has(Extended))
}

func (n naive) compareReviews(t fataler, at time.Time, s script) {
	for _, of := range []string{"", KindDSAR, KindEIR, KindRights, OfUnknown} {
		_, acknowledge := n.review(at, s, of, false)
		n.check(t, KindReview, of, at, s, acknowledge)
	}
}

func (n naive) check(t fataler, kind, of string, at time.Time, s script, acknowledge time.Time) {
	received := NewDay(at.Date())
	told := s.from(received)
	s = s.settled()
	var l lived
	if s.early() {
		l.due, l.openLaw, _ = n.dates(kind, of, at, s, s.has(Extended))
		if s.has(Responded) || s.has(Closed) || s.has(Withdrawn) {
			l.openLaw = time.Time{}
		}
	} else {
		l = n.live(kind, of, at, s)
	}
	respond := l.due
	got, err := Default().Answer(Request{kind, of, received, told}, DefaultRules())
	if err != nil {
		t.Fatalf("%s %s %s: %v", kind, of, received, err)
	}
	if got.RespondBy != dayOrNone(respond) || got.ComplaintAcknowledgeBy != dayOrNone(acknowledge) {
		t.Fatalf("%s %s received %s: respond by %q and acknowledge by %q, the second reckoning has %q and %q",
			kind, of, received, got.RespondBy, got.ComplaintAcknowledgeBy, dayOrNone(respond), dayOrNone(acknowledge))
	}
	if l.passed.Equal(l.due) {
		l.passed = time.Time{}
	}
	if got.FirstDue != dayOrNone(l.passed) || got.Breached != dayOrNone(l.breach) || got.LawfulBy != dayOrNone(l.openLaw) {
		t.Fatalf("%s %s received %s, %v: first due %q, breached %q, lawful by %q; the second reckoning has %q, %q and %q",
			kind, of, received, told, got.FirstDue, got.Breached, got.LawfulBy, dayOrNone(l.passed), dayOrNone(l.breach), dayOrNone(l.openLaw))
	}
	if ack := dayOrNone(nth(n.ew, at, 3, nil)); got.AcknowledgeBy != ack {
		t.Fatalf("%s received %s: acknowledge by %s, want %s", kind, received, got.AcknowledgeBy, ack)
	}
}
