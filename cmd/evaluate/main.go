// Command evaluate measures how well mail is read: either by leaving out one
// writer at a time, or by reading a folder of labelled mail with the built-in
// model. It also fits that model to the labelled mail in the repository.
package main

import (
	"flag"
	"fmt"
	"os"

	"requestd/classify/corpus"
)

const usage = `usage: evaluate [-parts N] [-v] [-model FILE]
                                    leave one writer out at a time, then write the model
       evaluate [-v] DIR            labelled mail in DIR by the model that is built in
       evaluate -cases DIR [-v]     hard cases in DIR: what may be done with each
       evaluate -curve              how the figures move with mails and sentences
`

func main() {
	var from corpus.Sources
	from.Flags(flag.CommandLine)
	parts := flag.Int("parts", 0, "leave the writers out in so many parts instead of one at a time")
	curve := flag.Bool("curve", false, "measure with a part of the mails, then of the sentences")
	verbose := flag.Bool("v", false, "show every mail that is read wrongly, with the evidence")
	model := flag.String("model", "", "write here the model that is trained from all writers, with its bounds")
	cases := flag.String("cases", "", "folder of hard cases, with a cases.tsv or as classify/testdata/field has them")
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage); flag.PrintDefaults() }
	flag.Parse()
	var err error
	switch {
	case *cases != "" && flag.NArg() == 0:
		err = runCases(os.Stdout, *cases, *verbose)
	case *curve && flag.NArg() == 0:
		err = runCurve(os.Stdout, from, *parts)
	case flag.NArg() == 0:
		err = runLeavingOut(os.Stdout, from, *parts, *verbose, *model)
	case flag.NArg() == 1:
		err = runFolder(os.Stdout, flag.Arg(0), *verbose)
	default:
		flag.Usage()
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}
