package officer

import (
	"errors"
	"slices"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// thursday is the day on which the lines below are written: 5 March 2026.
var thursday = deadlines.NewDay(2026, time.March, 5)

func march(n int) deadlines.Day { return deadlines.NewDay(2026, time.March, n) }

func record(e intake.EventName, d deadlines.Day) Command {
	return Command{Act: Record, Event: e, Date: d}
}

func TestLinesThatDecide(t *testing.T) {
	foi, dsar := Command{Act: Decide, Kind: intake.FOI}, Command{Act: Decide, Kind: intake.DSAR}
	ofFOI := Command{Act: Decide, Kind: intake.Review, Of: intake.FOI}
	ofDSAR := Command{Act: Decide, Kind: intake.Review, Of: intake.DSAR}
	none := Command{Act: Decide, Kind: intake.NotARequest}
	both := Command{Act: Decide, Kind: intake.FOI, Also: []intake.Kind{intake.DSAR}}
	for line, want := range map[string]Command{
		"FOI": foi, "foi": foi, "Foi.": foi, "  FOI  ": foi, "“FOI”": foi, "'FOI'": foi, "*FOI*": foi, "FOI!": foi, "FOI request": foi, "Freedom of Information": foi,
		"RHYDDID GWYBODAETH": foi, "Rhyddid gwybodaeth.": foi,
		"DSAR": dsar, "Dsar": dsar, "SAR": dsar, "Subject access request.": dsar, "Data personol": dsar,
		"REVIEW FOI": ofFOI, "Review of FOI": ofFOI, "Internal review FOI": ofFOI, "Adolygiad o ryddid gwybodaeth": ofFOI,
		"REVIEW DSAR": ofDSAR, "ADOLYGIAD DATA PERSONOL": ofDSAR,
		"EIR": {Act: Decide, Kind: intake.EIR}, "gwybodaeth amgylcheddol": {Act: Decide, Kind: intake.EIR}, "REVIEW EIR": {Act: Decide, Kind: intake.Review, Of: intake.EIR},
		"RIGHTS": {Act: Decide, Kind: intake.Rights}, "RIGHT ERASURE": {Act: Decide, Kind: intake.Rights, Right: []string{"erasure"}},
		"Right to erasure and rectification": {Act: Decide, Kind: intake.Rights, Right: []string{"erasure", "rectification"}},
		"HAWL DILEU A CYWIRO":                {Act: Decide, Kind: intake.Rights, Right: []string{"erasure", "rectification"}},
		"DSAR AND RIGHT ERASURE":             {Act: Decide, Kind: intake.DSAR, Also: []intake.Kind{intake.Rights}, Right: []string{"erasure"}},
		"RIGHT OBJECTION AND DSAR":           {Act: Decide, Kind: intake.Rights, Right: []string{"objection"}, Also: []intake.Kind{intake.DSAR}},
		"REVIEW RIGHTS":                      {Act: Decide, Kind: intake.Review, Of: intake.Rights},
		"NOT A REQUEST":                      none, "Not a request.": none, "not-a-request": none, "Not‑a‑request": none, "NID CAIS": none, "Nid cais yw hwn": none,
		"FOI AND DSAR": both, "FOI + DSAR": both, "FOI & DSAR": both, "rhyddid gwybodaeth a data personol": both,
		"DSAR and review FOI": {Act: Decide, Kind: intake.DSAR, Also: []intake.Kind{intake.Review}, Of: intake.FOI},
		"SEND":                {Act: Send}, "Send.": {Act: Send}, "anfon": {Act: Send}, "Anfonwch!": {Act: Send},
		"HOLD": {Act: Hold}, "DAL": {Act: Hold}, "MINE": {Act: Mine}, "Fi": {Act: Mine}, "Undo": {Act: Undo}, "Dadwneud": {Act: Undo},
		"OPEN 12 FOI": {Act: Open, Mail: 12, Kind: intake.FOI}, "Open #12 as DSAR": {Act: Open, Mail: 12, Kind: intake.DSAR},
		"open m12 review foi": {Act: Open, Mail: 12, Kind: intake.Review, Of: intake.FOI}, "AGOR 12 DATA PERSONOL": {Act: Open, Mail: 12, Kind: intake.DSAR},
		"OPEN FOI":           {Act: Open, Kind: intake.FOI},
		"ATTACH CAF26-00017": {Act: Attach, Ref: "CAF26-00017"}, "Attach 12 to caf26–00017.": {Act: Attach, Mail: 12, Ref: "CAF26-00017"},
		"Merge into CAF 26 - 17": {Act: Merge, Ref: "CAF2617"}, "CYFUNO CYM26-00003": {Act: Merge, Ref: "CYM26-00003"},
	} {
		got, err := Parse(line, thursday)
		if err != nil || !same(got, want) {
			t.Errorf("%q: %+v, %v; want %+v", line, got, err, want)
		}
	}
}

func TestLinesThatRecord(t *testing.T) {
	extended := func(d deadlines.Day) Command { return record(intake.Extended, d) }
	responded := func(d deadlines.Day, outcome string) Command {
		c := record(intake.Responded, d)
		c.Outcome = outcome
		return c
	}
	for line, want := range map[string]Command{
		"EXTENDED": extended(0), "Extended today": extended(march(5)), "extended yesterday.": extended(march(4)), "Estynnwyd heddiw": extended(march(5)),
		"ESTYNNWYD ddoe": extended(march(4)), "ESTYNNWYD echdoe": extended(march(3)), "Extended the day before yesterday": extended(march(3)),
		"EXTENDED 3 March": extended(march(3)), "extended on 3rd March": extended(march(3)), "extended 3rd of March, 2026": extended(march(3)),
		"extended March 3": extended(march(3)), "extended 3 Mar 26": extended(march(3)), "extended 3/3/26": extended(march(3)), "extended 03/03/2026.": extended(march(3)),
		"extended 3.3.2026": extended(march(3)), "extended 3-3-26": extended(march(3)), "extended 2026-03-03": extended(march(3)), "extended 3/3": extended(march(3)),
		"extended Tue 3 March": extended(march(3)), "estynnwyd 3 Mawrth": extended(march(3)), "estynnwyd ar 3ydd o Fawrth 2026": extended(march(3)),
		"estynnwyd dydd Mawrth 3 Mawrth": extended(march(3)), "extended Monday": extended(march(2)), "extended on Friday": extended(deadlines.NewDay(2026, time.February, 27)),
		"extended last Friday": extended(deadlines.NewDay(2026, time.February, 27)), "extended last Thursday": extended(deadlines.NewDay(2026, time.February, 26)),
		"estynnwyd ddydd Llun": extended(march(2)), "estynnwyd dydd Gwener diwethaf": extended(deadlines.NewDay(2026, time.February, 27)),
		"extended 30 December": extended(deadlines.NewDay(2025, time.December, 30)), "estynnwyd 11eg o Dachwedd": extended(deadlines.NewDay(2025, time.November, 11)),
		"EXTENDED DSAR today": {Act: Record, Event: intake.Extended, Part: intake.DSAR, Date: march(5)}, "extended today for FOI": {Act: Record, Event: intake.Extended, Part: intake.FOI, Date: march(5)},
		"IDENTITY RECEIVED 3 March": record(intake.IdentityReceived, march(3)), "identity-received: 3 March": record(intake.IdentityReceived, march(3)), "ID received today": record(intake.IdentityReceived, march(5)),
		"Gofynnwyd am brawf adnabod ddoe": record(intake.IdentityRequested, march(4)), "DERBYNIWYD PRAWF ADNABOD": record(intake.IdentityReceived, 0),
		"RECEIVED 2 March": record(intake.ReceivedOn, march(2)), "DERBYNIWYD 2 Mawrth": record(intake.ReceivedOn, march(2)),
		"RESPONDED": responded(0, ""), "RESPONDED granted today": responded(march(5), "granted"), "Responded today, not held": responded(march(5), "not-held"),
		"responded in part": responded(0, "part"), "responded not upheld 3/3/26": responded(march(3), "not-upheld"), "Responded part-upheld": responded(0, "part-upheld"),
		"ATEBWYD caniatawyd ddoe": responded(march(4), "granted"), "ATEBWYD ni chadarnhawyd": responded(0, "not-upheld"),
		"CLOSED lapsed": {Act: Record, Event: intake.Closed, Reason: "lapsed"}, "CAEWYD dyblyg heddiw": {Act: Record, Event: intake.Closed, Reason: "duplicate", Date: march(5)},
		"CLOSED today": record(intake.Closed, march(5)), "Acknowledged 3 March": record(intake.Acknowledged, march(3)), "ACKNOWLEDGED BY HAND": record(intake.Acknowledged, 0), "Answered, granted": responded(0, "granted"),
		"Withdrawn": record(intake.Withdrawn, 0), "TYNNWYD YN ÔL": record(intake.Withdrawn, 0), "tynnwyd yn ol ddoe": record(intake.Withdrawn, march(4)),
		"Re-opened": record(intake.Reopened, 0), "VOID 7": {Act: Record, Event: intake.Void, Void: 7}, "Dirymu 7.": {Act: Record, Event: intake.Void, Void: 7},
		"NOTE: the file is with Mr. O'Example – ask again?": {Act: Record, Event: intake.Note, Note: "the file is with Mr. O'Example – ask again?"},
		"Nodyn mae'r ffeil yn yr archif":                    {Act: Record, Event: intake.Note, Note: "mae'r ffeil yn yr archif"},
	} {
		got, err := Parse(line, thursday)
		if err != nil || !same(got, want) {
			t.Errorf("%q: %+v, %v; want %+v", line, got, err, want)
		}
	}
}

func TestLinesThatDecideNothing(t *testing.T) {
	for _, line := range []string{
		"", "...", "Hello", "Dear all", "Yes", "OK", "FO", "FIO", "For", "Dear", "Sent", "Respond", "Extend", "NOT", "Not", "A request", "Noted", "FOI/DSAR",
	} {
		refusedAs(t, line, false)
	}
	for _, line := range []string{
		"FOI?", "FOI or DSAR", "FOI DSAR", "FOI, I think", "Not a request?", "REVIEW", "REVIEW request", "REVIEW REVIEW", "REVIEW FOI AND DSAR",
		"Send me the file", "Hold on", "Undo that thing", "OPEN", "OPEN 12", "OPEN 0 FOI", "OPEN twelve FOI", "ATTACH", "ATTACH it", "MERGE", "MERGE them",
		"Received with thanks", "RECEIVED", "EXTENDED tomorrow", "EXTENDED 3", "EXTENDED the 3rd", "EXTENDED March", "EXTENDED 13/14/26", "EXTENDED 3/13/26", "EXTENDED 31 February", "EXTENDED 29 February",
		"EXTENDED Thursday", "EXTENDED last Monday", "EXTENDED last week", "EXTENDED Mon 3 March", "EXTENDED 3 March 1999", "EXTENDED 3 March 4 March", "EXTENDED 6 March", "EXTENDED granted",
		"RESPONDED granted refused", "RESPONDED lapsed", "CLOSED granted", "CLOSED because I say so", "VOID", "VOID 0", "VOID 7 8", "NOTE", "NOTE:", "EXTENDED Mawrth",
		"Acknowledged.", "ACKNOWLEDGED", "Closed", "Closed.", "Replied", "Answered.", "CYDNABUWYD", "Caewyd.",
	} {
		refusedAs(t, line, true)
	}
}

func refusedAs(t *testing.T, line string, command bool) {
	t.Helper()
	got, err := Parse(line, thursday)
	var n *NotUnderstood
	if !errors.As(err, &n) || n.Problem == "" || n.Mend == "" || n.Command != command {
		t.Errorf("%q: %+v, %#v; want it refused, begun like a command: %t", line, got, err, command)
	}
}

func same(a, b Command) bool {
	if len(a.Also) != len(b.Also) {
		return false
	}
	for i := range a.Also {
		if a.Also[i] != b.Also[i] {
			return false
		}
	}
	a.Also, b.Also = nil, nil
	return slices.Equal(a.Right, b.Right) && a.Act == b.Act && a.Kind == b.Kind && a.Of == b.Of && a.Mail == b.Mail && a.Ref == b.Ref && a.Event == b.Event &&
		a.Date == b.Date && a.Part == b.Part && a.Outcome == b.Outcome && a.Reason == b.Reason && a.Void == b.Void && a.Note == b.Note
}

func TestEveryMonthInBothLanguagesAndMutated(t *testing.T) {
	for word, month := range months {
		got, err := Parse("extended 3 "+word+" 2025", thursday)
		if want := deadlines.NewDay(2025, time.Month(month), 3); err != nil || got.Date != want {
			t.Errorf("3 %s: %v, %v", word, got.Date, err)
		}
	}
}

// proposed are commands as mail to staff proposes them.
func proposed() []Command {
	day := deadlines.NewDay(2026, time.March, 3)
	list := []Command{{Act: Send}, {Act: Hold}, {Act: Mine}, {Act: Undo}, {Act: Attach, Ref: "CAF26-00017"}, {Act: Attach, Mail: 4, Ref: "CAF26-00017"},
		{Act: Merge, Ref: "CYM26-00003"}, {Act: Record, Event: intake.Void, Void: 4}, {Act: Record, Event: intake.Note, Note: "a word"}}
	for _, k := range []Command{{Kind: intake.FOI}, {Kind: intake.DSAR}, {Kind: intake.Review, Of: intake.FOI}, {Kind: intake.Review, Of: intake.DSAR},
		{Kind: intake.FOI, Also: []intake.Kind{intake.DSAR}}, {Kind: intake.DSAR, Also: []intake.Kind{intake.FOI, intake.Review}, Of: intake.DSAR}} {
		k.Act = Decide
		list = append(list, k)
		k.Act, k.Mail = Open, 12
		list = append(list, k)
	}
	list = append(list, Command{Act: Decide, Kind: intake.NotARequest})
	for _, v := range verbs {
		if v.act == Record && v.event != intake.Void && v.event != intake.Note {
			list = append(list, record(v.event, day), Command{Act: Record, Event: v.event, Date: day, Part: intake.DSAR})
		}
	}
	for _, o := range outcomes {
		list = append(list, Command{Act: Record, Event: intake.Responded, Date: day, Outcome: o.value})
	}
	for _, r := range reasons {
		list = append(list, Command{Act: Record, Event: intake.Closed, Date: day, Reason: r.value})
	}
	return list
}

func TestProposedWordsAreUnderstoodInBothLanguages(t *testing.T) {
	for _, c := range proposed() {
		en, cy := c.Words()
		for _, line := range []string{en, cy} {
			got, err := Parse(line, thursday)
			if err != nil || !same(got, c) {
				t.Errorf("%q: %+v, %v; want %+v", line, got, err, c)
			}
		}
	}
}

func TestEveryWordingOfTheTableMeansOneThing(t *testing.T) {
	seen := map[string]int{}
	for i, v := range verbs {
		for _, s := range append(append([]string{}, v.en...), v.cy...) {
			if old, ok := seen[fold(s)]; ok && old != i {
				t.Errorf("%q is said of two verbs", s)
			}
			seen[fold(s)] = i
		}
	}
}

func TestEveryRecordableEventHasWords(t *testing.T) {
	for _, v := range verbs {
		if v.act == Record && !v.event.Recordable() {
			t.Errorf("%s is no event that people record", v.event)
		}
		if len(v.en) == 0 || len(v.cy) == 0 {
			t.Errorf("%+v lacks a language", v)
		}
	}
	n := 0
	for _, v := range verbs {
		if v.act == Record {
			n++
		}
	}
	if want := 17; n != want {
		t.Errorf("%d events have words, want %d", n, want)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range proposed() {
		en, cy := c.Words()
		f.Add(en)
		f.Add(cy)
	}
	f.Add("“Not a request.”\u00a0\u200b")
	f.Add("NOTE \xff\xfe – \u202e?")
	f.Fuzz(func(t *testing.T, s string) {
		line := FirstLine(&intake.Message{Text: s})
		c, err := Parse(line, thursday)
		var n *NotUnderstood
		if err != nil && (!errors.As(err, &n) || n.Problem == "" || n.Mend == "") {
			t.Fatalf("%q: %v says too little", s, err)
		}
		if err == nil && c.Date > thursday && c.Event != "" && c.Date.Year() > lastYear {
			t.Fatalf("%q: %v is outside the calendar", s, c.Date)
		}
		if err == nil && c.Act != Record && c.Note != "" {
			t.Fatalf("%q: a note without its event", s)
		}
	})
}
