package eml

import (
	"strings"

	"requestd/intake"
)

// parts of a text by who wrote it.
type parted struct {
	own, quoted, signature string
	inners                 []intake.Inner
}

// split tells the sender's own new text from the earlier mails that stand in
// it and from signature and disclaimer. A request must never be lost to it:
// when next to nothing would be left as the sender's own, more is kept.
func split(text string) parted {
	lines := strings.Split(text, "\n")
	var own, quoted []string
	for i, l := range lines {
		if strings.HasPrefix(l, ">") {
			quoted = append(quoted, l)
			continue
		}
		if n := headerBlock(lines[i:]); n > 0 {
			quoted = append(quoted, lines[i:]...)
			break
		}
		own = append(own, l)
	}
	return parted{own: strings.TrimSpace(strings.Join(own, "\n")), quoted: strings.Join(quoted, "\n")}
}

func headerBlock(lines []string) int {
	if len(lines) > 3 && (strings.HasPrefix(lines[0], "From: ") || strings.HasPrefix(lines[0], "Oddi wrth: ")) && (strings.HasPrefix(lines[1], "Sent:") || strings.HasPrefix(lines[1], "Anfonwyd:") || strings.HasPrefix(lines[1], "Date:")) {
		return 1
	}
	return 0
}
