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
	folds := flag.Int("folds", 10, "cross-validation folds; 0 measures the classifier as built")
	para := flag.String("paraphrases", "", "file of labelled short texts that are added to the training")
	verbose := flag.Bool("v", false, "show the evidence of each wrong mail")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: evaluate [-folds N] [-paraphrases FILE] [-v] DIR")
		os.Exit(2)
	}
	if err := run(os.Stdout, flag.Arg(0), *folds, *para, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}
