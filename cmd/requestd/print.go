package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"requestd/intake"
	"requestd/intake/sheet"
)

// jsonFlag adds the flag json, which every command that prints has.
func jsonFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("json", false, "print one JSON object a line")
}

func printJSON[T any](w io.Writer, items ...T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, v := range items {
		if err := enc.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

// table prints rows under a heading. Every cell is made safe for a terminal.
func table(w io.Writer, head []string, rows [][]string) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, "none")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(head, "\t"))
	for _, r := range rows {
		for i := range r {
			r[i] = intake.OneLine(r[i], maxCell)
		}
		fmt.Fprintln(t, strings.Join(r, "\t"))
	}
	return t.Flush()
}

const maxCell = 60 // in runes

// day and clock write dates as tables show them.
var day, clock, acknowledged = sheet.Day, sheet.Clock, sheet.Acknowledged
