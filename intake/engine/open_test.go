package engine_test

import (
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/engine"
)

// TestACaseMadeOfAMailIsAnsweredInItsLanguage: what the sender wrote in is
// kept with the mail, whether or not it was taken for a request.
func TestACaseMadeOfAMailIsAnsweredInItsLanguage(t *testing.T) {
	welsh := mail{id: "w@example.org", from: "Gwen Example <gwen@example.org>", to: "governance@cafcass.gov.uk", subject: "Diolch",
		body: "Diolch yn fawr am eich help ddoe, roedd yn wych. Hwyl, Gwen"}
	for name, c := range map[string]struct {
		mail                  mail
		said, language, reply string
	}{
		"Welsh":                         {welsh, "", "cy", "cy-en"},
		"English":                       {lunchMail(1), "", "en", "en"},
		"what a person says goes first": {welsh, "en", "en", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			a := o.one("cafcass", c.mail)
			if a.Decision != intake.DidPass {
				t.Fatalf("decided %s (%s), want passed", a.Decision, a.Why)
			}
			ch := o.did(o.e.Open(t.Context(), o.by(), engine.OpenInput{Message: a.ID, Language: c.said, KindInput: engine.KindInput{Kind: intake.FOI}}))
			if ch.View.Language != c.language || ch.View.ReplyLanguage != c.reply {
				t.Errorf("in %s, answered in %s; want %s and %s", ch.View.Language, ch.View.ReplyLanguage, c.language, c.reply)
			}
			if s := text(t, o.ack(ch.View.Ref)); strings.Contains(s, "Annwyl") != (c.reply == "cy-en") {
				t.Errorf("answered in %s, the letter is\n%s", c.reply, s)
			}
		})
	}
}
