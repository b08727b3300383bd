package classify_test

import (
	"bytes"
	"slices"
	"testing"

	"requestd/classify"
	"requestd/classify/corpus"
)

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
		if slices.Contains([]string{"w1", "w12", "x06"}, m.Writer) && len(examples) < 150 {
			examples = append(examples, m.Example())
		}
	}
	train := func() []byte { return classify.Prepare(c, examples, nil).Train(nil).Bytes() }
	if !bytes.Equal(train(), train()) {
		t.Error("training twice gives two models")
	}
}

// TestSizeOfTheModel: it is part of the program.
func TestSizeOfTheModel(t *testing.T) {
	if n := classify.ModelSize(); n > 8<<20 {
		t.Errorf("the model has %d bytes", n)
	}
}
