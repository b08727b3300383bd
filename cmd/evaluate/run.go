package main

import (
	"fmt"
	"io"

	"requestd/classify"
	"requestd/classify/corpus"
	"requestd/intake"
)

// read is one mail with its reading.
type read struct {
	corpus.Mail
	reading intake.Reading
}

func run(out io.Writer, dir string, folds int, para string, verbose bool) error {
	mails, err := corpus.Load(dir)
	if err != nil {
		return err
	}
	var extra []classify.Example
	if para != "" {
		if extra, err = corpus.LoadTexts(para); err != nil {
			return err
		}
	}
	c, err := classify.New(classify.DefaultSettings())
	if err != nil {
		return err
	}
	reads := make([]read, len(mails))
	if folds == 0 {
		for i, m := range mails {
			reads[i] = read{m, c.Classify(m.Message, intake.Thread{}, "")}
		}
		report(out, reads, verbose)
		return nil
	}
	for f := range folds {
		train := append([]classify.Example(nil), extra...)
		for i, m := range mails {
			if i%folds != f {
				train = append(train, m.Example())
			}
		}
		fc := c.WithModel(classify.Train(c, train))
		for i, m := range mails {
			if i%folds == f {
				reads[i] = read{m, fc.Classify(m.Message, intake.Thread{}, "")}
			}
		}
	}
	fmt.Fprintf(out, "%d mails of %s, each read by a model that was trained without it (%d folds)\n\n", len(mails), dir, folds)
	report(out, reads, verbose)
	return nil
}
