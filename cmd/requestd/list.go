package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"requestd/intake/admin"
	"requestd/intake/sheet"
)

// pageSize is how many items are asked for at once.
const pageSize = 500

func newListCmd() *cobra.Command {
	var state, kind, mailbox, search, officer, outcome, from, to string
	var overdue bool
	var within int
	cmd := &cobra.Command{Use: "list", Short: "List the register", Args: noArgs}
	asJSON := jsonFlag(cmd)
	asCSV := csvFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&search, "search", "", "only cases with this reference in any spelling, this address, or these words in name, address and subject")
	f.StringVar(&officer, "officer", "", "only cases that this officer is in charge of or covers")
	f.StringVar(&outcome, "outcome", "", "only cases answered so")
	f.StringVar(&from, "from", "", "only cases received on this day or later")
	f.StringVar(&to, "to", "", "only cases received on this day or earlier")
	choice(cmd, &state, "state", "only cases in this state", states)
	choice(cmd, &kind, "kind", "only cases with a part of this kind", kinds)
	f.StringVar(&mailbox, "mailbox", "", "only cases of this mailbox")
	f.BoolVar(&overdue, "overdue", false, "only overdue cases")
	f.IntVar(&within, "due-within", -1, "only cases due within this many days, overdue ones included")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
		q := url.Values{"state": {state}, "kind": {kind}, "mailbox": {mailbox}, "overdue": {strconv.FormatBool(overdue)},
			"search": {search}, "officer": {officer}, "outcome": {outcome}, "from": {from}, "to": {to}}
		if cmd.Flags().Changed("due-within") {
			if within < 0 {
				return usageError(fmt.Errorf("list --due-within %d: want a number of days from 0", within))
			}
			q.Set("due_within", strconv.Itoa(within))
		}
		path, head, row := "/v1/rows", []string{"REF", "KIND", "STATE", "RECEIVED", "ACK BY", "ACKNOWLEDGED", "REPLY BY", "", "SUBJECT"}, caseRow
		if *asCSV {
			head, row = sheet.CaseHead, sheet.Case.Row
		}
		if *asJSON {
			path = "/v1/cases"
		}
		return printPages(ctx, r, cmd, path, q, head, row)
	})
	return cmd
}

func caseRow(c sheet.Case) []string {
	mark := ""
	switch {
	case c.Urgent:
		mark = "URGENT"
	case c.Overdue:
		mark = "OVERDUE"
	}
	if c.DaysLate > 0 {
		mark = strings.TrimSpace(fmt.Sprintf("%s late %d", mark, c.DaysLate))
	}
	return []string{c.Ref, c.Kinds, c.State, c.Received, c.AcknowledgeBy, c.Acknowledged, c.ReplyBy, mark, c.Subject}
}

// printPages prints a list as the flags json and csv say. With json nothing is
// decoded: each item is printed as the daemon wrote it.
func printPages[T any](ctx context.Context, r *register, cmd *cobra.Command, path string, q url.Values, head []string, row func(T) []string) error {
	if cmd.Flag("json").Value.String() == "true" {
		return pages(ctx, r, path, q, func(item json.RawMessage) error { return printJSON(cmd.OutOrStdout(), item) })
	}
	var rows [][]string
	err := pages(ctx, r, path, q, func(item T) error {
		rows = append(rows, row(item))
		return nil
	})
	if err != nil {
		return err
	}
	return tableOrCSV(cmd, head, rows)
}

// pages walks over all pages of a list.
func pages[T any](ctx context.Context, r *register, path string, q url.Values, each func(T) error) error {
	q.Set("limit", strconv.Itoa(pageSize))
	for {
		var p admin.Page[T]
		if err := r.Get(ctx, path, q, &p); err != nil {
			return err
		}
		for _, item := range p.Items {
			if err := each(item); err != nil {
				return err
			}
		}
		if p.Next == "" {
			return nil
		}
		q.Set("cursor", p.Next)
	}
}

func newMessagesCmd() *cobra.Command {
	var decision, mailbox, ref string
	cmd := &cobra.Command{Use: "messages", Short: "List every message that came in, what was decided about it and why", Args: noArgs}
	jsonFlag(cmd)
	csvFlag(cmd)
	f := cmd.Flags()
	choice(cmd, &decision, "decision", "only messages with this decision", decisions)
	f.StringVar(&mailbox, "mailbox", "", "only messages of this mailbox")
	f.StringVar(&ref, "ref", "", "only messages of this case")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
		q := url.Values{"decision": {decision}, "mailbox": {mailbox}, "ref": {ref}}
		head := []string{"ID", "MAILBOX", "RECEIVED", "DECISION", "KIND", "REF", "FROM", "SUBJECT", "WHY"}
		return printPages(ctx, r, cmd, "/v1/messages", q, head, func(m admin.Message) []string {
			return []string{strconv.FormatUint(m.ID, 10), m.Mailbox, clock(&m.Received), string(m.Decision), string(m.Kind), m.Ref, m.From, m.Subject, m.Why}
		})
	})
	return cmd
}
