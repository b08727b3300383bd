package daemon

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/mailtest"
)

// inBad alters the answer about the mail that names bad@example.org, and leaves
// everything before and after it unchanged.
func inBad(alter func(string) string) func(string) string {
	return func(answer string) string {
		at := strings.Index(answer, "bad@example.org")
		if at < 0 {
			return answer
		}
		from := strings.LastIndex(answer[:at], "\r\n* ") // from the end of an earlier mail
		if from < 0 {
			from = -2
		}
		from += 2
		to := len(answer)
		if next := nextAnswer.FindStringIndex(answer[at:]); next != nil {
			to = at + next[0]
		}
		return answer[:from] + alter(answer[from:to]) + answer[to:]
	}
}

var nextAnswer = regexp.MustCompile(`(?m)^(\* \d+ FETCH |[A-Z]\w* (OK|NO|BAD) )`)

// A mail that a server cannot deliver is left to a person after three tries.
// Every other one, before and after it, is a case with its acknowledgement.
func TestOneBadMailIsQuarantinedAndTheOthersGoThrough(t *testing.T) {
	for name, fault := range map[string]mailtest.IMAPFault{
		"a literal longer than announced":  {Alter: inBad(mailtest.Stretch(-100))},
		"a literal shorter than announced": {Alter: inBad(mailtest.Stretch(5000))},
		"a literal of impossible size":     {Alter: inBad(mailtest.Announce("9223372036854775807"))},
		"an answer without data":           {Alter: inBad(func(string) string { return "" })},
		"BYE in the literal":               {Alter: inBad(mailtest.ByeInLiteral(40)), CutAfter: "* BYE Server shutting down\r\n"},
		"the connection ends over it":      {CutAfter: "bad@example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newField(t, "")
			for _, id := range []string{"one", "two", "bad", "four", "five"} {
				d.arrives(d.asks(id))
			}
			fault.Verb, fault.If = "UID FETCH", "BODY.PEEK[]"
			d.imap.Script(fault)
			d.run()
			d.answered("one", "two", "four", "five")
			d.until("the quarantine", func() bool { return d.asked().Cases.Unreadable == 1 })
			d.arrives(d.asks("later"))
			d.answered("later")

			if n := tries(d.imap.Commands(), 3); n != 3 {
				t.Errorf("%d tries at the mail alone, want 3", n)
			}
			left := slices.DeleteFunc(d.arrivals(), func(a intake.Arrival) bool { return a.Decision != intake.DidUnreadable })
			if len(left) != 1 || left[0].UID != 3 || left[0].Ref == "" || d.view(left[0].Ref).State != intake.StateTriage {
				t.Fatalf("left to a person: %+v", left)
			}
			told := slices.DeleteFunc(d.letters(intake.ForTriage), func(l intake.Letter) bool { return l.Ref != left[0].Ref })
			if len(told) != 1 || told[0].To != "officer@staff.example.org" {
				t.Errorf("staff were told %d times: %+v", len(told), told)
			}
			if n := d.got("bad@example.org"); n != 0 {
				t.Errorf("its sender was written to %d times", n)
			}
			d.polls()
			if m := d.asked().Mailboxes[0]; m.Trouble != "" || m.Read != 6 {
				t.Errorf("the mailbox at the end: %+v", m)
			}
			d.lookAgain()
			d.until("the alarm", func() bool { return len(d.letters(intake.ForAlarm)) == 1 })
			d.again()
			d.polls()
			if n, alarms := d.cases(), len(d.letters(intake.ForAlarm)); n != 6 || alarms != 1 {
				t.Errorf("started anew: %d cases, %d alarms", n, alarms)
			}
			d.sound()
		})
	}
}

// tries counts the commands that asked for the bytes of only one mail.
func tries(commands []string, uid uint32) (n int) {
	for _, c := range commands {
		if strings.HasPrefix(c, fmt.Sprintf("UID FETCH %d ", uid)) && strings.Contains(c, "BODY.PEEK[]") {
			n++
		}
	}
	return n
}
