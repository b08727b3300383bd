package page

import (
	"regexp"
	"strings"

	"requestd/intake"
	"requestd/intake/holds"
)

// holdName says in a few words why a letter waits for a person.
func holdName(code string) string {
	if r, ok := holds.Find(code); ok {
		return capital(r.Short)
	}
	return flagName(code)
}

// statusCode matches the status code of RFC 3463 in a server's answer, in a
// report or after the reply's code. Addresses of hosts look like such codes.
var statusCode = regexp.MustCompile(`(?:^returned: |\b[45][0-9]{2} )([45]\.[0-9]{1,3}\.[0-9]{1,3})\b`)

// returned says what the codes mean when mail comes back or is refused.
var returned = []struct {
	status *regexp.Regexp
	says   string
}{
	{regexp.MustCompile(`^5\.1\.(1|6|10)$`), "There is no such address, or no longer."},
	{regexp.MustCompile(`^5\.1\.`), "Something is wrong with the address."},
	{regexp.MustCompile(`^[45]\.2\.2$`), "Their mailbox is full."},
	{regexp.MustCompile(`^[45]\.2\.`), "Their mailbox takes no mail."},
	{regexp.MustCompile(`^5\.7\.`), "Their server does not let our mail in: tell the administrator."},
	{regexp.MustCompile(`^4\.`), "Their server could not take it in time."},
}

// Reason says in plain words why a letter is in its state, before the words
// that the register has.
func (f *frame) Reason(l intake.Letter) string {
	return f.reason(l, func(code string) string { return sentence(f.T(holdName(code))) })
}

// ReasonWithAdvice is Reason, and for a hold also says what to do about it.
func (f *frame) ReasonWithAdvice(l intake.Letter) string {
	if f.Lang == "cy" {
		return f.reason(l, holds.AdviceWelsh)
	}
	return f.reason(l, holds.Advice)
}

func (f *frame) reason(l intake.Letter, why func(code string) string) string {
	if codes, words, held := holds.ParseResponse(l.Response); held && l.State == intake.LetterHeld {
		list := []string{}
		for _, code := range codes {
			list = append(list, why(code))
		}
		if words != "" {
			list = append(list, f.Says(actorKinds.ReplaceAllString(words, "")))
		}
		return strings.Join(list, " ")
	}
	if status := statusCode.FindStringSubmatch(l.Response); status != nil && (l.State == intake.LetterBounced || l.State == intake.LetterFailed) {
		for _, r := range returned {
			if r.status.MatchString(status[1]) {
				return f.T(r.says) + " (" + intake.OneLine(l.Response, 120) + ")"
			}
		}
	}
	if l.Response == "" && l.State == intake.LetterWaiting {
		return f.whyWaits(&l)
	}
	return actorKinds.ReplaceAllString(intake.OneLine(l.Response, 200), "")
}

// whyWaits says why a letter waits of which no server has said anything yet.
func (f *frame) whyWaits(l *intake.Letter) string {
	switch {
	case !l.Released.IsZero():
		return f.T("Somebody let it go.")
	case l.Purpose.Outside():
		return f.T("It is owed, and nothing speaks against it.")
	}
	return f.T("Tells staff what is to be done.")
}

// Goes says when a waiting letter is sent.
func (f *frame) Goes(l intake.Letter) string {
	if !l.Next.After(f.Now) {
		return f.T("now")
	}
	return f.soon(l.Next)
}

// actorKinds matches the prefixes of actors, which say how they reached the
// register.
var actorKinds = regexp.MustCompile(`\b(page|mail|local):`)
