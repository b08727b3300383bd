package classify_test

import (
	"encoding/base64"
	"testing"

	"requestd/intake"
)

// winmail returns Outlook's own format with only a message class (MS-OXTNEF
// 2.1.3.3).
func winmail(class string) string {
	n := len(class) + 1
	return "\x78\x9f\x3e\x22\x01\x00" + "\x01\x08\x80\x07\x00" + string([]byte{byte(n), 0, 0, 0}) + class + "\x00\x00\x00"
}

func TestMessageClassesOfOutlook(t *testing.T) {
	c := newClassifier(t)
	for _, tt := range []struct {
		class string
		want  intake.Verdict
		seems string
	}{
		{"IPM.Note", intake.Acknowledge, ""},
		{"IPM.Microsoft Mail.Note", intake.Acknowledge, ""},
		{"REPORT.IPM.Note.IPNRN", intake.Ignore, ""},
		{"REPORT.IPM.Note.IPNNRN", intake.Ignore, ""},
		{"Report.IPM.Note.DR", intake.Ignore, ""},
		{"REPORT.IPM.Note.NDR", intake.Ignore, "bounce"},
		{"IPM.Microsoft Mail.Read Receipt", intake.Ignore, ""},
		{"IPM.Microsoft Mail.Non-Delivery", intake.Ignore, "bounce"},
		{"IPM.Note.Rules.OofTemplate.Microsoft", intake.Ignore, ""},
		{"IPM.Schedule.Meeting.Resp.Pos", intake.Ignore, ""},
		{"IPM.Microsoft Schedule.MtgCncl", intake.Ignore, ""},
		{"IPM.Schedule.Meeting.Request", intake.Triage, ""},
	} {
		part := "--b\r\nContent-Type: text/plain\r\n\r\n" + request + "\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			base64.StdEncoding.EncodeToString([]byte(winmail(tt.class))) + "\r\n--b--"
		r := read(t, c, mail(part, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b"))
		if r.Decision != tt.want || r.Decision == intake.Ignore && r.Seems != tt.seems {
			t.Errorf("%s: %s, seems %q (%s), want %s %q", tt.class, r.Decision, r.Seems, r.Why, tt.want, tt.seems)
		}
	}
}

func TestMailOfAProgramLikeThisOne(t *testing.T) {
	c := newClassifier(t)
	for name, tt := range map[string]struct {
		header string
		want   intake.Verdict
	}{
		"an id as another instance gives it": {"Message-ID: <requestd.37bf4sh6v9qk8fr3vbs9r7v8.3r9de062tzwd47vef918@authority.example.org>", intake.Ignore},
		"its loop mark":                      {"X-Requestd-Loop: 049w8fvppcvtq9yfyptq", intake.Ignore},
		"a person's id with the word":        {"Message-ID: <requestd.tuesday.1@example.org>", intake.Acknowledge},
		"Exchange's mark without a value":    {"X-MS-Exchange-Message-Is-Ndr:", intake.Ignore},
	} {
		if r := read(t, c, append([]byte(tt.header+"\r\n"), mail(request)...)); r.Decision != tt.want {
			t.Errorf("%s: %s (%s), want %s", name, r.Decision, r.Why, tt.want)
		}
	}
}
