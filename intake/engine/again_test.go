package engine_test

import (
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

// deliver delivers one mail at its place, as a mailbox does.
func (o *office) deliver(uid uint32, f mailbox.Fetched) {
	o.t.Helper()
	place := mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 7}
	f.UID = uid
	f.Read, _ = o.e.Read(place, &f)
	if err := o.e.TakeIn(o.t.Context(), place, []mailbox.Fetched{f}, uid); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) openCases() (n int) {
	o.t.Helper()
	err := o.db.View(func(tx *store.Tx) error {
		for range tx.OpenCases() {
			n++
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// TestAMailThatComesAgainWithMoreOfItIsTheSame: the first time the server
// refused the rest, and the mail was registered without it.
func TestAMailThatComesAgainWithMoreOfItIsTheSame(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	m := foiMail("a@example.org")
	m.head = []string{"Content-Type: text/html; charset=utf-8"}
	m.body = "<html><body><p>" + foiText + "</p>" + strings.Repeat("<p>&nbsp;</p>\n", 1000) + "<p>and by region</p></body></html>"
	raw := m.raw(o.now)
	o.deliver(1, mailbox.Fetched{Received: o.now, Raw: raw[:8000], Size: int64(len(raw))})
	o.send()
	o.deliver(1, mailbox.Fetched{Received: o.now, Raw: raw, Complete: true, Size: int64(len(raw))})
	if cases, letters := o.openCases(), len(o.letters(intake.ForAcknowledgement)); cases != 1 || letters != 1 {
		t.Errorf("%d cases, %d acknowledgements; want one of each", cases, letters)
	}
}

// TestAMailThatCanBeReadAfterAllIsTheSame, even if it was taken for a copy of
// another while it could not be read.
func TestAMailThatCanBeReadAfterAllIsTheSame(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	raw := foiMail("a@example.org").raw(o.now)
	unread := mailbox.Fetched{Received: o.now, Raw: raw[:200], Size: int64(len(raw)), Unreadable: "it could not be fetched"}
	o.deliver(1, unread)
	o.deliver(2, unread)
	before := o.openCases()
	o.deliver(2, mailbox.Fetched{Received: o.now, Raw: raw, Complete: true, Size: int64(len(raw))})
	if after := o.openCases(); after != before {
		t.Errorf("%d cases, then %d", before, after)
	}
}
