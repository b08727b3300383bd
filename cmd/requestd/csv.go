package main

import (
	"encoding/csv"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"requestd/intake"
)

// csvFlag is the flag that every list has.
func csvFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("csv", false, "print comma-separated values, for a spreadsheet")
}

// printCSV writes rows under a heading. No cell begins a formula in a
// spreadsheet, whatever a stranger wrote: an apostrophe stands before it.
func printCSV(w io.Writer, head []string, rows [][]string) error {
	out := csv.NewWriter(w)
	for _, row := range append([][]string{head}, rows...) {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = safeCell(c)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

const maxCSVCell = 2000 // runes

func safeCell(s string) string {
	s = intake.OneLine(s, maxCSVCell)
	if s != "-" && strings.ContainsAny(s[:min(1, len(s))], "=+-@") || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}

// tableOrCSV prints rows as a table, or as the flag csv says.
func tableOrCSV(cmd *cobra.Command, head []string, rows [][]string) error {
	if cmd.Flag("csv").Value.String() == "true" {
		return printCSV(cmd.OutOrStdout(), head, rows)
	}
	return table(cmd.OutOrStdout(), head, rows)
}
