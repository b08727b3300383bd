package mailtest

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"time"
)

// Fill puts many mails into a user's INBOX at once, each with its INTERNALDATE,
// by writing the files itself: for benchmarks and old mailboxes. It is quicker
// than Deliver, and does not announce the mails to clients one by one.
func (s *Servers) Fill(user string, mails iter.Seq2[[]byte, time.Time]) {
	s.t.Helper()
	// Opening the mailbox makes its directories.
	s.State(user, "INBOX")
	box := s.path("mail", user, "Maildir")
	n := 0
	for raw, at := range mails {
		n++
		name := fmt.Sprintf("%010d.M%06d.fill,S=%d", at.Unix(), n, len(raw))
		tmp := filepath.Join(box, "tmp", name)
		s.must("filling "+user, os.WriteFile(tmp, raw, 0o600))
		s.must("filling "+user, os.Chown(tmp, mailID, mailID))
		s.must("filling "+user, os.Chtimes(tmp, at, at))
		s.must("filling "+user, os.Rename(tmp, filepath.Join(box, "cur", name+":2,")))
	}
}
