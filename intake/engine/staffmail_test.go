package engine_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/config"
)

// Many servers accept every mail and return what they cannot deliver.
func TestMailToStaffThatDoesNotReachThemIsAnAlarmUntilTheAddressIsCorrected(t *testing.T) {
	for _, how := range []intake.LetterState{intake.LetterBounced, intake.LetterFailed} {
		t.Run(string(how), func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			a := o.one("cafcass", foiMail("a@example.org"))
			o.send()
			told := o.to("officer@staff.example.org", intake.ForCopy)
			if how == intake.LetterBounced {
				o.one("cafcass", mail{
					id: "dsn@mx.example.org", from: "Mail Delivery System <MAILER-DAEMON@mx.example.org>", to: "governance@cafcass.gov.uk",
					subject: "Undelivered Mail Returned to Sender",
					head:    []string{"Auto-Submitted: auto-replied", "Return-Path: <>", `Content-Type: multipart/report; report-type=delivery-status; boundary="b"`},
					body: "--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n" +
						"Final-Recipient: rfc822; officer@staff.example.org\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <" + told.MessageID + ">\nSubject: x\n\n--b--\n",
				})
			} else {
				told.State, told.Attempts, told.Response = how, 1, "550 5.1.1 no such user"
				o.put(told)
			}
			count := func(want int, when string) {
				t.Helper()
				if s, _, err := o.e.Register.Standing(t.Context()); err != nil || s.Letters.StaffFailed != want {
					t.Errorf("%s: %d, %v, want %d", when, s.Letters.StaffFailed, err, want)
				}
			}
			count(1, "officer's copy did not arrive")
			if how == intake.LetterBounced {
				if _, err := o.e.Cases.ReleaseLetter(t.Context(), o.by(), told.ID); err == nil || !strings.Contains(err.Error(), "under staff") {
					t.Errorf("trying it again: %v", err)
				}
			}

			was := o.e.Cases.Settings()
			corrected := *was
			corrected.Staff = slices.Clone(was.Staff)
			for i := range corrected.Staff {
				if corrected.Staff[i].Address == "officer@staff.example.org" {
					corrected.Staff[i].Address = "an.officer@staff.example.org"
				}
			}
			reload := func(c *config.Config) {
				t.Helper()
				if err := o.e.Cases.Reload(c); err != nil {
					t.Fatal(err)
				}
			}
			reload(&corrected)
			count(0, "the address was corrected")
			o.did(o.do(a.Ref, casework.RecordInput{Event: intake.Assigned, Officer: "officer@staff.example.org"}))
			count(1, "whoever is in charge has that address")
			reload(was)
			o.now = o.now.AddDate(0, 0, 8)
			count(0, "a week later")
		})
	}
}
