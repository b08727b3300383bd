package eml

import (
	"slices"
	"strings"
)

// trailers removes signature, disclaimer and other lines that are not the
// sender's message from the end of a text. It removes a paragraph only for what
// it says, never for where it is, and restores what is below a signature mark
// if there is little above it.
func trailers(lines []string) (own, trailer string) {
	lines = trimBlank(lines)
	if len(lines) == 0 {
		return "", ""
	}
	var off []string // from the end, in reverse
	kept, sig := cutSignature(lines)
	kept, off = cutPhone(kept)
	for range 30 {
		start := lastParagraph(kept)
		if start == len(kept) {
			break
		}
		from := disclaimerFrom(kept[start:])
		if from < 0 {
			break
		}
		off = append(off, strings.Join(kept[start+from:], "\n"))
		kept = trimBlank(kept[:start+from])
		var phone []string
		kept, phone = cutPhone(kept)
		off = append(off, phone...)
	}
	kept, banner := cutBanner(kept)
	kept, card := cutCard(kept)
	own = joinLines(kept)
	var all []string
	if banner != "" {
		all = append(all, banner)
	}
	if card != "" {
		all = append(all, card)
	}
	slices.Reverse(off)
	all = append(all, off...)
	if sig != nil {
		below, rest := trailers(sig)
		if !fuller(own, 24) && fuller(below, 39) || below != "" && seeks([]string{below}) {
			own = strings.TrimSpace(own + "\n\n" + below)
		} else if below != "" {
			all = append(all, below)
		}
		if rest != "" {
			all = append(all, rest)
		}
	}
	return own, strings.Join(all, "\n\n")
}

func trimBlank(lines []string) []string {
	for len(lines) > 0 && blankish(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	for len(lines) > 0 && blankish(lines[0]) {
		lines = lines[1:]
	}
	return lines
}

// blankish reports whether a line has no word, such as a rule.
func blankish(l string) bool { return strings.Trim(l, " \t_-=*>.") == "" }

// cutSignature divides the text at the mark of RFC 3676, section 4.3. If "--"
// occurs more than once it is a rule that the writer drew.
func cutSignature(lines []string) (above, below []string) {
	at := -1
	for i, l := range lines {
		if len(l) >= 2 && len(l) <= 4 && strings.TrimRight(l, " ") == "--" {
			if at >= 0 {
				return lines, nil
			}
			at = i
		}
	}
	if at < 0 {
		return lines, nil
	}
	return trimBlank(lines[:at]), lines[at+1:]
}

// cutPhone removes the last line if a mail program wrote it.
func cutPhone(lines []string) (rest, off []string) {
	for len(lines) > 0 && isPhone(lines[len(lines)-1]) {
		off = append(off, strings.TrimSpace(lines[len(lines)-1]))
		lines = trimBlank(lines[:len(lines)-1])
	}
	return lines, off
}

var phoneLines = []string{
	"sent from my ", "sent from outlook", "sent from mail for ", "sent from yahoo", "sent from gmail", "sent from aol", "sent from sky", "sent from samsung", "sent from proton", "sent from the ",
	"sent from an ", "sent from a ", "sent from galaxy", "sent from windows", "sent with ", "sent using ", "sent via ", "get outlook for ", "download outlook for ", "yahoo mail: ", "sent on the go",
	"anfonwyd o fy ", "anfonwyd o'm ", "anfonwyd oddi ar fy ", "anfonwyd oddi ar ", "anfonwyd o ", "anfonwyd gan fy ", "anfonwyd drwy ", "anfonwyd gyda ", "wedi'i anfon o ", "wedi ei anfon o ", "danfonwyd o ", "cael outlook ", "lawrlwytho outlook ",
}

func isPhone(l string) bool {
	l = strings.Trim(l, " \t*_<>")
	if len(l) < 10 || len(l) > 110 || strings.HasSuffix(l, "?") {
		return false
	}
	switch l[0] | 0x20 {
	case 's', 'g', 'd', 'y', 'a', 'w', 'c', 'l':
	default:
		return false
	}
	l = strings.ToLower(strings.ReplaceAll(l, "’", "'"))
	return beginsWith(l, phoneLines) && !strings.Contains(l, "request") && !strings.Contains(l, " cais") && !seeking.Any(" "+l+" ") && !asking.Any(l)
}

// lastParagraph returns the line at which the last run of lines begins.
func lastParagraph(lines []string) int {
	i := len(lines)
	for i > 0 && !blankish(lines[i-1]) {
		i--
	}
	return i
}
