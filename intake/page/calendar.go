package page

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/intake/ical"
	"requestd/intake/register"
)

var calendarRoutes = []route{
	{"GET /calendar", casework.ToRead, (*visit).calendars},
	{"POST /calendar", casework.ToRead, (*visit).addCalendar},
	{"POST /calendar/end", casework.ToRead, (*visit).endCalendar},
}

type calendarBody struct {
	Feeds []accounts.Feed
	Boxes []choice
	Given string     // the new address, which is shown once
	Form  url.Values // the form that was sent and refused
}

func (v *visit) calendars() error { return v.showCalendars(v.frame("Calendar"), calendarBody{}) }

func (v *visit) showCalendars(f *frame, b calendarBody) (err error) {
	b.Boxes = v.boxes(b.Form.Get("mailbox"))
	if b.Feeds, err = v.s.Accounts.Feeds(v.session.Address); err != nil {
		return err
	}
	return v.show("calendar", f, b)
}

// boxes lists the mailboxes whose cases the visitor may read, one of them
// chosen.
func (v *visit) boxes(chosen string) (list []choice) {
	for _, box := range v.s.Cases.Settings().Mailboxes {
		if v.who.May(casework.ToRead, box.Name) == nil {
			list = append(list, choice{Value: box.Name, Label: box.Body, On: box.Name == chosen})
		}
	}
	return list
}

// addCalendar makes an address and shows it only this once.
func (v *visit) addCalendar() error {
	f := v.frame("Calendar")
	feed := accounts.Feed{Person: v.session.Person, Mine: v.r.PostFormValue("whose") == "mine", Mailbox: v.r.PostFormValue("mailbox"), Lang: f.Lang}
	if feed.Mailbox != "" {
		if err := v.who.May(casework.ToRead, feed.Mailbox); err != nil {
			return err
		}
	}
	token, err := v.s.Accounts.AddFeed(feed)
	if err != nil {
		v.explain(f, err)
		return v.showCalendars(f, calendarBody{Form: v.r.PostForm})
	}
	return v.showCalendars(f, calendarBody{Given: v.s.Web.Address() + "/calendar/" + token + calendarEnd})
}

func (v *visit) endCalendar() error {
	if err := v.s.Accounts.EndFeed(v.session.Address, v.r.PostFormValue("id")); err != nil {
		return err
	}
	return v.done("/calendar", v.frame("").T("The address is ended: whoever asks there gets nothing."))
}

// calendarEnd ends each address, so that programs recognise it as a calendar.
const calendarEnd = ".ics"

// feed sends the dates of cases to a calendar program, which has no session. It
// may see what the owner of the address may see now.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutSuffix(r.PathValue("token"), calendarEnd)
	var b bytes.Buffer
	err := s.writeFeed(r, &b, token)
	var forbidden *casework.Forbidden
	switch {
	case errors.Is(err, accounts.ErrNoFeed), errors.As(err, &forbidden):
		http.Error(w, "there is no calendar at this address, or no longer", http.StatusNotFound)
	case errors.Is(err, accounts.ErrTooMany):
		w.Header().Set("Retry-After", "900")
		http.Error(w, "this was asked for too often: ask again in a quarter of an hour", http.StatusTooManyRequests)
	case err != nil:
		s.Log.Error("a calendar could not be given", "error", err)
		http.Error(w, "the calendar cannot be given at the moment", http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", ical.ContentType)
		w.Header().Set("Content-Disposition", `attachment; filename="requestd.ics"`)
		_, _ = b.WriteTo(w) // the client has gone; nobody is left to tell
	}
}

func (s *Server) writeFeed(r *http.Request, b *bytes.Buffer, token string) error {
	f, err := s.Accounts.Feed(token, s.place(r))
	if err != nil {
		return err
	}
	who := f.Who()
	if err := who.MayAnywhere(casework.ToRead); err != nil {
		return err
	}
	filter := register.DatesFilter{Mailbox: f.Mailbox, Mailboxes: who.Mailboxes}
	if f.Mailbox != "" {
		if err := who.May(casework.ToRead, f.Mailbox); err != nil {
			return err
		}
	}
	if f.Mine {
		filter.Officer = f.Address
	}
	dates, err := s.Register.Dates(r.Context(), filter)
	if err != nil {
		return err
	}
	return ical.Write(b, f.Lang, dates, s.Now())
}
