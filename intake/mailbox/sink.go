// Package mailbox reads mail from IMAP servers: it connects, watches and
// fetches, and changes nothing there. What it reads goes to a Sink, which must
// remember what was read, by folder, UIDVALIDITY and UID.
package mailbox

import (
	"context"
	"time"

	"requestd/intake"
)

// Role says what a folder is watched for.
type Role string

// The roles of folders.
const (
	Inbox Role = "inbox"
	Junk  Role = "junk" // its mail may be requests that the filter put there
	Sent  Role = "sent" // mail that staff wrote; it is read, but never answered
)

// Folder is one folder of one mailbox with one UIDVALIDITY.
type Folder struct {
	Mailbox     string // the configured name
	Folder      string // as configured
	Role        Role
	UIDValidity uint32
}

// Fetched is one mail as far as it was needed.
type Fetched struct {
	UID      uint32
	Received time.Time // INTERNALDATE; zero if the server sent none
	Size     int64     // RFC822.SIZE in bytes: an estimate; 0 if unknown
	Raw      []byte    // its first bytes; not to be kept after TakeIn has returned
	Complete bool      // Raw is the whole mail

	// Unreadable says in words for staff why the mail could not be fetched; "" if
	// it could. If it is set, Raw is the mail's header, or nil.
	Unreadable string

	// Read is the result of the Sink's Read for the mail, passed on unchanged to
	// TakeIn; nil if nothing was read.
	Read *intake.ReadMail
}

// Mark says how far a folder was read: while its UIDVALIDITY was UIDValidity,
// everything up to Through was handled, or was gone when it was looked for.
type Mark struct {
	UIDValidity, Through uint32
}

// Seen is what is known of a mail without fetching it.
type Seen struct {
	UID      uint32
	Received time.Time
	Size     int64
}

// Sink takes in what was fetched and remembers it. All methods must be safe for
// concurrent use by several watchers. The calls for one mailbox come one after
// another, but Read is called for several mails at once, and for one batch
// during TakeIn of the one before.
type Sink interface {
	// Mark returns how far the folder was read when it was last committed, with
	// the UIDVALIDITY of that time; the zero Mark if it was never read.
	Mark(ctx context.Context, mailbox, folder string) (Mark, error)

	// Unhandled returns, in order, those UIDs for which no arrival was committed,
	// or one with another Received (the server used the UID twice). It compares
	// with what TakeIn was given; a zero Received equals any.
	Unhandled(ctx context.Context, at Folder, seen []Seen) ([]uint32, error)

	// CountAttempt durably counts one attempt on a UID before it is fetched alone,
	// and returns the attempts so far, including this one. TakeIn clears them.
	CountAttempt(ctx context.Context, at Folder, uid uint32) (int, error)

	// Read reads a mail, and changes nothing. If its text goes on beyond Raw, more
	// is how many bytes it still wants, and it is called again when they have
	// come. If more is 0, read is passed to TakeIn with the mail; if read is nil,
	// TakeIn reads the mail again.
	Read(at Folder, mail *Fetched) (read *intake.ReadMail, more int64)

	// TakeIn commits a batch in order of UID, all or nothing, and records that
	// everything up to through is handled. An empty batch only moves the mark; a
	// through below the mark does not move it. A UID delivered again replaces the
	// mail that it named before.
	TakeIn(ctx context.Context, at Folder, batch []Fetched, through uint32) error

	// Renumber says that the UIDs of this folder have lost their meaning: its
	// UIDVALIDITY has changed, or the same numbers were used again. From now on
	// the mark is that of at, with through 0. Everything in the folder is
	// delivered once more, and the Sink must recognise it by what it is.
	Renumber(ctx context.Context, at Folder) error
}
