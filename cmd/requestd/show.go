package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"requestd/deadlines"
	"requestd/intake"
	reg "requestd/intake/register"
	"requestd/intake/story"
)

func newShowCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "show REF", Short: "Show one case with its clocks, ledger, mail, letters and history", Args: exactArgs(1)}
	asJSON := jsonFlag(cmd)
	whole := cmd.Flags().Bool("story", false, "the whole case as one document, with what was said in each mail and letter")
	asHTML := cmd.Flags().Bool("html", false, "of --story, a page to be printed")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, args []string) error {
		if *asHTML && (!*whole || *asJSON) {
			return usageError(errors.New("show --html: it goes with --story, and not with --json"))
		}
		if *whole {
			return showStory(ctx, r, cmd.OutOrStdout(), args[0], *asJSON, *asHTML)
		}
		var f reg.CaseDetails
		if err := r.Get(ctx, "/v1/cases/"+url.PathEscape(args[0]), nil, &f); err != nil {
			return err
		}
		if *asJSON {
			return printJSON(cmd.OutOrStdout(), f)
		}
		return printCase(cmd.OutOrStdout(), &f)
	})
	return cmd
}

func showStory(ctx context.Context, r *register, w io.Writer, ref string, asJSON, asHTML bool) error {
	var s reg.Story
	if err := r.Get(ctx, "/v1/cases/"+url.PathEscape(ref)+"/story", nil, &s); err != nil {
		return err
	}
	switch {
	case asJSON:
		return printJSON(w, s)
	case asHTML:
		return story.HTML(w, &s)
	}
	return story.Text(w, &s)
}

func printCase(w io.Writer, f *reg.CaseDetails) error {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "%-16s %s\n", name, intake.OneLine(value, 200))
		}
	}
	line("Case", f.Ref+" ("+f.Mailbox+")")
	line("Kind", f.Kinds())
	line("State", string(f.State))
	line("Urgent", f.Urgent)
	line("Attention", f.Attention)
	if f.Requester.Addr != "" {
		line("From", f.Requester.Name+" <"+f.Requester.Addr+">")
	} else {
		line("From", f.Requester.Name)
	}
	line("By post", f.Postal)
	line("Subject", f.Subject)
	line("Their reference", f.TheirRef)
	line("In charge", f.Officer)
	line("Covers", f.Cover)
	if k := f.Commissioner; k != nil {
		line("Commissioner", fmt.Sprintf("%s: notified %s, answer due %s, answered %s, decided %s %s", k.Reference, day(k.Notified), day(k.Due), day(k.Answered), day(k.Decided), k.Outcome))
	}
	line("Received", day(f.ReceivedOn)+" by "+f.Source)
	line("Acknowledge by", day(f.AcknowledgeBy))
	line("Acknowledged", acknowledged(f.View))
	for _, h := range f.Hold {
		line("Held", h)
	}
	for _, flag := range f.Flags {
		line("To check", flag)
	}
	earliest := ""
	if slices.Contains(f.Hold, "undecided") {
		earliest = "; the earliest that could apply, until somebody decides what it is"
	}
	for _, k := range f.Clocks {
		promised := earliest
		if k.Promised != 0 && k.Promised != k.RespondBy {
			promised += "; promised " + day(k.Promised)
		}
		line("Reply by", fmt.Sprintf("%s (%s, %s)%s", day(k.RespondBy), k.Kind, k.State, promised))
		if len(k.Right) > 0 {
			line("Right", strings.Join(k.Right, ", "))
		}
		if k.Outcome != "" {
			line("Outcome", strings.TrimSpace(k.Outcome+" "+strings.Join(k.Exemptions, ", ")+" "+k.DecidedBy))
		}
		if k.Unconfirmed {
			line("To confirm", "the right, which no letter speaks of before: requestd reclassify decides")
		}
		switch {
		case k.LateSince != 0:
			line("Late since", fmt.Sprintf("%s (%s), %d days", day(k.LateSince), k.Kind, k.DaysLate))
		case k.Missed:
			line("Missed", fmt.Sprintf("the house's target of %s (%s)", day(k.RespondBy), k.Kind))
		}
	}
	for _, warning := range f.Warnings {
		line("Warning", warning)
	}
	for _, k := range f.Clocks {
		fmt.Fprintf(w, "\nHow the dates of the part %s were reached\n", k.Kind)
		for _, l := range f.Ledgers[string(k.Kind)] {
			fmt.Fprintln(w, "  "+l)
		}
	}
	fmt.Fprintln(w, "\nWhy it was read so")
	for _, e := range f.Evidence {
		quote := ""
		if e.Quote != "" {
			quote = fmt.Sprintf(": %q", intake.OneLine(e.Quote, 100))
		}
		fmt.Fprintf(w, "  %+5.1f  %s%s\n", e.Points, e.Signal, quote)
	}
	return printHistory(w, f)
}

func printHistory(w io.Writer, f *reg.CaseDetails) error {
	fmt.Fprintln(w, "\nMail")
	var rows [][]string
	for _, a := range f.Mail {
		rows = append(rows, []string{strconv.FormatUint(a.ID, 10), clock(&a.Received), string(a.Decision), a.From.Addr, a.Subject})
	}
	if err := table(w, []string{"ID", "RECEIVED", "DECISION", "FROM", "SUBJECT"}, rows); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nLetters")
	rows = nil
	for _, l := range f.Letters {
		rows = append(rows, []string{strconv.FormatUint(l.ID, 10), string(l.Purpose), l.To, string(l.State), clock(&l.Created), l.Response})
	}
	if err := table(w, []string{"ID", "PURPOSE", "TO", "STATE", "WRITTEN", "RESPONSE"}, rows); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nHistory")
	rows = nil
	for _, e := range f.Events {
		name := string(e.Name)
		if e.Struck {
			name += " (struck)"
		}
		rows = append(rows, []string{strconv.Itoa(e.N), day(e.Day), name, eventDetail(e), e.Actor, clock(&e.At)})
	}
	return table(w, []string{"N", "DATE", "EVENT", "", "BY", "RECORDED"}, rows)
}

func eventDetail(e reg.ShownEvent) string {
	s := ""
	for _, d := range []string{string(e.Kind), string(e.Part), e.Outcome, strings.Join(e.Exemptions, ","), e.Reason, e.Officer, e.Mailbox, e.Ref, e.Code, e.Note} {
		if d != "" {
			s += d + " "
		}
	}
	if e.Refers != 0 {
		s += strconv.Itoa(e.Refers)
	}
	return s
}

func newForecastCmd() *cobra.Command {
	var days int
	cmd := &cobra.Command{Use: "forecast", Short: "List what falls due and which reminders will go out, in order", Args: noArgs}
	jsonFlag(cmd)
	csvFlag(cmd)
	cmd.Flags().IntVar(&days, "days", 7, "how many days to look ahead")
	cmd.RunE = withRegister(func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
		head := []string{"WHEN", "WHAT", "REF", "KIND", "DUE"}
		return printPages(ctx, r, cmd, "/v1/forecast", url.Values{"days": {strconv.Itoa(days)}}, head, func(c reg.Coming) []string {
			return []string{c.At.In(deadlines.London()).Format("Mon 2006-01-02 15:04"), c.What, c.Ref, string(c.Kind), day(c.Due)}
		})
	})
	return cmd
}
