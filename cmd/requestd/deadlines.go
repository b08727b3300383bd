package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"requestd/deadlines"
)

// deadlinesFlags are the flags of the command.
type deadlinesFlags struct {
	kind, received, of string
	events             []string
	json, batch        bool
}

func newDeadlinesCmd() *cobra.Command {
	var f deadlinesFlags
	cmd := &cobra.Command{
		Use:   "deadlines --kind foi|dsar|review|eir|rights --received DATE [--of KIND] [--event NAME=DATE]…",
		Short: "Print the dates of a request and how each was reached",
		Long: `Print the dates of a request and the ledger of how each was reached.

It needs no configuration and no register. Dates are written YYYY-MM-DD. With
--batch, requests are read from standard input as JSON, one a line, and one
line is answered for each, in order: the dates, or an object with an error.

Events: ` + strings.Join(deadlines.EventNames(), ", ") + ".",
		Example: `  requestd deadlines --kind foi --received 2026-11-20
  requestd deadlines --kind dsar --received 2026-09-01 \
    --event clarification-requested=2026-09-10 --event clarification-received=2026-09-21
  requestd deadlines --batch <requests.jsonl`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError(fmt.Errorf("deadlines takes no argument, got %q; see requestd deadlines --help", args[0]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.batch {
				return f.runBatch(cmd)
			}
			return f.run(cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.kind, "kind", "", "foi, dsar, review, eir (environmental information) or rights (erasure, rectification …)")
	flags.StringVar(&f.received, "received", "", "day of receipt in London, as 2026-11-20")
	flags.StringVar(&f.of, "of", "", "what a review is of: foi (the default), dsar, eir, rights or unknown")
	flags.StringArrayVar(&f.events, "event", nil, "what happened on a day, as extended=2026-11-20; may be repeated")
	flags.BoolVar(&f.json, "json", false, "print one JSON object")
	flags.BoolVar(&f.batch, "batch", false, "answer JSON lines from standard input")
	return cmd
}

// run answers one request that is given by flags.
func (f *deadlinesFlags) run(out io.Writer) error {
	req, err := f.request()
	if err != nil {
		return usageError(err)
	}
	res, err := deadlines.Default().Answer(req, deadlines.DefaultRules())
	if err != nil {
		return usageError(err)
	}
	if f.json {
		_, err = out.Write(append(res.AppendJSON(nil), '\n'))
	} else {
		err = printResult(out, res)
	}
	if err != nil {
		return fmt.Errorf("write the dates: %w", err)
	}
	return nil
}

func (f *deadlinesFlags) request() (deadlines.Request, error) {
	req := deadlines.Request{Kind: f.kind, Of: f.of}
	if f.kind == "" || f.received == "" {
		return req, errors.New("deadlines needs --kind and --received, or --batch; see requestd deadlines --help")
	}
	var err error
	if req.Received, err = deadlines.ParseDay(f.received); err != nil {
		return req, fmt.Errorf("--received: %w", err)
	}
	for _, s := range f.events {
		name, date, found := strings.Cut(s, "=")
		if !found {
			return req, fmt.Errorf("--event %q: want NAME=DATE, as extended=2026-11-20", s)
		}
		day, err := deadlines.ParseDay(date)
		if err != nil {
			return req, fmt.Errorf("--event %s: %w", name, err)
		}
		req.Events = append(req.Events, deadlines.Event{Name: name, Date: day})
	}
	return req, nil
}

func (f *deadlinesFlags) runBatch(cmd *cobra.Command) error {
	if f.kind != "" || f.received != "" || f.of != "" || len(f.events) > 0 {
		return usageError(errors.New("--batch reads kind, received, of and events from standard input; leave the flags out"))
	}
	answer := func(b, line []byte) []byte {
		return deadlines.Default().AppendAnswer(b, line, deadlines.DefaultRules())
	}
	return runBatch(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), answer)
}
