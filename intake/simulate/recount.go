package simulate

import (
	"slices"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/statistics"
	"requestd/store"
)

// counts are the figures of one regime as a clerk takes them from the files.
type counts struct{ received, inTime, extended, late, open, openLate int }

// recount computes the figures of the year twice, for the cases whose history
// is simple enough for a clerk: from the files, with dates counted day by day,
// and with the register's statistics.
func (w *world) recount() {
	today := w.today()
	n := statistics.New(statistics.Period{From: w.since - 60, To: today, AsAt: today}, w.engine.Cases.Calendar(), func(string) deadlines.Rules { return deadlines.DefaultRules() })
	byHand := map[intake.Kind]counts{intake.FOI: {}, intake.DSAR: {}}
	w.view(func(tx *store.Tx) error {
		for _, ref := range w.refs {
			kind, add, ok := w.plain(w.cases[ref])
			if !ok {
				continue
			}
			c, err := tx.Case(ref)
			if err != nil {
				return err
			}
			if c.MergedInto() != "" {
				continue
			}
			n.Add(c, func(string) bool { return true })
			k := byHand[kind]
			add(&k)
			byHand[kind] = k
			w.report.Recounted++
		}
		return nil
	})
	for _, row := range n.Rows() {
		is := counts{row.Received, row.InTime, row.ExtendedInTime, row.Late, row.Open, row.OpenLate}
		if want, ok := byHand[row.Kind]; ok && is != want {
			w.fail("the statistics of the year count %s as %+v; by hand they are %+v", row.Kind, is, want)
		}
	}
}

// plain returns the kind of a file with one part that was decided, extended at
// most once and ended at most once, and a function that adds it to the figures
// of its kind.
func (w *world) plain(f *file) (kind intake.Kind, add func(*counts), ok bool) {
	live := f.live()
	n := now{kind: f.kind, received: f.received, doubt: f.doubt, also: f.also}
	var end *fact
	var about []fact
	for _, x := range live {
		switch {
		case x.from != "", x.part != "":
			return kind, nil, false
		case x.name == intake.Reclassified:
			n.kind, n.also, n.doubt = x.kind, x.also, false
		case x.name == intake.ReceivedOn:
			n.received = x.day
		case x.name == intake.Responded || x.name == intake.Closed || x.name == intake.Withdrawn:
			if end != nil {
				return kind, nil, false
			}
			end = &x
		case x.name.MovesClock():
			about = append(about, x)
		}
	}
	if n.kind != intake.FOI && n.kind != intake.DSAR || n.doubt || len(n.also) > 0 {
		return kind, nil, false
	}
	due, ok := w.counted(n, n.kind, "", about)
	if !ok || n.received > w.today() {
		return kind, nil, false
	}
	first := w.free.after(date(n.received), 20, everywhere)
	extended := slices.ContainsFunc(about, func(x fact) bool { return x.name == intake.Extended }) && due.After(first)
	return n.kind, func(k *counts) {
		k.received++
		switch {
		case end == nil:
			k.open++
			if date(w.today()).After(due) {
				k.openLate++
			}
		case end.name != intake.Responded:
		case date(end.day).After(due):
			k.late++
		case extended && date(end.day).After(first):
			k.extended++
		default:
			k.inTime++
		}
	}, true
}
