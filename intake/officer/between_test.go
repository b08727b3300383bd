package officer

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"requestd/intake"
)

func TestBetween(t *testing.T) {
	for name, c := range map[string]struct {
		text, signature string
		want            []string
	}{
		"no mark":                    {"SEND\n\nThanks\nAnna", "", nil},
		"END alone is no mark":       {"SEND\nEND", "", nil},
		"the words of a gap":         {"SEND\n\nBEGIN\nWhich years\ndo you mean?\n\nEND\n\nAnna", "", []string{"Which years\ndo you mean?"}},
		"one for each gap, in Welsh": {"ANFON\ndechrau\nPa flynyddoedd?\nDiwedd\n*BEGIN*\nWhich years?\n--- END ---", "", []string{"Pa flynyddoedd?", "Which years?"}},
		"as copied from the mail":    {"SEND\nBEGIN\n| Dear Sam,\n|\n> | Which years?\nEND", "", []string{"Dear Sam,\n\nWhich years?"}},
		"signed":                     {"SEND\nBEGIN\nWhich years?\n", "Yours sincerely,\nAnna\nEND", []string{"Which years?\n\nYours sincerely,\nAnna"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Between(&intake.Message{Text: c.text, Signature: c.signature})
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
	for name, text := range map[string]string{
		"no end":    "SEND\nBEGIN\nWhich years?\n\nAnna",
		"two begin": "SEND\nBEGIN\nWhich\nBEGIN\nyears?\nEND",
		"nothing":   "SEND\nBEGIN\n\nEND",
	} {
		var n *NotUnderstood
		if got, err := Between(&intake.Message{Text: text}); !errors.As(err, &n) || got != nil || !strings.Contains(n.Mend, "between a line BEGIN and a line END") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := Between(&intake.Message{Text: "SEND\n\n" + strings.ReplaceAll(Blank(2), "\n\n", "\nwords\n")}); err != nil || len(got) != 2 {
		t.Errorf("what a link writes is read as %q, %v", got, err)
	}
}

func TestHelpTellsOfEachWordOnALineThatIsNotCut(t *testing.T) {
	drafts := false
	for _, w := range HelpLines() {
		if n := len([]rune("- " + w.En + " / " + w.Cy + ": " + w.What)); n > 300 || w.What == "" {
			t.Errorf("%s has %d characters, and a mail shows 300: %q", w.En, n, w.What)
		}
		drafts = drafts || strings.Contains(w.What, "BEGIN")
	}
	if !drafts {
		t.Error("no line tells how a drafted letter is sent and changed")
	}
}
