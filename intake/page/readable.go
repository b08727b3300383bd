package page

import (
	"bytes"
	"io"
	"strings"

	"github.com/emersion/go-message/mail"

	"requestd/intake"
)

// readable is the text of one of our own letters, from its bytes; "" where
// there are none.
func readable(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	defer r.Close()
	for {
		p, err := r.NextPart()
		if err != nil {
			return ""
		}
		if h, ok := p.Header.(*mail.InlineHeader); ok {
			if t, _, err := h.ContentType(); err != nil || t != "text/plain" {
				continue
			}
			text, err := io.ReadAll(io.LimitReader(p.Body, 64<<10))
			if err != nil {
				return ""
			}
			return strings.TrimSpace(intake.PlainText(string(text), 64<<10))
		}
	}
}
