package config

import (
	"strings"
	"testing"

	"requestd/deadlines"
)

// TestTheWelshWantsApproval until somebody has approved it, and again once a
// word of it has changed.
func TestTheWelshWantsApproval(t *testing.T) {
	approved := Welsh{ApprovedBy: "Gwen Example", ApprovedOn: deadlines.NewDay(2026, 11, 20), Texts: "11aa22bb"}
	for name, c := range map[string]struct {
		welsh Welsh
		want  string
	}{
		"nobody":        {Welsh{}, "nobody who reads Welsh has approved"},
		"another text":  {Welsh{approved.ApprovedBy, approved.ApprovedOn, "0"}, "has changed since Gwen Example approved it on 2026-11-20"},
		"as it now is ": {approved, ""},
	} {
		says, mend := c.welsh.Wanting("11aa22bb")
		if !strings.Contains(says, c.want) || (says == "") != (c.want == "") || says != "" && !strings.Contains(mend, "texts: 11aa22bb") {
			t.Errorf("%s: %q, %q", name, says, mend)
		}
	}
}
