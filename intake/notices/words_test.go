package notices

import (
	"strings"
	"testing"
)

// TestNoMailToAnOfficerShowsACommandLine: what commands propose is said in the
// words with which a mail is answered.
func TestNoMailToAnOfficerShowsACommandLine(t *testing.T) {
	for says, want := range map[string]string{
		"case CAF26-00001 has several parts: say which with --part, one of [dsar foi]":                                                             "case CAF26-00001 has several parts: write which behind the word: dsar foi",
		"the letter that went out said something else: requestd acknowledge CAF26-00001 --correct sends a correction":                              "the letter that went out said something else: ask the administrator for a correction",
		"case CAF26-00001 is overdue: say why it is closed with --reason, one of lapsed, transferred; an answer is recorded as responded":          "case CAF26-00001 is overdue: say why it is closed behind CLOSED: lapsed, transferred; an answer is recorded as responded",
		"the acknowledgement of CAF26-00001 came back from ann@example.org: acknowledge it another way and record that with --by-hand DATE":        "the acknowledgement of CAF26-00001 came back from ann@example.org: acknowledge it another way and answer ACKNOWLEDGED with the day",
		"no outcome was given, which the figures for the year will want: strike this and record it again with --outcome":                           "no outcome was given, which the figures for the year will want: strike this and record it again with its outcome behind RESPONDED",
		"letter 4 (acknowledgement) of case CAF26-00001 is still waiting; hold it first, with requestd outbox hold 4":                              "letter 4 (acknowledgement) of case CAF26-00001 is still waiting; hold it first, through the administrator",
		"it is not known what the review is of, so the earlier date is kept: say it with --of foi or --of dsar once you know":                      "it is not known what the review is of, so the earlier date is kept: say it with REVIEW FOI, REVIEW DSAR, REVIEW EIR or REVIEW RIGHTS once you know",
		"the acknowledgement waits (a child may be asking): requestd acknowledge CAF26-00001 releases it":                                          "the acknowledgement waits (a child may be asking): SEND releases it",
		"nobody has decided what case CAF26-00001 is: requestd reclassify CAF26-00001 KIND does, so that its dates are right":                      "nobody has decided what case CAF26-00001 is: say what it is, such as FOI or DSAR, so that its dates are right",
		"case CAF26-00001 is not decided yet: requestd reclassify CAF26-00001 KIND decides and sends the acknowledgement":                          "case CAF26-00001 is not decided yet: say what it is, such as FOI or DSAR, which sends the acknowledgement",
		"part foi was answered before: requestd show CAF26-00001 numbers the events, and requestd record CAF26-00001 void N strikes the wrong one": "part FOI was answered before: SHOW CAF26-00001 numbers the events, and VOID with its number strikes the wrong one",
		"fee-received on 2026-11-21 has no fee-requested on or before that day: it moves no date":                                                  "FEE RECEIVED on 21 November 2026 has no FEE REQUESTED on or before that day: it moves no date",
		"the notice names the exemption and estimates the date of the decision (FOIA s.17(1), (2)): record them with --exemption and --estimate":   "the notice names the exemption and estimates the date of the decision (FOIA s.17(1), (2)): UNDO this and write the section behind it, such as EXTENDED s36(2) today",
		"it is not recorded which right is used: say it with --right, one or several of erasure, objection":                                        "it is not recorded which right is used: write it behind RIGHT, one or several of erasure, objection",
		"something new with --a-new-flag VALUE to say":                                                                                             "something new with to say",
		"An ordinary dash - and a longer one -- stay":                                                                                              "An ordinary dash - and a longer one -- stay",

		"case CAF26-00001 has no address to write to: requestd acknowledge CAF26-00001 --address ADDRESS sends the acknowledgement, and --by-hand DATE records that it was made otherwise": "case CAF26-00001 has no address to write to: answer CORRECT ADDRESS with the address and then SEND, or ACKNOWLEDGED with the day on which it was made otherwise",
	} {
		got := inWords(says)
		if got != want || strings.Contains(got, " --a") {
			t.Errorf("%q\nis said as %q,\nwant       %q", says, got, want)
		}
	}
}
