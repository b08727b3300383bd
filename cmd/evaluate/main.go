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
	folds := flag.Int("folds", -1, "cross-validation folds, 0 for the model that is built in; by default 10 where that was trained from DIR")
	trained := flag.String("trained", "classify/testdata/corpus", "folder from which the built-in model was trained")
	texts := flag.String("paraphrases", "classify/testdata/paraphrases.tsv", "file of labelled short texts that join the training; empty for none")
	verbose := flag.Bool("v", false, "show the evidence of each wrong mail")
	cases := flag.String("cases", "", "folder of hard cases, with a cases.tsv or as classify/testdata/field has them: what may be done with each is checked")
	flag.Parse()
	if *cases != "" && flag.NArg() == 0 {
		if err := runCases(os.Stdout, *cases, *verbose); err != nil {
			fmt.Fprintln(os.Stderr, "evaluate:", err)
			os.Exit(1)
		}
		return
	}
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: evaluate [-folds N] [-paraphrases FILE] [-v] DIR\n       evaluate -cases DIR [-v]")
		os.Exit(2)
	}
	if *folds < 0 {
		*folds = 0
		if same(flag.Arg(0), *trained) {
			*folds = 10
		}
	}
	if err := run(os.Stdout, flag.Arg(0), *folds, *texts, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}

// same tells whether two names are of one folder.
func same(a, b string) bool {
	x, errA := os.Stat(a)
	y, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(x, y)
}
