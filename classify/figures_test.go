package classify_test

import (
	"testing"

	"requestd/classify"
	"requestd/classify/corpus"
	"requestd/intake"
)

// TestFigures reads every mail of the development corpus by a model that was
// trained without it, and holds the classifier to its figures: no request
// filed away, no machine answered, acknowledgements of the right kind, doubt
// for few.
func TestFigures(t *testing.T) {
	mails, err := corpus.Load("testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := corpus.LoadTexts("testdata/paraphrases.tsv")
	if err != nil {
		t.Fatal(err)
	}
	score := corpus.Score(corpus.CrossValidate(newClassifier(t), mails, texts, 5))
	if score.Lost > 1 {
		t.Errorf("%d requests ignored or passed", score.Lost)
	}
	if score.Answered > 0 {
		t.Errorf("%d machines acknowledged", score.Answered)
	}
	if score.Wrong*100 > 2*score.Acknowledged {
		t.Errorf("%d of %d acknowledgements are of the wrong kind", score.Wrong, score.Acknowledged)
	}
	if score.Doubt*10 > score.People {
		t.Errorf("%d of %d people's mails are in doubt", score.Doubt, score.People)
	}
	if score.MacroF1 < 0.95 {
		t.Errorf("macro-F1 %.3f", score.MacroF1)
	}
}

// TestShippedModel reads the corpus with the model that is built in.
func TestShippedModel(t *testing.T) {
	mails, err := corpus.Load("testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	c := newClassifier(t)
	var reads []corpus.Read
	for _, m := range mails {
		reads = append(reads, corpus.Read{Mail: m, Reading: c.Classify(m.Message, intake.Thread{}, "")})
	}
	score := corpus.Score(reads)
	if score.Lost > 0 || score.Answered > 0 || score.Wrong > 1 {
		t.Errorf("lost %d, machines answered %d, wrong kind %d", score.Lost, score.Answered, score.Wrong)
	}
}

// TestHeldOut reads mail that nothing was trained from.
func TestHeldOut(t *testing.T) {
	mails, err := corpus.Load("testdata/heldout")
	if err != nil {
		t.Fatal(err)
	}
	c := newClassifier(t)
	var reads []corpus.Read
	for _, m := range mails {
		reads = append(reads, corpus.Read{Mail: m, Reading: c.Classify(m.Message, intake.Thread{}, "")})
	}
	score := corpus.Score(reads)
	if score.Lost > 2 || score.Answered > 0 || score.Wrong*100 > 2*score.Acknowledged || score.Doubt*10 > score.People || score.MacroF1 < 0.9 {
		t.Errorf("lost %d, machines answered %d, wrong kind %d of %d, doubt %d of %d, macro-F1 %.3f",
			score.Lost, score.Answered, score.Wrong, score.Acknowledged, score.Doubt, score.People, score.MacroF1)
	}
}

// TestTrainingIsDeterministic trains twice.
func TestTrainingIsDeterministic(t *testing.T) {
	mails, err := corpus.Load("testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := corpus.LoadTexts("testdata/paraphrases.tsv")
	if err != nil {
		t.Fatal(err)
	}
	c := newClassifier(t)
	a, b := classify.Train(c, corpus.Examples(mails, examples)).Bytes(), classify.Train(c, corpus.Examples(mails, examples)).Bytes()
	if string(a) != string(b) {
		t.Error("training twice gives two models")
	}
}
