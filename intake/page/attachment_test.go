package page_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/eml"
	"requestd/intake/page"
)

// Attachments come from the mailbox, as files that no browser renders.
func TestAttachmentsAreFetchedAndNeverRendered(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	raw := "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee it.\r\n--b\r\n" +
		"Content-Type: text/html\r\nContent-Disposition: attachment; filename*=utf-8''..%2F%22x%0D%0AX-Evil%3A1%22%E2%80%AEgpj.html\r\n\r\n<script>alert(1)</script>\r\n--b\r\n" +
		"Content-Type: image/svg+xml\r\nContent-Disposition: attachment\r\n\r\n<svg onload=alert(1)>\r\n--b--\r\n"
	var asked intake.MailLocation
	var fails error
	o.page.Files = func(_ context.Context, at intake.MailLocation, n int) ([]intake.File, bool, error) {
		asked = at
		list, err := eml.Files([]byte(raw), true, n)
		return list, true, errors.Join(fails, err)
	}
	v := o.officer()
	if _, body := v.get("/case/" + ref); strings.Contains(body, "/attachments") {
		t.Error("a small mail without any offers attachments")
	}
	status, body := v.get("/mail/1/attachments")
	if status != http.StatusOK || !strings.Contains(body, `href="/mail/1/attachments/2"`) || strings.Contains(body, "<script>alert") || asked.UID != 1 || asked.Mailbox != "cafcass" {
		t.Errorf("the list answers %d and asked for %+v", status, asked)
	}
	for n, want := range map[int]string{1: "<script>alert(1)</script>", 2: "<svg onload=alert(1)>"} {
		a, err := v.c.Get(fmt.Sprintf("%s/mail/1/attachments/%d", o.url, n))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(a.Body)
		if a.Body.Close(); err != nil || string(got) != want {
			t.Errorf("attachment %d is %q, %v", n, got, err)
		}
		h := a.Header
		if h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment; filename") || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" || h.Get("X-Evil") != "" || h.Get("Cache-Control") != "no-store" || strings.Contains(h.Get("Content-Disposition"), "..") {
			t.Errorf("headers of attachment %d: %v", n, h)
		}
	}
	if status, _ := v.get("/mail/1/attachments/3"); status != http.StatusNotFound {
		t.Errorf("one that there is not answers %d", status)
	}
	asked = intake.MailLocation{}
	if status, _ := o.visitor(o.word("c@example.org", casework.Officer, "cymru")).get("/mail/1/attachments/1"); status != http.StatusNotFound || asked.UID != 0 {
		t.Errorf("another mailbox's officer is answered %d, or the mail was fetched", status)
	}
	for _, x := range []struct {
		err    error
		status int
		says   string
	}{{errors.New("no route to host imap.example.org"), http.StatusBadGateway, "cannot be read at the moment"}, {page.ErrGone, http.StatusNotFound, "no longer lies"},
		{intake.Unreadable("it took more than 300 MB of memory"), http.StatusUnprocessableEntity, "cannot be taken apart"}} {
		fails = x.err
		if status, body := v.get("/mail/1/attachments"); status != x.status || !strings.Contains(body, x.says) || strings.Contains(body, "imap.example.org") {
			t.Errorf("%v is answered %d: %s", x.err, status, problemIn(body))
		}
	}
}
