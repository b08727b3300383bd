package eml

import (
	"crypto/sha256"
	"strings"
	"time"

	"requestd/intake"
)

const fingerprintText = 4 << 10 // bytes of text that count

// fingerprint identifies a mail whatever relays added to it and wherever a
// partial was cut: From, Date, Subject and the beginning of the first text,
// with white space made one.
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
	buf = appendSqueezed(buf, m.Subject, maxSubject*4)
	buf = append(buf, 0)
	buf = appendSqueezed(buf, text, fingerprintText)
	return sha256.Sum256(buf)
}

// appendSqueezed appends up to max bytes of s with each run of white space as
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

// squeezedRun counts the bytes at the start of s that stay as they are: words
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
