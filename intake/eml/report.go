package eml

import (
	"cmp"
	"strings"

	"requestd/intake"
)

// report reads a delivery report or receipt, also outside a multipart/report.
func (t *tree) report(m *intake.Message, root *entity, b *body) {
	r := intake.Report{Type: root.param["report-type"]}
	found := root.typ == "multipart/report"
	for _, e := range b.reports {
		var sub header
		rest := e.content(maxHeaderBytes, t.faults)
		for range 10 { // groups of fields: the first about the message, then one for each recipient
			var g header
			g, rest = readHeader(rest)
			sub.fields = append(sub.fields, g.fields...)
			if len(rest) == 0 {
				break
			}
		}
		if kind := strings.TrimPrefix(strings.TrimPrefix(e.typ, "message/"), "global-"); e.typ != "text/rfc822-headers" && kind != "headers" && kind != "partial" && kind != "external-body" {
			r.Type = cmp.Or(r.Type, kind)
			found = true
		}
		fillReport(&r, &sub)
	}
	if !found {
		m.Report = freeText(m)
		return
	}
	for _, in := range m.Inner {
		if in.Attached && r.MessageID == "" {
			r.MessageID = in.MessageID
		}
	}
	r.Type = strings.ToLower(r.Type)
	m.Report = &r
}

func (h *header) first(names ...string) string {
	for _, n := range names {
		if v := h.get(n); v != "" {
			return intake.OneLine(v, maxName)
		}
	}
	return ""
}

// recipient returns the address in a field that names its type first (RFC 3464,
// section 2.3).
func (h *header) recipient(names ...string) string {
	v := h.first(names...)
	if _, addr, ok := strings.Cut(v, ";"); ok {
		v = addr
	}
	return strings.Trim(v, " <>")
}

// fillReport fills in what the fields of one report part say.
func fillReport(r *intake.Report, h *header) {
	if r.Action == "" {
		r.Action, _, _ = strings.Cut(strings.ToLower(h.first("action", "disposition")), " (")
		if _, done, ok := strings.Cut(r.Action, ";"); ok { // RFC 8098, section 3.2.6
			r.Action = strings.TrimSpace(done)
		}
	}
	if r.Status == "" {
		r.Status, _, _ = strings.Cut(h.first("status"), " ")
	}
	if r.Recipient == "" {
		r.Recipient = h.recipient("final-recipient", "original-recipient", "original-rcpt-to")
		r.Original = h.recipient("original-recipient")
	}
	r.MessageID = cmp.Or(r.MessageID, firstID(h.first("original-message-id", "x-original-message-id", "message-id")))
}
