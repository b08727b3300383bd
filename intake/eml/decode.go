package eml

import (
	"bytes"
	"strings"

	"github.com/emersion/go-message"
)

// content decodes the transfer encoding of the entity's body, up to limit
// bytes. What cannot be decoded is listed in the faults.
func (e *entity) content(limit int, f *faults) []byte {
	enc, body := e.encoding(), e.body
	switch enc {
	case "", "7bit", "8bit", "binary":
		if e.depth == 0 || !bytes.HasPrefix(body, []byte("begin ")) {
			return capped(body, limit, f)
		}
		fallthrough // the body itself shows how it is encoded
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return capped(decodeUU(body), limit, f)
	case "base64":
		if len(body) > 2*limit {
			body = body[:2*limit]
			f.add("a part is too long and was cut")
		}
		var h message.Header
		h.Set("Content-Transfer-Encoding", enc)
		ent, _ := message.New(h, bytes.NewReader(body))
		buf := bytes.NewBuffer(make([]byte, 0, len(body)*3/4+512))
		if _, err := buf.ReadFrom(ent.Body); err != nil {
			out := decodeB(string(base64Prefix(body)))
			if e.whole {
				f.add("a part's base64 is damaged; what could be read was kept")
			}
			return capped(out, limit, f)
		}
		return capped(buf.Bytes(), limit, f)
	case "quoted-printable":
		out, ok := quotedPrintable(body, limit+1)
		if !ok {
			if e.whole {
				f.add("a part's quoted-printable is damaged; what could be read was kept")
			}
			out = decodeQP(body)
		}
		return capped(out, limit, f)
	}
	f.add("a part has an unknown transfer encoding and was read as it stands")
	return capped(body, limit, f)
}

// encoding returns the transfer encoding without comments and quotes.
func (e *entity) encoding() string {
	v := strings.ToLower(e.header.get("content-transfer-encoding"))
	if i := strings.IndexAny(v, "(;"); i >= 0 {
		v = v[:i]
	}
	return strings.Trim(v, " \t\"'")
}

func capped(b []byte, limit int, f *faults) []byte {
	if len(b) > limit {
		f.add("a part is too long and was cut")
		return b[:limit]
	}
	return b
}

// base64Prefix returns the body up to the end of its data: mailing lists add
// their footer below in plain text.
func base64Prefix(b []byte) []byte {
	for i, c := range b {
		if c == '=' || c == ' ' || c == '-' && i > 0 && b[i-1] == '\n' {
			return b[:i]
		}
	}
	return b
}

// decodeUU decodes the first uuencoded file in b; without one it returns b
// unchanged.
func decodeUU(b []byte) []byte {
	start := bytes.Index(b, []byte("begin "))
	if start < 0 || start > 0 && b[start-1] != '\n' {
		return b
	}
	_, rest := cutLine(b[start:])
	var out []byte
	for len(rest) > 0 {
		var line []byte
		line, rest = cutLine(rest)
		line = trimEOL(line)
		if len(line) == 0 || bytes.Equal(line, []byte("end")) {
			break
		}
		n := int(line[0]-' ') & 0x3f
		for i := 1; i < len(line) && n > 0; i += 4 {
			var q [4]byte
			for k := range q {
				if i+k < len(line) {
					q[k] = (line[i+k] - ' ') & 0x3f
				}
			}
			three := [3]byte{q[0]<<2 | q[1]>>4, q[1]<<4 | q[2]>>2, q[2]<<6 | q[3]}
			out = append(out, three[:min(3, n)]...)
			n -= 3
		}
	}
	return out
}

// size counts decoded bytes without decoding.
func (e *entity) size() int64 {
	switch e.encoding() {
	case "base64":
		n := 0
		for _, c := range e.body {
			if c > ' ' && c != '=' {
				n++
			}
		}
		return int64(n) * 3 / 4
	case "quoted-printable":
		n, soft := len(e.body), bytes.Count(e.body, []byte("=\r\n"))+bytes.Count(e.body, []byte("=\n"))
		return int64(max(0, n-2*bytes.Count(e.body, []byte("="))-soft))
	}
	return int64(len(e.body))
}
