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

// statusCode finds what a server says by the numbers of RFC 3463, where they
// stand in a report or behind a reply's code. Addresses of hosts look like them.
var statusCode = regexp.MustCompile(`(?:^returned: |\b[45][0-9]{2} )([45]\.[0-9]{1,3}\.[0-9]{1,3})\b`)

// returned are what they mean when mail comes back or is refused.
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

// Reason says in plain words why a letter stands as it does, before what the
// register has of it.
func (f *frame) Reason(l intake.Letter) string {
	return f.reason(l, func(code string) string { return sentence(f.T(holdName(code))) })
}

// ReasonWithAdvice is Reason, and says of a hold what to do about it.
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

// whyWaits says why a letter waits to be sent of which nobody said anything yet.
func (f *frame) whyWaits(l *intake.Letter) string {
	switch {
	case !l.Released.IsZero():
		return f.T("Somebody let it go.")
	case l.Purpose.Outside():
		return f.T("It is owed, and nothing speaks against it.")
	}
	return f.T("Tells staff what is to be done.")
}

// Goes is when a letter that waits is sent.
func (f *frame) Goes(l intake.Letter) string {
	if !l.Next.After(f.Now) {
		return f.T("now")
	}
	return f.soon(l.Next)
}

// actorKinds are the ways to the register by which actors are told apart.
var actorKinds = regexp.MustCompile(`\b(page|mail|local):`)
