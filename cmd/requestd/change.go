package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/admin"
	"requestd/intake/casework"
)

// changed is the daemon's answer to a change, as the client reads it.
type changed struct {
	View     *intake.View `json:"case"`
	Event    int          `json:"event"`
	Warnings []string     `json:"warnings"`
	Letter   uint64       `json:"letter"`
	Draft    uint64       `json:"draft"`
}

// change asks for a change and prints what became of the case.
func change(ctx context.Context, r *register, cmd *cobra.Command, path string, in any, asJSON bool) error {
	var c changed
	if err := r.Post(ctx, path, in, &c); err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), c)
	}
	return printChange(cmd.OutOrStdout(), cmd.ErrOrStderr(), &c)
}

func printChange(out, warn io.Writer, c *changed) error {
	v := c.View
	fmt.Fprintf(out, "%s is %s (%s), received %s, reply by %s\n", v.Ref, v.State, v.Kinds(), day(v.ReceivedOn), day(v.RespondBy))
	for _, k := range v.Clocks[min(1, len(v.Clocks)):] {
		fmt.Fprintf(out, "  %s: %s, reply by %s\n", k.Kind, k.State, day(k.RespondBy))
	}
	if c.Letter != 0 {
		fmt.Fprintf(out, "letter %d stands in the outbox\n", c.Letter)
	}
	if c.Draft != 0 {
		fmt.Fprintf(out, "letter %d about it is drafted: requestd outbox show %d prints it, edit changes it, retry sends it\n", c.Draft, c.Draft)
	}
	for _, w := range c.Warnings {
		fmt.Fprintln(warn, "warning:", w)
	}
	return nil
}

func casePath(ref, what string) string { return "/v1/cases/" + url.PathEscape(ref) + "/" + what }

func newRecordCmd() *cobra.Command {
	var in casework.RecordInput
	var date, part, due, estimate string
	cmd := &cobra.Command{
		Use:   "record REF EVENT [N]",
		Short: "Record an event on a case",
		Long:  "Record an event on a case; void takes the number of the event to strike.\nEvents: " + strings.Join(intake.RecordableNames(), ", ") + ".",
		Args:  wantArgs(cobra.RangeArgs(2, 3)),
	}
	argument(cmd, 1, intake.RecordableNames())
	asJSON := jsonFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&date, "date", "", "the day on which it happened, as YYYY-MM-DD; today when left out")
	choice(cmd, &part, "part", "of a hybrid: the part it concerns", kinds)
	f.StringVar(&in.Note, "note", "", "a note kept with it")
	f.StringVar(&in.Ask, "ask", "", "of clarification-requested, identity-requested and authority-requested: words for the letter that is drafted")
	choice(cmd, &in.Outcome, "outcome", "of responded", intake.AllOutcomes())
	choice(cmd, &in.Reason, "reason", "of extended, in words; of closed", casework.Reasons)
	f.StringVar(&due, "due", "", "of reopened: the date promised for the new work; of commissioner-notified: when they want our answer")
	f.StringSliceVar(&in.Exemptions, "exemption", nil, "of responded and extended: what the answer relies on, such as 40(2),31")
	f.StringVar(&in.Officer, "officer", "", "of assigned: the mail address of who is in charge; of responded: who decided or reviewed")
	f.StringVar(&in.Cover, "cover", "", "of assigned: the mail address of who stands in")
	f.StringVar(&in.Reference, "reference", "", "of the Commissioner's events: their reference")
	f.StringVar(&in.Name, "name", "", "of corrected: the requester's name")
	f.StringVar(&in.Address, "address", "", "of corrected: the requester's mail address; - for none")
	f.StringVar(&in.Postal, "postal", "", "of corrected: the requester's address by post, of at most 400 characters; - for none")
	choice(cmd, &in.Language, "language", "of corrected: the requester's language", languages)
	choice(cmd, &in.Child, "child", "of corrected: whether a child asks, to whom letters are short and plain", []string{"yes", "no"})
	f.StringVar(&in.Mailbox, "mailbox", "", "of corrected: the mailbox of the body to which the request belongs")
	f.StringVar(&estimate, "estimate", "", "of extended: the date that its notice names")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		in.Event, in.Part = intake.EventName(args[1]), intake.Kind(part)
		var err error
		if in.Date, err = optionalDay("--date", date); err != nil {
			return err
		}
		if in.Due, err = optionalDay("--due", due); err != nil {
			return err
		}
		if in.Estimate, err = optionalDay("--estimate", estimate); err != nil {
			return err
		}
		if in.Void, err = struckNumber(in.Event, args[2:]); err != nil {
			return err
		}
		return change(ctx, r, cmd, casePath(args[0], "events"), in, *asJSON)
	})
	return cmd
}

func struckNumber(event intake.EventName, args []string) (int, error) {
	if (event == intake.Void) != (len(args) == 1) {
		return 0, usageError(fmt.Errorf("record: void, and only void, takes the number of the event to strike; requestd show REF numbers them"))
	}
	if len(args) == 0 {
		return 0, nil
	}
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return 0, usageError(fmt.Errorf("record void %q: want the number of an event, as requestd show REF numbers them", args[0]))
	}
	return n, nil
}

func optionalDay(flag, s string) (deadlines.Day, error) {
	if s == "" {
		return 0, nil
	}
	d, err := deadlines.ParseDay(s)
	if err != nil {
		return 0, usageError(fmt.Errorf("%s: %w", flag, err))
	}
	return d, nil
}

func newReclassifyCmd() *cobra.Command {
	var of string
	var also, right []string
	cmd := &cobra.Command{Use: "reclassify REF KIND", Short: "Decide what a case is: foi, dsar, review, eir, rights or not-a-request", Args: exactArgs(2)}
	argument(cmd, 1, append(slices.Clone(kinds), string(intake.NotARequest)))
	asJSON := jsonFlag(cmd)
	choice(cmd, &of, "of", "of a review", ofKinds)
	cmd.Flags().StringSliceVar(&also, "also", nil, "further parts of the same request")
	rightFlag(cmd, &right)
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		in := casework.KindInput{Kind: intake.Kind(args[1]), Of: intake.Kind(of), Right: right}
		for _, k := range also {
			in.Also = append(in.Also, intake.Kind(k))
		}
		return change(ctx, r, cmd, casePath(args[0], "kind"), in, *asJSON)
	})
	return cmd
}

// rightFlag adds the flag for the rights that a request of the kind rights
// uses.
func rightFlag(cmd *cobra.Command, right *[]string) {
	cmd.Flags().StringSliceVar(right, "right", nil, "of rights: which, one or several of "+strings.Join(intake.RightNames, ", "))
}

func newAcknowledgeCmd() *cobra.Command {
	var byHand string
	var in casework.AckInput
	cmd := &cobra.Command{
		Use:   "acknowledge REF",
		Short: "Release a held acknowledgement, record one made otherwise, or correct a wrong one",
		Args:  exactArgs(1),
	}
	asJSON := jsonFlag(cmd)
	cmd.Flags().StringVar(&byHand, "by-hand", "", "it was made otherwise, on this day")
	cmd.Flags().StringVar(&in.Address, "address", "", "send it to this address: the mail gave none, or a wrong one")
	cmd.Flags().BoolVar(&in.Correct, "correct", false, "send the letter that corrects the one that went out")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		var err error
		if in.ByHand, err = optionalDay("--by-hand", byHand); err != nil {
			return err
		}
		if in.ByHand != 0 && in.Correct {
			return usageError(fmt.Errorf("acknowledge: --by-hand and --correct exclude each other"))
		}
		return change(ctx, r, cmd, casePath(args[0], "acknowledgement"), in, *asJSON)
	})
	return cmd
}

func newAttachCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "attach ID REF", Short: "Say that a mail belongs to a case", Args: exactArgs(2)}
	asJSON := jsonFlag(cmd)
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		id, err := strconv.ParseUint(args[0], 10, 64)
		if err != nil {
			return usageError(fmt.Errorf("attach %q: want the number of a mail, as requestd messages shows it", args[0]))
		}
		return change(ctx, r, cmd, casePath(args[1], "mail"), admin.Attaching{Message: id}, *asJSON)
	})
	return cmd
}

func newMergeCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "merge REF INTO", Short: "Make two cases one; the earlier receipt stays", Args: exactArgs(2)}
	asJSON := jsonFlag(cmd)
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		return change(ctx, r, cmd, casePath(args[0], "merge"), admin.Merging{Into: args[1]}, *asJSON)
	})
	return cmd
}
