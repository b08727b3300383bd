package eml

import "bytes"

// signedContent returns the mail within an opaquely signed one (RFC 8551,
// section 3.5.2), which can be read without a key. It returns nil if the
// content is encrypted or has no such structure. The encoding may be BER with
// indefinite lengths, as Outlook's is.
func signedContent(b []byte) []byte {
	w := berWalker{}
	w.walk(b, 0)
	return w.content
}

var (
	oidSigned = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}
	oidData   = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}
)

type berWalker struct {
	signed, data bool // the identifier of signed data, or of its content, was read
	done         bool
	content      []byte
	elements     int
}

// walk reads the elements of b in order until it has the content, and returns
// how many bytes it read.
func (w *berWalker) walk(b []byte, depth int) int {
	read := 0
	for len(b) >= 2 && depth < 16 && !w.done {
		if w.elements++; w.elements > 100_000 {
			break
		}
		if b[0] == 0 && b[1] == 0 { // the end of an indefinite length
			return read + 2
		}
		tag, head, n, indefinite, ok := berHead(b)
		if !ok {
			break
		}
		body := b[head:]
		if !indefinite {
			body = body[:min(n, len(body))]
		}
		size := head + len(body)
		switch {
		case tag == 0x06:
			w.signed = w.signed || bytes.Equal(body, oidSigned)
			w.data = w.data || w.signed && bytes.Equal(body, oidData)
		case w.data && tag == 0x04: // an octet string, or a part of one
			w.content = append(w.content, body...)
		case tag&0x20 != 0:
			within := w.data && len(w.content) == 0
			k := w.walk(body, depth+1)
			if indefinite {
				size = head + k
			}
			if within && len(w.content) > 0 && tag == 0xa0 {
				w.done = true // the whole string was in it; signatures follow
			}
		}
		b, read = b[min(size, len(b)):], read+size
	}
	return read
}

// berHead reads the tag and the length of an element.
func berHead(b []byte) (tag byte, head, n int, indefinite, ok bool) {
	tag = b[0]
	if tag&0x1f == 0x1f {
		return 0, 0, 0, false, false
	}
	switch l := b[1]; {
	case l == 0x80:
		return tag, 2, 0, true, true
	case l < 0x80:
		return tag, 2, int(l), false, true
	default:
		k := int(l & 0x7f)
		if k > 4 || len(b) < 2+k {
			return 0, 0, 0, false, false
		}
		for _, c := range b[2 : 2+k] {
			n = n<<8 | int(c)
		}
		return tag, 2 + k, n, false, true
	}
}
