package daemon

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/config"
)

func TestTheJournalLearnsTheLevelAndNoSecondTime(t *testing.T) {
	var b bytes.Buffer
	log := newLog(config.Log{Level: "debug", Format: "text"}, &b, true).With("mailbox", "cafcass")
	log.Debug("one")
	log.Info("two")
	log.Warn("three", "why", "a\nb")
	log.Error("four")
	want := "<7>msg=one mailbox=cafcass\n<6>msg=two mailbox=cafcass\n<4>msg=three mailbox=cafcass why=\"a\\nb\"\n<3>msg=four mailbox=cafcass\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
	b.Reset()
	newLog(config.Log{Level: "info", Format: "json"}, &b, true).Warn("five", "n", 5)
	if b.String() != "<4>{\"msg\":\"five\",\"n\":5}\n" {
		t.Errorf("as JSON: %s", &b)
	}
	b.Reset()
	newLog(config.Log{Level: "info", Format: "text"}, &b, false).Warn("six")
	if !strings.HasPrefix(b.String(), "time=") || !strings.Contains(b.String(), "level=WARN") {
		t.Errorf("outside the journal: %s", &b)
	}
}

// TestNoLoggedAnswerHoldsAnAddress: whatever a server says, and whoever logs
// it, the address of a member of the public is not in the log.
func TestNoLoggedAnswerHoldsAnAddress(t *testing.T) {
	for _, says := range []string{
		"550 5.1.1 <ann.example@example.net>: Recipient address rejected: User unknown",
		"452 4.2.2 The email account that you tried to reach ann.example@example.net is over quota",
		`550 no such user "ann.example with space"@example.net`,
		"550 ann.example@[192.0.2.1] unknown",
		"554 5.7.1 bounce+ann.example=example.net@lists.example.org refused",
		"550 рассылка.ann.example@пример.example unknown",
	} {
		var b bytes.Buffer
		log := newLog(config.Log{Level: "debug", Format: "text"}, &b, false)
		log.With("answer", says).Warn("refused", "response", says, "error", errors.New(says), "list", []string{says})
		if got := b.String(); strings.Contains(got, "ann.example") || strings.Count(got, "[address]") != 4 {
			t.Errorf("%s\nis logged as\n%s", says, got)
		}
	}
	if got := intake.WithoutAddresses("the folder INBOX@2 at 10:00, mail@"); got != "the folder [address] at 10:00, mail@" {
		t.Errorf("got %q", got) // it hides too much rather than too little
	}
}
