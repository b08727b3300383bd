// Command train fits the classifier's model to the labelled mail in the
// repository and writes what is built into the program.
package main

import (
	"flag"
	"fmt"
	"os"

	"requestd/classify"
	"requestd/classify/corpus"
)

func main() {
	var from corpus.Sources
	from.Flags(flag.CommandLine)
	out := flag.String("o", "classify/model.bin", "where the model goes")
	parts := flag.Int("parts", 8, "in how many parts writers are left out to find the bounds; 0 for one at a time")
	flag.Parse()
	if err := train(from, *parts, *out); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func train(from corpus.Sources, parts int, out string) error {
	c, err := classify.Untrained(classify.DefaultSettings())
	if err != nil {
		return err
	}
	_, prepared, err := from.Prepare(c)
	if err != nil {
		return err
	}
	left := prepared.LeaveOut(parts, classify.DefaultCosts)
	if err := os.WriteFile(out, prepared.Train(nil).WithBounds(left.Bounds()).Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	return nil
}
