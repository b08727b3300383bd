package page

import (
	"requestd/intake/casework"
)

var statusRoutes = []route{{"GET /how-it-runs", casework.ToReadStatus, (*visit).status}}

func (v *visit) status() error {
	st, err := v.s.Status(v.r.Context())
	if err != nil {
		return err
	}
	return v.show("status", v.frame("How it runs"), st)
}
