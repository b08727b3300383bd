package classify_test

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"requestd/classify"
	"requestd/classify/corpus"
	"requestd/intake"
)

// TestUnseenMail holds the shipped model to mail that nothing was learned
// from, by twelve writers who were kept apart: few requests out of sight,
// no letter to a machine, few letters of the wrong kind.
func TestUnseenMail(t *testing.T) {
	mails, err := corpus.LoadLines("testdata/unseen")
	if err != nil {
		t.Fatal(err)
	}
	c := newClassifier(t)
	var reads []corpus.Read
	for _, m := range mails {
		if !m.Contestable {
			reads = append(reads, corpus.Read{Mail: m, Reading: c.Classify(m.Message, intake.Thread{}, "")})
		}
	}
	s := corpus.Score(reads)
	if s.Lost*100 > s.Requests || s.Answered > 0 || s.Wrong*100 > 2*s.Acknowledged || s.Ignored > 0 || s.MacroF1 < 0.9 {
		t.Errorf("%d of %d requests lost, %d machines answered, %d of %d letters of the wrong kind, macro-F1 %.3f",
			s.Lost, s.Requests, s.Answered, s.Wrong, s.Acknowledged, s.MacroF1)
	}
}

// trainedOn is how many mails the test of training learns from, and again
// whether it learns twice and compares: neither is needed to find a race.
var trainedOn, again = 150, true

// TestTrainingIsDeterministic trains twice from a few writers.
func TestTrainingIsDeterministic(t *testing.T) {
	c, err := classify.Untrained(classify.DefaultSettings())
	if err != nil {
		t.Fatal(err)
	}
	mails, err := corpus.LoadLines("corpus/mail")
	if err != nil {
		t.Fatal(err)
	}
	var examples []classify.Example
	for _, m := range mails {
		if slices.Contains([]string{"w1", "w12", "x06"}, m.Writer) && len(examples) < trainedOn {
			examples = append(examples, m.Example())
		}
	}
	train := func() []byte { return classify.Prepare(c, examples, nil).Train(nil).Bytes() }
	if first := train(); again && !bytes.Equal(first, train()) {
		t.Error("training twice gives two models")
	}
}

// TestSizeOfTheModel: it is part of the program.
func TestSizeOfTheModel(t *testing.T) {
	st, err := os.Stat("model.bin")
	if err != nil {
		t.Fatal(err)
	}
	if st.Size() > 8<<20 {
		t.Errorf("the model has %d bytes", st.Size())
	}
}
