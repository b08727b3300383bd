package page

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
	"requestd/intake/sheet"
	"requestd/intake/statistics"
	"requestd/templates/welsh"
)

var figuresRoutes = []route{
	{"GET /figures", casework.ToRead, (*visit).figures},
	{"GET /figures.csv", casework.ToRead, (*visit).figuresCSV},
}

const (
	monthsShown = 6
	keptFor     = 10 * time.Minute // after that, figures are counted again
	mostKept    = 50               // periods
	goal, least = 95.0, 90.0       // percentages: the Commissioner's thresholds
)

// counted holds the figures of a quarter, and of the months up to its end.
type counted struct {
	At      time.Time
	Quarter *register.Statistics
	Months  []monthly
}

type monthly struct {
	From  deadlines.Day
	Count *register.Statistics
}

// tally remembers what was counted: a quarter has many cases, and everybody who
// looks at it wants the same figures.
type tally struct {
	mu   sync.Mutex
	kept map[string]*figure
}

// figure is one entry. While it is being counted those who want it wait; those
// who want another do not.
type figure struct {
	mu sync.Mutex
	n  *counted
}

func (t *tally) figure(key string) *figure {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.kept[key]
	if f == nil {
		if len(t.kept) >= mostKept || t.kept == nil {
			t.kept = map[string]*figure{}
		}
		f = &figure{}
		t.kept[key] = f
	}
	return f
}

type figuresBody struct {
	Quarter  string
	Quarters []choice
	Boxes    []choice
	Mailbox  string
	At       time.Time
	First    statistics.Row
	Charts   []chart
	Regimes  []statistics.Row
	Outcomes []outcomeRow
	Reading  []readRow
}

type outcomeRow struct {
	Name   string
	Counts []int // by regime
}

type readRow struct {
	Kind          intake.Kind
	Alone, Person statistics.Read // acknowledged automatically, and left to a person
	Decided, Read int
}

// figures shows a quarter: in time, received, open, outcomes, and how well the
// mail was read.
func (v *visit) figures() error {
	f := v.frame("Figures")
	n, b, err := v.count(f)
	if err != nil {
		return err
	}
	open, err := v.s.Register.OpenCases(v.r.Context(), b.readable(v))
	if err != nil {
		return err
	}
	b.At, b.First, b.Regimes = n.At, n.Quarter.Rows[0], n.Quarter.Rows
	b.Charts = []chart{inTime(f, n.Months), received(f, n.Quarter.Rows), ages(f, open), outcomesChart(f, n.Quarter.Rows)}
	for _, name := range outcomeNames(n.Quarter.Rows) {
		row := outcomeRow{Name: name}
		for _, r := range n.Quarter.Rows {
			row.Counts = append(row.Counts, r.Outcomes[name])
		}
		b.Outcomes = append(b.Outcomes, row)
	}
	for _, k := range slices.Sorted(maps.Keys(n.Quarter.Reading)) {
		r := n.Quarter.Reading[k]
		b.Reading = append(b.Reading, readRow{Kind: k, Alone: r.ByDecision[string(intake.DidAcknowledge)], Person: r.ByDecision[string(intake.DidTriage)], Decided: r.Decided, Read: r.ReadRightly})
	}
	return v.show("figures", f, b)
}

// readable returns the mailboxes whose cases are counted.
func (b figuresBody) readable(v *visit) []string {
	if b.Mailbox != "" {
		return []string{b.Mailbox}
	}
	return v.who.Mailboxes
}

// count returns the figures of the quarter that was asked for, or else of the
// present one.
func (v *visit) count(f *frame) (*counted, figuresBody, error) {
	y, m, _ := f.Today.Date()
	year, q := y, (int(m)-1)/3+1
	b := figuresBody{Quarter: fmt.Sprintf("%dQ%d", year, q), Mailbox: v.r.FormValue("mailbox")}
	asked := v.r.FormValue("quarter")
	for range 8 { // back to two years ago
		name := fmt.Sprintf("%dQ%d", year, q)
		if name == asked {
			b.Quarter = name
		}
		b.Quarters = append(b.Quarters, choice{Value: name, Label: fmt.Sprintf("%d, %s %d", year, f.T("quarter"), q)})
		if q--; q == 0 {
			year, q = year-1, 4
		}
	}
	for i := range b.Quarters {
		b.Quarters[i].On = b.Quarters[i].Value == b.Quarter
	}
	b.Boxes = v.boxes(b.Mailbox)
	if b.Mailbox != "" {
		if err := v.who.May(casework.ToRead, b.Mailbox); err != nil {
			return nil, b, err
		}
	}
	n, err := v.s.counted(v, b)
	return n, b, err
}

// counted counts a quarter, or returns what was counted a few minutes ago.
func (s *Server) counted(v *visit, b figuresBody) (*counted, error) {
	key := strings.Join(append([]string{b.Quarter, b.Mailbox, strconv.FormatBool(v.who.Mailboxes == nil)}, v.who.Mailboxes...), "\x00")
	f := s.tally.figure(key)
	f.mu.Lock() // two who ask at once share one count
	defer f.mu.Unlock()
	if n := f.n; n != nil && s.Now().Sub(n.At) < keptFor && !s.Now().Before(n.At) {
		return n, nil
	}
	year, err := strconv.Atoi(b.Quarter[:4])
	if err != nil {
		return nil, err
	}
	first, err := deadlines.ParseDay(fmt.Sprintf("%04d-%02d-01", year, 3*int(b.Quarter[5]-'0')-2))
	if err != nil {
		return nil, err
	}
	n := &counted{At: s.Now()}
	for i := 3 - monthsShown; i < 3 && first.AddMonths(i) <= deadlines.DayOf(s.Now()); i++ {
		n.Months = append(n.Months, monthly{From: first.AddMonths(i)})
	}
	if err := n.count(func(from, to deadlines.Day) (*register.Statistics, error) {
		return s.Register.Statistics(v.r.Context(), register.StatisticsQuery{Period: statistics.Period{From: from, To: to}, Mailbox: b.Mailbox, Mailboxes: v.who.Mailboxes})
	}, first); err != nil {
		return nil, err
	}
	f.n = n
	return n, nil
}

// count counts the quarter and the months, as many at once as there are
// processors.
func (n *counted) count(of func(from, to deadlines.Day) (*register.Statistics, error), first deadlines.Day) error {
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	all.Go(func() (err error) { n.Quarter, err = of(first, first.AddMonths(3)-1); return err })
	for i := range n.Months {
		m := &n.Months[i]
		all.Go(func() (err error) { m.Count, err = of(m.From, m.From.AddMonths(1)-1); return err })
	}
	return all.Wait()
}

func (v *visit) figuresCSV() error {
	f := v.frame("Figures")
	n, b, err := v.count(f)
	if err != nil {
		return err
	}
	out := download{v: v, name: "figures-" + b.Quarter + ".csv", head: f.head(figureHead)}
	open, err := v.s.Register.OpenCases(v.r.Context(), b.readable(v))
	if err != nil {
		return err
	}
	rows := append(sheet.FigureRows(n.Quarter.Rows, n.Quarter.Reading), chartRows(n, open, f.Today)...)
	for _, row := range rows {
		f.inWords(row)
	}
	out.send(rows)
	return nil
}

// chartRows returns, as rows of the sheet, the charts that the sheet does not
// contain otherwise.
func chartRows(n *counted, open []register.OpenCase, today deadlines.Day) (rows [][]string) {
	for _, m := range n.Months {
		shown, row := "", m.Count.Rows[0]
		if in, due := punctual(m.Count.Rows); due > 0 {
			shown = percent(in, due)
		}
		rows = append(rows, []string{allButReviews, row.From.String(), row.To.String(), row.AsAt.String(), figureMonth, shown})
	}
	for _, a := range byAge(open, today) {
		rows = append(rows, []string{allKinds, "", "", today.String(), figureOpen + ": " + a.Label, a.Shown})
	}
	return rows
}

// punctual returns how many answers were in time, of those that were due.
// Reviews are not counted, since no law dates them except the EIR.
func punctual(rows []statistics.Row) (in, due int) {
	for _, r := range rows {
		if r.Kind != intake.Review {
			in += r.InTime + r.ExtendedInTime
			due += r.InTime + r.ExtendedInTime + r.Late + r.OpenLate
		}
	}
	return in, due
}

func percent(in, due int) string { return fmt.Sprintf("%.1f", 100*float64(in)/float64(due)) }

// inTime charts the percentage of due answers that were in time, by month of
// receipt, with the thresholds below which the Commissioner looks more closely.
func inTime(f *frame, months []monthly) chart {
	c := chart{Title: f.T("Answered in time, in a hundred, by month of receipt"), Lines: []float64{least, goal}, Top: 100}
	for _, m := range months {
		in, due := punctual(m.Count.Rows)
		b := bar{Label: f.Month(m.From), Shown: "–"}
		if due > 0 {
			b.Value, b.Shown = 100*float64(in)/float64(due), percent(in, due)
		}
		c.Bars = append(c.Bars, b)
	}
	return c
}

func received(f *frame, rows []statistics.Row) chart {
	c := chart{Title: f.T("Received, by kind")}
	for _, r := range rows {
		c.Bars = append(c.Bars, bar{f.Kind(r.Kind), float64(r.Received), strconv.Itoa(r.Received)})
	}
	return c
}

// ages charts how long ago the open cases were received.
func ages(f *frame, open []register.OpenCase) chart {
	c := chart{Title: f.T("Open now, by age"), Bars: byAge(open, f.Today)}
	for i := range c.Bars {
		c.Bars[i].Label = f.T(c.Bars[i].Label)
	}
	return c
}

func byAge(open []register.OpenCase, today deadlines.Day) (list []bar) {
	for _, a := range []struct {
		name string
		most deadlines.Day
	}{{"up to a week", 7}, {"up to two weeks", 14}, {"up to four weeks", 28}, {"up to eight weeks", 56}, {"longer", 1 << 20}} {
		n := 0
		open = slices.DeleteFunc(slices.Clone(open), func(d register.OpenCase) bool {
			within := today-d.ReceivedOn <= a.most
			if within {
				n++
			}
			return within
		})
		list = append(list, bar{a.name, float64(n), strconv.Itoa(n)})
	}
	return list
}

func outcomesChart(f *frame, rows []statistics.Row) chart {
	c := chart{Title: f.T("Outcomes of what was answered")}
	for _, name := range outcomeNames(rows) {
		n := 0
		for _, r := range rows {
			n += r.Outcomes[name]
		}
		c.Bars = append(c.Bars, bar{f.T(stateName(name)), float64(n), strconv.Itoa(n)})
	}
	return c
}

// outcomeNames lists the outcomes that occurred, in the order of the law.
func outcomeNames(rows []statistics.Row) (list []string) {
	for _, name := range append(intake.AllOutcomes(), intake.Unspecified) {
		if slices.ContainsFunc(rows, func(r statistics.Row) bool { return r.Outcomes[name] > 0 }) {
			list = append(list, name)
		}
	}
	return list
}

// ReadAs says what mails were read as, if a kind's name alone is not clear.
func (f *frame) ReadAs(k intake.Kind) string {
	switch k {
	case intake.Automated:
		return f.T("Written by a machine")
	case intake.Other, intake.Unknown:
		return f.T("No request by its words, or not clear")
	}
	return f.Kind(k)
}

// Month names a month of a year.
func (f *frame) Month(d deadlines.Day) string {
	y, m, _ := d.Date()
	if f.Lang == "cy" {
		return fmt.Sprintf("%s %d", welsh.ShortMonths[m-1], y)
	}
	return fmt.Sprintf("%s %d", m.String()[:3], y)
}
