package page

import (
	"cmp"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"requestd/intake"
)

// ErrGone says that a mail is no longer where it was taken in.
var ErrGone = errors.New("the mail no longer lies where it was taken in")

// errMailbox says that a mailbox could not be read.
var errMailbox = errors.New("the mailbox could not be read")

type attachmentsBody struct {
	mailBody
	Files []intake.File
	Whole bool // the mail ends within what was fetched
}

// attachments lists the attachments of a mail as they are in the mailbox.
func (v *visit) attachments() error {
	b, err := v.fetched(0)
	if err != nil {
		return err
	}
	return v.show("attachments", v.frame("Attachments"), b)
}

// fetched fetches a mail's attachments from its mailbox, with the bytes of the
// nth. The register does not keep them.
func (v *visit) fetched(n int) (b attachmentsBody, err error) {
	if b.mailBody, err = v.oneMail(); err != nil {
		return b, err
	}
	if v.s.Files == nil {
		return b, errMailbox
	}
	var unreadable intake.Unreadable
	b.Files, b.Whole, err = v.s.Files(v.r.Context(), b.MailLocation, n)
	if err != nil && !errors.Is(err, ErrGone) && !errors.As(err, &unreadable) {
		err = errors.Join(errMailbox, err)
	}
	return b, err
}

// attachment sends an attachment to be saved as a file: no browser renders it,
// whatever type it claims to be.
func (v *visit) attachment() error {
	n, err := strconv.Atoi(v.r.PathValue("n"))
	if err != nil || n < 1 {
		return errNoPage
	}
	b, err := v.fetched(n)
	if err != nil {
		return err
	}
	if n > len(b.Files) {
		return errNoPage
	}
	f := b.Files[n-1]
	name := cmp.Or(f.Name, fmt.Sprintf("mail-%d-attachment-%d", b.ID, n))
	h := v.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Length", strconv.Itoa(len(f.Content)))
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(f.Content) // the client has gone; nobody is left to tell
	return nil
}
