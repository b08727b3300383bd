package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// The words that the shell completes and the help lists, where a flag or
// argument takes one of a few.
var (
	kinds     = []string{"foi", "dsar", "review", "eir", "rights"}
	ofKinds   = []string{"foi", "dsar", "eir", "rights"}
	states    = []string{"triage", "open", "waiting", "responded", "closed", "withdrawn", "not-a-request"}
	decisions = []string{"acknowledge", "triage", "followup", "pass", "duplicate", "ignore", "before-start", "unreadable"}
	sources   = []string{"post", "telephone", "in-person", "colleague"}
	languages = []string{"en", "cy", "bi"}
)

// choice is a flag that takes one of a few words.
func choice(cmd *cobra.Command, value *string, name, usage string, of []string) {
	cmd.Flags().StringVar(value, name, "", usage+": "+strings.Join(of, ", "))
	complete := cobra.FixedCompletions(of, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
		panic("requestd: " + err.Error()) // the flag was made a line above
	}
}

// argument lets the shell complete the argument at that place by one of a few
// words.
func argument(cmd *cobra.Command, place int, of []string) {
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == place {
			return of, cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}
