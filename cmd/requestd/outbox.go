package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"requestd/intake"
	"requestd/intake/admin"
	reg "requestd/intake/register"
)

func newOutboxCmd() *cobra.Command {
	var state, ref string
	cmd := &cobra.Command{Use: "outbox", Short: "List letters waiting, sending, sent, in doubt, held, failed and bounced", Args: noArgs}
	jsonFlag(cmd)
	csvFlag(cmd)
	cmd.Flags().StringVar(&state, "state", "", "only letters in this state")
	cmd.Flags().StringVar(&ref, "ref", "", "only letters of this case")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
		head := []string{"ID", "REF", "PURPOSE", "TO", "STATE", "TRIES", "NEXT", "RESPONSE"}
		return printPages(ctx, r, cmd, "/v1/letters", url.Values{"state": {state}, "ref": {ref}}, head, func(l admin.Letter) []string {
			return []string{strconv.FormatUint(l.ID, 10), l.Ref, string(l.Purpose), l.To, string(l.State), strconv.Itoa(l.Attempts), clock(l.Next), l.Response}
		})
	})
	cmd.AddCommand(newLetterShowCmd(), newLetterEditCmd(), newRetryCmd(), newLetterCmd("hold", "Keep letters back that have not gone yet", "held"))
	return cmd
}

func newLetterShowCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "show ID", Short: "Print what a letter says, gone or not", Args: exactArgs(1)}
	asJSON := jsonFlag(cmd)
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		var t reg.Text
		if err := r.Get(ctx, "/v1/letters/"+url.PathEscape(args[0])+"/text", nil, &t); err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), t)
		}
		if t.Missing != "" {
			return fmt.Errorf("letter %d has no text: %s", t.Letter, t.Missing)
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "To: %s\nSubject: %s\n\n%s", t.To, t.Subject, t.Text)
		return err
	})
	return cmd
}

func newLetterEditCmd() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "edit ID --file FILE",
		Short: "Give a draft, or an acknowledgement that has not gone, another text",
		Long: `Give a draft another text: the whole of it, as it is to go, without head and subject.
requestd outbox show ID prints the one that it has. Only a letter to the requester can be edited that
waits for a person's word, or an acknowledgement that waits or is held: that one still states the
reference and its dates, and is written anew, and held, where these change.`,
		Args: exactArgs(1),
	}
	asJSON := jsonFlag(cmd)
	cmd.Flags().StringVar(&file, "file", "", "the file with the text; - is standard input (required)")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		if file == "" {
			return usageError(errors.New("say where the text is with --file FILE, or --file - for standard input"))
		}
		text, _, err := readMail(cmd.InOrStdin(), file)
		if err != nil {
			return fmt.Errorf("edit letter %s: %w", args[0], err)
		}
		var l admin.Letter
		if err := r.Post(ctx, "/v1/letters/"+url.PathEscape(args[0])+"/text", admin.LetterInput{Text: string(text)}, &l); err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), l)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "letter %d (%s, %s) has its new text: requestd outbox retry %d sends it\n", l.ID, l.Purpose, l.Ref, l.ID)
		return err
	})
	return cmd
}

func newRetryCmd() *cobra.Command {
	var failed bool
	cmd := newLetterCmd("retry", "Let letters go at once, whatever kept them", "released")
	cmd.Use = "retry ID... | retry --failed"
	cmd.Flags().BoolVar(&failed, "failed", false, "every letter that was refused for good, once what was in the way is mended")
	one := cmd.RunE
	cmd.Args = wantArgs(func(_ *cobra.Command, args []string) error {
		if failed == (len(args) > 0) {
			return errors.New("takes the numbers of letters, or --failed")
		}
		return nil
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if failed {
			if err := withRegister(func(ctx context.Context, r *register, _ *cobra.Command, _ []string) error {
				return pages(ctx, r, "/v1/letters", url.Values{"state": {string(intake.LetterFailed)}}, func(l admin.Letter) error {
					if !strings.HasPrefix(l.Response, intake.NotSent) {
						args = append(args, strconv.FormatUint(l.ID, 10))
					}
					return nil
				})
			})(cmd, nil); err != nil {
				return err
			}
			if len(args) == 0 && cmd.Flag("json").Value.String() != "true" {
				fmt.Fprintln(cmd.OutOrStdout(), "no letter was refused for good")
			}
		}
		return one(cmd, args)
	}
	return cmd
}

func newLetterCmd(verb, short, done string) *cobra.Command {
	cmd := &cobra.Command{Use: verb + " ID...", Short: short, Args: wantArgs(cobra.MinimumNArgs(1))}
	asJSON := jsonFlag(cmd)
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		var all error
		for _, id := range args {
			all = errors.Join(all, changeLetter(ctx, r, cmd, id, verb, done, *asJSON)) // if one is refused, the others are still changed
		}
		return all
	})
	return cmd
}

func changeLetter(ctx context.Context, r *register, cmd *cobra.Command, id, verb, done string, asJSON bool) error {
	var l admin.Letter
	if err := r.Post(ctx, "/v1/letters/"+url.PathEscape(id)+"/"+verb, nil, &l); err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), l)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "letter %d (%s, %s) is %s: it is now %s\n", l.ID, l.Purpose, l.Ref, done, l.State)
	return err
}
