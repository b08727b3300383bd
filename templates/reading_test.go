package templates

import (
	"strings"
	"testing"
)

// Staff are told in words, without figures, how a mail was read.
func TestHowSurelyAMailWasRead(t *testing.T) {
	s := embeddedSet(t)
	n := Notice{Kind: Triage, Today: sampleDay(23), Body: "Cafcass", Case: sampleCase()}
	n.Case.Why = "asks for recorded information; in doubt (63 %); asks how many: “how many (12 %) left”"
	n.Case.Evidence = []Evidence{{"asks for own records", "send me my file", 9.7}, {"asks how many", "how many", 2.5}, {"says: own", "my file", 0.3}, {"says: thanks", "many thanks", -4}, {"asks", "when", 1.2}, {"danger: harm", "he will kill me", 0}, {"danger: contact-unsafe", "", 0}, {"tells", "Hello", 9.9}}
	m, err := s.Staff(n)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(m.Body), " ")
	for _, want := range []string{`Why: asks for recorded information; in doubt; asks how many: “how many (12 %) left” -`, `- asks for own records, plainly: "send me my file"`, `- asks how many, fairly sure: "how many"`, `- words that such mail often has, speaks against it: "many thanks"`, `- asks, in doubt: "when"`, `- somebody may be in danger: "he will kill me"`, `- writing there may put the sender in danger, by the words of the whole mail`} {
		if !strings.Contains(text, want) {
			t.Errorf("the notice lacks %q:\n%s", want, m.Body)
		}
	}
	for _, no := range []string{"+9", "63 %", "says: own", "says: ", "danger: harm", "Hello"} {
		if strings.Contains(text, no) {
			t.Errorf("the notice says %q", no)
		}
	}
	n.Case.Evidence = []Evidence{{"says: own", "my file", 0.3}}
	if m, err = s.Staff(n); err != nil || !strings.Contains(m.Body, "words that such mail often has, in doubt") {
		t.Errorf("of faint evidence alone nothing is said: %v", err)
	}
}
