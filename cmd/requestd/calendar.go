package main

import (
	"context"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake"
	"requestd/intake/ical"
)

func newCalendarCmd() *cobra.Command {
	var officer, mailbox string
	cmd := &cobra.Command{
		Use:   "calendar",
		Short: "Write the dates of open cases as iCalendar",
		Long: `Write every day by which something is still owed as an iCalendar file, which calendar programs open: what
is to be acknowledged, what is to be answered, and by when the Commissioner wants to hear. It says reference, kind and day, and names nobody.`,
		Args: noArgs,
	}
	asJSON := jsonFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&officer, "officer", "", "only cases that this officer is in charge of or covers")
	f.StringVar(&mailbox, "mailbox", "", "only cases of this mailbox")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
		var dates []intake.Date
		if err := r.Get(ctx, "/v1/calendar", url.Values{"officer": {officer}, "mailbox": {mailbox}}, &dates); err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), dates...)
		}
		return ical.Write(cmd.OutOrStdout(), "en", dates, time.Now())
	})
	return cmd
}
