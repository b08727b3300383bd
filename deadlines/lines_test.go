package deadlines

import (
	"strings"
	"testing"
	"time"
)

func TestLines(t *testing.T) {
	r := compute(t, KindDSAR, "", NewDay(2026, time.November, 21),
		Event{IdentityRequested, NewDay(2026, time.November, 23)}, Event{IdentityReceived, NewDay(2026, time.November, 27)})
	const want = `Acknowledge by
  2026-11-21  received on 21 November 2026; the day itself is not counted [the body's own promise]
  2026-11-25  3 working days on the calendar of England and Wales [the body's own promise]
              - one day at a weekend not counted
Reply by
  2026-11-21  received on 21 November 2026 [UK GDPR Art 12A(2)(a)]
  2026-11-27  proof of identity came on 27 November 2026, which is now the relevant time [UK GDPR Art 12(6), 12A(2)(b)]
  2026-12-27  one month: the same date of the next month, or the month's last day [UK GDPR Art 12A(1), Reg 1182/71 Art 3(2)(c)]
  2026-12-29  27 December 2026 is no working day of England and Wales: on to the next [Reg 1182/71 Art 3(4), by UK GDPR Art 4A]
              - 2026-12-28 not counted: Boxing Day
              - one day at a weekend not counted
Notice of extension by
  2026-11-21  received on 21 November 2026 [UK GDPR Art 12A(2)]
  2026-12-27  a notice that extends, with its reasons, goes out before the first month ends, not rolled; the last working day for it is 24 December 2026 [UK GDPR Art 12A(4)–(5)]`
	if got := strings.Join(Lines(r.Ledger), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	waiting := compute(t, KindFOI, "", NewDay(2026, time.November, 21), Event{FeeRequested, NewDay(2026, time.November, 30)})
	if got := strings.Join(Lines(waiting.Ledger), "\n"); !strings.Contains(got, "  no date     not running: the fee was asked for on 30 November 2026 and has not come; payable until 28 February 2027 [FOIA s.9(2)]") {
		t.Errorf("got\n%s", got)
	}
}
