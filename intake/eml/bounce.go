package eml

import (
	"slices"
	"strings"

	"requestd/intake"
)

// freeText reads a report that a mail server wrote in prose, such as qmail's
// and older ones of Exchange. It believes only mail from a daemon that shows
// the header of the mail it is about.
func freeText(m *intake.Message) *intake.Report {
	if !daemon(m) {
		return nil
	}
	text := m.Text + "\n" + m.Quoted
	r := intake.Report{Type: "delivery-status", Action: "failed", Recipient: failedRecipient(m, text), Status: statusCode(text)}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimLeft(line, "> \t"), ":"); ok && strings.EqualFold(name, "message-id") {
			if r.MessageID = firstID(value); r.MessageID != "" {
				break
			}
		}
	}
	if r.MessageID == "" && r.Recipient == "" {
		return nil
	}
	if low := strings.ToLower(m.Subject + " " + m.Text); strings.Contains(low, "delayed") || strings.Contains(low, "not yet been delivered") || strings.Contains(low, "will be retried") {
		r.Action = "delayed"
	}
	return &r
}

// daemon reports whether a mail system itself wrote the mail.
func daemon(m *intake.Message) bool {
	if m.Get("x-failed-recipients") != "" || len(m.All("x-ms-exchange-message-is-ndr")) > 0 { // the latter usually has no value
		return true
	}
	for _, a := range m.From {
		local, _, _ := strings.Cut(strings.ToLower(a.Addr), "@")
		if slices.Contains([]string{"mailer-daemon", "mail-daemon", "mdaemon", "postmaster"}, local) || strings.HasPrefix(local, "microsoftexchange") || strings.EqualFold(a.Addr+a.Name, "mailer-daemon") {
			return true
		}
	}
	return false
}

func failedRecipient(m *intake.Message, text string) string {
	if list := appendAddresses(nil, m.Get("x-failed-recipients")); len(list) > 0 {
		return list[0].Addr
	}
	for line := range strings.Lines(text) { // qmail puts it on its own line
		line = strings.TrimSpace(line)
		if spec, ok := strings.CutPrefix(line, "<"); ok {
			if spec, ok = strings.CutSuffix(spec, ">:"); ok {
				return cleanAddr(spec)
			}
		}
	}
	return ""
}

// statusCode returns an enhanced status code (RFC 3463) of class 4 or 5.
func statusCode(text string) string {
	for i := 0; i+4 < len(text); i++ {
		if (text[i] == '5' || text[i] == '4') && text[i+1] == '.' && (i == 0 || !isDigit(text[i-1]) && text[i-1] != '.') {
			end := i + 2
			for end < len(text) && end < i+8 && (isDigit(text[end]) || text[end] == '.') {
				end++
			}
			if code := strings.TrimRight(text[i:end], "."); strings.Count(code, ".") == 2 && !strings.Contains(code, "..") {
				return code
			}
		}
	}
	return ""
}
