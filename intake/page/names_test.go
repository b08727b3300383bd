package page

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"requestd/intake"
	"requestd/intake/ical"
)

// A calendar calls a kind what the page calls it, and says nothing of one that
// nobody knows yet.
func TestACalendarHasTheWordsOfThePage(t *testing.T) {
	w, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "cy"} {
		for kind, name := range kindNames {
			want := "CAF26-00001 " + strings.ToLower(w.say(lang, name)) + ": "
			if kind == intake.Other || kind == intake.Unknown || kind == intake.Automated {
				want = "CAF26-00001: "
			}
			var b bytes.Buffer
			if err := ical.Write(&b, lang, []intake.Date{{Ref: "CAF26-00001", Kind: kind, What: intake.OwedAnswer, Day: 9000}}, time.Unix(0, 0)); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), "SUMMARY:"+want) {
				t.Errorf("%s, %s: the calendar lacks %q:\n%s", lang, kind, want, &b)
			}
		}
	}
}
