package engine_test

import (
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/intake/register"
)

// TestACopyIsTakenByTheMailboxThatHadStarted: a mail that one mailbox ignores
// as older than its start is still a request in a mailbox that started earlier.
func TestACopyIsTakenByTheMailboxThatHadStarted(t *testing.T) {
	early := strings.Replace(settings, "reference: CYM, since: 2026-11-01", "reference: CYM, since: 2026-10-01", 1)
	for name, c := range map[string]struct {
		boxes [2]string
		want  [2]intake.Disposition
	}{
		"the later one first":   {[2]string{"cafcass", "cymru"}, [2]intake.Disposition{intake.DidBeforeStart, ""}},
		"the earlier one first": {[2]string{"cymru", "cafcass"}, [2]intake.Disposition{"", intake.DidDuplicate}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOfficeWith(t, "2026-11-03 10:00", early)
			m := foiMail("both@example.org")
			m.at = "2026-10-30 10:00"
			refs := map[string]bool{}
			for i, box := range c.boxes {
				a := o.one(box, m)
				if c.want[i] != "" && a.Decision != c.want[i] || c.want[i] == "" && (a.Decision == intake.DidBeforeStart || a.Decision == intake.DidDuplicate) {
					t.Errorf("in %s it is %s", box, a.Decision)
				}
				refs[a.Ref] = true
			}
			delete(refs, "")
			if len(refs) != 1 || o.cases() != 1 {
				t.Errorf("%d cases (%v), want one", o.cases(), refs)
			}
			// A third copy joins the case, whatever the first arrival was.
			if a := o.one("cymru", m); a.Decision != intake.DidDuplicate || !refs[a.Ref] {
				t.Errorf("a third copy is %s of %q", a.Decision, a.Ref)
			}
		})
	}
}

// TestTwoLettersFromOneScannerAreTwo: a scanner that writes neither Message-ID
// nor date puts the same words above every letter. Once, the second was taken
// for a copy of the first, and nobody was told of it.
func TestTwoLettersFromOneScannerAreTwo(t *testing.T) {
	o := newOffice(t, "2026-11-03 10:00")
	place := mailbox.Folder{Mailbox: "cafcass", Folder: "INBOX", Role: mailbox.Inbox, UIDValidity: 7}
	uid := uint32(0)
	deliver := func(minute int, letter string) intake.Arrival {
		t.Helper()
		uid++
		raw := strings.ReplaceAll("From: scanner@example.org\nTo: governance@cafcass.gov.uk\nSubject: Scanned document\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"+
			"--b\nContent-Type: text/plain\n\nA letter is enclosed.\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=scan.txt\n\n"+letter+"\n--b--\n", "\n", "\r\n")
		f := mailbox.Fetched{UID: uid, Received: o.now.Add(time.Duration(minute) * time.Minute), Size: int64(len(raw)), Raw: []byte(raw), Complete: true}
		if err := o.e.TakeIn(t.Context(), place, []mailbox.Fetched{f}, uid); err != nil {
			t.Fatal(err)
		}
		all, _, err := o.e.Register.Messages(t.Context(), register.MessageFilter{})
		if err != nil {
			t.Fatal(err)
		}
		return all[len(all)-1]
	}
	const ask = "Under the Freedom of Information Act please send me the number of %s in each year since 2019.\nJo Marsh"
	guardians, managers := strings.Replace(ask, "%s", "guardians", 1), strings.Replace(ask, "%s", "managers", 1)
	first, second := deliver(0, guardians), deliver(5, managers)
	if second.Decision == intake.DidDuplicate || second.Ref == first.Ref {
		t.Errorf("the second letter is %s of %s", second.Decision, second.Ref)
	}
	// The folder gets new UIDs: both are recognised.
	place.UIDValidity, uid = 8, 0
	for i, letter := range []string{guardians, managers} {
		if again := deliver(5*i, letter); again.Decision != intake.DidDuplicate || again.Ref != []intake.Arrival{first, second}[i].Ref {
			t.Errorf("mail %d, met again, is %s of %s", i+1, again.Decision, again.Ref)
		}
	}
}
