package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"requestd/intake/admin"
	tick "requestd/intake/clock"
	"requestd/intake/health"
)

func newEraseCmd() *cobra.Command {
	var due, yes bool
	cmd := &cobra.Command{
		Use:   "erase REF | erase --due [--yes]",
		Short: "Remove a settled case's personal data and leave what statistics need",
		Long: `Remove a settled case's personal data and leave what statistics need: kind,
dates, outcome, and that it was erased. An open case is never erased.

With --due it lists what was kept for its period under retention: cases, and
mail that became none. With --yes as well it erases all of that, and writes
the register's file anew so that no free page keeps it. Backups keep what
they held.`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case due && len(args) > 0:
				return usageError(errors.New("erase takes a reference or --due, not both"))
			case !due && len(args) != 1:
				return usageError(errors.New("erase takes one reference, or --due for all that was kept for its period"))
			case yes && !due:
				return usageError(errors.New("--yes goes with --due"))
			}
			return nil
		},
	}
	asJSON := jsonFlag(cmd)
	cmd.Flags().BoolVar(&due, "due", false, "list what retention allows to erase")
	cmd.Flags().BoolVar(&yes, "yes", false, "with --due: erase it")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		switch {
		case !due:
			return eraseOne(ctx, r, cmd, args[0], *asJSON)
		case yes:
			return eraseDue(ctx, r, cmd, *asJSON)
		}
		return showDue(ctx, r, cmd, *asJSON)
	})
	return cmd
}

func eraseOne(ctx context.Context, r *register, cmd *cobra.Command, ref string, asJSON bool) error {
	if err := change(ctx, r, cmd, casePath(ref, "erase"), nil, asJSON); err != nil || asJSON {
		return err
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), "erased: what named or described a person is gone from the register; kind, dates and outcome are left")
	return err
}

func showDue(ctx context.Context, r *register, cmd *cobra.Command, asJSON bool) error {
	var page admin.Page[tick.PastRetention]
	if err := r.Get(ctx, "/v1/retention", nil, &page); err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), page.Items...)
	}
	var rows [][]string
	for _, o := range page.Items {
		what := cmp.Or(o.Ref, fmt.Sprintf("mail %d", o.Message))
		rows = append(rows, []string{what, o.Mailbox, o.Why, day(o.Ended), day(o.Due)})
	}
	if err := table(cmd.OutOrStdout(), []string{"WHAT", "MAILBOX", "RETENTION", "LAST", "DUE SINCE"}, rows); err != nil {
		return err
	}
	if len(rows) > 0 {
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "\n%d to erase: requestd erase --due --yes does it\n", len(rows))
		return err
	}
	return nil
}

func eraseDue(ctx context.Context, r *register, cmd *cobra.Command, asJSON bool) error {
	var n health.Retention
	if err := r.Post(ctx, "/v1/retention", nil, &n); err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), n)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "erased: %d cases, %d mails\n", n.Cases, n.Mails)
	return err
}
