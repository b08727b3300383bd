// Package sheet writes what the register knows as rows for a spreadsheet.
package sheet

import (
	"encoding/csv"
	"io"
	"strings"

	"requestd/intake"
)

// Write writes rows under a heading. No cell is a formula to a spreadsheet,
// whatever a stranger wrote: such a cell gets an apostrophe in front.
func Write(w io.Writer, head []string, rows [][]string) error {
	return Rows(w, append([][]string{head}, rows...))
}

// Rows writes rows as Write does, to follow others, or a heading alone.
func Rows(w io.Writer, rows [][]string) error {
	out := csv.NewWriter(w)
	for _, row := range rows {
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

const maxCell = 2000 // runes

func safeCell(s string) string {
	s = intake.OneLine(s, maxCell)
	if s != "-" && strings.ContainsAny(s[:min(1, len(s))], "=+-@") || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}
