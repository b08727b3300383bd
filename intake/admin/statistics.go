package admin

import (
	"fmt"
	"net/http"

	"requestd/deadlines"
	"requestd/intake/register"
)

func (a *API) statistics(r *http.Request) (*register.Statistics, error) {
	q := register.StatisticsQuery{Mailbox: r.FormValue("mailbox"), Mailboxes: who(r).Mailboxes}
	for name, d := range map[string]*deadlines.Day{"from": &q.From, "to": &q.To, "as_at": &q.AsAt} {
		if err := dayOf(r, name, d); err != nil {
			return nil, err
		}
	}
	return a.Engine.Register.Statistics(r.Context(), q)
}

// dayOf parses a parameter that is a day; if it is absent d is unchanged.
func dayOf(r *http.Request, name string, d *deadlines.Day) error {
	s := r.FormValue(name)
	if s == "" {
		return nil
	}
	day, err := deadlines.ParseDay(s)
	if err != nil {
		return &inputError{fmt.Sprintf("%s: %v", name, err)}
	}
	*d = day
	return nil
}
