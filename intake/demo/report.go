package demo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/holds"
	"requestd/intake/register"
)

// report prints what the register holds. All of it is read from the register,
// nothing is remembered from the playing.
func (p *player) report(ctx context.Context, out io.Writer, took time.Duration) error {
	r, err := p.read(ctx)
	if err != nil {
		return err
	}
	w := &printer{w: out}
	w.line("requestd demo: %d mails of five weeks came into two mailboxes, and were dealt with in %.1f s.", p.total, took.Seconds())
	w.line("The mail servers are part of this program; nothing has left it. All that follows is read from the register.")
	r.printMail(w)
	r.printCases(w)
	r.printStaff(w)
	r.printComing(w)
	p.printLetter(w, r)
	return w.err
}

// contents is what was read for the report.
type contents struct {
	today   deadlines.Day
	mail    []intake.Arrival
	cases   []*intake.View
	letters []intake.Letter
	coming  []register.Coming
}

const comingDays = 7

func (p *player) read(ctx context.Context) (r *contents, err error) {
	r = &contents{today: deadlines.DayOf(p.now)}
	e := p.daemon.Engine
	if r.mail, _, err = e.Register.Messages(ctx, register.MessageFilter{}); err != nil {
		return nil, err
	}
	if r.cases, _, err = e.Register.Cases(ctx, register.CaseFilter{DueWithin: -1}); err != nil {
		return nil, err
	}
	if r.letters, err = e.Register.Letters(ctx, register.LetterFilter{}); err != nil {
		return nil, err
	}
	r.coming, err = e.Register.Forecast(ctx, comingDays)
	return r, err
}

// maxLine is how long a line may be, in runes.
const maxLine = 104

func (r *contents) printMail(w *printer) {
	w.heading("WHAT CAME IN, HOW IT WAS READ, AND WHY", "messages")
	w.table([][]string{
		{"  acknowledge", "a new case, and its sender was written to at once"},
		{"  triage", "a new case, and a person decides before anybody is written to"},
		{"  followup", "belongs to a case; duplicate: the same mail in the other mailbox"},
		{"  pass", "a person's mail that is no request; staff see it in the daily list"},
		{"  ignore", "made by a machine, and never answered"},
		{"  before-start", "older than the day from which the daemon answers"},
	})
	w.line("")
	for _, a := range r.mail {
		who := a.From.Name
		if who == "" {
			who = a.From.Addr
		}
		w.line("%3d  %s", a.ID, intake.OneLine(fmt.Sprintf("%s, %s, from %s: %s", when(a.Received), a.Mailbox, who, a.Subject), maxLine))
		w.line("     %s", intake.OneLine(fmt.Sprintf("→ %s %s%s", a.Decision, subject(a), a.Why), maxLine))
	}
}

// subject says as what a mail was read, and to which case it belongs.
func subject(a intake.Arrival) string {
	s := string(a.Kind)
	if a.Ref != "" {
		s = a.Ref + " " + s
	}
	for _, note := range []string{a.Urgent, a.Attention} {
		if note != "" {
			s += ", " + strings.ToUpper(note)
		}
	}
	return s + ": "
}

func (r *contents) printCases(w *printer) {
	w.heading("THE REGISTER: WHAT WAS ACKNOWLEDGED, WHAT IS DUE WHEN", "list")
	rows := [][]string{{"CASE", "KIND", "RECEIVED", "ACKNOWLEDGED", "REPLY BY", "", "LETTERS IN"}}
	for _, v := range r.cases {
		rows = append(rows, []string{v.Ref, v.Kinds(), day(v.ReceivedOn), acknowledged(v), replyBy(v), r.left(v), v.ReplyLanguage})
	}
	w.table(rows)
}

// acknowledged says when the acknowledgement went out, or why it did not.
func acknowledged(v *intake.View) string {
	switch {
	case v.AcknowledgedAt != nil:
		return when(*v.AcknowledgedAt)
	case v.Doubt:
		return "when staff have decided"
	case len(v.Ack.Held) > 0:
		return "held: " + holds.List(v.Ack.Held)
	case v.Ack.Bounced:
		return "came back: staff asked"
	case v.Ack.Queued:
		return "waiting to be sent"
	}
	return "-"
}

func replyBy(v *intake.View) string {
	days := make([]string, 0, len(v.Clocks))
	for _, k := range v.Clocks {
		if d := day(k.RespondBy); !slices.Contains(days, d) {
			days = append(days, d)
		}
	}
	return strings.Join(days, " and ")
}

func (r *contents) left(v *intake.View) string {
	switch {
	case v.Urgent != "":
		return "URGENT"
	case v.Overdue:
		return "OVERDUE"
	case v.RespondBy == 0:
		return string(v.State)
	case v.RespondBy == r.today:
		return "today"
	}
	return fmt.Sprintf("in %d days", v.RespondBy-r.today)
}

const maxComing = 12 // lines

func (r *contents) printComing(w *printer) {
	w.heading(fmt.Sprintf("WHAT COMES WITHIN %d DAYS", comingDays), fmt.Sprintf("forecast --days %d", comingDays))
	var rows [][]string
	for _, c := range r.coming[:min(len(r.coming), maxComing)] {
		rows = append(rows, []string{when(c.At), c.Ref, string(c.Kind), c.What, "for " + day(c.Due)})
	}
	w.table(rows)
	if more := len(r.coming) - maxComing; more > 0 {
		w.line("and %d more", more)
	}
}
