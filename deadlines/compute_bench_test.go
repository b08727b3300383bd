package deadlines

import (
	"testing"
	"time"
)

func BenchmarkCompute(b *testing.B) {
	c, day := Default(), NewDay(2026, time.September, 1)
	for _, r := range []Request{
		{Kind: KindFOI, Received: day},
		{Kind: KindFOI, Received: day, Events: []Event{{FeeRequested, day + 7}, {FeeReceived, day + 20}, {Extended, day + 21}}},
		{Kind: KindDSAR, Received: day, Events: []Event{{ClarificationRequested, day + 9}, {ClarificationReceived, day + 20}}},
		{Kind: KindReview, Of: OfUnknown, Received: day},
	} {
		b.Run(r.Kind, func(b *testing.B) {
			b.ReportAllocs()
			var buf []byte
			for b.Loop() {
				res, err := c.Compute(r, DefaultRules())
				if err != nil {
					b.Fatal(err)
				}
				buf = res.AppendJSON(buf[:0])
			}
		})
	}
}

func BenchmarkMerge(b *testing.B) {
	text := []byte(list(event("Day of mourning", "2026-12-14")))
	for b.Loop() {
		if _, _, err := Default().Merge(text); err != nil {
			b.Fatal(err)
		}
	}
}
