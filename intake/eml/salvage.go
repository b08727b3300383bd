package eml

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// salvage decodes the body of a text part whose header does not say how it is
// encoded, or says it wrongly, by what the body looks like. ok is false if the
// header is right as far as can be seen.
func (e *entity) salvage() (text []byte, ok bool) {
	body := e.body[:min(len(e.body), 4*maxText)]
	switch e.encoding() {
	case "base64":
		if prose(body) {
			return body, true
		}
	case "", "7bit", "8bit", "binary":
		if t, ok := bareBase64(body); ok {
			return t, true
		}
		if t, ok := bareQuotedPrintable(body); ok {
			return t, true
		}
	case "quoted-printable":
		t, ok := bareBase64(body)
		return t, ok
	}
	return nil, false
}

// prose distinguishes a text from base64: it has words with blanks between
// them.
func prose(b []byte) bool {
	b = bytes.TrimSpace(b[:min(len(b), 4096)])
	first, _ := cutLine(b)
	return len(b) > 20 && bytes.ContainsAny(bytes.TrimSpace(first), " ,.'") && bytes.Count(b, []byte(" "))*20 > len(b)
}

// bareBase64 decodes a body that consists of lines of base64 and contains text.
func bareBase64(b []byte) ([]byte, bool) {
	clean := make([]byte, 0, min(len(b), 4<<10))
	lines := 0
	for line := range bytes.Lines(b) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			if len(clean) > 0 && lines > 0 {
				break
			}
			continue
		}
		for _, c := range line {
			if base64Value(c) < 0 && c != '=' {
				return nil, false
			}
		}
		clean = append(clean, line...)
		lines++
	}
	if len(clean) < 48 || !bytes.ContainsAny(clean, "0123456789+/=") && len(clean)%4 != 0 {
		return nil, false
	}
	trimmed := bytes.TrimRight(clean, "=")
	if len(trimmed)%4 == 1 {
		trimmed = trimmed[:len(trimmed)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(trimmed)))
	n, err := base64.RawStdEncoding.Decode(out, trimmed)
	out = out[:n]
	if err != nil || n == 0 || !utf8.Valid(bytes.TrimRight(out, "\x80\xbf")) && !mostlyText(out) || !mostlyText(out) {
		return nil, false
	}
	return out, true
}

// mostlyText reports whether hardly any byte is a control character, and some
// are blanks.
func mostlyText(b []byte) bool {
	bad, blanks := 0, 0
	for _, c := range b {
		switch {
		case c == ' ' || c == '\n':
			blanks++
		case c < ' ' && c != '\r' && c != '\t' || c == 0x7f:
			bad++
		}
	}
	return bad*100 <= len(b) && blanks*60 >= len(b)
}

// bareQuotedPrintable decodes a body that shows signs of quoted-printable: soft
// line ends, and bytes in hexadecimal that make UTF-8.
func bareQuotedPrintable(b []byte) ([]byte, bool) {
	if !bytes.Contains(b, []byte("=")) {
		return nil, false
	}
	marks := bytes.Count(b, []byte("=\n")) + bytes.Count(b, []byte("=\r\n")) + bytes.Count(b, []byte("=20")) + bytes.Count(b, []byte("=3D")) + bytes.Count(b, []byte("=C3=")) + bytes.Count(b, []byte("=E2=80=")) + bytes.Count(b, []byte("=C2=")) + bytes.Count(b, []byte("=C5="))
	if marks < 2 {
		return nil, false
	}
	out, ok := quotedPrintable(b, 4*maxText)
	return out, ok && utf8.Valid(out)
}

// wide decodes UTF-16 that is not labelled so: every other byte of Latin text
// is zero.
func wide(b []byte) (string, bool) {
	if len(b) < 8 {
		return "", false
	}
	head := b[:min(len(b), 4096)]
	var zero [2]int
	for i, c := range head {
		if c == 0 {
			zero[i&1]++
		}
	}
	half := len(head) / 2
	big := 2*zero[0] > half && 4*zero[1] < half
	if !big && !(2*zero[1] > half && 4*zero[0] < half) {
		return "", false
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if big {
		order = binary.BigEndian
	}
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		if u := order.Uint16(b[i:]); u != 0xfeff {
			units = append(units, u)
		}
	}
	return string(utf16.Decode(units)), true
}

// htmlInDisguise reports whether a text that is labelled plain is an HTML page.
func htmlInDisguise(t string) bool {
	head := t[:min(len(t), 2000)]
	if !strings.Contains(head, "<") {
		return false
	}
	head = strings.ToLower(strings.TrimSpace(head))
	if strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html") || strings.HasPrefix(head, "<head") || strings.HasPrefix(head, "<body") {
		return true
	}
	tags := 0
	for _, tag := range []string{"<p>", "<p ", "</p>", "<br", "<div", "</div>", "<table", "<span", "<font", "&nbsp;"} {
		tags += strings.Count(head, tag)
	}
	return strings.HasPrefix(head, "<") && tags >= 2 || tags >= 6
}

// unarmoured removes the frame of a signed text (RFC 9580, section 7), and
// reports whether the text is encrypted.
func unarmoured(t string) (text string, encrypted bool) {
	if i := strings.Index(t, "-----BEGIN PGP MESSAGE-----"); i >= 0 {
		if j := strings.Index(t, "-----END PGP MESSAGE-----"); j > i {
			return t[:i] + t[j+len("-----END PGP MESSAGE-----"):], true
		}
		return t[:i], true
	}
	const begin = "-----BEGIN PGP SIGNED MESSAGE-----\n"
	i := strings.Index(t, begin)
	if i < 0 {
		return t, false
	}
	head, body := t[:i], t[i+len(begin):]
	if _, after, ok := strings.Cut(body, "\n\n"); ok {
		body = after
	}
	body, _, _ = strings.Cut(body, "-----BEGIN PGP SIGNATURE-----")
	return head + strings.ReplaceAll("\n"+body, "\n- -", "\n-"), false
}
