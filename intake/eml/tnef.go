package eml

import (
	"bytes"
	"encoding/binary"
)

// tnef reads what matters of Outlook's own format (MS-OXTNEF): the message
// class, which distinguishes a meeting answer or a receipt from a letter, and
// the plain text if there is one.
func tnef(b []byte) (class, text string) {
	const (
		signature    = 0x223e9f78
		messageClass = 0x00078008
		plainBody    = 0x0002800c
	)
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != signature {
		return "", ""
	}
	b = b[6:]
	for range 200 {
		if len(b) < 9 {
			break
		}
		id, n := binary.LittleEndian.Uint32(b[1:]), int64(binary.LittleEndian.Uint32(b[5:]))
		b = b[9:]
		data := b[:min(n, int64(len(b)))]
		switch id {
		case messageClass:
			class = text8bit(bytes.TrimRight(data[:min(len(data), 255)], "\x00"))
		case plainBody:
			text = text8bit(bytes.TrimRight(data[:min(len(data), maxText)], "\x00"))
		}
		if n+2 > int64(len(b)) {
			break
		}
		b = b[n+2:] // a checksum follows
	}
	return class, text
}
