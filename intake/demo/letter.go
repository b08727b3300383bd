package demo

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"requestd/intake"
)

func (r *contents) printStaff(w *printer) {
	w.heading("WHAT STAFF WERE SENT", "outbox")
	count := map[intake.Purpose]int{}
	var order []intake.Purpose
	for _, l := range r.letters {
		if l.Purpose.Outside() || l.State != intake.LetterSent {
			continue
		}
		if count[l.Purpose]++; count[l.Purpose] == 1 {
			order = append(order, l.Purpose)
		}
	}
	var rows [][]string
	for _, p := range order {
		rows = append(rows, []string{fmt.Sprintf("%4d", count[p]), string(p), explained[p]})
	}
	w.table(rows)
}

// explained puts the purposes of mail to staff into words.
var explained = map[intake.Purpose]string{
	intake.ForBeforeStart: "mail from before the first day that may still be running",
	intake.ForCopy:        "a new case, with its dates and the reasons",
	intake.ForFollowup:    "more mail on a case",
	intake.ForReminder:    "a date comes near",
	intake.ForDigest:      "the list on working mornings, with every mail that was passed",
	intake.ForTriage:      "a mail that needs a decision",
	intake.ForHeld:        "an acknowledgement that waits for a person",
	intake.ForReceipt:     "to the colleague who passed a request on",
	intake.ForAckAtRisk:   "an acknowledgement that is due and not made",
	intake.ForUrgent:      "somebody may be in danger",
	intake.ForBounced:     "an acknowledgement that came back",
	intake.ForUndecided:   "a decision that has been waited for too long",
	intake.ForAttention:   "no request, and yet with a date of its own",
	intake.ForOverdue:     "a reply-by date that has passed",
	intake.ForRecall:      "a case that still waits for the requester",
}

// printLetter shows one acknowledgement as it arrived: that of the user's own
// mail, or else the first.
func (p *player) printLetter(w *printer, r *contents) {
	id := r.letter(p.own)
	for _, m := range p.servers.smtp.Mails() {
		got, err := mail.ReadMessage(bytes.NewReader(m.Raw))
		if err != nil || strings.Trim(got.Header.Get("Message-Id"), "<>") != id {
			continue
		}
		text, err := io.ReadAll(quotedprintable.NewReader(got.Body))
		if err != nil {
			w.line("\nthe acknowledgement cannot be read: %v", err)
			return
		}
		w.line("\nONE ACKNOWLEDGEMENT, AS IT ARRIVED\n")
		for _, h := range []string{"From", "To", "Date", "Subject", "In-Reply-To", "Auto-Submitted"} {
			v := got.Header.Get(h)
			if plain, err := new(mime.WordDecoder).DecodeHeader(v); err == nil {
				v = plain
			}
			w.line("  %s: %s", h, v)
		}
		w.line("")
		for line := range strings.Lines(strings.TrimRight(string(text), "\r\n")) {
			w.line("%s", strings.TrimRight("  "+strings.TrimRight(line, "\r\n"), " "))
		}
		return
	}
}

// letter returns the Message-ID of the acknowledgement to show.
func (r *contents) letter(own bool) (id string) {
	for _, l := range r.letters {
		if l.Purpose != intake.ForAcknowledgement || l.State != intake.LetterSent {
			continue
		}
		if id == "" || own && l.Ref == r.mail[len(r.mail)-1].Ref {
			id = l.MessageID
		}
	}
	return id
}
