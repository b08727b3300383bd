package engine_test

import (
	"slices"
	"strings"
	"testing"

	"requestd/intake"
	"requestd/intake/casework"
	"requestd/intake/register"
)

// TestACaseMadeOfAMailIsAnsweredInItsLanguage: the sender's language is kept
// with the mail, whether or not it was taken for a request.
func TestACaseMadeOfAMailIsAnsweredInItsLanguage(t *testing.T) {
	welsh := mail{id: "w@example.org", from: "Gwen Example <gwen@example.org>", to: "governance@cafcass.gov.uk", subject: "Apwyntiad",
		body: "Ni allaf ddod i'r apwyntiad ddydd Iau. A oes modd ei symud i ddydd Gwener am ddau? Gwen Example"}
	for name, c := range map[string]struct {
		mail                  mail
		said, language, reply string
	}{
		"Welsh":                         {welsh, "", "cy", "cy-en"},
		"English":                       {idleMail(1), "", "en", "en"},
		"what a person says goes first": {welsh, "en", "en", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, "2026-11-20 10:00")
			a := o.one("cafcass", c.mail)
			if a.Decision != intake.DidPass {
				t.Fatalf("decided %s (%s), want passed", a.Decision, a.Why)
			}
			ch := o.did(o.e.Cases.OpenCase(t.Context(), o.by(), casework.OpenInput{Message: a.ID, Language: c.said, KindInput: casework.KindInput{Kind: intake.FOI}}))
			if ch.View.Language != c.language || ch.View.ReplyLanguage != c.reply {
				t.Errorf("in %s, answered in %s; want %s and %s", ch.View.Language, ch.View.ReplyLanguage, c.language, c.reply)
			}
			if s := text(t, o.ack(ch.View.Ref)); strings.Contains(s, "Annwyl") != (c.reply == "cy-en") {
				t.Errorf("answered in %s, the letter is\n%s", c.reply, s)
			}
		})
	}
}

// TestWhoAskedLatelyIsMarked: the costs of requests within sixty working days
// may be added up (SI 2004/3244 reg. 5), so staff are told of an earlier one.
func TestWhoAskedLatelyIsMarked(t *testing.T) {
	o := newOffice(t, "2027-01-04 10:00")
	ask := func(id, from, at string) *register.CaseDetails {
		o.now = london(t, at)
		m := foiMail(id)
		m.from, m.subject = from, "Freedom of Information request "+id
		m.body = strings.ReplaceAll(m.body, "section 7", "section "+id)
		a := o.one("cafcass", m)
		if a.Ref == "" {
			t.Fatalf("request %s: %s, %s", id, a.Decision, a.Why)
		}
		return o.view(a.Ref)
	}
	for _, c := range []struct {
		id, from, at string
		want         bool
	}{
		{"1", "Ann Example <ann@example.org>", "2027-01-04 10:00", false},
		{"5", "Cara Example <cara@example.org>", "2027-01-04 11:00", false},
		{"2", "Ann Example <ann@example.org>", "2027-04-01 10:00", true}, // the sixtieth working day
		{"3", "Bob Sample <bob@example.org>", "2027-04-01 11:00", false},
		{"6", "Cara Example <cara@example.org>", "2027-04-02 10:00", false}, // the sixty-first
		{"4", "Ann Example <ANN@example.org>", "2027-08-02 10:00", false},
	} {
		if got := slices.Contains(ask(c.id, c.from, c.at).Flags, "repeat-60-days"); got != c.want {
			t.Errorf("request %s from %s on %s: marked %v, want %v", c.id, c.from, c.at, got, c.want)
		}
	}
}
