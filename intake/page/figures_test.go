package page_test

import (
	"encoding/csv"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"requestd/intake/casework"
)

// The figures of a quarter are in charts and tables, and can be downloaded as a
// sheet; somebody who may read one mailbox sees only its figures.
func TestFigures(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	late := o.asked("Bartholomew Quill")
	o.undecided(1)
	o.set(o.now().AddDate(0, 0, 4))
	v := o.officer()
	v.act(ref, "responded", "outcome", "granted")
	o.set(time.Date(2027, 1, 29, 10, 0, 0, 0, time.UTC))
	v = o.officer()
	v.act(late, "responded", "outcome", "refused", "exemptions", "40(2)")
	status, body := v.get("/figures?quarter=2026Q4")
	if status != http.StatusOK || strings.Count(body, `<svg class="chart"`) != 4 || strings.Count(body, "As a table") != 4 {
		t.Fatalf("it answers %d with %d pictures", status, strings.Count(body, "<svg"))
	}
	for _, want := range []string{">50.0</text>", "2 of 2", "Granted", "Refused", "Nov 2026", "up to a week"} {
		if !strings.Contains(body, want) {
			t.Errorf("the figures lack %q", want)
		}
	}
	bars := regexp.MustCompile(`<rect class="bar" x="0" y="\d+" width="([0-9.]+)"`).FindAllStringSubmatch(body, -1)
	if len(bars) < 10 || bars[4][1] != "170.0" { // of a width of 340; November is the fifth of six months
		t.Errorf("%d bars, that of November %v", len(bars), bars)
	}
	_, sheet := v.get("/figures.csv?quarter=2026Q4")
	rows, err := csv.NewReader(strings.NewReader(sheet)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]string{
		{"Freedom of information", "Answered late", "1"}, {"Freedom of information", "Percent in time", "50.0"}, {"Freedom of information", "Working days: median", "2"},
		{"Freedom of information", "Outcome: Granted", "1"}, {"Freedom of information", "Exemption or exception: 40(2)", "1"}, {"Freedom of information", "Commissioner's line", "Below 90"},
		{"Subject access", "Percent in time", ""}, {"Subject access", "Working days: median", ""}, {"Subject access", "Working days: 90th percentile", ""}, // as the screen has no figure there
		{"All but reviews", "Month: percent in time", "50.0"}, {"All", "Open now: longer", "1"},
	} {
		if !slices.ContainsFunc(rows, func(r []string) bool { return slices.Equal([]string{r[0], r[4], r[5]}, want) }) {
			t.Errorf("the sheet lacks %q:\n%s", want, sheet)
		}
	}
	v.post("/language", "to", "cy", "back", "/figures")
	_, sheet = v.get("/figures.csv?quarter=2026Q4")
	for _, want := range []string{"\ufeffMath,Diwrnod cyntaf,Diwrnod olaf,Fel ar,Ffigur,Gwerth\n", "\nRhyddid gwybodaeth,2026-10-01,", ",Atebwyd yn hwyr,1\n", ",Llinell y Comisiynydd,O dan 90\n", ",Ar agor nawr: yn hwy,1\n"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the Welsh sheet lacks %q:\n%s", want, sheet)
		}
	}
	c := o.visitor(o.word("c@example.org", casework.Officer, "cymru"))
	if _, body := c.get("/figures?quarter=2026Q4"); strings.Contains(body, "Granted") {
		t.Error("another mailbox's officer sees these figures")
	}
	if status, _ := c.get("/figures?quarter=2026Q4&mailbox=cafcass"); status != http.StatusForbidden {
		t.Errorf("another mailbox's figures answer %d", status)
	}
	if status, _ := v.get("/figures?quarter=../../x&mailbox="); status != http.StatusOK {
		t.Errorf("a quarter that there is not answers %d", status)
	}
}

// Search results can be downloaded, and no cell is a formula.
func TestASearchAsASheet(t *testing.T) {
	o := newOffice(t)
	o.receive(`"=HYPERLINK(1)" <x@example.org>`, "Freedom of Information request", "Under the Freedom of Information Act, please send me the number of hours of supervision in each region last year.")
	_, sheet := o.officer().post("/search", "words", "x@example.org", "csv", "yes")
	if rows, err := csv.NewReader(strings.NewReader(sheet)).ReadAll(); err != nil || len(rows) != 2 || !strings.Contains(sheet, "'=HYPERLINK(1)") {
		t.Errorf("%d rows, %v:\n%s", len(rows), err, sheet)
	}
	if _, sheet := o.visitor(o.word("c@example.org", casework.Officer, "cymru")).post("/search", "state", "open", "csv", "yes"); strings.Contains(sheet, "CAF26") {
		t.Error("another mailbox's officer takes these cases away")
	}
}

// On a telephone each figure is shown with its name, and the words are clear.
func TestFiguresAreNamedOnATelephone(t *testing.T) {
	o := newOffice(t)
	o.asked("Priya Raghunathan")
	_, body := o.officer().get("/figures")
	for _, want := range []string{`data-label="In time, extended"`, `data-label="Median, working days"`, "The lines stand at 90 and 95"} {
		if !strings.Contains(body, want) {
			t.Errorf("the figures lack %q", want)
		}
	}
}

// A case acknowledged by hand has a day and no time: recorded in the morning, a
// time could still lie ahead.
func TestByHandHasNoTimeOfDay(t *testing.T) {
	o := newOffice(t)
	ref := o.receive("Owen Bevan <owen@example.org>", "Freedom of Information request", "Under the Freedom of Information Act, please send me the number of hours of supervision in each region last year.")
	v := o.officer()
	v.post("/case/"+ref+"/hold", "seen", o.seen(ref))
	v.act(ref, "acknowledged")
	if at := o.view(ref).AcknowledgedAt; at == nil || at.After(o.now()) {
		t.Errorf("at %s it was acknowledged at %v", o.now(), at)
	}
	if _, body := v.get("/case/" + ref); !strings.Contains(body, "Acknowledged Fri 20 Nov</p>") {
		t.Error("the case has another time than the day")
	}
	if _, sheet := v.post("/search", "words", ref, "csv", "yes"); !strings.Contains(sheet, ",2026-11-20,") || strings.Contains(sheet, "2026-11-20 ") {
		t.Errorf("the sheet has another time than the day:\n%s", sheet)
	}
}

// If a promised date is before the law's, search results too are to be answered
// by the promised one, and the sheet has both.
func TestASearchHasThePromisedDate(t *testing.T) {
	o := newOffice(t)
	ref := o.asked("Priya Raghunathan")
	v := o.officer()
	v.act(ref, "responded", "outcome", "granted")
	v.act(ref, "reopened", "due", "2026-12-04")
	v.act(ref, "received", "date", "2026-11-19")
	c := o.view(ref)
	if c.Due().String() != "2026-12-04" || c.RespondBy == c.Due() {
		t.Fatalf("it is due on %s, by law on %s", c.Due(), c.RespondBy)
	}
	if _, body := v.get("/search?state=open"); !strings.Contains(body, `Fri 4 Dec <span class="light">(promised)</span>`) {
		t.Error("the promised date is not shown")
	}
	if _, sheet := v.post("/search", "words", ref, "csv", "yes"); !strings.Contains(sheet, ",Promised\n") || !strings.Contains(sheet, ",2026-12-04\n") {
		t.Errorf("the sheet has no promised date:\n%s", sheet)
	}
}
