package classify

import (
	"regexp"
	"strings"
)

// refPattern finds our references in the forms in which they are given and
// quoted: CAF26-00017, Gov/CAF 17-146, CYM26-00003, ATISN 25801, SAR/25/0371,
// FOI/25/0112.
var refPattern = regexp.MustCompile(`(?i)\b(?:(?:gov/)?(?:caf|cym) ?\d\d ?[-/ ] ?\d{1,5}\b|atisn ?\d{4,6}\b|(?:sar|dsar|foi)[/-]\d\d[/-]\d{2,5}\b)`)

// references appends the references in s, in the form in which they were
// written, each once. The pattern is only tried where one may stand.
func references(list []string, s string) []string {
	if len(s) > maxHead {
		s = s[:maxHead]
	}
	if !mayHoldRef(s) {
		return list
	}
next:
	for _, r := range refPattern.FindAllString(s, 20) {
		for _, have := range list {
			if strings.EqualFold(have, r) {
				continue next
			}
		}
		list = append(list, r)
	}
	return list
}

// mayHoldRef is a quick look for the letters with which a reference begins,
// followed by a digit soon after.
func mayHoldRef(s string) bool {
	for i := 0; i+5 < len(s); i++ {
		switch s[i] | 0x20 {
		case 'c', 'a', 's', 'd', 'f':
			k := i + 3
			end := min(len(s), i+8)
			for ; k < end; k++ {
				if digit(s[k]) {
					switch strings.ToLower(s[i : i+3]) {
					case "caf", "cym", "ati", "sar", "foi", "dsa":
						return true
					}
					break
				}
			}
		}
	}
	return false
}
