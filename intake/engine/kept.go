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

// kept is what the register keeps of the mail's words.
func (it *item) kept() *intake.Kept {
	if it.Kept == nil {
		m := it.Message
		k := &intake.Kept{Theirs: theirRef(m.WithoutQuote()), Digest: wordsOf(m)}
		if it.Unreadable == "" {
			k.Text = store.PackText(m.Readable(store.MaxText))
		}
		it.Kept = k // whole, or not at all
	}
	return it.Kept
}

// gather works out what is kept while nobody waits for the register. A defect of
// the program over the mail is met again when it is registered, and told there.
func (it *item) gather() {
	defer func() { _ = recover() }()
	it.kept()
}

var ourRef = regexp.MustCompile(`(?i)^(?:our ref(?:erence)?|my ref(?:erence)?|ein cyf(?:eirnod)?|fy nghyf(?:eirnod)?)\b[.:\s]*(?:(?:no|number|rhif)\b[.:\s]*)?([A-Z0-9][A-Z0-9/.:-]{0,39})`)

// theirRef is the reference that the requester gives the matter, by which the
// case is found. What a letter may repeat of it casework decides.
func theirRef(m *intake.Message) string {
	for _, s := range []string{m.Subject, m.Text} {
		if found := firstRef(s); strings.ContainsAny(found, "0123456789") {
			return strings.TrimRight(found, ".:-")
		}
	}
	return ""
}

// firstRef is what stands where a text first names a reference of the sender's
// own. The expression is tried only where the words begin that lead to one: over a
// whole mail it takes longer than all else that registering does.
func firstRef(s string) string {
	for at := 0; ; at++ {
		i := strings.IndexByte(s[at:], ' ')
		if i < 0 {
			return ""
		}
		at += i
		for _, lead := range leads {
			begin := at - len(lead.whose)
			if begin < 0 || s[begin]|' ' != lead.whose[0] { // most words by far
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

// leads are the words before and after the space with which ourRef begins.
var leads = []struct{ whose, what string }{{"our", "ref"}, {"my", "ref"}, {"ein", "cyf"}, {"fy", "nghyf"}}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// wordByte is what \w is in an expression.
func wordByte(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}

// wordsOf is a digest of a mail's subject and text without what differs when it
// is sent again: capital letters, white space, the marks of answers, forwards
// and gateways. It is empty for a mail without words. It is compared with those of
// earlier years: what goes into it stays as it is.
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

// appendWords writes the words of s in small letters with a space between them,
// and counts them.
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

// plainSubject is a subject without the marks of answers, forwards and
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
