package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

// about returns a mail that names a case.
func about(ref, from string, n int) mail {
	return mail{id: fmt.Sprintf("%d.%s", n, from), from: from, to: "governance@cafcass.gov.uk", subject: "About " + ref,
		body: fmt.Sprintf("Thank you for your letter, this is my note no %d.\n", n)}
}

// TestMailOnOneCaseFillsNoList: anybody who knows a reference may write about
// it. The list shows the first such mails; the rest are shown with the case.
func TestMailOnOneCaseFillsNoList(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	o.tick()
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	before := len(o.letters(""))
	var mails []mail
	for i := range 50 {
		mails = append(mails, about(ref, "mallory@example.net", i))
	}
	for _, a := range o.receive("cafcass", mailbox.Inbox, mails...) {
		if a.Ref != ref || a.Decision != intake.DidFollowup {
			t.Fatalf("the mail is %s of %s", a.Decision, a.Ref)
		}
	}
	if n := len(o.letters("")); n != before {
		t.Errorf("%d mails go out at once for mail that only adds to a case", n-before)
	}
	o.now = london(t, "2026-11-23 08:00")
	o.tick()
	s := text(t, o.to("officer@staff.example.org", intake.ForDigest))
	if n := strings.Count(s, "this is my note no"); n != 5 || !strings.Contains(s, "and more mail, which stands with the case") {
		t.Errorf("the list shows %d of 50 mails, want 5 and a word on the rest:\n%s", n, s)
	}
	if v := o.view(ref); v.Messages != 51 {
		t.Errorf("%d mails stand with the case, want all 51", v.Messages)
	}
}

// TestALongHistoryIsCutInMailToStaff: else each mail would contain all events
// that strangers added before it.
func TestALongHistoryIsCutInMailToStaff(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	ref := o.one("cafcass", foiMail("a@example.org")).Ref
	for n := range 6 {
		var mails []mail
		for i := range 40 {
			mails = append(mails, about(ref, "mallory@example.net", 100*n+i))
		}
		o.receive("cafcass", mailbox.Inbox, mails...)
		o.now = o.now.Add(time.Hour)
	}
	o.send()
	o.wind(o.view(ref).RespondBy.Time(9, 0))
	last := o.text(o.to("officer@staff.example.org", intake.ForReminder))
	if !strings.Contains(last, "earlier events") || len(last) > 16<<10 {
		t.Errorf("it has %d bytes, and says %s", len(last), last)
	}
}

// TestAFloodOfOneSenderLeavesTheOthersTheirTurn: letters queued after the flood
// are sent before most of it.
func TestAFloodOfOneSenderLeavesTheOthersTheirTurn(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	var mails []mail
	for n := range 300 {
		m := dsarMail(fmt.Sprintf("%d@example.net", n), fmt.Sprintf("mallory+%d@example.net", n))
		m.body += fmt.Sprintf("\nMy reference is %d.\n", n)
		mails = append(mails, m)
	}
	o.receive("cafcass", mailbox.Inbox, mails...)
	honest := o.one("cafcass", foiMail("a@example.org")).Ref
	ahead, later := 0, 0
	own := o.ack(honest)
	for _, l := range o.letters("") {
		switch {
		case l.State != intake.LetterWaiting || l.Ref == honest:
		case l.Next.After(own.Next):
			later++
		default:
			ahead++
		}
	}
	if own.State != intake.LetterWaiting || own.Next.After(o.now) {
		t.Fatalf("the acknowledgement is %s until %s", own.State, own.Next)
	}
	if ahead > 60 || later < 200 {
		t.Errorf("%d letters of the flood are due before the honest one and %d after it", ahead, later)
	}
	o.now = o.now.Add(2 * time.Hour)
	for _, l := range o.letters("") {
		if l.State == intake.LetterWaiting && l.Next.After(o.now) {
			t.Fatalf("letter %d waits until %s: a flood is spread, not put off", l.ID, l.Next)
		}
	}
}

// TestOneSenderCannotBeUrgentForEver: of a flood of mail about danger the first
// letters are sent before everything else, and the rest like other mail to
// staff. All of them are sent.
func TestOneSenderCannotBeUrgentForEver(t *testing.T) {
	o := newOffice(t, "2026-11-20 10:00")
	send := func(from string, n int) {
		t.Helper()
		m := dsarMail(fmt.Sprintf("%d.%s", n, from), from)
		m.body = fmt.Sprintf("Hello,\n\nPlease send me all the personal data you hold about me, my file no %d. I am going to kill myself tonight.\n\nBob Sample\n", n)
		o.one("cafcass", m)
	}
	ranks := func() (first, rest int) {
		for _, l := range o.letters(intake.ForUrgent) {
			if l := o.letter(l.ID); l.To != "officer@staff.example.org" {
				continue // gets news of danger as well
			} else if l.Rank() == intake.OrderUrgent {
				first++
			} else {
				rest++
			}
		}
		return first, rest
	}
	for n := range 5 {
		send(fmt.Sprintf("mallory+%d@example.net", n), n)
	}
	if first, rest := ranks(); first != 3 || rest != 2 {
		t.Errorf("%d go first and %d as other mail, want 3 and 2", first, rest)
	}
	send("bob@example.org", 9)
	if first, _ := ranks(); first != 4 {
		t.Error("another sender's news of danger does not go first")
	}
	for _, l := range o.letters(intake.ForUrgent) {
		if l.State != intake.LetterWaiting || l.Next.Before(l.Created) || l.Next.After(o.now) {
			t.Errorf("letter %d is %s, due at %s", l.ID, l.State, l.Next)
		}
	}
}

// TestAnswersWantedElsewhereWaitForAPerson: else an account could make us write
// to anybody whom it names.
func TestAnswersWantedElsewhereWaitForAPerson(t *testing.T) {
	form := "A new form has been submitted.\nYour name: Ann Lee\nYour email: ann.lee@example.com\n" +
		"Message: Under the Freedom of Information Act 2000 please tell me how many offices you have in each county.\n"
	ours := "Authentication-Results: mx.example.org; dmarc=pass header.from=cafcass.gov.uk"
	for name, c := range map[string]struct {
		from, to, body string
		head           []string
		held           bool
	}{
		"its own address":               {from: "ann@example.net", to: "Ann@example.net"},
		"another of the same account":   {from: "ann@example.net", to: "ann+foi@example.net"},
		"somebody at the same provider": {from: "mallory@example.net", to: "victim+1@example.net", held: true},
		"somebody elsewhere":            {from: "mallory@example.net", to: "victim@example.com", held: true},
		"a form of our own site":        {from: "forms@cafcass.gov.uk", to: "ann.lee@example.com", body: form, head: []string{ours}},
		"a form that names another":     {from: "forms@cafcass.gov.uk", to: "victim@example.com", body: form, head: []string{ours}, held: true},
		"a form of anybody's site":      {from: "forms@example.net", to: "ann.lee@example.com", body: form, held: true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			m := foiMail("a@example.org")
			m.from, m.head = c.from, append(c.head, "Reply-To: "+c.to)
			if c.body != "" {
				m.body = c.body
			}
			a := o.one("cafcass", m)
			if held := o.view(a.Ref).Ack.Held; slices.Contains(held, "reply-to") != c.held || c.body == "" && c.held != (len(held) > 0) {
				t.Errorf("the acknowledgement is held for %v", held)
			}
		})
	}
}

// TestOneAccountHasOneLimitUnderAllItsNames: the sender chooses what follows a
// plus sign. A site that has an address for each request is the exception.
func TestOneAccountHasOneLimitUnderAllItsNames(t *testing.T) {
	for address, want := range map[string]int{"victim+%d@example.org": 3, "foi+request-%d-0123abcd@whatdotheyknow.com": 5} {
		o := newOffice(t, "2026-11-20 10:00")
		for n := range 5 {
			m := foiMail(fmt.Sprintf("%d@example.org", n))
			m.from = fmt.Sprintf(address, n)
			m.body = foiText + fmt.Sprintf("And question %d.\n", n)
			if strings.Contains(address, "whatdotheyknow") {
				m.head = []string{"Authentication-Results: mx.example.org; dmarc=pass header.from=whatdotheyknow.com"}
			}
			o.one("cafcass", m)
			o.send()
		}
		sent := 0
		for _, l := range o.letters(intake.ForAcknowledgement) {
			if l.State == intake.LetterSent {
				sent++
			}
		}
		if sent != want {
			t.Errorf("%s: %d of five letters went, want %d", address, sent, want)
		}
	}
}

// text returns a letter's text, as it will be written.
func (o *office) text(l intake.Letter) string {
	o.t.Helper()
	var whole intake.Letter
	err := o.db.View(func(tx *store.Tx) (err error) { whole, err = tx.Letter(l.ID); return err })
	if err == nil && whole.Unwritten != nil {
		err = o.e.Notices.WriteStaffMail(&whole)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return string(whole.Raw)
}
