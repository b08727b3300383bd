package eml

import (
	"crypto/sha256"
	"regexp"
	"strings"
	"time"

	"requestd/intake"
)

const fingerprintText = 4 << 10 // bytes of text that count

// fingerprint identifies a mail whatever relays added to it and wherever a
// partial was cut: it covers From, Date, Subject and the beginning of the first
// text, with runs of white space as one. What a gateway adds is ignored: its
// tag in the subject, its warning above the text.
func fingerprint(m *intake.Message, text string) [32]byte {
	buf := make([]byte, 0, fingerprintText+512)
	for _, a := range m.From {
		buf = append(buf, strings.ToLower(a.Addr)...)
		buf = append(buf, ' ')
	}
	buf = append(buf, 0)
	if m.Date.IsZero() {
		buf = append(buf, m.DateText...)
	} else {
		buf = m.Date.UTC().AppendFormat(buf, time.RFC3339)
	}
	buf = append(buf, 0)
	buf = appendSqueezed(buf, untagged(m.Subject), maxSubject*4)
	buf = append(buf, 0)
	buf = appendSqueezed(buf, unwarned(text), fingerprintText)
	return sha256.Sum256(buf)
}

// appendSqueezed appends up to max bytes of s, with each run of white space as
// one space and none at either end.
func appendSqueezed(buf []byte, s string, max int) []byte {
	start, end := len(buf), len(buf)+max
	for len(s) > 0 && len(buf) < end {
		run := squeezedRun(s)
		if run == 0 {
			s = s[1:]
			continue
		}
		if len(buf) > start {
			buf = append(buf, ' ')
		}
		buf = append(buf, s[:min(run, max)]...)
		s = s[run:]
	}
	return buf[:min(len(buf), end)]
}

// squeezedRun counts the bytes at the start of s that need no change: words
// with one blank between them.
func squeezedRun(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] > ' ' || !blank(s[i]) {
			continue
		}
		if s[i] != ' ' || i == 0 || i+1 == len(s) || blank(s[i+1]) {
			return i
		}
	}
	return len(s)
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

var gatewayTags = regexp.MustCompile(`(?i)^(?:\s*(?:\[\s*(?:external|ext|allanol|caution|suspicious|suspected spam|possible spam|spam|secure|encrypt|official|official-sensitive)(?: e?-?mail| sender| message)?\s*\]|\*+\s*(?:external|spam|caution|allanol)[a-z ]{0,12}\*+|(?:external|caution|allanol)\s*:)\s*)+`)

// untagged removes a gateway's tags from a subject.
func untagged(s string) string { return s[len(gatewayTags.FindString(s)):] }

// unwarned removes a gateway's warning from the top of a text.
func unwarned(text string) string {
	if head := text[:min(len(text), 400)]; !banners.Any(plainWords(head)) {
		return text
	}
	lines, banner := cutBanner(trimBlank(strings.Split(text[:min(len(text), 4*fingerprintText)], "\n")))
	if banner == "" {
		return text
	}
	return strings.Join(lines, "\n")
}
