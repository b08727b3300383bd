package eml

import (
	"bytes"
	"slices"
	"strings"

	"requestd/intake"
)

// header is the header block of one entity, with what was wrong with it.
type header struct {
	fields []intake.Field
	ended  bool // the blank line after it was seen
	faults []string
}

func (h *header) get(name string) string {
	for i := range h.fields {
		if h.fields[i].Name == name {
			return h.fields[i].Value
		}
	}
	return ""
}

// readHeader takes the header block off raw. Lines that are no field are
// skipped instead of ending the header: the mbox "From " line, lines without a
// colon, names with spaces or 8-bit bytes. If nothing that follows such a line
// looks like a field, the blank line is missing and the body begins.
func readHeader(raw []byte) (header, []byte) {
	h := header{fields: make([]intake.Field, 0, 8)}
	rest := skipEnvelope(raw)
	limit := len(rest) - maxHeaderBytes
	for len(rest) > 0 {
		line, next := cutLine(rest)
		if len(trimEOL(line)) == 0 {
			h.ended = true
			rest = next
			break
		}
		if len(rest) <= limit || len(h.fields) == maxFields {
			h.fault("the header is too long and was cut")
			rest = skipBlock(rest)
			h.ended = len(rest) > 0
			break
		}
		for len(next) > 0 && (next[0] == ' ' || next[0] == '\t') {
			cont, after := cutLine(next)
			if len(bytes.TrimSpace(cont)) == 0 && len(h.fields) > 0 && !looksLikeField(after) {
				break // a line with only blanks ends the block; some senders write that
			}
			line, next = rest[:len(line)+len(cont)], after
		}
		if over := limit - len(next); over > 0 {
			h.fault("the header is too long and was cut")
			line = line[:max(0, len(line)-over)]
		}
		if name, value, ok := field(line); ok {
			h.fields = append(h.fields, intake.Field{Name: name, Value: value})
		} else if fieldsFollow(next) {
			h.fault("a header line could not be read")
		} else {
			h.fault("the header has no end")
			h.ended = true
			break
		}
		rest = next
	}
	return h, rest
}

func (h *header) fault(s string) {
	if len(h.faults) == 0 || h.faults[len(h.faults)-1] != s {
		h.faults = append(h.faults, s)
	}
}

// skipEnvelope drops blank lines and the mbox "From " line before a header.
func skipEnvelope(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	start := raw
	raw = bytes.TrimLeft(raw, "\r\n")
	if bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		_, raw = cutLine(raw)
	}
	if !looksLikeField(raw) {
		return start
	}
	return raw
}

func skipBlock(b []byte) []byte {
	lf, crlf := bytes.Index(b, []byte("\n\n")), bytes.Index(b, []byte("\r\n\r\n"))
	switch {
	case crlf >= 0 && (lf < 0 || crlf < lf):
		return b[crlf+4:]
	case lf >= 0:
		return b[lf+2:]
	}
	return nil
}

func cutLine(b []byte) (line, rest []byte) {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1], b[i+1:]
	}
	return b, nil
}

func trimEOL(b []byte) []byte { return bytes.TrimRight(b, "\r\n") }

func looksLikeField(b []byte) bool {
	line, _ := cutLine(b)
	_, _, ok := splitField(line)
	return ok
}

// fieldsFollow reports whether fields follow in the next lines, before a blank
// line.
func fieldsFollow(b []byte) bool {
	for range 20 {
		line, next := cutLine(b)
		if len(trimEOL(line)) == 0 {
			return false
		}
		if name, _, ok := splitField(line); ok && knownField(name) {
			return true
		}
		b = next
	}
	return false
}

// knownField distinguishes header fields from prose that happens to contain a
// colon.
func knownField(name []byte) bool {
	return slices.Contains([]string{"from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "content-type",
		"content-transfer-encoding", "content-disposition", "mime-version", "reply-to", "sender", "in-reply-to", "references"}, strings.ToLower(string(name))) ||
		bytes.HasPrefix(name, []byte("X-")) || bytes.HasPrefix(name, []byte("Content-"))
}

func splitField(line []byte) (name, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 {
		return nil, nil, false
	}
	name = bytes.TrimRight(line[:i], " \t")
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return nil, nil, false
		}
	}
	return name, line[i+1:], len(name) > 0 && len(name) <= 100
}

func field(line []byte) (name, value string, ok bool) {
	n, v, ok := splitField(line)
	if !ok {
		return "", "", false
	}
	name, ok = lowered[string(n)]
	if !ok {
		name = strings.ToLower(string(n))
	}
	return name, unfold(v), true
}

// lowered maps the usual spellings of names in every mail to lower case.
var lowered = func() map[string]string {
	m := map[string]string{}
	for _, n := range strings.Fields("From To Cc Subject Date Message-ID Message-Id Received Return-Path Delivered-To Reply-To Sender In-Reply-To References MIME-Version Mime-Version Content-Type Content-Transfer-Encoding Content-Disposition Content-ID Content-Description Content-Language Authentication-Results DKIM-Signature Received-SPF Thread-Topic Thread-Index Accept-Language X-Mailer X-MS-Has-Attach X-MS-TNEF-Correlator Auto-Submitted Precedence") {
		m[n] = strings.ToLower(n)
	}
	return m
}()

// unfold joins a folded value, removes control characters and decodes raw 8-bit
// bytes as UTF-8, else as Windows-1252.
func unfold(v []byte) string {
	v = bytes.TrimSpace(v)
	if plainBytes(v) == len(v) {
		return string(v)
	}
	out := make([]byte, 0, len(v))
	for len(v) > 0 {
		n := plainBytes(v)
		out, v = append(out, v[:n]...), v[n:]
		if len(v) == 0 {
			break
		}
		switch c := v[0]; {
		case c == '\r' || c == '\n':
			v = bytes.TrimLeft(v, "\r\n \t")
			out = append(out, ' ')
			continue
		case c == '\t':
			out = append(out, ' ')
		case c > 0x7f:
			out = append(out, c)
		}
		v = v[1:]
	}
	return text8bit(out)
}

// plainBytes counts the bytes at the start of v that are printable ASCII.
func plainBytes(v []byte) int {
	for i, c := range v {
		if c < ' ' || c >= 0x7f {
			return i
		}
	}
	return len(v)
}
