package deadlines_test

import (
	"fmt"
	"time"

	"requestd/deadlines"
)

// An FOI request that came on a Friday, with St Andrew's Day within its period.
func ExampleCalendar_Compute() {
	r := deadlines.Request{Kind: deadlines.KindFOI, Received: deadlines.NewDay(2026, time.November, 20)}
	res, err := deadlines.Default().Compute(r, deadlines.DefaultRules())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("acknowledge by", res.AcknowledgeBy.Long())
	fmt.Println("reply by", res.RespondBy.Long())
	for _, s := range res.Ledger {
		if s.Clock == deadlines.ClockRespond {
			fmt.Printf("%s %s [%s]\n", s.Date, s.Text, s.Source)
		}
	}
	// Output:
	// acknowledge by 25 November 2026
	// reply by 21 December 2026
	// 2026-11-20 received on 20 November 2026; the day itself is not counted [FOIA s.10(1), (6)]
	// 2026-12-21 the twentieth working day after that [FOIA s.10(1)]
}
