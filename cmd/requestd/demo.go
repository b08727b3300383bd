package main

import (
	"errors"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake/demo"
)

func newDemoCmd() *cobra.Command {
	var o demo.Options
	var serve bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the main job on embedded servers with sample mail",
		Long: `Show the main job without any set-up: sample mail comes into two mailboxes on
an embedded mail server, the daemon reads, registers, acknowledges and reminds,
and what stands in the register afterwards is printed. It ends by itself within
30 seconds, sends nothing to anyone and leaves nothing behind.

With --serve the officers' page of that register is open at a printed loopback
address, with more mail coming in, until it is interrupted.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Now, o.Out = time.Now(), cmd.OutOrStdout()
			o.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelError}))
			if serve {
				if o.Keep != "" || o.Mail != "" {
					return usageError(errors.New("demo: --serve goes with neither --mail nor --keep"))
				}
				return demo.Serve(cmd.Context(), o)
			}
			return demo.Run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&serve, "serve", false, "leave the register open in a browser, at an address that is printed, until interrupted")
	cmd.Flags().StringVar(&o.Mail, "mail", "", "a mail of your own that joins the others, as a file")
	cmd.Flags().StringVar(&o.Keep, "keep", "", "leave register, configuration and letters in this new or empty directory")
	return cmd
}
