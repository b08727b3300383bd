package deadlines

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestAMemorySaysWhatItsCalendarSays for requests that differ in only one
// thing, and after it has started again.
func TestAMemorySaysWhatItsCalendarSays(t *testing.T) {
	day := NewDay(2026, time.September, 1)
	longer := DefaultRules()
	longer.ReviewDays, longer.AckDays = 30, 5
	m := Default().Memory()
	for round := range 2 {
		for _, kind := range append(kinds, "mystery") {
			for _, of := range append(subject, "") {
				for _, received := range []Day{day, day + 1, 0} {
					for _, events := range [][]Event{nil, {{Responded, day + 30}}, {{Responded, day + 31}}, {{Closed, day + 30}}, {{Note, day}, {Closed, day + 30}},
						{{ClarificationRequested, day + 3}, {ClarificationReceived, day + 9}}, {{ClarificationRequested, day + 3}}, {{"mystery", day}}} {
						for _, rules := range []Rules{DefaultRules(), longer, {AckCalendar: AnyUK}} {
							r := Request{kind, of, received, events}
							want, wantErr := Default().Compute(r, rules)
							got, err := m.Compute(r, rules)
							if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (wantErr == nil) {
								t.Fatalf("round %d: %+v: %v, %v %s", round, r, err, wantErr, diff)
							}
						}
					}
				}
			}
		}
	}
	if len(m.known) == 0 || len(m.known) > mostRemembered {
		t.Errorf("it remembers %d", len(m.known))
	}
}
