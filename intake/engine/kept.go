package engine

import (
	"crypto/sha256"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"requestd/intake"
	"requestd/store"
)

// kept returns what the register keeps of the mail's words.
func (it *item) kept() *intake.Kept {
	if it.Kept == nil {
		m := it.Message
		k := &intake.Kept{Theirs: theirRef(m.WithoutQuote()), Digest: wordsOf(m)}
		if it.Unreadable == "" {
			k.Text = store.PackText(m.Readable(store.MaxText))
		}
		it.Kept = k // set only when it is complete
	}
	return it.Kept
}

// gather computes what is kept while nobody waits for the register. If a defect
// of the program makes it fail, it will fail again when the mail is registered,
// and is reported then.
func (it *item) gather() {
	defer func() { _ = recover() }()
	it.kept()
}

var ourRef = regexp.MustCompile(`(?i)^(?:our ref(?:erence)?|my ref(?:erence)?|ein cyf(?:eirnod)?|fy nghyf(?:eirnod)?)\b[.:\s]*(?:(?:no|number|rhif)\b[.:\s]*)?([A-Z0-9][A-Z0-9/.:-]{0,39})`)

// theirRef returns the reference that the requester gives the matter, by which
// the case can be found. Casework decides how much of it a letter may repeat.
func theirRef(m *intake.Message) string {
	for _, s := range []string{m.Subject, m.Text} {
		if found := firstRef(s); strings.ContainsAny(found, "0123456789") {
			return strings.TrimRight(found, ".:-")
		}
	}
	return ""
}

// firstRef returns the first reference that a text names as the sender's own.
// The expression is tried only where words begin that introduce one: over a
// whole mail it takes longer than everything else in registering.
func firstRef(s string) string {
	for at := 0; ; at++ {
		i := strings.IndexByte(s[at:], ' ')
		if i < 0 {
			return ""
		}
		at += i
		for _, lead := range leads {
			begin := at - len(lead.whose)
			if begin < 0 || s[begin]|' ' != lead.whose[0] { // true of most words by far
				continue
			}
			if hasFold(s[begin:], lead.whose) && hasFold(s[at+1:], lead.what) && (begin == 0 || !wordByte(s[begin-1])) {
				if found := ourRef.FindStringSubmatch(s[begin:]); found != nil {
					return found[1]
				}
			}
		}
	}
}

// leads are the words before and after the space that ourRef begins with.
var leads = []struct{ whose, what string }{{"our", "ref"}, {"my", "ref"}, {"ein", "cyf"}, {"fy", "nghyf"}}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// wordByte reports whether b matches \w.
func wordByte(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}

// wordsOf returns a digest of a mail's subject and text, without what differs
// when the mail is sent again: capital letters, white space, the marks of
// answers, forwards and gateways. It is empty for a mail without words. What
// goes into it must never change, since it is compared with digests of earlier
// years.
func wordsOf(m *intake.Message) []byte {
	text := append(make([]byte, 0, len(m.Subject)+len(m.Text)+len(m.Attached)+16), plainSubject(m.Subject)...)
	text = append(text, 0)
	text, words := appendWords(text, m.Text+"\x00"+m.Attached)
	if words < 3 {
		return nil
	}
	sum := sha256.Sum256(text)
	return sum[:8]
}

// appendWords appends the words of s in small letters with a space between
// them, and counts them.
func appendWords(b []byte, s string) ([]byte, int) {
	words, within := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) {
			within = false
			continue
		}
		if !within {
			if within = true; words > 0 {
				b = append(b, ' ')
			}
			words++
		}
		switch {
		case r >= utf8.RuneSelf:
			b = utf8.AppendRune(b, unicode.ToLower(r))
		case 'A' <= r && r <= 'Z':
			b = append(b, byte(r)+'a'-'A')
		default:
			b = append(b, byte(r))
		}
	}
	return b, words
}

// plainSubject returns a subject without the marks of answers, forwards and
// gateways.
func plainSubject(s string) string {
	for {
		s = strings.TrimSpace(s)
		i := strings.IndexAny(s, ":]")
		if i < 0 || i > 12 {
			return strings.ToLower(s)
		}
		s = s[i+1:]
	}
}
