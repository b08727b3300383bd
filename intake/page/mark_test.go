package page

import (
	"testing"

	"requestd/templates"
)

// The sentences that decided are marked in the text, in whole words; faint
// signals, and those that only inform, are not.
func TestMark(t *testing.T) {
	for _, x := range []struct{ name, text, want string }{
		{"across a line", "Can someone\nsend it? <b>", "<mark>Can someone\nsend it</mark>? &lt;b&gt;"},
		{"not there", "Nothing", "Nothing"},
		{"hostile", "<i>Can someone send it", "&lt;i&gt;<mark>Can someone send it</mark>"},
		{"cut in a word", "Can someone send items, please", "<mark>Can someone send items</mark>, please"},
		{"a word's part", "He masked the name, and I ask them", "He masked the name, and I <mark>ask them</mark>"},
		{"no word", "I ask themselves", "I ask themselves"},
		{"faint", "Hello, I live in N Street", "Hello, I live in N Street"},
	} {
		told := []templates.Evidence{{Signal: "asks for own records", Quote: "Can someone send it…", Points: 9}, {Signal: "asks", Quote: "someone", Points: 9}, {Signal: "asks", Quote: "", Points: 9}, {Signal: "asks", Quote: "ask them", Points: 9}, {Signal: "asks", Quote: "masked th", Points: 9},
			{Signal: "tells", Quote: "Hello", Points: 9.8}, {Signal: "says: dp-words", Quote: "I live", Points: 0.4}, {Signal: "says: thanks", Quote: "Street", Points: -4}}
		if got := string(mark(x.text, told)); got != x.want {
			t.Errorf("%s: %q, not %q", x.name, got, x.want)
		}
	}
}
