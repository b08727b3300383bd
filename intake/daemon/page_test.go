package daemon

import (
	"errors"
	"strings"
	"testing"

	"requestd/intake/page"
)

// A mail's attachments come from the mailbox, and from nowhere else: a mail
// whose place now has another meaning is not returned.
func TestAMailIsFetchedAgainForItsAttachments(t *testing.T) {
	d := prepareField(t)
	d.makeField("")
	raw := strings.Replace(string(d.asks("whole")), "\r\n\r\n", "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", 1) +
		"\r\n--cut\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=list.csv\r\n\r\n" + strings.Repeat("a,b\r\n", 60<<10) + "--cut--\r\n"
	d.arrives([]byte(raw))
	d.start()
	d.until("the mail is taken in", func() bool { return len(d.arrivals()) == 1 })
	at := d.arrivals()[0].MailLocation
	got, whole, err := d.mailAt(t.Context(), at)
	if err != nil || !whole || string(got) != raw {
		t.Fatalf("%d bytes of %d, whole %v, %v", len(got), len(raw), whole, err)
	}
	files, whole, err := d.filesAt(t.Context(), at, 1)
	if err != nil || !whole || len(files) != 1 || files[0].Name != "list.csv" || len(files[0].Content) < 5*(60<<10)-2 {
		t.Errorf("%d files, %v", len(files), err)
	}
	at.UIDValidity++
	if _, _, err := d.mailAt(t.Context(), at); !errors.Is(err, page.ErrGone) {
		t.Errorf("a place that means another mail gives %v", err)
	}
	at.Mailbox = "nowhere"
	if _, _, err := d.mailAt(t.Context(), at); err == nil {
		t.Error("a mailbox that is not configured gives a mail")
	}
	d.stop()
}
