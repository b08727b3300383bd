package notices

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/officer"
	"requestd/templates"
)

// hints are what commands propose on the command line, and how to say the same
// to somebody who answers mail.
var hints = []struct {
	command *regexp.Regexp
	words   string
}{
	{regexp.MustCompile(`requestd acknowledge \S+ --address ADDRESS sends (?:it|the acknowledgement), and --by-hand DATE records that it was made otherwise`), "answer CORRECT ADDRESS with the address and then SEND, or ACKNOWLEDGED with the day on which it was made otherwise"},
	{regexp.MustCompile(`,? (?:and )?(?:record (?:that|it) with )?requestd acknowledge \S+ --by-hand DATE`), ", and answer ACKNOWLEDGED with the day"},
	{regexp.MustCompile(`(?:record that with )?--by-hand DATE`), "answer ACKNOWLEDGED with the day"},
	{regexp.MustCompile(`requestd acknowledge \S+ --correct [^;]*`), "ask the administrator for a correction"},
	{regexp.MustCompile(`requestd acknowledge \S+ --address ADDRESS`), "the administrator"},
	{regexp.MustCompile(`requestd record \S+ corrected --address ADDRESS`), "CORRECT ADDRESS with it"},
	{regexp.MustCompile(`requestd acknowledge \S+ releases it`), "SEND releases it"},
	{regexp.MustCompile(`requestd reclassify \S+ KIND decides and`), "say what it is, such as FOI or DSAR, which"},
	{regexp.MustCompile(`requestd reclassify \S+ KIND does`), "say what it is, such as FOI or DSAR"},
	{regexp.MustCompile(`requestd reclassify \S+ KIND decides on that one`), "answer a mail of that one"},
	{regexp.MustCompile(`requestd show (\S+) numbers`), "SHOW $1 numbers"},
	{regexp.MustCompile(`requestd record \S+ void N`), "VOID with its number"},
	{regexp.MustCompile(`requestd merge \S+ (\S+)`), "MERGE $1"},
	{regexp.MustCompile(`requestd outbox shows (?:it|what it is)`), "SHOW tells what there is"},
	{regexp.MustCompile(` \(or with requestd outbox retry \d+\)`), ""},
	{regexp.MustCompile(`say which with --part, one of \[([^\]]*)\]`), "write which behind the word: $1"},
	{regexp.MustCompile(`with --of foi(?:, dsar, eir or rights| or --of dsar)`), "with REVIEW FOI, REVIEW DSAR, REVIEW EIR or REVIEW RIGHTS"},
	{regexp.MustCompile(`with --outcome`), "with its outcome behind RESPONDED"},
	{regexp.MustCompile(`say it with --right, one or several of (.*)`), "write it behind RIGHT, one or several of $1"},
	{regexp.MustCompile(`record them with --exemption and --estimate`), "UNDO this and write the section behind it, such as EXTENDED s36(2) today"},
	{regexp.MustCompile(`record it with --reason`), "write it into the letter"},
	{regexp.MustCompile(`with --reason, one of (.*?);`), "behind CLOSED: $1;"},
	{regexp.MustCompile(`--estimate DATE keeps`), "the administrator can keep"},
	{regexp.MustCompile(`--also (\S+) keeps it`), "AND $1 behind the kind keeps it"},
	{regexp.MustCompile(`--(?:date|note)(?: TEXT)?`), "the words behind it"},
	{regexp.MustCompile(`with requestd [a-z]+(?: [a-z]+)? \S+`), "through the administrator"},
	{regexp.MustCompile(`\s*--[a-z][a-z-]*(?: [A-Z]+)?`), ""},
}

// codes are names of the program's own in refusals and warnings, and how mail
// says them.
var codes = []struct {
	code *regexp.Regexp
	say  func(string) string
}{
	{regexp.MustCompile(`\b(?:clarification|identity|authority|fee)-(?:requested|received)\b`), func(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "-", " ")) }},
	{regexp.MustCompile(`\b(?:the part|part|AND) (?:foi|dsar|eir)\b`), func(s string) string {
		i := strings.LastIndexByte(s, ' ')
		return s[:i] + strings.ToUpper(s[i:])
	}},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`), func(s string) string {
		if d, err := deadlines.ParseDay(s); err == nil {
			return d.Long()
		}
		return s
	}},
}

// inWords returns a refusal or warning without command lines and codes.
func inWords(s string) string {
	if strings.Contains(s, "--") || strings.Contains(s, "requestd ") {
		for _, h := range hints {
			s = h.command.ReplaceAllString(s, h.words)
		}
	}
	for _, c := range codes {
		s = c.code.ReplaceAllStringFunc(s, c.say)
	}
	return s
}

// lawOf says where the date of a mail in doubt comes from: of all the kinds
// that it may be, the law that asks for the earliest answer.
func lawOf(v *intake.View) string {
	if len(v.Clocks) == 0 || v.Clocks[0].RespondBy == 0 {
		return ""
	}
	k := v.Clocks[0]
	source := ""
	for _, s := range k.Result.Ledger {
		if s.Clock == deadlines.ClockRespond && s.Source != "" {
			source = ", " + s.Source
		}
	}
	return fmt.Sprintf("Whatever it is, an answer is due on %s at the earliest: that is the date of %s%s.", k.RespondBy.Long(), cmp.Or(articles[k.Result.Kind], "a "+k.Result.Kind), source)
}

var articles = map[string]string{
	"foi": "an FOI request", "dsar": "a DSAR", "eir": "an environmental request", "rights": "one of the rights of UK GDPR Articles 16 to 21",
}

// WithoutLedger removes how dates were reached, if a mail is to be short: the
// register has it.
func WithoutLedger(c *templates.Case) {
	for i := range c.Parts {
		c.Parts[i].Ledger, c.Parts[i].LedgerCy = nil, nil
	}
}

// wordsCy returns the words of a list in Welsh, as answers are understood; ""
// if they are no command.
func wordsCy(words string, today deadlines.Day) string {
	if words == "" {
		return ""
	}
	cmd, err := officer.Parse(words, today)
	if err != nil {
		return ""
	}
	now := ""
	if strings.HasSuffix(words, " today") {
		cmd.Date, now = 0, " heddiw"
	}
	_, cy := cmd.Words()
	return cy + now
}

// inLanguage adds to a mail what a reader of Welsh is told in other words than
// a reader of English, and removes it for everybody else.
func inLanguage(n *templates.Notice, v *intake.View) {
	if n.Language != templates.Welsh {
		n.Case.History = slices.Clone(n.Case.History)
		for i := range n.Case.History {
			n.Case.History[i].WhatCy = ""
		}
		return
	}
	n.Case.Parts = slices.Clone(n.Case.Parts)
	for i := range n.Case.Parts {
		if p := &n.Case.Parts[i]; p.Ledger != nil && v != nil && i < len(v.Clocks) {
			p.LedgerCy = casework.LedgerCy(v.Clocks[i])
		}
	}
}
