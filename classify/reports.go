package classify

import (
	"strings"

	"requestd/intake"
)

// reports weighs what shows a report or an automatic answer that has none of
// the forms of RFC 3464 and RFC 8098: Exchange's own marks, the message class
// within winmail.dat, and an id that this program gives its mail.
func (mc *machine) reports(m *intake.Message) {
	for i := range m.Header {
		switch f := &m.Header[i]; f.Name {
		case "x-ms-exchange-message-is-ndr": // usually without a value
			mc.bounce = true
			if strings.TrimSpace(f.Value) == "" {
				mc.isHard("delivery or disposition report", f.Name)
			}
		case "x-requestd-loop":
			mc.isHard("mail of a program like this one", f.Name)
		}
	}
	if programID(m.MessageID) {
		mc.isHard("mail of a program like this one", m.MessageID)
	}
	for i := range m.Parts {
		if p := &m.Parts[i]; p.Depth <= 1 {
			mc.outlookClass(p.Param["message-class"])
		}
	}
}

// outlookClass weighs a message class, under its own name or that of older
// programs (MS-OXTNEF 2.1.3.3.2, MS-OXOMSG 2.2.2.3).
func (mc *machine) outlookClass(class string) {
	low := strings.ToLower(class)
	switch {
	case strings.HasPrefix(low, "report."):
		mc.bounce = mc.bounce || strings.HasSuffix(low, ".ndr")
		mc.isHard("delivery or disposition report", class)
	case low == "ipm.microsoft mail.non-delivery":
		mc.bounce = true
		mc.isHard("delivery or disposition report", class)
	case low == "ipm.microsoft mail.read receipt":
		mc.isHard("delivery or disposition report", class)
	case strings.HasPrefix(low, "ipm.note.rules."): // OofTemplate, ReplyTemplate
		mc.isHard("automatic answer", class)
	case strings.HasPrefix(low, "ipm.schedule.meeting.request"), low == "ipm.microsoft schedule.mtgreq":
		mc.isSoft("calendar invitation", class)
	case strings.HasPrefix(low, "ipm.schedule.meeting."), strings.HasPrefix(low, "ipm.microsoft schedule."):
		mc.isHard("calendar answer", class)
	}
}

// programID reports whether a Message-ID has the form that every instance of
// this program gives its mail: requestd, 24 letters, 20 letters. It survives
// gateways that remove every other mark.
func programID(id string) bool {
	local, _, _ := strings.Cut(strings.ToLower(id), "@")
	rest, ok := strings.CutPrefix(local, "requestd.")
	nonce, mark, dot := strings.Cut(rest, ".")
	return ok && dot && len(nonce) == 24 && len(mark) == 20 && !strings.ContainsFunc(nonce+mark, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}
