package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/mailbox"
	"requestd/store"
)

// about is a mail that names a case.
func about(ref, from string, n int) mail {
	return mail{id: fmt.Sprintf("%d.%s", n, from), from: from, to: "governance@cafcass.gov.uk", subject: "About " + ref,
		body: fmt.Sprintf("Thank you for your letter, this is my note no %d.\n", n)}
}

// TestMailOnOneCaseFillsNoList: anybody who knows a reference may write about
// it. The list shows the first of it, and the rest stands with the case.
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

// TestALongHistoryIsCutInMailToStaff: each of the mails would carry all events
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

// TestAFloodOfOneSenderLeavesTheOthersTheirTurn: what comes after the flood
// goes before most of it.
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

// TestOneSenderCannotBeUrgentForEver: of a flood of mail that tells of danger
// the first go before everything else, and the rest as other mail to staff. All
// of them go.
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
				continue // who is told of danger as well
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

// text is what a letter says, as it will be written.
func (o *office) text(l intake.Letter) string {
	o.t.Helper()
	var whole intake.Letter
	err := o.db.View(func(tx *store.Tx) (err error) { whole, err = tx.Letter(l.ID); return err })
	if err == nil && whole.Draft != nil {
		err = o.e.Notices.WriteDraft(&whole)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return string(whole.Raw)
}
