package page

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hints are what acts propose on the command line or in an answer by mail, and
// how the page says the same.
var hints = []struct {
	said *regexp.Regexp
	page string
}{
	{regexp.MustCompile(`requestd show \S+ numbers (the events|them), and requestd record \S+ void N strikes`), `the history numbers $1, and "Strike an event" strikes`},
	{regexp.MustCompile(`requestd show \S+ numbers`), `the history numbers`},
	{regexp.MustCompile(`requestd reclassify \S+ KIND`), `"Decide the kind"`},
	{regexp.MustCompile(`the kind requestd reclassify`), `the kind "Decide the kind"`},
	{regexp.MustCompile(`the date of receipt is the event received`), `the date of receipt is "Correct the date of receipt"`},
	{regexp.MustCompile(`(?:with )?requestd acknowledge \S+ --by-hand DATE`), `with "Acknowledged by hand"`},
	{regexp.MustCompile(`(?:and )?--by-hand DATE records that`), `and "Acknowledged by hand" records that`},
	{regexp.MustCompile(`(?:with )?--by-hand DATE`), `with "Acknowledged by hand"`},
	{regexp.MustCompile(`(?:requestd acknowledge \S+ )?--correct (sends|writes|puts)`), `"Send a correction" $1`},
	{regexp.MustCompile(`requestd acknowledge \S+ --address ADDRESS sends`), `"Give an address and send" sends`},
	{regexp.MustCompile(`requestd record \S+ corrected --address ADDRESS gives`), `"Correct name, address, language or body" gives`},
	{regexp.MustCompile(`requestd acknowledge \S+ releases`), `"Send the acknowledgement" releases`},
	{regexp.MustCompile(`requestd reclassify \S+ rights`), `"Decide the kind"`},
	{regexp.MustCompile(`requestd outbox shows`), `the screen Letters shows`},
	{regexp.MustCompile(`with requestd outbox hold \S+`), `with "Hold" under Letters`},
	{regexp.MustCompile(` goes when you answer SEND \(or with requestd outbox retry \S+\)`), ` goes when you press "Send now" under Letters`},
	{regexp.MustCompile(`only if the two are one request, requestd merge \S+ \S+ makes them one`), `only if the two are one request, "Merge into another case" makes them one`},
	{regexp.MustCompile(`: it goes out when you answer SEND`), `: "Send the acknowledgement" lets it go`},
	{regexp.MustCompile(`or answer VOID (\S+), which strikes this one event`), `or strike event $1 alone with "Strike an event"`},
	{regexp.MustCompile(`Answer NOT A REQUEST`), `Decide "Not a request"`},
	{regexp.MustCompile(`Answer the mail DONE that tells of the decision`), `Look into the history of the case`},
	{regexp.MustCompile(`ask the administrator to send a correction`), `use "Send a correction"`},
	{regexp.MustCompile(`The administrator can send a correction`), `"Send a correction" puts it right`},
	{regexp.MustCompile(`say which with --part, one of`), `choose one of`},
	{regexp.MustCompile(`: strike this and record it again with --outcome`), `: strike this and record it again with its outcome`},
	{regexp.MustCompile(`: --also \S+ keeps it`), `: tick it under "It asks for this as well" to keep it`},
	{regexp.MustCompile(`--estimate DATE keeps`), `an estimate keeps`},
	{regexp.MustCompile(`--note TEXT`), `write it under Note`},
	{regexp.MustCompile(`, or give its own date with --date`), ``},
	{regexp.MustCompile(` (?:a later )?--date`), ` a later date`},
	{regexp.MustCompile(`one of those in the configuration`), `one of the mailboxes`},
	{regexp.MustCompile(`correct the receipt with the event received`), `use "Correct the date of receipt"`},
	{regexp.MustCompile(`say what is right with --name, [^;]*;`), `nothing was changed in the form;`},
	{regexp.MustCompile(`say it with --of \S+, \S+, \S+ or \S+ once`), `say it with "Decide the kind" once`},
	{regexp.MustCompile(`say it with --right,`), `say it with "Decide the kind",`},
	{regexp.MustCompile(`closed with --reason,`), `closed under "Reason",`},
	{regexp.MustCompile(`an answer is recorded as responded`), `an answer is recorded with "Record the answer"`},
}

// onPage returns what an act said in the words of the page.
func onPage(s string) string {
	for _, h := range hints {
		s = h.said.ReplaceAllString(s, h.page)
	}
	return option.ReplaceAllStringFunc(s, func(said string) string {
		m := option.FindStringSubmatch(said)
		label, ok := labels[m[2]]
		switch {
		case !ok:
			return said
		case m[1] != "":
			return `under "` + label + `"`
		}
		return `"` + label + `"`
	})
}

var option = regexp.MustCompile(`(with )?--([a-z]+)(?: [A-Z]+)?`)

// labels are the names of fields on the page, by the options of commands.
var labels = map[string]string{
	"officer": "Who is in charge", "mailbox": "For which mailbox?", "exemption": "Exemptions or exceptions relied on",
	"estimate": "The date that your notice names", "reason": "The reason that your notice gives",
}

// answers are words of a mail with which a check proposes to record something,
// in English and Welsh, and the act that does it.
var answers = []struct{ en, cy, label string }{
	{"answer AUTHORITY RECEIVED", "atebwch DERBYNIWYD AWDURDOD", "Authority has come"},
	{"answer IDENTITY RECEIVED", "atebwch DERBYNIWYD PRAWF ADNABOD", "Proof of identity has come"},
	{"answer EIR", "atebwch GWYBODAETH AMGYLCHEDDOL", "Environmental information"},
}

// checkOnPage returns a check of a mail in the words of the page.
func checkOnPage(f *frame, s string) string {
	for _, x := range answers {
		s = strings.ReplaceAll(s, x.en, `choose "`+f.T(x.label)+`"`)
		s = strings.ReplaceAll(s, x.cy, `dewiswch "`+f.T(x.label)+`"`)
	}
	return s
}

// capital gives a remark its capital letter; sentence also adds its full stop.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	s = capital(s)
	if !strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		s += "."
	}
	return s
}
