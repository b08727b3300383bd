package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// wantArgs makes a failed check of arguments end with the exit code of wrong
// use.
func wantArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError(fmt.Errorf("%s: %w; usage: %s", cmd.CommandPath(), err, cmd.UseLine()))
		}
		return nil
	}
}

func exactArgs(n int) cobra.PositionalArgs { return wantArgs(cobra.ExactArgs(n)) }

var noArgs = wantArgs(func(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("takes no argument, got %q", args[0])
	}
	return nil
})

// needCommand is run when no command was named, or one that does not exist.
func needCommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError(fmt.Errorf("there is no command %q: requestd --help lists them", args[0]))
	}
	if err := cmd.Help(); err != nil {
		return err
	}
	return usageError(errors.New("name a command"))
}
