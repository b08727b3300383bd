package clock

import (
	"testing"

	"requestd/intake"
)

func TestWhyACaseWasClosed(t *testing.T) {
	closed := func(reason string) intake.Event { return intake.Event{Name: intake.Closed, Reason: reason} }
	for name, c := range map[string]struct {
		events []intake.Event
		want   string
	}{
		"open":                          {nil, ""},
		"for a reason":                  {[]intake.Event{closed("lapsed")}, "lapsed"},
		"for another, later":            {[]intake.Event{closed("lapsed"), {Name: intake.Reopened}, closed("transferred")}, "transferred"},
		"by a merger":                   {[]intake.Event{{Name: intake.MergedInto, Ref: "CAF26-00001"}}, "duplicate"},
		"by a merger, closed before it": {[]intake.Event{closed("other"), {Name: intake.MergedInto, Ref: "CAF26-00001"}}, "duplicate"},
		"struck":                        {[]intake.Event{closed("lapsed"), {Name: intake.Void, Refers: 2}}, ""},
		"a merger that was undone":      {[]intake.Event{{Name: intake.MergedInto, Ref: "CAF26-00001"}, {Name: intake.DecisionUndone, Refers: 2}}, ""},
	} {
		k := &intake.Case{}
		k.Append(intake.Event{Name: intake.Opened}, nil)
		for _, ev := range c.events {
			k.Append(ev, nil)
		}
		if got := closedFor(k); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
