package classify_test

import (
	"strings"
	"testing"

	"requestd/classify"
	"requestd/intake"
	"requestd/intake/eml"
)

const request = "Please send me a copy of your policy on recording interviews and tell me how many complaints you had in 2024."

// mail builds a raw mail from its header lines and a body.
func mail(body string, header ...string) []byte {
	has := func(name string) bool {
		for _, h := range header {
			if strings.HasPrefix(strings.ToLower(h), name) {
				return true
			}
		}
		return false
	}
	if !has("from:") {
		header = append(header, "From: Rhian Poole <rhian.poole@example.org>")
	}
	if !has("subject:") {
		header = append(header, "Subject: A question")
	}
	header = append(header, "To: governance@cafcass.gov.uk", "Date: Mon, 2 Mar 2026 10:00:00 +0000", "Message-ID: <1@example.org>")
	return []byte(strings.Join(header, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n") + "\r\n")
}

func read(t *testing.T, c *classify.Classifier, raw []byte) intake.Reading {
	t.Helper()
	return c.Classify(eml.Parse(raw, true), intake.Thread{}, "cafcass")
}

// A header that forms, rules and mailing services also set on people's mail
// holds an answer, but never files a plain request away.
func TestHeadersOfMachines(t *testing.T) {
	c := newClassifier(t)
	for _, tt := range []struct {
		name, header string
		want         intake.Verdict
	}{
		{"no mark", "X-Mailer: Pine", intake.Acknowledge},
		{"Auto-Submitted", "Auto-Submitted: auto-replied", intake.Triage},
		{"with parameter", "Auto-Submitted: auto-replied; owner-email=x@example.org", intake.Triage},
		{"folded", "Auto-Submitted:\r\n auto-generated", intake.Triage},
		{"auto-notified", "auto-submitted: AUTO-NOTIFIED", intake.Triage},
		{"no is a person's", "Auto-Submitted: no", intake.Acknowledge},
		{"no with a comment", "Auto-Submitted: No (sent by hand)", intake.Acknowledge},
		{"empty return path", "Return-Path: <>", intake.Triage},
		{"spaced return path", "Return-Path: < >", intake.Triage},
		{"precedence", "Precedence: bulk", intake.Triage},
		{"second precedence", "Precedence: first-class\r\nPrecedence: junk", intake.Triage},
		{"X-Autoreply", "X-Autoreply: yes", intake.Triage},
		{"empty X-Autoreply is soft", "X-Autoreply:", intake.Triage},
		{"suppressing answers is no machine's mark", "X-Auto-Response-Suppress: DR, OOF, AutoReply", intake.Triage},
		{"suppressing receipts only", "X-Auto-Response-Suppress: DR, RN", intake.Acknowledge},
		{"foreign list", "List-Id: <news.example.net>\r\nList-Unsubscribe: <mailto:off@news.example.net>", intake.Triage},
		{"passed on by somebody's list", "List-Id: <bar.example.net>", intake.Triage},
		{"inbox rule", "X-MS-Exchange-Inbox-Rules-Loop: a@example.org", intake.Triage},
		{"two marks and an empty return path", "Return-Path: <>\r\nAuto-Submitted: auto-generated", intake.Ignore},
		{"an automatic answer to a mail", "Auto-Submitted: auto-replied\r\nIn-Reply-To: <a@example.org>", intake.Ignore},
		{"a report's header", "X-MS-Exchange-Message-Is-Ndr: ", intake.Ignore},
		{"a value that speaks of auto-reply", "X-Comment: this is no auto-reply", intake.Acknowledge},
		{"Feedback-ID is on personal mail too", "Feedback-ID: 1:site", intake.Acknowledge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := read(t, c, mail(request, tt.header))
			if r.Decision != tt.want {
				t.Errorf("decision %s, want %s (%s)", r.Decision, tt.want, r.Why)
			}
			if tt.want == intake.Triage && (r.Kind != intake.FOI || len(r.Hold) == 0) {
				t.Errorf("a held mail keeps its kind and says why: %s %v", r.Kind, r.Hold)
			}
		})
	}
}

func TestSendersOfMachines(t *testing.T) {
	c := newClassifier(t)
	for _, tt := range []struct {
		from string
		want intake.Verdict
	}{
		{"mailer-daemon@example.org", intake.Ignore},
		{"Mail Delivery System <x@example.org>", intake.Ignore},
		{"talk-bounces@example.org", intake.Ignore},
		{"owner-talk@example.org", intake.Ignore},
		{"governance@cafcass.gov.uk", intake.Triage},
		{"governance+x@cafcass.gov.uk", intake.Triage},
		{"noreply@example.org", intake.Triage},
		{"postmaster@example.org", intake.Triage},
		{"request-123-abcdef01@whatdotheyknow.com", intake.Acknowledge},
		{"foi+request-123-abcdef01@whatdotheyknow.com", intake.Acknowledge},
		{"info-request-12-ab@example.org", intake.Acknowledge},
	} {
		t.Run(tt.from, func(t *testing.T) {
			if r := read(t, c, mail(request, "From: "+tt.from)); r.Decision != tt.want {
				t.Errorf("decision %s, want %s (%s)", r.Decision, tt.want, r.Why)
			}
		})
	}
}

func TestFormOfANamedPerson(t *testing.T) {
	c := newClassifier(t)
	body := "A new form has been submitted.\nYour name: Ann Lee\nYour email: ann.lee@example.com\n" +
		"Message: Please send me a copy of all the notes you hold about me."
	r := read(t, c, mail(body, "From: Website <noreply@cafcass.gov.uk>", "Reply-To: Ann Lee <ann.lee@example.com>"))
	if r.Kind != intake.DSAR || r.Decision == intake.Ignore || r.Decision == intake.Pass {
		t.Errorf("read as %s, %s", r.Kind, r.Decision)
	}
}

func TestSubjectsAloneProveNothing(t *testing.T) {
	c := newClassifier(t)
	for _, subject := range []string{"Out of office replies policy - FOI request", "Bounced cheques 2024", "Automatic reply rules"} {
		if r := read(t, c, mail(request, "Subject: "+subject)); r.Kind != intake.FOI || r.Decision == intake.Ignore || r.Decision == intake.Pass {
			t.Errorf("%s: read as %s, %s", subject, r.Kind, r.Decision)
		}
	}
}

func TestOwnListIsNoMachine(t *testing.T) {
	s := classify.DefaultSettings()
	s.OwnLists = []string{"governance.cafcass.gov.uk"}
	c, err := classify.New(s)
	if err != nil {
		t.Fatal(err)
	}
	if r := read(t, c, mail(request, "List-Id: <governance.cafcass.gov.uk>")); r.Decision != intake.Acknowledge {
		t.Errorf("decision %s (%s)", r.Decision, r.Why)
	}
}

func TestOurOwnMailComingBack(t *testing.T) {
	s := classify.DefaultSettings()
	s.OwnMessageID = func(id string) bool { return id == "1@example.org" }
	c, err := classify.New(s)
	if err != nil {
		t.Fatal(err)
	}
	if r := read(t, c, mail(request)); r.Decision != intake.Ignore {
		t.Errorf("decision %s", r.Decision)
	}
}
