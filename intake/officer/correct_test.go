package officer

import (
	"slices"
	"testing"

	"requestd/deadlines"
	"requestd/intake"
)

func TestAnswersWithExemptions(t *testing.T) {
	for line, want := range map[string]struct {
		outcome    string
		exemptions []string
		date       deadlines.Day
	}{
		"RESPONDED PART s40(2)":                        {"part", []string{"s40(2)"}, 0},
		"Responded part s.40(2), 31(1)(a) 3 March":     {"part", []string{"s40(2)", "s31(1)(a)"}, march(3)},
		"RESPONDED REFUSED s40(2),41 today":            {"refused", []string{"s40(2)", "s41"}, march(5)},
		"RESPONDED PART section 40(2) and 43(2) today": {"part", []string{"s40(2)", "s43(2)"}, march(5)},
		"responded refused reg 12(5)(b)":               {"refused", []string{"reg12(5)(b)"}, 0},
		"responded refused reg12(4)(a) on 3 March":     {"refused", []string{"reg12(4)(a)"}, march(3)},
		"RESPONDED PART sch 2 para 16 yesterday":       {"part", []string{"sch 2 para 16"}, march(4)},
		"ATEBWYD YN RHANNOL a40(2) heddiw":             {"part", []string{"s40(2)"}, march(5)},
		"RESPONDED GRANTED 3 March":                    {"granted", nil, march(3)},
	} {
		c, err := Parse(line, thursday)
		if err != nil || c.Outcome != want.outcome || !slices.Equal(c.Exemptions, want.exemptions) || c.Date != want.date {
			t.Errorf("%q: %+v, %v; want %+v", line, c, err, want)
			continue
		}
		en, cy := c.Words()
		for _, again := range []string{en, cy} {
			if back, err := Parse(again, thursday); err != nil || !slices.Equal(back.Exemptions, c.Exemptions) || back.Date != c.Date {
				t.Errorf("%q is read back as %+v, %v", again, back, err)
			}
		}
	}
	for _, line := range []string{"RESPONDED s40(2) maybe", "CLOSED s40(2)", "RESPONDED PART 40(2) perhaps"} {
		if c, err := Parse(line, thursday); err == nil {
			t.Errorf("%q is read as %+v", line, c)
		}
	}
}

func TestLinesThatCorrect(t *testing.T) {
	for line, want := range map[string]Command{
		"CORRECT NAME Siân O'Neill":                     {Act: Correct, Person: intake.Address{Name: "Siân O'Neill"}},
		"CAF26-00003 correct address <kim@example.org>": {Act: Correct, Case: "CAF26-00003", Person: intake.Address{Addr: "kim@example.org"}},
		"Correct language Welsh":                        {Act: Correct, Language: "cy"},
		"CYWIRO IAITH Y DDWY":                           {Act: Correct, Language: "bi"},
		"CORRECT RECEIVED 3 March":                      {Act: Record, Event: intake.ReceivedOn, Date: march(3)},
	} {
		c, err := Parse(line, thursday)
		if err != nil || !same(c, want) || c.Person != want.Person || c.Language != want.Language || c.Case != want.Case {
			t.Errorf("%q: %+v, %v; want %+v", line, c, err, want)
		}
	}
	for _, line := range []string{"CORRECT", "CORRECT NAME", "CORRECT NAME 12", "CORRECT ADDRESS Kim", "CORRECT ADDRESS a@example.org b@example.org", "CORRECT LANGUAGE French", "CORRECT spelling please", "CORRECT."} {
		if c, err := Parse(line, thursday); err == nil {
			t.Errorf("%q is read as %+v", line, c)
		}
	}
}
