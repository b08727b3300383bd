package page_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"requestd/intake/casework"
)

var givenField = regexp.MustCompile(`id="given" readonly value="([^"]+)"`)

// calendar makes an address and returns its path.
func (v *visitor) calendar(fields ...string) string {
	v.o.tb.Helper()
	status, body := v.post("/calendar", fields...)
	given := givenField.FindStringSubmatch(body)
	if status != http.StatusOK || given == nil {
		v.o.tb.Fatalf("no address is given: %d %s", status, problemIn(body))
	}
	path, ok := strings.CutPrefix(html.UnescapeString(given[1]), v.o.url)
	if !ok || !strings.HasSuffix(path, ".ics") {
		v.o.tb.Fatalf("the address is %s", given[1])
	}
	return path
}

// A calendar program reads dates without a session, and nothing about anybody.
func TestACalendarIsSubscribedTo(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v, program := o.officer(), o.visitor("")
	all, mine := v.calendar("whose", "all"), v.calendar("whose", "mine", "mailbox", "cafcass")
	status, body := program.get(all)
	if status != http.StatusOK || !strings.Contains(body, "SUMMARY:"+ref+" freedom of information: reply\r\n") || !strings.Contains(body, "DTSTART;VALUE=DATE:20261221") {
		t.Errorf("the calendar answers %d:\n%s", status, body)
	}
	for _, word := range []string{"Priya", "someone@", "Freedom", "dunne", "social"} {
		if strings.Contains(body, word) {
			t.Errorf("the calendar says %q", word)
		}
	}
	a, err := program.c.Head(o.url + all)
	if err != nil || a.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Set-Cookie") != "" {
		t.Errorf("%v %v", a.Header, err)
	}
	a.Body.Close()
	if _, body := program.get(mine); strings.Contains(body, ref) {
		t.Error("nobody has taken the case, and it is in somebody's own calendar")
	}
	v.post("/case/"+ref+"/take", "seen", o.seen(ref))
	if _, body := program.get(mine); !strings.Contains(body, ref) {
		t.Error("the case that was taken is not in their own calendar")
	}
	o.set(o.now().Add(2 * time.Minute))
	if _, body := v.get("/calendar"); strings.Contains(body, strings.TrimSuffix(strings.TrimPrefix(all, "/calendar/"), ".ics")) || strings.Count(body, "Fri 20 Nov 10:00</td>") != 2 {
		t.Error("the list shows a token again, or not when the calendars were fetched")
	}
}

// An address shows what its owner may see now, to whoever knows it, until it
// ends.
func TestACalendarEnds(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	program := o.visitor("")
	unknown := func(path, why string) {
		t.Helper()
		if status, body := program.get(path); status != http.StatusNotFound || strings.Contains(body, ref) {
			t.Errorf("%s: %d", why, status)
		}
	}
	unknown("/calendar/"+strings.Repeat("A", 43)+".ics", "a token that was never given")
	unknown("/calendar/.ics", "no token")
	if status, _ := o.visitor(o.word("c@example.org", casework.Officer, "cymru")).post("/calendar", "whose", "all", "mailbox", "cafcass"); status != http.StatusForbidden {
		t.Errorf("a calendar of another's mailbox is answered %d", status)
	}
	other := o.visitor(o.word("c@example.org", casework.Officer, "cymru"))
	if _, body := program.get(other.calendar("whose", "all")); strings.Contains(body, ref) {
		t.Error("a calendar shows another mailbox's case")
	}

	v := o.officer()
	path := v.calendar("whose", "all")
	id := endField(t, v)
	if status, _ := other.post("/calendar/end", "id", id); status != http.StatusNotFound {
		t.Errorf("somebody else ends it: %d", status)
	}
	if status, _ := program.get(path); status != http.StatusOK {
		t.Errorf("somebody else ended it: %d", status)
	}
	v.post("/calendar/end", "id", id)
	unknown(path, "one that was ended")

	path = v.calendar("whose", "all")
	o.set(o.now().Add(91 * 24 * time.Hour))
	unknown(path, "one whose owner has not signed in for long")
	o.word("k.dunne@example.org", casework.Officer, "cymru")
	if status, body := program.get(path); status != http.StatusOK || strings.Contains(body, ref) {
		t.Errorf("after signing in with another role it answers %d, or shows what the role does not", status)
	}

	g, own := o.account("m.rees@example.org"), o.visitor("")
	own.signIn(g)
	path = own.calendar("whose", "all")
	o.set(o.now().Add(200 * 24 * time.Hour))
	if status, body := program.get(path); status != http.StatusOK || !strings.Contains(body, ref) {
		t.Errorf("the calendar of an account answers %d", status)
	}
	o.accounts.AtProvider()
	unknown(path, "one of an account, since people sign in at a provider")
	there := o.visitor(o.word(g.Address, casework.Officer))
	if status, body := program.get(path); status != http.StatusOK || !strings.Contains(body, ref) {
		t.Errorf("once its owner has signed in at the provider it answers %d", status)
	}
	there.post("/calendar/end", "id", endField(t, there))
	unknown(path, "one that its owner found again and ended")
	path = there.calendar("whose", "all")
	if err := o.accounts.Remove(g.Address); err != nil {
		t.Fatal(err)
	}
	unknown(path, "one of an account that was removed")
}

func TestACalendarIsAskedForTooOften(t *testing.T) {
	o := newOffice(t)
	v, program := o.officer(), o.visitor("")
	path, other := v.calendar("whose", "all"), v.calendar("whose", "all")
	asked := 0
	for status := http.StatusOK; status == http.StatusOK && asked < 100; asked++ {
		status, _ = program.get(path)
	}
	if status, _ := program.get(path); status != http.StatusTooManyRequests || asked < 10 {
		t.Errorf("after %d times it is answered %d", asked, status)
	}
	if status, _ := program.get(other); status != http.StatusOK {
		t.Errorf("another calendar is answered %d", status)
	}
	guesses := 0
	for status := http.StatusNotFound; status == http.StatusNotFound && guesses < 200; guesses++ {
		status, _ = program.get("/calendar/guessed.ics")
	}
	if guesses == 200 {
		t.Error("whoever guesses is not stopped")
	}
	o.set(o.now().Add(16 * time.Minute))
	if status, _ := program.get(path); status != http.StatusOK {
		t.Errorf("a quarter of an hour later it is answered %d", status)
	}
	for n := 2; ; n++ {
		if _, body := v.post("/calendar", "whose", "all", "mailbox", "cymru"); !givenField.MatchString(body) {
			if n != 10 || !strings.Contains(body, "end one of them first") || !strings.Contains(body, `value="all" checked`) || !strings.Contains(body, `value="cymru" selected`) {
				t.Errorf("after %d addresses, or the form forgot what was chosen: %s", n, problemIn(body))
			}
			break
		}
	}
}

func endField(t *testing.T, v *visitor) string {
	t.Helper()
	_, body := v.get("/calendar")
	found := regexp.MustCompile(`name="id" value="([0-9a-f]+)"`).FindStringSubmatch(body)
	if found == nil {
		t.Fatal("no address is listed")
	}
	return found[1]
}
