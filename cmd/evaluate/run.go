package main

import (
	"fmt"
	"io"
	"os"

	"requestd/classify"
	"requestd/classify/corpus"
	"requestd/intake"
)

// runLeavingOut reads each mail with a model that learned nothing from its
// writer; this holds for the bounds too. The model that learned from all of
// them is written to a file if one is named: its bounds come from the writers
// left out.
func runLeavingOut(out io.Writer, from corpus.Sources, parts int, verbose bool, model string) error {
	c, err := classify.Untrained(classify.DefaultSettings())
	if err != nil {
		return err
	}
	mails, prepared, err := from.Prepare(c)
	if err != nil {
		return err
	}
	left := prepared.LeaveOut(parts, classify.DefaultCosts)
	reads := corpus.LeaveOneWriterOut(c, left, mails)
	fmt.Fprintf(out, "%d mails, each read by a model that learned nothing from its writer (%d parts)\n\n", len(mails), left.Parts())
	report(out, reads, verbose)
	speech := left.Measured()
	f, each := classify.MacroF1(speech)
	fmt.Fprintf(out, "\nsentences: macro-F1 %.3f", f)
	for i, x := range each {
		fmt.Fprintf(out, "  %c %.2f", classify.SpeechLetters[i], x)
	}
	fmt.Fprintln(out)
	if model == "" {
		return nil
	}
	if err := os.WriteFile(model, prepared.Train(nil).WithBounds(left.Bounds()).Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	return nil
}

// runFolder reads a folder with the built-in model.
func runFolder(out io.Writer, dir string, verbose bool) error {
	mails, err := corpus.LoadAny(dir)
	if err != nil {
		return err
	}
	c, err := classify.New(classify.DefaultSettings())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d mails of %s, read by the model that is built in\n\n", len(mails), dir)
	reads := make([]corpus.Read, len(mails))
	for i, m := range mails {
		reads[i] = corpus.Read{Mail: m, Reading: c.Classify(m.Message, intake.Thread{}, "")}
	}
	report(out, reads, verbose)
	return nil
}

// runCurve measures with an eighth, a quarter, half and all of the mails, and
// with the same share of their labelled sentences.
func runCurve(out io.Writer, from corpus.Sources, parts int) error {
	c, err := classify.Untrained(classify.DefaultSettings())
	if err != nil {
		return err
	}
	mails, prepared, err := from.Prepare(c)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%-12s%8s%12s%12s%12s\n", "", "mails", "sentences", "mail F1", "sentence F1")
	for _, of := range []string{"mails", "sentences"} {
		for _, share := range []int{8, 4, 2, 1} {
			part, n, k := prepared.Share(share, of == "sentences")
			left := part.LeaveOut(parts, classify.DefaultCosts)
			kinds, _ := classify.MacroF1(left.Kinds())
			speech, _ := classify.MacroF1(left.Measured())
			fmt.Fprintf(out, "1/%d of %-9s%5d%12d%12.3f%12.3f\n", share, of, n, k, kinds, speech)
		}
	}
	_ = mails
	return nil
}
