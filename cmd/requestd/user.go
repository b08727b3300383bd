package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"requestd/deadlines"
	"requestd/intake/accounts"
	"requestd/intake/casework"
)

func newUserCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Accounts of the officers' page where no OpenID provider is used",
		Args:  cobra.ArbitraryArgs,
		RunE:  needCommand,
	}
	cmd.AddCommand(newUserAddCmd(), newUserListCmd(), newUserRemoveCmd(), newUserResetCmd())
	return cmd
}

func roleNames() (names []string) {
	for _, r := range accounts.Roles {
		names = append(names, string(r))
	}
	return names
}

func newUserAddCmd() *cobra.Command {
	var in accounts.Input
	var role string
	cmd := &cobra.Command{
		Use:   "add ADDRESS",
		Short: "Make an account, and print once what it signs in with",
		Long: `Make an account of the officers' page. Its password and the secret of its
one-time codes are printed once and kept nowhere: the password as a hash alone.
Whoever gets them types the secret into an app that makes one-time codes
(RFC 6238) and changes the password on the page under "Your account".

Roles: reader reads; officer works on cases; head also erases, and sees who
read a case; administrator may do everything.`,
		Args: exactArgs(1),
	}
	asJSON := jsonFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&in.Name, "name", "", "the name that colleagues see")
	choice(cmd, &role, "role", "what they may do", roleNames())
	f.StringSliceVar(&in.Mailboxes, "mailbox", nil, "for this mailbox alone; may be given several times; all when left out")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		in.Address, in.Role = args[0], casework.Role(role)
		if role == "" {
			in.Role = casework.Officer
		}
		var given accounts.Given
		if err := r.Post(ctx, "/v1/users", in, &given); err != nil {
			return err
		}
		return printGiven(cmd.OutOrStdout(), given, *asJSON)
	})
	return cmd
}

func printGiven(w io.Writer, g accounts.Given, asJSON bool) error {
	if asJSON {
		return printJSON(w, g)
	}
	_, err := fmt.Fprintf(w, "account   %s\npassword  %s\ncodes     %s\n          %s\nThis is shown once. Give it to them on a safe way.\n", g.Address, g.Password, g.Code, g.CodeLink)
	return err
}

func newUserListCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the accounts with their roles and how often they are signed in", Args: noArgs}
	jsonFlag(cmd)
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
		head := []string{"ADDRESS", "NAME", "ROLE", "MAILBOXES", "SINCE", "SESSIONS", "CALENDARS"}
		return printPages(ctx, r, cmd, "/v1/users", url.Values{}, head, func(l accounts.Listed) []string {
			boxes := cmp.Or(strings.Join(l.Mailboxes, ","), "all")
			return []string{l.Address, l.Name, string(l.Role), boxes, day(deadlines.DayOf(l.Created)), strconv.Itoa(l.Sessions), strconv.Itoa(l.Calendars)}
		})
	})
	return cmd
}

func newUserRemoveCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "remove ADDRESS",
		Short: "Remove an account, and end its sessions and calendars",
		Long: `Remove an account of the officers' page, and end its sessions and its calendars' addresses at once. Of somebody who signs in
at an OpenID provider it ends these alone: the provider lets them in or not.`,
		Args: exactArgs(1),
	}
	cmd.RunE = withRegister(func(ctx context.Context, r *register, _ *cobra.Command, args []string) error {
		var done struct{}
		return r.Post(ctx, userPath(args[0], "remove"), nil, &done)
	})
	return cmd
}

func newUserResetCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "reset ADDRESS", Short: "Give an account a new password and secret, and end its sessions and calendars", Args: exactArgs(1)}
	asJSON := jsonFlag(cmd)
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		var given accounts.Given
		if err := r.Post(ctx, userPath(args[0], "reset"), nil, &given); err != nil {
			return err
		}
		return printGiven(cmd.OutOrStdout(), given, *asJSON)
	})
	return cmd
}

func userPath(address, what string) string {
	return "/v1/users/" + url.PathEscape(address) + "/" + what
}
