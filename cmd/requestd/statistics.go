package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"requestd/deadlines"
	"requestd/intake"
	reg "requestd/intake/register"
	"requestd/intake/sheet"
	"requestd/intake/statistics"
)

func newStatisticsCmd() *cobra.Command {
	var quarter, from, to, asAt, mailbox string
	cmd := &cobra.Command{
		Use:   "statistics",
		Short: "Count timeliness, outcomes and reviews by regime, as at a day",
		Long: `Count what was received within a period, by regime: how it was answered and when, as the Cabinet Office's
FOI statistics, the section 45 Code and the Commissioner ask.

The figures are as at a day: 25 working days after the period's end, or today where that is earlier. They follow
from what had been recorded by then and the bank holidays known then, so that a past quarter gives the same
figures whenever it is counted. The row of reviews counts by the house's target, save under the Environmental
Information Regulations. What was upheld is the decision under FOIA and the EIR, the complaint under data
protection law. reading tells of how many mails a person's decision confirmed what they were
read as, and of what nobody had to decide how many were left as they were: of those that opened a case until it
ended, of those that were put with a case, passed or ignored to the day of the figures.`,
		Args: noArgs,
	}
	asJSON := jsonFlag(cmd)
	f := cmd.Flags()
	asCSV := csvFlag(cmd)
	f.StringVar(&quarter, "quarter", "", "the period, such as 2026Q3")
	f.StringVar(&from, "from", "", "its first day, in place of --quarter")
	f.StringVar(&to, "to", "", "its last day")
	f.StringVar(&asAt, "as-at", "", "count what was recorded by this day")
	f.StringVar(&mailbox, "mailbox", "", "only cases of this mailbox")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
		first, last, err := periodOf(quarter, from, to)
		if err != nil {
			return usageError(fmt.Errorf("statistics: %w", err))
		}
		var s reg.Statistics
		q := url.Values{"from": {first}, "to": {last}, "as_at": {asAt}, "mailbox": {mailbox}}
		if err := r.Get(ctx, "/v1/statistics", q, &s); err != nil {
			return err
		}
		w := cmd.OutOrStdout()
		switch {
		case *asJSON:
			if err := printJSON(w, s.Rows...); err != nil {
				return err
			}
			return printJSON(w, map[string]any{"reading": s.Reading})
		case *asCSV:
			return sheet.Write(w, sheet.FigureHead, sheet.FigureRows(s.Rows, s.Reading))
		}
		return printStatistics(w, &s)
	})
	return cmd
}

// periodOf returns the first and last day of a quarter, or from and to.
func periodOf(quarter, from, to string) (first, last string, err error) {
	if quarter == "" {
		if from == "" || to == "" {
			return "", "", fmt.Errorf("say which period: --quarter 2026Q3, or --from and --to")
		}
		return from, to, nil
	}
	year, q, ok := strings.Cut(strings.ToUpper(quarter), "Q")
	y, errYear := strconv.Atoi(year)
	n, errQuarter := strconv.Atoi(q)
	if !ok || errYear != nil || errQuarter != nil || n < 1 || n > 4 || y < deadlines.FirstYear || y > deadlines.LastYear || from != "" || to != "" {
		return "", "", fmt.Errorf("--quarter %s: want a year and a quarter such as 2026Q3, and neither --from nor --to", quarter)
	}
	begins, err := deadlines.ParseDay(fmt.Sprintf("%04d-%02d-01", y, 3*n-2))
	if err != nil {
		return "", "", err
	}
	return begins.String(), (begins.AddMonths(3) - 1).String(), nil
}

func printStatistics(w io.Writer, s *reg.Statistics) error {
	first := s.Rows[0]
	fmt.Fprintf(w, "Received from %s to %s, as at %s\n\n", first.From, first.To, first.AsAt)
	head, rows := []string{""}, [][]string{}
	for _, r := range s.Rows {
		head = append(head, strings.ToUpper(string(r.Kind)))
	}
	names := []string{}
	values := map[string][]string{}
	for i, r := range s.Rows {
		for _, f := range sheet.Figures(&r) {
			if values[f.Name] == nil {
				values[f.Name] = slices.Repeat([]string{"-"}, len(s.Rows))
				names = append(names, f.Name)
			}
			values[f.Name][i] = cmp.Or(f.Value, "-")
		}
	}
	for _, name := range names {
		rows = append(rows, append([]string{name}, values[name]...))
	}
	if err := table(w, head, rows); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nHow mail was read")
	rows = nil
	for _, k := range slices.Sorted(maps.Keys(s.Reading)) {
		r := s.Reading[k]
		rows = append(rows, []string{string(k), strconv.Itoa(r.Decided), strconv.Itoa(r.ReadRightly), readBy(r, intake.DidAcknowledge),
			readBy(r, intake.DidTriage), readBy(r, intake.DidFollowup), readBy(r, intake.DidPass), readBy(r, intake.DidIgnore)})
	}
	return table(w, []string{"KIND", "DECIDED", "READ RIGHTLY", "ACKNOWLEDGED BY ITSELF", "LEFT TO A PERSON", "PUT WITH A CASE", "PASSED", "IGNORED"}, rows)
}

func readBy(r statistics.Read, d intake.Disposition) string {
	by := r.ByDecision[string(d)]
	return fmt.Sprintf("%d of %d", by.ReadRightly, by.Decided)
}
