// Command train fits the classifier's statistical part to the labelled mail
// in the repository and writes the model that is built into the program.
package main

import (
	"flag"
	"fmt"
	"os"

	"requestd/classify"
	"requestd/classify/corpus"
)

func main() {
	dir := flag.String("corpus", "classify/testdata/corpus", "folder of labelled mail")
	texts := flag.String("texts", "classify/testdata/paraphrases.tsv", "file of labelled short texts; empty for none")
	out := flag.String("o", "classify/model.tsv", "where the model goes")
	flag.Parse()
	if err := train(*dir, *texts, *out); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func train(dir, texts, out string) error {
	c, err := classify.New(classify.DefaultSettings())
	if err != nil {
		return err
	}
	mails, err := corpus.Load(dir)
	if err != nil {
		return err
	}
	var examples []classify.Example
	for _, m := range mails {
		examples = append(examples, m.Example())
	}
	if texts != "" {
		more, err := corpus.LoadTexts(texts)
		if err != nil {
			return err
		}
		examples = append(examples, more...)
	}
	if err := os.WriteFile(out, classify.Train(c, examples).Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	return nil
}
