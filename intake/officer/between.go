package officer

import (
	"slices"
	"strings"

	"requestd/intake"
)

// begins and ends are the lines between which an officer writes the words of a
// letter: those for its gap, or the whole letter.
var (
	begins = []string{"BEGIN", "DECHRAU"}
	ends   = []string{"END", "DIWEDD"}
)

const betweenForm = "Write the letter's words below SEND, between a line BEGIN and a line END."

// Between returns the texts of a letter in a mail, one for each pair of marks;
// none if there is no mark. It fails with a *NotUnderstood if the marks do not
// say where a text begins and ends.
func Between(m *intake.Message) ([]string, error) {
	var texts []string
	var now []string
	open := false
	// The signature of a letter may have been taken for the mail's own signature.
	for line := range strings.Lines(m.Text + "\n" + m.Signature) {
		line = copied(strings.TrimRight(line, "\r\n"))
		switch {
		case marks(line, begins) && open:
			return nil, unclear(betweenForm, "A second BEGIN stands before the first one's END.")
		case marks(line, begins):
			open, now = true, nil
		case marks(line, ends) && open:
			text := strings.TrimSpace(strings.Join(now, "\n"))
			if text == "" {
				return nil, unclear(betweenForm, "Nothing stands between BEGIN and END.")
			}
			texts, open = append(texts, text), false
		case open:
			now = append(now, line)
		}
	}
	if open {
		return nil, unclear(betweenForm, "The mail has a BEGIN and no END: it is not certain where the letter ends.")
	}
	return texts, nil
}

// copied removes from a line what the mail that showed a letter put before it.
func copied(line string) string {
	if text, ok := strings.CutPrefix(strings.TrimLeft(line, "> "), "|"); ok {
		return strings.TrimPrefix(text, " ")
	}
	return line
}

func marks(line string, words []string) bool {
	line = strings.Trim(line, " \t*_-–—=<>[]:.")
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(line, w) })
}

// Blank returns what a mail has below SEND so that this many texts of a letter
// can be written in.
func Blank(texts int) string { return strings.TrimSpace(strings.Repeat("BEGIN\n\nEND\n\n", texts)) }
