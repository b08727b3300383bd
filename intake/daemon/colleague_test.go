package daemon

import (
	"strings"
	"sync"
	"testing"
	"time"

	"requestd/intake/mailtest"
)

// A colleague deletes one mail and moves another between the daemon's search
// and its fetch. The remaining mail is dealt with, the moved one once it is in
// the mailbox again, and none is taken for unreadable.
func TestAColleagueMovesAndDeletesWhileMailIsRead(t *testing.T) {
	d := newField(t, "")
	ids := []string{"one", "deleted", "three", "moved", "five"}
	for _, id := range ids {
		d.arrives(d.asks(id))
	}
	var tidying sync.Once
	d.imap.Script(mailtest.IMAPFault{Verb: "UID FETCH", Before: func() {
		tidying.Do(func() {
			d.imap.Expunge(t, "g", 2)
			d.imap.Move(t, "g", "INBOX", "Archive", 4)
		})
	}})
	d.run()
	d.answered("one", "three", "five")
	d.polls()
	if n := d.cases(); n != 3 {
		t.Errorf("%d cases of three mails that are left", n)
	}
	d.imap.Move(t, "g", "Archive", "INBOX", 1)
	d.answered("moved")
	d.imap.Move(t, "g", "INBOX", "Archive", 1) // one that has been read
	d.polls()
	d.imap.Move(t, "g", "Archive", "INBOX", 2) // and back, with another UID
	d.arrives(d.asks("later"))
	d.answered("later")
	if n, read := d.cases(), d.asked().Cases.Unreadable; n != 5 || read != 0 {
		t.Errorf("%d cases, %d of them unreadable, want 5 and none", n, read)
	}
	for id, want := range map[string]int{"one": 1, "deleted": 0, "three": 1, "moved": 1, "five": 1, "later": 1} {
		if n := d.got(id + "@example.org"); n != want {
			t.Errorf("%s was acknowledged %d times, want %d", id, n, want)
		}
	}
	d.sound()
}

// A connection that died silently looks like a quiet mailbox. Mail that comes
// meanwhile is found all the same.
func TestSilenceWithinIdleKeepsNoMailBack(t *testing.T) {
	d := newField(t, "")
	d.arrives(d.asks("before"))
	d.imap.Script(mailtest.IMAPFault{Verb: "IDLE", Mute: true, Times: 1})
	d.run()
	d.answered("before")
	d.until("IDLE on a connection that is dead", func() bool { return d.imap.Count("IDLE") > 0 })
	d.arrives(d.asks("meanwhile"))
	d.answered("meanwhile")
	if n := d.imap.Connections(); n != 2 {
		t.Errorf("%d connections, want a second one in place of the dead", n)
	}
}

// While the folder cannot be opened the daemon reports it and tries again. Mail
// of that time is found once the folder can be opened again.
func TestMailThatCameWhileTheFolderWasRefusedIsFound(t *testing.T) {
	d := newField(t, "")
	d.arrives(d.asks("before"))
	d.run()
	d.answered("before")
	d.imap.Script(mailtest.IMAPFault{Verb: "SELECT", Answer: "{tag} NO [NOPERM] permission denied"})
	d.imap.HangUp()
	d.until("the refusal's being seen", func() bool {
		return strings.Contains(d.asked().Mailboxes[0].Trouble, "check that the account may read it")
	})
	d.arrives(d.asks("meanwhile"))
	opened := d.imap.Count("SELECT")
	d.until("another try", func() bool { return d.imap.Count("SELECT") > opened+1 })
	if d.arrival("meanwhile") != nil {
		t.Fatal("the mail was read through a refusal")
	}
	d.imap.Script()
	d.answered("meanwhile")
	if s := d.asked().Mailboxes[0]; s.Trouble != "" || s.LastPoll == nil || time.Since(*s.LastPoll) > time.Hour {
		t.Errorf("once it is allowed again: %+v", s)
	}
	if n := d.got("before@example.org"); n != 1 {
		t.Errorf("the first requester was written to %d times", n)
	}
}
