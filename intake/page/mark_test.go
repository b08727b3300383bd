package page

import (
	"testing"

	"requestd/intake"
)

func TestMark(t *testing.T) {
	for _, x := range []struct{ name, text, want string }{
		{"across a line", "Can someone\nsend it? <b>", "<mark>Can someone\nsend it</mark>? &lt;b&gt;"},
		{"not there", "Nothing", "Nothing"},
		{"hostile", "<i>Can someone send it", "&lt;i&gt;<mark>Can someone send it</mark>"},
	} {
		if got := string(mark(x.text, []intake.Evidence{{Quote: "Can someone send it…"}, {Quote: "someone"}, {Quote: ""}})); got != x.want {
			t.Errorf("%s: %q, not %q", x.name, got, x.want)
		}
	}
}
