// Package mailbox reads mail from IMAP servers: it connects, watches and
// fetches, and changes nothing there. What it reads goes to a Sink; what was
// read is the Sink's to remember, by folder, UIDVALIDITY and UID.
package mailbox

import (
	"context"
	"time"

	"requestd/intake"
)

// Role tells what a folder is watched for.
type Role string

// The roles of folders.
const (
	Inbox Role = "inbox"
	Junk  Role = "junk" // what is found there may be a request that the filter took
	Sent  Role = "sent" // what staff wrote; read to learn of it, never answered
)

// Folder is one folder of one mailbox in one life of its UIDs.
type Folder struct {
	Mailbox     string // the configured name
	Folder      string // as configured
	Role        Role
	UIDValidity uint32
}

// Fetched is one mail as far as it was needed.
type Fetched struct {
	UID      uint32
	Received time.Time // INTERNALDATE; zero where the server gave none
	Size     int64     // RFC822.SIZE in bytes: an estimate, 0 where unknown
	Raw      []byte    // its first bytes; not to be kept after TakeIn has returned
	Complete bool      // Raw is the whole mail

	// Unreadable says in words for staff why the mail could not be fetched;
	// "" when it could. Raw is then its header, or nil.
	Unreadable string

	// Read is what the Sink's Read made of the mail, handed on to TakeIn as it
	// is; nil where nothing was read.
	Read *intake.ReadMail
}

// Mark tells how far a folder was read: in the life of UIDs that UIDValidity
// names, everything up to Through is handled, or was gone when it was looked for.
type Mark struct {
	UIDValidity, Through uint32
}

// Seen is what a look without fetching tells of a mail.
type Seen struct {
	UID      uint32
	Received time.Time
	Size     int64
}

// Sink takes in what was fetched and remembers it. All of it must be safe for
// use by several watchers at once; the calls for one mailbox come one after
// another, save that Read runs for several mails at once, and for one batch
// during TakeIn of the one before.
type Sink interface {
	// Mark returns how far the folder was read when it was last committed,
	// whatever UIDVALIDITY it had then; the zero Mark for one never read.
	Mark(ctx context.Context, mailbox, folder string) (Mark, error)

	// Unhandled returns, in order, those UIDs for which no arrival was committed,
	// or one with another Received (the server used the UID twice). It compares
	// what TakeIn was given, and a zero Received is equal to any.
	Unhandled(ctx context.Context, at Folder, seen []Seen) ([]uint32, error)

	// CountAttempt charges one attempt to a UID before it is fetched alone, durably, and
	// returns the attempts so far, this one included. TakeIn settles them.
	CountAttempt(ctx context.Context, at Folder, uid uint32) (int, error)

	// Read reads a mail, and changes nothing. Where its text goes on beyond Raw,
	// more is how many bytes it still wants, and it is asked again when they have
	// come. With 0, what it gives back comes to TakeIn with the mail; nil is read
	// there once more.
	Read(at Folder, mail *Fetched) (read *intake.ReadMail, more int64)

	// TakeIn commits a batch in order of UID, all or nothing, and with it that
	// everything up to through is handled. An empty batch only moves the mark;
	// through below the mark leaves it. A UID delivered again replaces what it
	// named before.
	TakeIn(ctx context.Context, at Folder, batch []Fetched, through uint32) error

	// Renumber tells that the UIDs of this folder mean nothing any more: its
	// UIDVALIDITY is not the one of before, or the same numbers were given out
	// anew. From now on the mark is that of at, through 0; everything in the
	// folder is delivered once more, and the Sink must know it by what it is.
	Renumber(ctx context.Context, at Folder) error
}
