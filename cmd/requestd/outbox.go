package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"requestd/intake/admin"
)

func newOutboxCmd() *cobra.Command {
	var state, ref string
	cmd := &cobra.Command{Use: "outbox", Short: "List letters waiting, sending, sent, in doubt, held, failed and bounced", Args: noArgs}
	asJSON := jsonFlag(cmd)
	cmd.Flags().StringVar(&state, "state", "", "only letters in this state")
	cmd.Flags().StringVar(&ref, "ref", "", "only letters of this case")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
		var rows [][]string
		err := pages(ctx, r, "/v1/letters", url.Values{"state": {state}, "ref": {ref}}, func(l admin.Letter) error {
			if *asJSON {
				return printJSON(cmd.OutOrStdout(), l)
			}
			rows = append(rows, []string{strconv.FormatUint(l.ID, 10), l.Ref, string(l.Purpose), l.To, string(l.State), strconv.Itoa(l.Attempts), clock(l.Next), l.Response})
			return nil
		})
		if err != nil || *asJSON {
			return err
		}
		return table(cmd.OutOrStdout(), []string{"ID", "REF", "PURPOSE", "TO", "STATE", "TRIES", "NEXT", "RESPONSE"}, rows)
	})
	cmd.AddCommand(
		newLetterCmd("retry", "Let a letter go at once, whatever kept it", "released"),
		newLetterCmd("hold", "Keep a letter back that has not gone yet", "held"),
	)
	return cmd
}

func newLetterCmd(verb, short, done string) *cobra.Command {
	cmd := &cobra.Command{Use: verb + " ID", Short: short, Args: exactArgs(1)}
	asJSON := jsonFlag(cmd)
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		var l admin.Letter
		if err := r.Post(ctx, "/v1/letters/"+url.PathEscape(args[0])+"/"+verb, nil, &l); err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), l)
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "letter %d (%s, %s) is %s: it is now %s\n", l.ID, l.Purpose, l.Ref, done, l.State)
		return err
	})
	return cmd
}
