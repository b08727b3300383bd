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

// TestUnseenMail holds the shipped model to mail of writers from whom nothing was
// learned: few requests out of sight, no letter to a machine, few letters of the
// wrong kind. Mail that was written to mislead may have more of these.
func TestUnseenMail(t *testing.T) {
	mails, err := corpus.LoadLines("testdata/unseen")
	if err != nil {
		t.Fatal(err)
	}
	c := newClassifier(t)
	reads := map[bool][]corpus.Read{} // by whether it was written to mislead
	for _, m := range mails {
		if !m.Contestable {
			reads[m.Misleading] = append(reads[m.Misleading], corpus.Read{Mail: m, Reading: c.Classify(m.Message, intake.Thread{}, "")})
		}
	}
	for _, want := range []struct {
		misleading bool
		wrong      int // letters in 100, at most
		macroF1    float64
		danger     int // seen in 100 mails that have it, at least
		alarms     int // in 100 mails that have none, at most
	}{{false, 2, 0.93, 85, 8}, {true, 9, 0.8, 70, 8}} {
		s := corpus.Score(reads[want.misleading])
		danger, seen, alarms := 0, 0, 0
		for _, r := range reads[want.misleading] {
			is, read := inDanger(r.Urgent), inDanger(r.Reading.Urgent)
			switch {
			case is && read:
				danger, seen = danger+1, seen+1
			case is:
				danger++
			case read:
				alarms++
			}
		}
		if seen*100 < want.danger*danger || alarms*100 > want.alarms*(s.Mails-danger) {
			t.Errorf("misleading %t: danger is seen in %d of %d mails, and in %d of %d that have none", want.misleading, seen, danger, alarms, s.Mails-danger)
		}
		if s.Lost*100 > s.Requests || s.Answered > 0 || s.Wrong*100 > want.wrong*s.Acknowledged || s.Ignored > 0 || s.MacroF1 < want.macroF1 {
			t.Errorf("misleading %t: %d of %d requests lost, %d machines answered, %d of %d letters of the wrong kind, macro-F1 %.3f",
				want.misleading, s.Lost, s.Requests, s.Answered, s.Wrong, s.Acknowledged, s.MacroF1)
		}
	}
}

func inDanger(urgent string) bool { return urgent == "harm" || urgent == "child" }

// trainedOn is how many mails the test of training learns from, and again
// whether it trains twice and compares: neither is needed to find a race.
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
