package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"requestd/intake"
	"requestd/intake/casework"
)

func newOpenCmd() *cobra.Command {
	var in casework.OpenInput
	var kind, of, received, acknowledged string
	var also []string
	cmd := &cobra.Command{
		Use:   "open [KIND]",
		Short: "Register a request that did not come by mail, take over a running case, or make a case of a mail",
		Long: `Register a request that came by post, by telephone, in person or through a
colleague, with its own date of receipt:

  requestd open foi --mailbox cafcass --received 2026-11-02 --source post --name "Ann Example"

Make a case of a mail that was passed, ignored or from before the start:

  requestd open --message 17 dsar

Take over a running case without writing to anyone:

  requestd open foi --mailbox cafcass --ref CAF22-27341 --received 2022-10-12 --acknowledged 2022-10-14`,
		Args: wantArgs(cobra.MaximumNArgs(1)),
	}
	argument(cmd, 0, kinds)
	asJSON := jsonFlag(cmd)
	f := cmd.Flags()
	choice(cmd, &kind, "kind", "what it is, which may stand as the argument", kinds)
	choice(cmd, &of, "of", "of a review", ofKinds)
	f.StringSliceVar(&also, "also", nil, "further parts of the same request")
	rightFlag(cmd, &in.Right)
	f.Uint64Var(&in.Message, "message", 0, "make a case of this mail, by its number in requestd messages")
	f.StringVar(&in.Mailbox, "mailbox", "", "the mailbox, by its name in the configuration")
	f.StringVar(&received, "received", "", "the date of receipt, as YYYY-MM-DD; today when left out")
	choice(cmd, &in.Source, "source", "how it came", sources)
	f.StringVar(&in.Requester.Name, "name", "", "the requester's name")
	f.StringVar(&in.Requester.Addr, "address", "", "the requester's mail address; the acknowledgement goes there")
	f.StringVar(&in.Postal, "postal", "", "the requester's address by post, of at most 400 characters")
	f.StringVar(&in.Subject, "subject", "", "what it is about, in a few words")
	choice(cmd, &in.Language, "language", "the requester's language", languages)
	f.StringVar(&in.Ref, "ref", "", "take over a running case under this reference, without writing to anyone")
	f.StringVar(&acknowledged, "acknowledged", "", "the day on which the case was acknowledged already")
	f.StringVar(&in.Note, "note", "", "a note kept with it")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			kind = args[0]
		}
		if len(args) == 1 && cmd.Flags().Changed("kind") {
			return usageError(fmt.Errorf("open %s --kind: name the kind once", args[0]))
		}
		in.Kind, in.Of = intake.Kind(kind), intake.Kind(of)
		for _, k := range also {
			in.Also = append(in.Also, intake.Kind(k))
		}
		if in.Source != "" && !slices.Contains(sources, in.Source) {
			return usageError(fmt.Errorf("open --source %q: want post, telephone, in-person or colleague", in.Source))
		}
		var err error
		if in.Received, err = optionalDay("--received", received); err != nil {
			return err
		}
		if in.Acknowledged, err = optionalDay("--acknowledged", acknowledged); err != nil {
			return err
		}
		return change(ctx, r, cmd, "/v1/cases", in, *asJSON)
	})
	return cmd
}
