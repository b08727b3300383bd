package main

import (
	"github.com/spf13/cobra"

	"requestd/intake/apart"
	"requestd/intake/eml"
)

// newReadMailCmd makes the command that the daemon runs to read mail in a child
// process. It is not meant for people.
func newReadMailCmd() *cobra.Command {
	return &cobra.Command{
		Use:    apart.Command,
		Short:  "Read mail for the daemon that started this",
		Hidden: true,
		Args:   noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return apart.Serve(cmd.InOrStdin(), cmd.OutOrStdout(), apart.Reader{Parse: eml.Parse, Files: eml.Files})
		},
	}
}
