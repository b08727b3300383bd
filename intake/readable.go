package intake

import (
	"strings"
	"unicode/utf8"
)

// CutText returns at most max bytes of a text, without splitting a rune.
func CutText(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// Readable returns what a person can read in a mail, at most max bytes of it:
// the sender's own words, the text below them, and the text of attachments. cut
// reports whether there was more.
func (m *Message) Readable(max int) (text string, cut bool) {
	var b strings.Builder
	add := func(head, s string) {
		s = strings.TrimSpace(s)
		if s == "" || cut {
			return
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		if head != "" {
			b.WriteString("[" + head + "]\n")
		}
		room := max - b.Len()
		if room <= 0 {
			cut = true
			return
		}
		cut = len(s) > room
		b.WriteString(CutText(s, room))
	}
	add("", m.Text)
	add("", m.Signature)
	if !m.OnlyQuoted {
		add("earlier mail", m.Quoted)
	}
	for _, in := range m.Inner {
		if in.Attached {
			add("attached mail from "+in.From.Name+" "+in.From.Addr+": "+in.Subject, in.Text)
		}
	}
	add("text of attachments", m.Attached)
	return CutText(b.String(), max), cut
}
