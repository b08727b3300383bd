package officer

import "testing"

func TestTheNearestRightForm(t *testing.T) {
	for line, want := range map[string][2]string{
		"FOI please check":              {"FOI", "FOI"},
		"FOI?":                          {"FOI", "FOI"},
		"RESPONDED PART maybe":          {"RESPONDED PART", "RESPONDED PART"},
		"CAF26-00003 extended I think":  {"CAF26-00003 EXTENDED", "CAF26-00003 EXTENDED"},
		"RESPONED GRANTED":              {"", "RESPONDED GRANTED"},
		"RESPONED GRANTED maybe":        {"", "RESPONDED"},
		"not a reqest":                  {"", "NOT A REQUEST"},
		"caf26-00003 aknowledged":       {"", "CAF26-00003 ACKNOWLEDGED"},
		"gofynwyd am eglurhad":          {"", "GOFYNNWYD AM EGLURHAD"},
		"Dear Mrs Finch rang yesterday": {},
		"":                              {},
	} {
		if understood, form := Near(line, thursday); understood != want[0] || form != want[1] {
			t.Errorf("%q: understood %q, nearest %q; want %q and %q", line, understood, form, want[0], want[1])
		}
	}
}
