package page

import (
	"regexp"
	"strings"

	"requestd/intake"
)

// holdNames say in plain words why a letter waits for a person.
var holdNames = map[string]string{
	"danger": "There may be danger", "child": "A child asks, or may be asking", "contact-unsafe": "Writing may put them in danger",
	"spoofed": "The sender's name may be forged", "sender-unproved": "Nobody vouches for the sender's address", "spam": "It looks like junk", "junk": "It lay in the junk folder",
	"soft-machine-signal": "A machine may have sent it", "asks-for-no-automatic-replies": "It asks for no automatic answer", "whatdotheyknow-dsar": "Personal data asked for on a public site",
	"forwarded": "A colleague passed it on: look at address and date", "relayed-form": "A form or service speaks for somebody else", "passed-on": "Somebody passed it on", "offer": "It offers something",
	"copy": "It seems to have been sent twice", "late": "The time to acknowledge has passed", "rate": "Too many letters went to this address", "reply-to": "Answers are wanted at another address",
	"no-address": "There is no address to write to", "own-address": "The address is one of our own", "smtputf8": "Not every server can write to the address",
	"no-date": "Nobody knows when it came", "before-start": "It came before the start", "taken-over": "The case began before this register did",
	"undecided": "Nobody has decided what it is", "by-hand": "Somebody holds it", "unsent": "It could not be sent", "withdrawn": "It was taken back",
}

func holdName(code string) string {
	if n, ok := holdNames[code]; ok {
		return n
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

const heldFor = "held for a person: "

// Reason says in plain words why a letter stands as it does, before what the
// register has of it.
func (f *frame) Reason(l intake.Letter) string {
	codes, held := strings.CutPrefix(l.Response, heldFor)
	if held && l.State == intake.LetterHeld {
		var list []string
		for code := range strings.SplitSeq(codes, ", ") {
			if strings.Contains(code, " ") { // words, not codes
				return sentence(actorKinds.ReplaceAllString(codes, ""))
			}
			list = append(list, sentence(f.T(holdName(code))))
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
	return actorKinds.ReplaceAllString(intake.OneLine(l.Response, 200), "")
}

// actorKinds are the ways to the register by which actors are told apart.
var actorKinds = regexp.MustCompile(`\b(page|mail|local):`)
