package main

import (
	"fmt"
	"io"

	"requestd/classify"
	"requestd/classify/corpus"
	"requestd/intake"
)

// run measures the classifier on the labelled mails of dir. With folds the
// model is trained anew for each, from the other folds and the short texts;
// without, the model that is built in reads them all.
func run(out io.Writer, dir string, folds int, texts string, verbose bool) error {
	mails, err := corpus.Load(dir)
	if err != nil {
		return err
	}
	var extra []classify.Example
	if texts != "" {
		if extra, err = corpus.LoadTexts(texts); err != nil {
			return err
		}
	}
	c, err := classify.New(classify.DefaultSettings())
	if err != nil {
		return err
	}
	if folds > 1 {
		fmt.Fprintf(out, "%d mails of %s, each read by a model that was trained without it (%d folds)\n\n", len(mails), dir, folds)
		report(out, corpus.CrossValidate(c, mails, extra, folds), verbose)
		return nil
	}
	fmt.Fprintf(out, "%d mails of %s, read by the model that is built in\n\n", len(mails), dir)
	reads := make([]corpus.Read, len(mails))
	for i, m := range mails {
		reads[i] = corpus.Read{Mail: m, Reading: c.Classify(m.Message, intake.Thread{}, "")}
	}
	report(out, reads, verbose)
	return nil
}
