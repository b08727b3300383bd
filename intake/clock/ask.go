package clock

import (
	"fmt"
	"slices"
	"time"

	"requestd/deadlines"
	"requestd/intake/register"
	"requestd/store"
	"requestd/templates"
)

// ListFor returns somebody's list as it is now, without the mail that came
// since the last one, and how much there is of each sort.
func (cl *Clock) ListFor(tx *store.Tx, address string) ([]templates.List, string, error) {
	l := cl.newList(tx, address)
	for _, box := range cl.cases.Settings().Mailboxes {
		l.add(box.Name, lastDigest(tx, box.Name))
	}
	l.cases()
	if err := l.letters(); err != nil {
		return nil, "", err
	}
	return l.lists(), l.sum(), nil
}

// StandingFor says in a few lines what the state is of the mailboxes of a
// member of staff.
func (cl *Clock) StandingFor(tx *store.Tx, address string) (lines []string) {
	for _, box := range cl.cases.Rules().MailboxesOf(address) {
		last := register.LastContactOf(tx, box)
		lines = append(lines, fmt.Sprintf("Mailbox %s: last read %s, last sent for %s.", box, moment(last.Poll), moment(last.Send)))
	}
	for name := range tx.FactNames(alarmPrefix) {
		a, _ := store.Fact[raisedAlarm](tx, name)
		if a.Mailbox == "" || slices.Contains(cl.cases.Rules().MailboxesOf(address), a.Mailbox) {
			lines = append(lines, fmt.Sprintf("ALARM since %s: %s", moment(a.Since), a.Problem))
		}
	}
	return lines
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "never, as far as is recorded"
	}
	return deadlines.DayOf(t).Long() + " at " + t.In(deadlines.London()).Format("15:04")
}
