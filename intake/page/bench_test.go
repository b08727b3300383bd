package page_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/store"
)

const benchOpen = 10000 // open cases

// BenchmarkScreens answers each screen over a register of 10,000 open cases;
// it reports the median and the slowest of a hundred.
func BenchmarkScreens(b *testing.B) {
	o := newOffice(b)
	last := o.fill(b, benchOpen)
	v := o.officer()
	for _, x := range []struct{ name, path string }{
		{"today", "/"}, {"triage", "/triage"}, {"case", "/case/" + last}, {"act", "/case/" + last + "/act/responded"},
		{"search", "/search?state=triage"}, {"letters", "/letters"}, {"how-it-runs", "/how-it-runs"}, {"register", "/register"},
	} {
		b.Run(x.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				if status, _ := v.get(x.path); status != http.StatusOK {
					b.Fatal(status)
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/99th")
		})
	}
}

// fill registers open cases over the last weeks, a tenth of them to be
// decided, and gives the last.
func (o *office) fill(b *testing.B, n int) (ref string) {
	b.Helper()
	for done := 0; done < n; {
		err := o.db.Update(func(tx *store.Tx) error {
			for range 500 {
				done++
				c := &intake.Case{Ref: tx.NewRef("CAF", 2026), Mailbox: "cafcass"}
				received := (tx.Today() - deadlines.Day(done%25)).Time(10, 0)
				o.e.Cases.Append(tx, c, intake.Event{
					Actor: intake.ActorSelf, Name: intake.Opened, Kind: []intake.Kind{intake.FOI, intake.DSAR}[done%2],
					Opening:  &intake.Opening{Mailbox: "cafcass", Received: received, Source: "post", Language: "en", Reply: "en", Triage: done%10 == 0},
					Personal: &intake.Personal{Requester: intake.Address{Name: fmt.Sprint("Requester ", done), Addr: fmt.Sprintf("r%d@example.org", done)}, Subject: "A request of some length about records"},
				})
				o.e.Cases.Append(tx, c, intake.Event{Actor: "local:tester", Name: intake.Acknowledged})
				if err := o.e.Cases.Put(tx, c); err != nil {
					return err
				}
				ref = c.Ref
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return ref
}
