// Package compose turns a text into the frozen bytes of a mail. Every attempt
// sends these bytes, Message-ID and Date included.
package compose

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// Head is the header of a mail.
type Head struct {
	FromName  string // the body's name
	From      string // the mailbox, so that signatures align
	To        string // exactly one
	Date      time.Time
	MessageID string // without brackets
	InReplyTo string // without brackets; left out unless it is a valid id
	// References are the ids of the thread, oldest first; invalid ones are
	// left out and of many only the first and the last are kept.
	References []string
	Subject    string
	Language   string // Content-Language: en, or "cy, en"
	Topic      string // Thread-Topic, by which Outlook keeps a case in one conversation
	Automatic  string // Auto-Submitted (RFC 3834): auto-replied or auto-generated
	Loop       string // the mark by which the daemon knows its own mail
}

// maxReferences keeps the header far shorter than what relays refuse.
const maxReferences = 10

// msgID is the part of RFC 5322's grammar for message ids that every relay
// passes on unchanged.
var msgID = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,200}@[A-Za-z0-9.\[\]:-]{1,120}$`)

// ValidID reports whether a message id (without brackets) is safe to quote in
// one of our headers.
func ValidID(id string) bool { return msgID.MatchString(id) }

// Mail returns the bytes of a mail with one recipient and one text. A value
// that could break the header is an error; it is never silently corrected.
func Mail(h Head, body string) ([]byte, error) {
	for name, v := range map[string]string{"From name": h.FromName, "Subject": h.Subject, "Message-ID": h.MessageID, "Language": h.Language} {
		if strings.ContainsAny(v, "\r\n\x00") {
			return nil, fmt.Errorf("compose mail to be sent: %s contains a line break", name)
		}
	}
	if !ValidID(h.MessageID) {
		return nil, fmt.Errorf("compose mail: Message-ID %q is not valid", h.MessageID)
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithEncoding(mail.EncodingQP), mail.WithCharset(mail.CharsetUTF8))
	if err := errors.Join(m.FromFormat(h.FromName, h.From), m.To(h.To)); err != nil {
		return nil, fmt.Errorf("compose mail: %w", err)
	}
	m.Subject(h.Subject)
	m.SetDateWithValue(h.Date)
	m.SetMessageIDWithValue(h.MessageID)
	if ValidID(h.InReplyTo) {
		m.SetGenHeader(mail.HeaderInReplyTo, "<"+h.InReplyTo+">")
	}
	if refs := references(h); refs != "" {
		m.SetGenHeader(mail.HeaderReferences, refs)
	}
	if h.Language != "" {
		m.SetGenHeader(mail.HeaderContentLang, h.Language)
	}
	if h.Topic != "" {
		m.SetGenHeader("Thread-Topic", h.Topic)
	}
	if h.Automatic != "" {
		m.SetGenHeader("Auto-Submitted", h.Automatic)
		m.SetGenHeader("X-Auto-Response-Suppress", "All")
		m.SetGenHeader("Precedence", "auto_reply")
	}
	if h.Loop != "" {
		m.SetGenHeader(LoopHeader, h.Loop)
	}
	m.SetBodyString(mail.TypeTextPlain, strings.ReplaceAll(body, "\r\n", "\n"))
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("compose mail: %w", err)
	}
	return b.Bytes(), nil
}

// LoopHeader carries the mark by which the daemon knows mail of its own.
const LoopHeader = "X-Requestd-Loop"

func references(h Head) string {
	var ids []string
	for _, id := range append(append([]string{}, h.References...), h.InReplyTo) {
		if ValidID(id) && (len(ids) == 0 || ids[len(ids)-1] != id) {
			ids = append(ids, id)
		}
	}
	if len(ids) > maxReferences {
		ids = append(ids[:1:1], ids[len(ids)-maxReferences+1:]...)
	}
	if len(ids) == 0 {
		return ""
	}
	return "<" + strings.Join(ids, "> <") + ">"
}
