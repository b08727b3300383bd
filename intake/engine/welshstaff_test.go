package engine_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// inWelsh reports whether a mail was written in Welsh.
func inWelsh(l intake.Letter) bool { return bytes.Contains(l.Raw, []byte("Content-Language: cy\r\n")) }

var (
	theirs  = regexp.MustCompile(`(?s)(?i:sut y cafodd ei ddarllen).*?(?:\n\n|$)|FOIA s\.45 Code of Practice|by UK GDPR\s+Art|by\s+UK GDPR|(?-s)(?m)^ *>.*\n.*|^ *(?:\||Pwnc:|Eich geiriau:|Y geiriau:|Gofynnwyd gennych:|E-bost \d|-? *\d*\. *).*(?:\n {4}.*)*$`)
	english = regexp.MustCompile(`\b(?:the|of|was|with|and|is|by|not|from|day|days|your|this|reply|answer)\b`)
)

// leftEnglish returns the lines of a Welsh mail that are English, without those
// that quote somebody.
func leftEnglish(mail string) (list []string) {
	_, body, _ := strings.Cut(mail, "\n\n")
	for line := range strings.Lines(theirs.ReplaceAllString(body, "")) {
		if !strings.Contains(line, "<mailto:") && english.MatchString(line) {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list
}

// TestAnOfficerIsWrittenToInWelsh plays some weeks of an office where one
// officer reads Welsh: she gets all mail of the common kinds in Welsh, and
// everybody else in English.
func TestAnOfficerIsWrittenToInWelsh(t *testing.T) {
	o := mailOffice(t, "2026-11-20 07:00")
	cfg := *o.e.Cases.Settings()
	cfg.Staff = slices.Clone(cfg.Staff)
	for i := range cfg.Staff {
		if cfg.Staff[i].Address == ceri {
			cfg.Staff[i].Language = "cy"
		}
	}
	if err := o.e.Cases.Reload(&cfg); err != nil {
		t.Fatal(err)
	}
	h := &halfYear{office: o, rng: rand.New(rand.NewPCG(15, 2026)), cal: deadlines.Default(), sent: map[string]map[deadlines.Day]int{}}
	first := day(t, "2026-11-20")
	kinds, seen := map[intake.Purpose]int{}, map[uint64]bool{}
	send := func() { // mail to staff is not kept once it is sent
		for _, l := range o.letters("") {
			if l.Purpose.Outside() || l.Purpose == intake.ForReceipt || seen[l.ID] || l.State != intake.LetterWaiting {
				continue
			}
			seen[l.ID] = true
			switch l := o.letter(l.ID); {
			case l.To == ceri && inWelsh(l):
				kinds[l.Purpose]++
				for _, line := range leftEnglish(text(t, l)) {
					t.Errorf("a Welsh %s says %q", l.Purpose, line)
				}
			case l.To == ceri:
				t.Errorf("English to a reader of Welsh:\n%s", text(t, l))
			case inWelsh(l):
				t.Errorf("Welsh to %s", l.To)
			}
		}
		o.send()
	}
	o.now = first.Time(8, 0)
	o.triage()
	for i, body := range []string{
		"My former husband said that he will kill me. Please send me a copy of everything that you hold about me.",
		"Please erase all the personal data that you hold about me, under Article 17 of the UK GDPR.",
		"We act for the father in the family proceedings. Take notice that our client applies to the court for disclosure on 4 December 2026. Yours, Example Solicitors LLP",
		"I am 12. Can I see what you wrote about me and my mum? From Sam",
		"I am not happy with your answer to my freedom of information request. Please carry out an internal review.",
	} {
		o.one("cafcass", mail{id: fmt.Sprintf("odd-%d@example.org", i), from: fmt.Sprintf("Odd %c Example <odd-%d@example.org>", 'A'+rune(i), i), to: "governance@cafcass.gov.uk", subject: "Hello", body: body})
	}
	for d := first; d < first+45; d++ {
		h.wind(d.Time(9, 0))
		send()
		if h.cal.IsWorkingDay(deadlines.EnglandAndWales, d) {
			if d < first+16 {
				h.comes(d)
			}
			h.n++
			h.one("cafcass", idleMail(10000+h.n))
			if len(h.open) > 0 {
				h.writesAgain(h.open[h.rng.IntN(len(h.open))])
			}
			h.now = d.Time(11, 0)
			send()
			if d < first+16 { // after that nobody answers
				h.desk(d)
			}
			send()
		}
		h.wind(d.Time(17, 0))
		send()
	}
	o.now = o.now.Add(time.Hour)
	for _, words := range []string{"Yes please do", "RESPONDED", "UNDO", "VOID 99", "RESPONDED GRANTED 3 March 2027", "SHOW", "LIST", "STATUS", "SEARCH Example", "SHOW CAF26-99999", "EXTENDED today", "CLARIFICATION REQUESTED today", "CLOSED LAPSED today", "SEND", "DSAR AND REVIEW FOI", "OPEN 3", "30/2/2026", "IDENTITY REQUESTED today"} {
		o.now = o.now.Add(40 * time.Minute)
		o.one("cafcass", answer(o.to(ceri, intake.ForCopy), ceri, words, passed))
		send()
	}
	for _, p := range []intake.Purpose{intake.ForDigest, intake.ForCopy, intake.ForTriage, intake.ForConfirmation, intake.ForReminder, intake.ForRefusedChoice} {
		if kinds[p] == 0 {
			t.Errorf("no %s in Welsh among %v", p, kinds)
		}
	}
	t.Log(kinds)
}
