// Command evaluate measures the classifier on a folder of labelled mail and
// prints the confusion matrix, the figures that are required of it, and the
// mails that it reads wrongly.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	folds := flag.Int("folds", 10, "cross-validation folds; 0 measures the model that is built in")
	texts := flag.String("texts", "classify/testdata/paraphrases.tsv", "file of labelled short texts that join the training; empty for none")
	verbose := flag.Bool("v", false, "show the evidence of each wrong mail")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: evaluate [-folds N] [-texts FILE] [-v] DIR")
		os.Exit(2)
	}
	if err := run(os.Stdout, flag.Arg(0), *folds, *texts, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}
