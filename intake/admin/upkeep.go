package admin

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/clock"
	"requestd/intake/config"
	"requestd/intake/health"
	"requestd/store"
)

func (a *API) status(r *http.Request) (*health.Status, error) {
	if a.Status == nil {
		return nil, errors.New("no daemon is running")
	}
	return a.Status(r.Context())
}

// StatusHandler serves the status and nothing else, without the mail addresses
// that servers repeat in their answers. It is for monitoring.
func (a *API) StatusHandler() http.Handler {
	all := a.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		asks := casework.Principal{Actor: who(r).Actor, Role: casework.Monitor}
		all.ServeHTTP(bodyOnly{w, &b}, r.WithContext(WithPrincipal(r.Context(), asks)))
		_, _ = io.WriteString(w, intake.WithoutAddresses(b.String())) // the client has gone; nobody is left to tell
	})
}

// bodyOnly captures the body of an answer.
type bodyOnly struct {
	http.ResponseWriter
	body *bytes.Buffer
}

func (b bodyOnly) Write(p []byte) (int, error) { return b.body.Write(p) }

func (a *API) reload(r *http.Request) (struct{}, error) {
	if a.Reload == nil {
		return struct{}{}, errors.New("no daemon is running")
	}
	err := a.Reload(r.Context())
	var wrong *config.Problems
	if errors.As(err, &wrong) {
		err = &inputError{"the new configuration is wrong, the old one stays in force: " + wrong.Error()}
	}
	return struct{}{}, err
}

func (a *API) outlived(r *http.Request) (p Page[clock.PastRetention], err error) {
	list, err := a.Engine.Clock.PastRetention(r.Context())
	for _, o := range list {
		if who(r).May(casework.ToRead, o.Mailbox) == nil {
			p.Items = append(p.Items, o)
		}
	}
	return filled(p), err
}

func (a *API) eraseOutlived(r *http.Request) (health.Retention, error) {
	return a.Engine.Clock.ErasePastRetention(r.Context(), casework.By{Principal: who(r)})
}

// Verified is the result of verifying the register.
type Verified struct {
	Findings []store.Finding `json:"findings"`
}

func (a *API) verify(r *http.Request) (v Verified, err error) {
	v.Findings, err = a.Engine.Register.Verify(r.Context())
	if v.Findings == nil {
		v.Findings = []store.Finding{}
	}
	return v, err
}

// StoreHeader names the register's file in the answer to a backup, so that the
// client can make sure not to write the copy over it.
const StoreHeader = "Requestd-Store"

func (a *API) backup(w http.ResponseWriter, r *http.Request) {
	if err := who(r).MayAnywhere(casework.ToMaintain); err != nil {
		fail(w, err)
		return
	}
	if a.Store.InDatabase() {
		fail(w, a.Store.Backup(io.Discard)) // its error says what to do instead
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	id, err := a.Store.Identity()
	if err == nil {
		w.Header().Set(StoreHeader, id)
		err = a.Store.Backup(w)
	}
	if err != nil {
		panic(http.ErrAbortHandler) // closes the connection, so that half a copy is not taken for a whole one
	}
}

// backedUp records that a client has put a copy in its place.
func (a *API) backedUp(r *http.Request) (struct{}, error) {
	err := a.Engine.Register.BackedUp()
	if err == nil && a.Log != nil {
		a.Log.Info("the register was copied", "by", who(r).Actor)
	}
	return struct{}{}, err
}
