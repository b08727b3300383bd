// Package eml parses the raw bytes of a mail into an [intake.Message]. It
// trusts nothing in them: what cannot be read is listed in the message's
// faults, and time and memory are bounded whatever the input (see limits.go).
package eml

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"requestd/intake"
	"requestd/intake/phrases"
)

// Parse parses a mail. It never fails: even a mail that breaks every rule
// becomes a message, with its faults. complete says that raw is the whole mail
// and not only its first bytes; for a partial, Incomplete says whether the text
// may continue beyond them.
func Parse(raw []byte, complete bool) (m *intake.Message) {
	defer func() {
		if r := recover(); r != nil {
			// No known input leads here. If one did, its mail must still become a case
			// for a person and not stop the mails after it.
			m = &intake.Message{Size: int64(len(raw)), Fingerprint: sha256.Sum256(raw)}
			m.Faults = []string{fmt.Sprintf("reading the mail failed (%v); open it in the mailbox", r)}
		}
	}()
	return parse(raw, complete)
}

func parse(raw []byte, complete bool) *intake.Message {
	var f faults
	t := tree{faults: &f}
	m := t.message(raw, complete, 0)
	if len(m.Header) == 0 {
		f.add("the mail has no header: nothing says who sent it")
	}
	m.Faults = f
	return m
}

// message parses one mail, the outer one or one attached at the given depth.
func (t *tree) message(raw []byte, complete bool, depth int) *intake.Message {
	root := t.read(raw, depth, complete)
	m := &intake.Message{Size: int64(len(raw)), Header: root.header.fields}
	envelope(m)
	b := body{faults: t.faults, tree: t}
	b.collect(root)
	b.sealed()
	m.Parts = root.parts(nil)
	text := strings.Join(b.texts, "\n")
	m.Fingerprint = fingerprint(m, b.first)
	s := split(text)
	m.Text, m.Quoted, m.Signature, m.Inner = s.own, s.quoted, s.signature, s.inners
	keepMore(m)
	m.OnlyQuoted = m.Text != "" && (s.own == "" || s.lent)
	t.attachments(m, &b)
	t.mails(m, &b, depth)
	ownAttached(m)
	if !m.OnlyQuoted {
		m.QuoteAt = letterBack(m)
	}
	m.Form = form(m)
	m.Undecoded, m.Hidden = b.undecoded, b.hidden
	settleDates(m)
	t.report(m, root, &b)
	m.Incomplete = !complete && (!root.header.ended || incomplete(m, root, &b))
	return m
}

// keepMore counts as the sender's own some text that was separated only because
// of its form: the text below a memo's heading, the sender's own earlier mail
// sent again with nothing new above it, a passage in a quoting box of a mail
// that answers nothing, and an answer below what it answers.
func keepMore(m *intake.Message) {
	if len(m.Inner) == 0 {
		return
	}
	in := &m.Inner[0]
	reply := len(m.InReplyTo) > 0 || prefixed(m.Subject)
	switch {
	case in.Text == "" || in.Attached:
	case memo(m, in) && !fuller(m.Text, 200), ownMail(m, in) && !fuller(m.Text, 20):
		m.Text = strings.TrimSpace(m.Text + "\n\n" + in.Text)
	case !reply && in.From == (intake.Address{}) && in.Date.IsZero() && !fuller(m.Text, 120) && m.Text != in.Text:
		m.Text = strings.TrimSpace(m.Text + "\n\n" + in.Text)
	case reply && !fuller(m.Text, 20) && !ownMail(m, in):
		if theirs, own := bottomPost(in.Text, m.Author().Name); own != "" {
			in.Text = theirs
			m.Text = strings.TrimSpace(m.Text + "\n\n" + own)
		}
	}
}

// ownAttached counts as the sender's own the text of a mail by the sender that
// is attached to one that says hardly anything else.
func ownAttached(m *intake.Message) {
	for i := range m.Inner {
		if in := &m.Inner[i]; in.Attached && ownMail(m, in) && in.Text != "" && !fuller(m.Text, 60) {
			m.Text = strings.TrimSpace(m.Text + "\n\n" + in.Text)
			return
		}
	}
}

// memo reports whether a heading belongs to a letter: it has no address and no
// time of day, but a subject or the sender's own name.
func memo(m *intake.Message, in *intake.Inner) bool {
	return in.From.Addr == "" && (in.Date.IsZero() || !hasTime(in.DateText)) && (in.Subject != "" || in.From.Name != "" && strings.EqualFold(in.From.Name, m.Author().Name))
}

func ownMail(m *intake.Message, in *intake.Inner) bool {
	for _, a := range m.From {
		if in.From.Addr != "" && strings.EqualFold(in.From.Addr, a.Addr) || in.From.Addr == "" && a.Name != "" && strings.EqualFold(in.From.Name, a.Name) {
			return true
		}
	}
	return in.From.Addr == "" && in.From.Name == "" && in.Date.IsZero() && in.DateText != ""
}

// prefixed reports whether a subject begins like an answer's or a forward's.
func prefixed(subject string) bool {
	i := strings.IndexAny(subject, ":：")
	return i > 0 && i <= 12 && len(strings.Fields(subject[:i])) <= 2
}

// bottomPost separates an earlier mail from an unmarked answer below it: the
// answer is after the other's closing and name, and asks for something or ends
// with the sender's name.
func bottomPost(text, name string) (theirs, own string) {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if len(l) > 40 || !isClosing(l) {
			continue
		}
		k := skipBlank(lines, i+1)
		for n := 0; n < 8 && k < len(lines) && strings.TrimSpace(lines[k]) != "" && len(lines[k]) <= 70; n++ {
			k++
		}
		rest := trimBlank(lines[k:])
		if own = joinLines(rest); !fuller(own, 20) {
			return text, ""
		}
		end := strings.ToLower(strings.Join(rest[max(0, len(rest)-3):], " "))
		signed := false
		for _, w := range strings.Fields(strings.ToLower(name)) {
			signed = signed || len(w) > 2 && strings.Contains(end, w)
		}
		if signed || seeks(rest) {
			return joinLines(lines[:k]), own
		}
		return text, ""
	}
	return text, ""
}

// envelope fills in what is in the header.
func envelope(m *intake.Message) {
	h := m.Header
	m.MessageID = firstID(m.Get("message-id"))
	m.InReplyTo = ids(h, "in-reply-to")
	m.References = ids(h, "references")
	m.From = addresses(h, "from")
	m.Sender = addresses(h, "sender")
	m.ReplyTo = addresses(h, "reply-to")
	m.To = addresses(h, "to")
	m.Cc = addresses(h, "cc")
	m.Subject = intake.OneLine(decodeWords(m.Get("subject")), maxSubject)
	m.DateText = intake.OneLine(m.Get("date"), maxDateText)
	m.Date = readDate(m.DateText)
}

// incomplete decides whether a partial ends before its text does.
func incomplete(m *intake.Message, root *entity, b *body) bool {
	switch {
	case b.open || len(b.texts) == 0:
		return true
	case root.whole:
		return false
	case m.Report != nil && m.Report.MessageID == "":
		return true
	}
	// The mail is cut in a part after the text. That matters if the text only
	// refers to what follows, or if more text may follow an inline picture.
	last := root.last()
	picture := strings.HasPrefix(last.typ, "image/")
	if picture && last.disp == "inline" && b.mixed {
		return true
	}
	short := !fuller(m.Text, 199)
	return short && (!picture || strings.TrimSpace(m.Text) == "" || pointsAway(m.Text))
}

// pointers are words with which a text refers its reader to an attachment.
var pointers = phrases.New([]string{"attach", "enclos", "letter", "document", "form", "see ", "request", "ynghlwm", "amgae", "atod", "llythyr", "dogfen", "ffurflen", "gweler", "cais"})

// pointsAway reports whether a text refers its reader to an attachment.
func pointsAway(text string) bool {
	return pointers.Any(plainWords(text))
}

// last returns the entity in which the bytes end.
func (e *entity) last() *entity {
	for len(e.kids) > 0 {
		e = e.kids[len(e.kids)-1]
	}
	return e
}
