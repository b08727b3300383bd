package engine_test

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

func TestMailToStaffIsTheSameWheneverItIsWritten(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	long := foiText + strings.Repeat("There is more to say about it. ", 20_000)
	o.receive("cafcass", mailbox.Inbox, mail{id: "a@example.org", from: asksFOI, to: "governance@cafcass.gov.uk", subject: "Request", body: long})
	drafts := 0
	for _, l := range o.letters("") {
		err := o.db.View(func(tx *store.Tx) (err error) {
			l, err = tx.Letter(l.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if l.Purpose == intake.ForAcknowledgement {
			if l.Unwritten != nil || l.Raw == nil {
				t.Error("a letter that promises dates is a draft; its bytes are to be frozen with the promise")
			}
			continue
		}
		drafts++
		if len(l.Unwritten) == 0 || len(l.Unwritten) > 16<<10 || l.Raw != nil {
			t.Errorf("the %s is a draft of %d bytes and has %d bytes written", l.Purpose, len(l.Unwritten), len(l.Raw))
		}
		first, second := l, l
		if err := o.e.Notices.WriteStaffMail(&first); err != nil {
			t.Fatal(err)
		}
		o.now = o.now.AddDate(0, 0, 3)
		if err := o.e.Notices.WriteStaffMail(&second); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(first.Raw)
		if !bytes.Equal(first.Raw, second.Raw) || !bytes.Equal(first.Hash, sum[:]) || first.Unwritten != nil {
			t.Errorf("the %s was written differently three days later", l.Purpose)
		}
		if !bytes.Contains(first.Raw, []byte(l.MessageID)) || !bytes.Contains(first.Raw, []byte(l.Ref)) {
			t.Errorf("the %s lacks its Message-ID or its case:\n%s", l.Purpose, first.Raw)
		}
	}
	if drafts == 0 {
		t.Error("staff were told nothing")
	}
}
