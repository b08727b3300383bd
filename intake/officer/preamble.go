package officer

import (
	"slices"
	"strings"

	"requestd/intake"
)

// maxPreamble is how many lines there may be before the command.
const maxPreamble = 5

// markings are the protective markings that organisations' mail programs put
// above a text, in English and Welsh.
var markings = map[string]bool{
	"official": true, "official sensitive": true, "official-sensitive": true, "official sensitive personal": true, "official-sensitive-personal": true,
	"not protectively marked": true, "unclassified": true, "restricted": true, "protect": true, "internal": true, "confidential": true,
	"swyddogol": true, "swyddogol sensitif": true, "swyddogol-sensitif": true, "cyfrinachol": true, "mewnol": true,
}

// markingLabels come before a marking.
var markingLabels = []string{"classification:", "sensitivity:", "protective marking:", "marking:", "security classification:", "dosbarthiad:", "sensitifrwydd:", "marc gwarchod:"}

// banners are beginnings of the lines that mail servers put above mail.
var banners = []string{
	"caution:", "caution this email", "this email originated", "this message originated", "this email came from", "external email", "[external]", "warning: external",
	"this message was sent from", "you don't often get email from", "you don’t often get email from", "this sender is",
	"rhybudd:", "daeth yr e-bost hwn o", "anfonwyd yr e-bost hwn o",
}

// preamble reports whether a line comes before what the officer has to say: a
// protective marking, a mail server's banner, or a greeting with or without a
// comma.
func preamble(line string) bool {
	low := strings.ToLower(strings.Trim(line, " *_[](){}-–—"))
	for _, l := range markingLabels {
		if rest, ok := strings.CutPrefix(low, l); ok {
			low = strings.TrimSpace(rest)
			break
		}
	}
	if !strings.Contains(low, "mail:") && slices.ContainsFunc(banners, func(b string) bool { return strings.HasPrefix(low, strings.TrimLeft(b, "[")) }) {
		return true
	}
	low = strings.NewReplacer(" - ", " ", " – ", " ", ": ", " ", "_", " ", "/", " ").Replace(low)
	if strings.HasPrefix(low, "official sensitive ") || strings.HasPrefix(low, "official-sensitive ") || strings.HasPrefix(low, "swyddogol sensitif ") || strings.HasPrefix(low, "swyddogol-sensitif ") {
		return len(strings.Fields(low)) <= 5 // including the reason, such as PERSONAL
	}
	if markings[strings.TrimRight(low, " .:")] {
		return true
	}
	words := strings.Fields(low)
	if len(words) == 0 || len(words) > 4 || !intake.BeginsGreeting(strings.Trim(words[0], ",.!")) {
		return false
	}
	if strings.HasSuffix(low, ",") || strings.HasSuffix(low, "!") || len(words) == 1 {
		return true
	}
	switch strings.TrimRight(words[0], ",.!") {
	case "good", "bore", "prynhawn", "noswaith":
		return len(words) == 2
	}
	return len(words) == 2 || words[1] == "all" || words[1] == "team"
}
