package eml

import "bytes"

// maxQPLine is how long a line of quoted-printable may be. RFC 2045, section
// 6.7, allows 76 characters; many programs write more.
const maxQPLine = 4 << 10

// quotedPrintable decodes RFC 2045, section 6.7, until it has limit bytes.
// Where programs often break the rules it reads what they mean, as
// mime/quotedprintable does, but several times as fast; ok is false if other
// damage comes first.
func quotedPrintable(b []byte, limit int) (out []byte, ok bool) {
	out = make([]byte, 0, min(len(b), limit+maxQPLine))
	for ok = true; ok && len(b) > 0 && len(out) < limit; {
		var line []byte
		line, b = cutLine(b)
		if len(line) >= maxQPLine && line[maxQPLine-1] != '\n' {
			out, _ = appendQPLine(out, line[:maxQPLine], false)
			return out, len(out) >= limit
		}
		out, ok = appendQPLine(out, line, len(b) == 0)
	}
	return out, ok || len(out) >= limit
}

// appendQPLine reads one line, as far as it can be read.
func appendQPLine(out, line []byte, last bool) ([]byte, bool) {
	text := bytes.TrimRight(line, " \t\r\n")
	end := line[len(text):]
	text, soft := bytes.CutSuffix(text, []byte("="))
	for rest := text; len(rest) > 0; {
		n := qpRun(rest)
		out, rest = append(out, rest[:n]...), rest[n:]
		switch {
		case len(rest) == 0:
		case rest[0] != '=' || len(rest) == 1 || rest[1] == '\r':
			return out, false
		case len(rest) > 2 && unhex(rest[1]) >= 0 && unhex(rest[2]) >= 0:
			out, rest = append(out, byte(unhex(rest[1])<<4|unhex(rest[2]))), rest[3:]
		default:
			out, rest = append(out, '='), rest[1:]
		}
	}
	if soft {
		end = bytes.TrimLeft(end, " \t")
		broken := bytes.HasPrefix(end, []byte("\n")) || bytes.HasPrefix(end, []byte("\r\n"))
		return out, broken || last && len(end) == 0 && len(text) > 0
	}
	switch {
	case bytes.HasSuffix(end, []byte("\r\n")):
		out = append(out, "\r\n"...)
	case bytes.HasSuffix(end, []byte("\n")):
		out = append(out, '\n')
	}
	return out, true
}

// qpRun counts the bytes at the start of b that stand for themselves.
func qpRun(b []byte) int {
	for i, c := range b {
		if c == '=' || c == 0x7f || c < ' ' && c != '\t' && c != '\r' {
			return i
		}
	}
	return len(b)
}

// decodeQP decodes damaged quoted-printable and leaves invalid escapes as they
// are.
func decodeQP(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		line, next := cutLine(b)
		b = next
		text := bytes.TrimRight(line, " \t\r\n")
		soft := len(text) > 0 && text[len(text)-1] == '='
		if soft {
			text = text[:len(text)-1]
		}
		out = unescape(out, text, '=')
		if !soft && line[len(line)-1] == '\n' {
			out = append(out, '\n')
		}
	}
	return out
}
