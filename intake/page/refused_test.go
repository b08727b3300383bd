package page_test

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"
)

// addressless is a case with a held acknowledgement and no address to write to,
// and the path of that letter.
func (o *office) addressless(v *visitor) (ref, letter string) {
	o.tb.Helper()
	ref = o.asked("Priya Raghunathan")
	v.post("/case/"+ref+"/hold", "seen", o.seen(ref))
	v.act(ref, "corrected", "address", "")
	for _, l := range o.view(ref).Letters {
		if l.Purpose.Outside() {
			letter = "/letters/" + fmt.Sprint(l.ID)
		}
	}
	return ref, letter
}

// Where there is no address to write to, Send says what to do on the screen on which
// it stands.
func TestSendingToNowhereSaysWhatToDo(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	ref, letter := o.addressless(v)
	for lang, says := range map[string]string{
		"en": `has no address to write to: "Give an address and send" sends the acknowledgement, and "Acknowledged by hand" records that it was made otherwise.`,
		"cy": `gyfeiriad i ysgrifennu ato: mae "Rhoi cyfeiriad ac anfon" yn anfon y gydnabyddiaeth, ac mae "Cydnabuwyd â llaw" yn cofnodi iddi gael ei gwneud fel arall.`,
	} {
		v.post("/language", "to", lang, "back", "/")
		for name, x := range map[string]struct{ to, back, shows string }{
			"Today":    {"/case/" + ref + "/release", "/", `id="acknowledge"`},
			"my cases": {"/case/" + ref + "/release", "/?mine=yes", `<a href="/">`},
			"the case": {"/case/" + ref + "/release", "", "/case/" + ref + "/act/address"},
			"letter":   {letter + "/send", "/letters", `action="` + letter + `/text"`},
		} {
			status, body := v.post(x.to, "seen", o.seen(ref), "back", x.back)
			if status != http.StatusUnprocessableEntity || !strings.Contains(html.UnescapeString(problemIn(body)), says) {
				t.Errorf("%s, %s: answered %d: %s", name, lang, status, problemIn(body))
			}
			if !strings.Contains(body, x.shows) {
				t.Errorf("%s, %s: another screen is shown", name, lang)
			}
		}
	}
}

// What is pressed again on the answer to a button that did nothing goes back to the
// screen that is shown.
func TestTodayIsWholeAfterARefusal(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	ref, _ := o.addressless(v)
	_, body := v.post("/case/"+ref+"/release", "seen", o.seen(ref), "back", "/?list=acknowledge")
	if strings.Count(body, `name="back" value="/?list=acknowledge"`) < 3 || strings.Contains(body, `id="passed"`) {
		t.Error("it is not the list in which the button stood, or leads elsewhere")
	}
}

// A button that comes too late says so on the case.
func TestAButtonThatComesTooLateShowsTheCase(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	ref := o.asked("Priya Raghunathan")
	v.post("/case/"+ref+"/hold", "seen", o.seen(ref))
	status, body := v.post("/case/"+ref+"/hold", "seen", o.seen(ref))
	if status != http.StatusUnprocessableEntity || !strings.Contains(problemIn(body), "The letter is held already.") || !strings.Contains(body, "/case/"+ref+"/act/release") {
		t.Errorf("answered %d: %s", status, problemIn(body))
	}
}
