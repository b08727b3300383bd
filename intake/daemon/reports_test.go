package daemon

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"requestd/intake"
)

// report returns a delivery report in the form of RFC 3464.
func report(action, status, recipient, messageID string) string {
	return `Content-Type: multipart/report; report-type=delivery-status; boundary="b"` + "\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n" +
		"Final-Recipient: rfc822; " + recipient + "\r\nAction: " + action + "\r\nStatus: " + status + "\r\n\r\n" +
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: " + messageID + "\r\nSubject: x\r\n\r\n--b--\r\n"
}

// winmail returns a mail in Outlook's own format; only its message class says
// what it is.
func winmail(class, text string) string {
	n := len(class) + 1
	stream := "\x78\x9f\x3e\x22\x01\x00\x01\x08\x80\x07\x00" + string([]byte{byte(n), 0, 0, 0}) + class + "\x00\x00\x00"
	return "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + text +
		"\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString([]byte(stream)) + "\r\n--b--\r\n"
}

// Everything that can come back after an acknowledgement, in every form. Only a
// report that our letter to this very recipient failed makes it count as not
// sent; no report opens a case or is answered, and nothing is sent twice.
func TestWhatComesBackToALetterMovesNothingWrongly(t *testing.T) {
	const exchange = "From: \"Microsoft Outlook\" <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>\r\n"
	const requester = "From: Ann Example <first@example.org>\r\n"
	for name, c := range map[string]struct {
		mail    func(id string) string // with the Message-ID of the acknowledgement, in brackets
		bounced bool
		shown   int // how often staff see it as a mail on the case
	}{
		"an NDR of Exchange in Welsh, its header in the text": {mail: func(id string) string {
			return exchange + "Subject: Ni ellir ei ddanfon: Cafcass: ein cyfeirnod\r\nX-MS-Exchange-Message-Is-Ndr:\r\nContent-Language: cy\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
				"Methodd y danfon i'r derbynwyr neu'r grwpiau hyn:\r\n\r\nfirst@example.org\r\n\r\nGwybodaeth ddiagnostig i weinyddwyr:\r\n550 5.1.10 RESOLVER.ADR.RecipientNotFound\r\n\r\nPenynnau'r neges wreiddiol:\r\n\r\nMessage-ID: " + id + "\r\nSubject: x\r\n"
		}, bounced: true},
		"an NDR of Exchange in German, by what it answers": {mail: func(id string) string {
			return exchange + "Subject: Unzustellbar: Cafcass: our reference\r\nX-MS-Exchange-Message-Is-Ndr:\r\nIn-Reply-To: " + id + "\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" +
				"<p>Fehler bei der Nachrichtenzustellung an folgende Empf&auml;nger oder Gruppen:</p><p>first@example.org</p><p>Die eingegebene E-Mail-Adresse konnte nicht gefunden werden.</p>\r\n"
		}, bounced: true},
		"an NDR within winmail.dat": {mail: func(id string) string {
			return exchange + "Subject: Non remis\r\nIn-Reply-To: " + id + "\r\n" + winmail("REPORT.IPM.Note.NDR", "Votre message n'a pas pu etre remis.")
		}, bounced: true},
		"a delivery report": {mail: func(id string) string {
			return "From: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered\r\n" + report("failed", "5.1.1", "first@example.org", id)
		}, bounced: true},
		"one that names the person otherwise in the same domain": {mail: func(id string) string {
			return "From: MAILER-DAEMON@mx.example.org\r\nSubject: Undelivered\r\n" + report("failed", "5.2.1", "f.irst@example.org", id)
		}, bounced: true},
		"a report of a delay": {mail: func(id string) string {
			return "From: MAILER-DAEMON@mx.example.org\r\nSubject: Delayed\r\n" + report("delayed", "4.4.1", "first@example.org", id)
		}},
		"a read receipt within winmail.dat": {mail: func(id string) string {
			return requester + "Subject: Read: Cafcass: our reference\r\nIn-Reply-To: " + id + "\r\n" + winmail("REPORT.IPM.Note.IPNRN", "Your message was read on Friday.")
		}},
		"a receipt of delivery within winmail.dat": {mail: func(id string) string {
			return requester + "Subject: Delivered: Cafcass: our reference\r\nIn-Reply-To: " + id + "\r\n" + winmail("REPORT.IPM.Note.DR", "Your message was delivered.")
		}},
		"a read receipt whose report is broken": {mail: func(id string) string {
			return requester + "Subject: Gelesen: Cafcass\r\nIn-Reply-To: " + id + "\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b\r\n\r\nGelesen.\r\n--b--\r\n"
		}},
		"a stranger's report of a letter that we never sent": {mail: func(string) string {
			return "From: MAILER-DAEMON@example.net\r\nSubject: Undelivered\r\n" + report("failed", "5.1.1", "first@example.org", "<requestd.37bf4sh6v9qk8fr3vbs9r7v8.3r9de062tzwd47vef918@cafcass.gov.uk>")
		}},
		"a stranger's report of our letter to somebody else": {mail: func(id string) string {
			return "From: MAILER-DAEMON@example.net\r\nSubject: Undelivered\r\n" + report("failed", "5.1.1", "nobody@example.net", id)
		}, shown: 1},
		"a stranger's report about the request itself": {mail: func(string) string {
			return "From: MAILER-DAEMON@example.net\r\nSubject: Undelivered\r\n" + report("failed", "5.1.1", "first@example.org", "<first@example.org>")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newField(t, "")
			d.arrives(d.asks("first"))
			d.run()
			d.answered("first")
			d.quiet()
			ref := d.arrival("first").Ref
			sent := d.letters(intake.ForAcknowledgement)[0]
			before := len(d.smtp.Mails())
			d.arrives(fmt.Appendf(nil, "Message-ID: <back@mx.example.org>\r\nTo: governance@cafcass.gov.uk\r\nDate: %s\r\n%s", time.Now().Format(time.RFC1123Z), c.mail("<"+sent.MessageID+">")))
			d.until("its being taken in", func() bool { return len(d.arrivals()) == 2 })
			d.quiet()

			v := d.view(ref)
			if back := v.AcknowledgedAt == nil; back != c.bounced {
				t.Errorf("taken back: %v, want %v (%s)", back, c.bounced, d.arrivals()[1].Why)
			}
			a := d.arrivals()[1]
			if a.Decision != intake.DidIgnore || d.cases() != 1 || v.State != intake.StateOpen {
				t.Errorf("decided %s (%s): %d cases, the first is %s", a.Decision, a.Why, d.cases(), v.State)
			}
			if listed := a.Seems == intake.SeemsReturned; listed != (c.bounced || c.shown > 0) {
				t.Errorf("it stands in the next list: %v", listed)
			}
			for _, m := range d.smtp.Mails()[before:] {
				if !strings.Contains(strings.Join(m.To, " "), "officer@staff.example.org") {
					t.Errorf("a mail went to %s", m.To)
				}
			}
			d.sound()
		})
	}
}
