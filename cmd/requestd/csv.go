package main

import (
	"github.com/spf13/cobra"

	"requestd/intake/sheet"
)

// csvFlag adds the flag csv, which every list has.
func csvFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("csv", false, "print comma-separated values, for a spreadsheet")
}

// tableOrCSV prints rows as CSV if the flag csv is set, else as a table.
func tableOrCSV(cmd *cobra.Command, head []string, rows [][]string) error {
	if f := cmd.Flag("csv"); f != nil && f.Value.String() == "true" {
		return sheet.Write(cmd.OutOrStdout(), head, rows)
	}
	return table(cmd.OutOrStdout(), head, rows)
}
