package classify_test

import (
	"testing"

	"requestd/classify"
	"requestd/classify/corpus"
	"requestd/intake"
	"requestd/intake/eml"
)

// corpusMails reads the raw bytes of the development corpus.
func corpusMails(tb testing.TB) [][]byte {
	tb.Helper()
	labelled, err := corpus.LoadLines("corpus/mail")
	if err != nil {
		tb.Fatal(err)
	}
	var mails [][]byte
	for _, m := range labelled {
		if m.Writer == "m" {
			mails = append(mails, m.Raw)
		}
	}
	return mails
}

func newClassifier(tb testing.TB) *classify.Classifier {
	tb.Helper()
	c, err := classify.New(classify.DefaultSettings())
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// BenchmarkClassify reads mails that are already parsed, one in each operation.
func BenchmarkClassify(b *testing.B) {
	c := newClassifier(b)
	var messages []*intake.Message
	for _, raw := range corpusMails(b) {
		messages = append(messages, eml.Parse(raw, true))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		c.Classify(messages[i%len(messages)], intake.Thread{}, "")
		i++
	}
}

// BenchmarkTenThousand parses and classifies 10,000 mails in each operation, on
// every core.
func BenchmarkTenThousand(b *testing.B) {
	c := newClassifier(b)
	mails := corpusMails(b)
	b.ReportAllocs()
	for b.Loop() {
		done := make(chan bool)
		const workers = 2
		for w := range workers {
			go func() {
				for i := w; i < 10_000; i += workers {
					c.Classify(eml.Parse(mails[i%len(mails)], true), intake.Thread{}, "")
				}
				done <- true
			}()
		}
		for range workers {
			<-done
		}
	}
}
