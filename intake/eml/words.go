package eml

import (
	"encoding/base64"
	"strings"
)

// decodeWords decodes RFC 2047 encoded words anywhere, also inside quotes,
// without their end, and split in the middle of a character: words of one
// charset that follow each other are joined before they are decoded.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	s = s[:min(len(s), maxEncoded)]
	var out strings.Builder
	var run []byte // decoded bytes of neighbouring words
	var runCharset string
	flush := func() {
		if len(run) > 0 {
			t, _ := decodeCharset(run, runCharset)
			out.WriteString(t)
			run = run[:0]
		}
	}
	for {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		w, n, ok := encodedWord(s[i:])
		if !ok {
			flush()
			out.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		if len(run) == 0 || strings.TrimSpace(s[:i]) != "" || !strings.EqualFold(runCharset, w.charset) {
			between := s[:i]
			if len(run) > 0 && strings.TrimSpace(between) == "" {
				between = ""
			}
			flush()
			out.WriteString(between)
		}
		runCharset = w.charset
		run = append(run, w.data...)
		s = s[i+n:]
	}
	flush()
	out.WriteString(s)
	return out.String()
}

type word struct {
	charset string
	data    []byte
}

// encodedWord reads the word at the start of s and returns its length.
func encodedWord(s string) (w word, n int, ok bool) {
	rest := s[2:]
	charset, rest, found := strings.Cut(rest, "?")
	if !found || charset == "" || len(charset) > 40 || strings.ContainsAny(charset, " \t<>@") {
		return w, 0, false
	}
	if len(rest) < 2 || rest[1] != '?' {
		return w, 0, false
	}
	enc, text := rest[0]|0x20, rest[2:]
	n = len(s) - len(text)
	if end := strings.Index(text, "?="); end >= 0 {
		n += end + 2
		text = text[:end]
	} else { // no end: up to the next blank
		if end := strings.IndexAny(text, " \t"); end >= 0 && enc == 'b' {
			text = text[:end]
		}
		n += len(text)
		text = strings.TrimRight(text, "?=")
	}
	w.charset = charset
	switch enc {
	case 'q':
		w.data = unescape(nil, strings.ReplaceAll(text, "_", " "), '=')
	case 'b':
		w.data = decodeB(text)
	default:
		return w, 0, false
	}
	return w, n, true
}

// decodeB reads base64 with or without padding, blanks and stray characters.
func decodeB(s string) []byte {
	clean := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if base64Value(s[i]) >= 0 {
			clean = append(clean, s[i])
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean) // only the alphabet is left: it cannot fail
	return out[:n]
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
