package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"requestd/intake"
)

// words are the parts of a mail in which its sender speaks: the subject, the
// new text, and the text of an attachment to which the body only refers. In a
// mail that a colleague forwarded they are the inner mail's.
type words struct {
	subject  string
	body     string
	sections []section
	attached bool
	forward  *intake.Forward
	passed   *intake.Inner // the mail that somebody who is no colleague forwarded
}

func (c *Classifier) ownWords(m *intake.Message) words {
	w := words{subject: plainSubject(clip(m.Subject, maxSubject)), body: bound(m.Text)}
	if f := c.forwarded(m); f != nil {
		w.forward = f
		w.subject, w.body = plainSubject(clip(f.Subject, maxSubject)), bound(f.Text)
	}
	if w.passed = c.passedOn(m); w.passed != nil {
		w.subject, w.body = plainSubject(clip(w.passed.Subject+" "+m.Subject, maxSubject)), bound(m.Text+"\n\n"+w.passed.Text)
	}
	w.body = withoutSiteFooter(w.body)
	w.sections = append(w.sections, section{text: w.subject, subject: countWords(w.body, 200) > 2}, section{text: w.body})
	if pointsAtAttachment(w.body, m) {
		w.attached = true
		if t := strings.TrimSpace(m.Attached); t != "" {
			w.sections = append(w.sections, section{text: bound(t), attached: true})
		}
		for _, a := range m.Attachments {
			name, _, _ := strings.Cut(a.Name, ".")
			w.sections = append(w.sections, section{text: unhyphened.Replace(name), attached: true})
		}
	}
	return w
}

// pointsAtAttachment reports whether the request, if any, must be in an
// attachment: the body is empty or hardly more than a reference to it.
func pointsAtAttachment(body string, m *intake.Message) bool {
	if len(m.Attachments) == 0 {
		return false
	}
	n := countWords(body, 2000)
	if n < 6 {
		return true
	}
	low := strings.ToLower(clip(body, 2000))
	return n < 45 && containsAny(low, "attach", "enclos", "see txt", "filled in", "see letter", "ynghlwm", "amgae", "gweler", "letter", "form", "llythyr")
}

// withoutSiteFooter cuts the footer that a publishing site puts below every
// message: it names the Freedom of Information Act even below thanks.
func withoutSiteFooter(s string) string {
	for _, mark := range []string{"Please use this email address for all replies to this request", "Defnyddiwch y cyfeiriad hwn ar gyfer pob ateb", "Disclaimer: This message and any reply that you make will be published"} {
		if k := strings.Index(s, mark); k >= 0 {
			s = s[:k]
		}
	}
	return strings.TrimRight(s, "-_ \r\n\t")
}

// forwarded returns the mail that a colleague forwarded, or nil.
func (c *Classifier) forwarded(m *intake.Message) *intake.Forward {
	if len(m.From) == 0 || !c.ours.staff(m.From[0].Addr) {
		return nil
	}
	for i := range m.Inner {
		in := &m.Inner[i]
		if c.ours.staff(in.From.Addr) || strings.TrimSpace(in.Text) == "" {
			continue
		}
		return &intake.Forward{By: m.From[0], From: in.From, Received: in.Date, Subject: in.Subject, Text: in.Text}
	}
	return nil
}

// passedOn returns the mail that somebody who is no colleague forwards with
// hardly a word of their own, or nil: another body, a relay, or the same person
// from another address. What a reply quotes is not forwarded.
func (c *Classifier) passedOn(m *intake.Message) *intake.Inner {
	if len(m.From) == 0 || c.ours.staff(m.From[0].Addr) || countWords(m.Text, 400) > 30 {
		return nil
	}
	for i := range m.Inner {
		in := &m.Inner[i]
		switch {
		case strings.TrimSpace(in.Text) == "" || strings.EqualFold(in.From.Addr, m.From[0].Addr) || m.Text == in.Text:
		case c.ours.staff(in.From.Addr) || c.ours.named(in.From):
			return nil // our own letter, sent back
		case in.Attached, forwardedSubject(m.Subject), len(m.InReplyTo) == 0 && !repliedSubject(m.Subject) && (in.From.Addr != "" || in.From.Name != ""):
			return in
		}
	}
	return nil
}

// named reports whether a quoted heading without an address names us.
func (o *ours) named(a intake.Address) bool {
	name := strings.ToLower(a.Name)
	return a.Addr == "" && containsAny(name, "cafcass", "governance")
}

// forwardedSubject reports whether the subject begins like a forward's.
func forwardedSubject(s string) bool {
	s = strings.ToLower(strings.TrimSpace(stripTags(s)))
	return hasPrefix(s, "fw:", "fwd:", "fw :", "yml:", "ymlaen:", "anfon ymlaen:", "wg:", "tr:", "rv:", "enc:", "i:", "pd:", "vs:", "vb:", "vl:", "doorst:")
}

// unhyphened separates the words of a file's name.
var unhyphened = strings.NewReplacer("_", " ", "-", " ")

// countWords counts the words of the first most bytes of s. If the cut is
// between two words, the rest counts as one.
func countWords(s string, most int) (n int) {
	head, space := s, true
	if len(s) > most {
		head = cut(s, most)
	}
	for _, r := range head {
		if whiteSpace(r) {
			space = true
		} else if space {
			space = false
			n++
		}
	}
	if space && len(head) < len(s) {
		n++
	}
	return n
}

// whiteSpace is unicode.IsSpace, quicker for what mail mostly holds.
func whiteSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r'
	}
	return unicode.IsSpace(r)
}
