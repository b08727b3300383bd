package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"requestd/classify"
	"requestd/intake"
	"requestd/intake/eml"
)

// maxMail limits how many bytes of one mail are read: its text is at the
// beginning.
const maxMail = 32 << 20

// classifiedLine is one line of classify --json.
type classifiedLine struct {
	File string `json:"file"`
	intake.Reading
}

func newClassifyCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "classify FILE…",
		Short: "Say how a mail would be classified, and why",
		Long:  "Says how each mail would be classified, and why. It needs no configuration and no register. The file name - reads one mail from standard input.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(errors.New("classify: name at least one file, or - for standard input"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return classifyFiles(cmd.InOrStdin(), cmd.OutOrStdout(), args, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

// classifyFiles reads every file that it can, and fails at the end if it could
// not read one.
func classifyFiles(stdin io.Reader, out io.Writer, files []string, asJSON bool) error {
	c, err := classify.New(classify.DefaultSettings())
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	var failed []error
	for _, file := range files {
		raw, whole, err := readMail(stdin, file)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		line := classifiedLine{File: file, Reading: c.Classify(eml.Parse(raw, whole), intake.Thread{}, "")}
		if asJSON {
			err = enc.Encode(line)
		} else {
			err = printReading(out, line)
		}
		if err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
	}
	return errors.Join(failed...)
}

// readMail reads a mail, whole unless it is larger than maxMail.
func readMail(stdin io.Reader, file string) (raw []byte, whole bool, err error) {
	r := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, false, err
		}
		defer f.Close()
		r = f
	}
	raw, err = io.ReadAll(io.LimitReader(r, maxMail+1))
	if err != nil {
		return nil, false, fmt.Errorf("read %s: %w", file, err)
	}
	if len(raw) > maxMail {
		return raw[:maxMail], false, nil
	}
	return raw, true, nil
}

func printReading(w io.Writer, l classifiedLine) error {
	var b strings.Builder
	r := l.Reading
	fmt.Fprintf(&b, "%s\n  %s", l.File, r.Kind)
	if r.Of != "" {
		fmt.Fprintf(&b, " of %s", r.Of)
	}
	for _, k := range r.Also {
		fmt.Fprintf(&b, " and %s", k)
	}
	fmt.Fprintf(&b, ", %s (confidence %.2f, language %s)\n", r.Decision, r.Confidence, r.Language)
	if r.Why != "" {
		fmt.Fprintf(&b, "  %s\n", r.Why)
	}
	if r.Followup {
		fmt.Fprintf(&b, "  follows up an earlier request %s\n", strings.Join(r.Refs, ", "))
	}
	for _, note := range []struct{ name, value string }{
		{"held", strings.Join(r.Hold, ", ")}, {"urgent", r.Urgent}, {"attention", r.Attention}, {"flags", strings.Join(r.Flags, ", ")},
	} {
		if note.value != "" {
			fmt.Fprintf(&b, "  %s: %s\n", note.name, note.value)
		}
	}
	for _, e := range r.Evidence {
		fmt.Fprintf(&b, "  %+6.1f  %s", e.Points, e.Signal)
		if e.Quote != "" {
			fmt.Fprintf(&b, ": %q", e.Quote)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}
