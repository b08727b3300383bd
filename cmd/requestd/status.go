package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"requestd/intake/admin"
	"requestd/intake/health"
)

func newStatusCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say whether all is well: mailboxes, letters, cases, alarms",
		Long: `Say whether all is well: when each mailbox was last read and last sent to, what
waits, what is about to end, and each alarm with what to do about it. Where no
daemon runs it tells what the register knows, and that none runs.

It exits 0 when all is well and 1 while an alarm stands.`,
		Args: exactArgs(0),
	}
	asJSON := jsonFlag(cmd)
	tell := func(ctx context.Context, r *register, cmd *cobra.Command, _ []string) error {
		var s health.Status
		if err := r.Get(ctx, "/v1/status", nil, &s); err != nil {
			return err
		}
		if err := printStatus(cmd.OutOrStdout(), &s, *asJSON); err != nil {
			return err
		}
		if s.Well {
			return nil
		}
		return errors.New(health.Count(len(s.Alarms), "alarm stands", "alarms stand"))
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if c := watching(cmd); c != nil {
			return tell(cmd.Context(), &register{Client: c}, cmd, args)
		}
		return withRegister(tell)(cmd, args)
	}
	return cmd
}

// watching returns a client for the socket that tells only the status, for
// users who may use no other; nil for everybody else.
func watching(cmd *cobra.Command) *admin.Client {
	places := placesOf(cmd, nil)
	if places.StatusSocket == "" {
		return nil
	}
	if _, err := admin.Dial(cmd.Context(), places.Socket); !errors.Is(err, fs.ErrPermission) {
		return nil
	}
	c, err := admin.Dial(cmd.Context(), places.StatusSocket)
	if err != nil {
		return nil
	}
	return c
}

func printStatus(w io.Writer, s *health.Status, asJSON bool) error {
	if asJSON {
		return printJSON(w, s)
	}
	p := &statusPrinter{w: w, now: s.At}
	p.daemon(s)
	p.alarms(s)
	p.mailboxes(s)
	p.rest(s)
	return p.err
}

type statusPrinter struct {
	w   io.Writer
	now time.Time
	err error
}

func (p *statusPrinter) say(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *statusPrinter) daemon(s *health.Status) {
	if !s.Running {
		p.say("no daemon runs; this is what the register knows\n")
		return
	}
	p.say("requestd %s, running since %s\n", s.Version, clock(s.Started))
}

// troubled reports whether at present a mailbox cannot be read or its mail
// cannot be sent.
func troubled(s *health.Status) bool {
	return slices.ContainsFunc(s.Mailboxes, func(m health.Mailbox) bool { return m.Trouble != "" || m.SendTrouble != "" })
}

func (p *statusPrinter) alarms(s *health.Status) {
	if s.Well && troubled(s) {
		p.say("no alarm stands, and there is trouble below that may become one\n")
		return
	}
	if s.Well {
		p.say("all is well\n")
		return
	}
	for _, a := range s.Alarms {
		p.say("%s  %s", a.Severity, a.Problem)
		if a.Since != nil {
			p.say("          since %s", clock(a.Since))
		}
		p.say("          → %s", a.Mend)
	}
	p.say("")
}

func (p *statusPrinter) mailboxes(s *health.Status) {
	var rows [][]string
	head := []string{"MAILBOX", "LAST READ", "READING", "LAST SENT", "SENDING", "IMAP CERT ENDS", "SMTP CERT ENDS"}
	several := slices.ContainsFunc(s.Mailboxes, func(m health.Mailbox) bool { return m.WatchedFrom != "" })
	if several {
		head = append(head, "WATCHED FROM")
	}
	for _, m := range s.Mailboxes {
		reading, sending := "connected", "ready"
		switch {
		case m.Trouble != "":
			reading = "in trouble"
		case !m.Connected:
			reading = "not connected"
		}
		if m.SendTrouble != "" {
			sending = "in trouble"
		}
		row := []string{m.Name, clock(m.LastPoll), reading, clock(m.LastSend), sending, clock(m.IMAPCertificate), clock(m.SMTPCertificate)}
		if several {
			row = append(row, m.WatchedFrom)
		}
		rows = append(rows, row)
	}
	if p.err == nil {
		p.err = table(p.w, head, rows)
	}
	for _, m := range s.Mailboxes {
		if m.Trouble != "" {
			p.say("%s cannot be read: %s%s", m.Name, m.Trouble, p.since("; next try ", m.NextTry))
		}
		if m.SendTrouble != "" {
			p.say("%s cannot send: %s%s", m.Name, m.SendTrouble, p.since("; next try ", m.SendPaused))
		}
	}
}

func (p *statusPrinter) rest(s *health.Status) {
	l, c := s.Letters, s.Cases
	p.say("\nletters    %d waiting, %d sending, %d in doubt, %d held, %d failed%s", l.Waiting, l.Sending, l.InDoubt, l.Held, l.Failed, p.since("; the oldest that is due waits since ", s.OldestUnsent))
	p.say("cases      %d in triage, %d open, %d waiting, %d overdue%s", c.Triage, c.Open, c.Waiting, c.Overdue, p.since("; the oldest in triage since ", c.OldestTriage))
	if c.Unreadable > 0 {
		p.say("unreadable %d, undecided", c.Unreadable)
	}
	p.say("holidays   known until %s%s", day(s.Holidays.Through), p.since(", fetched ", s.Holidays.Fetched))
	for _, x := range s.Secrets {
		p.say("secret     of oauth %s ends on %s", x.Name, day(x.Ends))
	}
	if s.Disk.Total > 0 {
		p.say("disk       %s free of %s; the register takes %s", health.Bytes(s.Disk.Free), health.Bytes(s.Disk.Total), health.Bytes(uint64(max(0, s.Disk.Store))))
	}
	if s.Welsh != "" {
		p.say("welsh      %s: requestd check says what to do", s.Welsh)
	}
	backup := "never"
	switch {
	case s.Database:
		backup = "by the database's own means"
	case s.Backup != nil:
		backup = clock(s.Backup)
	}
	p.say("backup     %s", backup)
	if s.Retention.Looked != 0 {
		p.say("retention  %d cases and %d mails may be erased (looked on %s): requestd erase --due", s.Retention.Cases, s.Retention.Mails, s.Retention.Looked)
	}
}

func (p *statusPrinter) since(before string, t *time.Time) string {
	if t == nil {
		return ""
	}
	return before + clock(t)
}
