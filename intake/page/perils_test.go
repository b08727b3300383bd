package page_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
	"requestd/intake/holds"
	"requestd/store"
)

// endangered are mails whose senders must not be written to before a person has
// seen it, by reason.
var endangered = map[string]string{
	holds.Danger:        "I need to know what my ex has been told about where we live. He rang my\nsister and said he will kill me when he finds the address. Please send me everything you gave to him about me and the children.",
	holds.Child:         "hi im 15 and a lady from cafcass talked to me 3 times last year. i want to\nknow what she wrote down about me. can you send it me please not my mum",
	holds.ContactUnsafe: "Please send me a copy of all the personal data that you hold about me. Do not reply to this address and do not send letters home: my husband reads my email and my post, and it is not safe for me if he finds out.",
}

func (o *office) endangered(why string) (ref string) {
	o.tb.Helper()
	ref = o.receive("K. Reader <k.reader@example.net>", "please", endangered[why])
	v := o.view(ref)
	if found := strings.Join(v.Perils(), " "); !strings.Contains(found, why) || v.State != intake.StateTriage {
		o.tb.Fatalf("the mail is %s, read as perilous for %q, not %s", v.State, found, why)
	}
	return ref
}

func (o *office) ack(ref string) (l intake.Letter, ok bool) {
	o.tb.Helper()
	err := o.db.View(func(tx *store.Tx) error {
		for _, x := range tx.LettersOf(ref) {
			if x.Purpose == intake.ForAcknowledgement {
				l, ok = x, true
			}
		}
		return nil
	})
	if err != nil {
		o.tb.Fatal(err)
	}
	return l, ok
}

func (o *office) waits(ref string) bool {
	l, ok := o.ack(ref)
	return ok && l.State == intake.LetterWaiting
}

var eventField = regexp.MustCompile(`name="event" value="(\d+)"`)

// If a letter may do harm, Send on Today shows its text with the danger before
// it, and sends nothing; only confirming that sends it. This holds in both
// languages, and after somebody held it or undid a decision.
func TestNoClickOnTodaySendsALetterIntoDanger(t *testing.T) {
	for why := range endangered {
		t.Run(why, func(t *testing.T) {
			o := newOffice(t)
			ref := o.endangered(why)
			v := o.officer()
			v.post("/triage/"+ref, "seen", o.seen(ref), "decide", "dsar")
			if _, body := v.get("/"); !strings.Contains(body, `action="/case/`+ref+`/release"`) || !strings.Contains(body, "Read and send") {
				t.Error("Today offers not to read the letter and send it")
			}
			for lang, says := range map[string]string{"en": holds.Advice(why), "cy": holds.AdviceWelsh(why)} {
				v.post("/language", "to", lang, "back", "/")
				status, body := v.post("/case/"+ref+"/release", "seen", o.seen(ref), "back", "/")
				at := func(s string) int { return strings.Index(html.UnescapeString(body), s) }
				if status != http.StatusOK || o.waits(ref) || at(says) < 0 || at(says) > at(ref+"\n") && at(ref+"\n") > 0 || at(says) > at("k.reader@example.net") || at(`name="save"`) < 0 {
					t.Errorf("%s: Send is answered %d, waits %v, and the danger does not stand before the letter", lang, status, o.waits(ref))
				}
			}
			v.post("/language", "to", "en", "back", "/")
			v.post("/case/"+ref+"/act/release", "seen", o.seen(ref), "save", "yes")
			if !o.waits(ref) {
				t.Fatal("what was seen and saved does not go")
			}
			v.post("/case/"+ref+"/act/hold", "seen", o.seen(ref), "save", "yes")
			if v.post("/case/"+ref+"/release", "seen", o.seen(ref), "back", "/"); o.waits(ref) {
				t.Error("one click sends what somebody held")
			}
			l, _ := o.ack(ref)
			_, body := v.get(letterAt(l.ID))
			if danger := strings.Index(html.UnescapeString(body), holds.Advice(why)); danger < 0 || danger > strings.Index(body, "Send it as it stands here") {
				t.Error("the letter's screen names no danger above Send")
			}
		})
	}
}

// Other letters are sent with one click, which says to whom and when, and can
// be undone.
func TestSendOnTodayIsUndone(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v := o.officer()
	v.post("/case/"+ref+"/hold", "seen", o.seen(ref))
	_, body := v.post("/case/"+ref+"/release", "seen", o.seen(ref), "back", "/")
	until := o.now().Add(10 * time.Minute).In(deadlines.London()).Format("15:04")
	if !o.waits(ref) || !strings.Contains(body, "Acknowledgement to someone@example.org: goes out at "+until) {
		t.Fatalf("it waits %v, and nothing says to whom it goes and when", o.waits(ref))
	}
	v.post("/case/"+ref+"/undo", "event", eventField.FindStringSubmatch(body)[1])
	if l, _ := o.ack(ref); l.State != intake.LetterHeld {
		t.Errorf("undone, the letter is %s", l.State)
	}
}

// Somebody who decides is told before and after what becomes of the letter.
func TestTriageTellsWhatFollows(t *testing.T) {
	o := newOffice(t)
	plain := o.receive("Neville Strand <n.strand1@example.org>", "A question", "Hello, could you help me with something about last year?")
	v := o.officer()
	if _, body := v.get("/triage/" + plain); !strings.Contains(body, "its acknowledgement goes out 10 minutes later") {
		t.Errorf("nothing says what a decision sets off of a case %s for %v", o.view(plain).State, o.view(plain).Ack.Held)
	}
	_, body := v.post("/triage/"+plain, "seen", o.seen(plain), "decide", "foi")
	until := o.now().Add(10 * time.Minute).In(deadlines.London()).Format("15:04")
	if !strings.Contains(body, "Acknowledgement to n.strand1@example.org: goes out at "+until) || !strings.Contains(body, `/undo"`) {
		t.Errorf("the decision says not which letter goes, to whom and when, or cannot be undone: %s", noticeIn(body))
	}
	for why := range endangered {
		ref := o.endangered(why)
		_, body := v.get("/triage/" + ref)
		body = html.UnescapeString(body)
		if !strings.Contains(body, "Whatever you choose, the acknowledgement stays held") || !strings.Contains(body, holds.Advice(why)) {
			t.Errorf("%s: nothing says that the letter stays held", why)
		}
		_, body = v.post("/triage/"+ref, "seen", o.seen(ref), "decide", "rights", "right", "erasure")
		body = html.UnescapeString(body)
		if o.waits(ref) || !strings.Contains(body, "The acknowledgement stays held ("+holds.Short(o.view(ref).Perils()[0])+")") ||
			!strings.Contains(body, `href="/case/`+ref+`/act/release">See what the acknowledgement to k.reader@example.net would say`) {
			t.Errorf("%s: waits %v, and the decision says not that the letter stays held, why, and to whom it would go", why, o.waits(ref))
		}
	}
}

// What to check is on Triage and on the case as in the mails, danger first, in
// both languages and in words of the page.
func TestWhatToCheckStandsWhereOneDecides(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	for why := range endangered {
		ref := o.endangered(why)
		for _, path := range []string{"/triage/" + ref, "/case/" + ref} {
			for lang, heading := range map[string]string{"en": "What to check", "cy": "Beth i'w wirio"} {
				v.post("/language", "to", lang, "back", path)
				_, body := v.get(path)
				body = html.UnescapeString(body)
				_, checks, _ := strings.Cut(body, heading+"</h2>")
				checks, _, _ = strings.Cut(checks, "</section>")
				says := holds.Advice(why)
				if lang == "cy" {
					says = holds.AdviceWelsh(why)
				}
				if !strings.Contains(checks, says) {
					t.Errorf("%s in %s: %q does not stand among what to check: %q", path, lang, says, checks)
				}
				if safe := strings.Index(checks, map[string]string{"en": "safeguarding", "cy": "diogelu"}[lang]); why == holds.Danger && (safe < 0 || safe > strings.Index(checks, says)) {
					t.Errorf("%s in %s: safeguarding does not come first: %q", path, lang, checks)
				}
			}
		}
	}
	v.post("/language", "to", "en", "back", "/")
	ref := o.receive("Ann Field <ann@solicitors.example.org>", "Subject access request", "Dear Sirs\n\nWe act for Ms Gwen Example, and enclose her signed authority. Please send us a copy of all the personal data that you hold about our client.\n\nAnn Field, Field Solicitors LLP")
	if _, body := v.get("/case/" + ref); strings.Contains(body, "answer AUTHORITY RECEIVED") || !strings.Contains(html.UnescapeString(body), `choose "Authority has come"`) {
		t.Errorf("what to check speaks in words of mail, with the flags %v", o.view(ref).Flags)
	}
}

// Undoing a decision keeps the danger on the letter, also once it is decided
// again.
func TestUndoingKeepsTheDangerOnTheLetter(t *testing.T) {
	for why := range endangered {
		o := newOffice(t)
		ref := o.endangered(why)
		v := o.officer()
		for range 2 {
			_, body := v.post("/triage/"+ref, "seen", o.seen(ref), "decide", "foi")
			if l, ok := o.ack(ref); ok {
				if _, letter := v.get(letterAt(l.ID)); !strings.Contains(html.UnescapeString(letter), holds.Advice(why)) || strings.Contains(letter, "was undone by") {
					t.Errorf("%s: the letter says not why it is held", why)
				}
			}
			v.post("/case/"+ref+"/undo", "event", eventField.FindStringSubmatch(body)[1])
		}
	}
}

func letterAt(id uint64) string { return fmt.Sprint("/letters/", id) }

// noticeIn returns what a screen says about the act before it.
func noticeIn(body string) string {
	_, s, _ := strings.Cut(body, `class="banner good"`)
	s, _, _ = strings.Cut(s, "<h1")
	return html.UnescapeString(s)
}
