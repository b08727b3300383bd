package page

import (
	"io"
	"net/http"
	"time"

	"requestd/intake/sheet"
)

// sendWithin is how long sending one step of an answer may take. It starts anew
// for each step of a download, so that the download's length does not matter.
const sendWithin = 2 * time.Minute

// byteOrderMark tells Excel that a sheet is UTF-8: without it Llŷr is shown
// wrongly.
const byteOrderMark = "\ufeff"

// download is a list for a spreadsheet, sent in steps.
type download struct {
	v     *visit
	name  string
	head  []string
	begun bool
}

// send sends more rows, with the heading before the first, and reports whether
// the client is still there.
func (d *download) send(rows [][]string) bool {
	_ = http.NewResponseController(d.v.w).SetWriteDeadline(time.Now().Add(sendWithin)) // without a connection there is no deadline to move
	if !d.begun {
		d.begun = true
		h := d.v.w.Header()
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
		d.v.w.WriteHeader(http.StatusOK)
		if _, err := io.WriteString(d.v.w, byteOrderMark); err != nil {
			return false
		}
		if sheet.Rows(d.v.w, [][]string{d.head}) != nil {
			return false
		}
	}
	return sheet.Rows(d.v.w, rows) == nil
}

// failed returns an error for a screen to show. Once a part was sent it is too
// late for that: then it breaks off the answer, so that no browser takes the
// part for the whole.
func (d *download) failed(err error) error {
	if !d.begun {
		return err
	}
	d.v.s.Log.Error("a download was broken off", "file", d.name, "actor", d.v.who.Actor, "error", err)
	panic(http.ErrAbortHandler)
}
