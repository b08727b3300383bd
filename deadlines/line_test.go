package deadlines

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAppendAnswer(t *testing.T) {
	for _, e := range []struct {
		name, line string
		want       map[string]any // fields of the answer; nil is null
	}{
		{"the documented example",
			`{"kind":"dsar","received":"2026-09-01","of":"","events":[{"name":"clarification-requested","date":"2026-09-10"},{"name":"clarification-received","date":"2026-09-21"}]}`,
			map[string]any{"kind": "dsar", "received": "2026-09-01", "acknowledge_by": "2026-09-04", "respond_by": "2026-10-12", "state": "running"}},
		{"not running", `{"kind":"foi","received":"2026-09-01","events":[{"name":"fee-requested","date":"2026-09-02","note":"printing"}]}`,
			map[string]any{"respond_by": nil, "extension_notice_by": nil, "state": "waiting-for-fee"}},
		{"a review without of", `{"kind":"review","received":"2026-09-01"}`, map[string]any{"of": "foi", "respond_by": "2026-09-29"}},
		{"a complaint", `{"kind":"review","of":"dsar","received":"2026-09-01"}`, map[string]any{"complaint_acknowledge_by": "2026-10-01", "respond_by": "2026-09-29"}},
		{"a complaint before the duty", `{"kind":"review","of":"dsar","received":"2026-06-18"}`, map[string]any{"complaint_acknowledge_by": nil}},
		{"a response with its outcome", `{"kind":"foi","received":"2026-09-01","events":[{"name":"responded","date":"2026-09-09","outcome":"granted"}]}`, map[string]any{"state": "responded"}},
		{"nothing", "  ", map[string]any{"error": "empty line: want a request as a JSON object"}},
		{"not JSON", "foi 2026-09-01", map[string]any{"error": "invalid character"}},
		{"no object", `["foi"]`, map[string]any{"error": "array: want a JSON object"}},
		{"broken off", `{"kind":"foi"`, map[string]any{"error": "breaks off"}},
		{"two on a line", `{"kind":"foi","received":"2026-09-01"}{}`, map[string]any{"error": "text after the request"}},
		{"a misspelt field", `{"kind":"foi","recieved":"2026-09-01"}`, map[string]any{"error": `unknown field "recieved"`}},
		{"a date that is none", `{"kind":"foi","received":"2026-09-31"}`, map[string]any{"error": `date "2026-09-31"`}},
		{"a number for a kind", `{"kind":7,"received":"2026-09-01"}`, map[string]any{"error": "field kind: cannot be a number"}},
		{"an answer without its question", `{"kind":"dsar","received":"2026-09-01","events":[{"name":"fee-received","date":"2026-09-02"}]}`, map[string]any{"error": "no fee-requested"}},
	} {
		t.Run(e.name, func(t *testing.T) {
			text := Default().AppendAnswer(nil, []byte(e.line), DefaultRules())
			var got map[string]any
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			for field, want := range e.want {
				value, there := got[field]
				s, isText := want.(string)
				switch {
				case !there:
					t.Errorf("no field %s in %s", field, text)
				case field == "error" && isText && !strings.Contains(fmt.Sprint(value), s):
					t.Errorf("error %q, want %q", value, s)
				case field != "error" && value != want:
					t.Errorf("%s: %v, want %v", field, value, want)
				}
			}
		})
	}
}

// The complete record of one review: scripts rely on every name.
func TestRecord(t *testing.T) {
	line := `{"kind":"review","of":"dsar","received":"2026-11-25"}`
	const want = `{"kind":"review","of":"dsar","received":"2026-11-25","acknowledge_by":"2026-11-30","complaint_acknowledge_by":"2026-12-29","respond_by":"2026-12-23","first_due":null,"state":"running","ledger":[` +
		`{"clock":"acknowledge_by","date":"2026-11-25","days":0,"working_days":0,"rule":"receipt","source":"the body's own promise","text":"received on 25 November 2026; the day itself is not counted","skipped":[]},` +
		`{"clock":"acknowledge_by","date":"2026-11-30","days":5,"working_days":3,"rule":"acknowledgement","source":"the body's own promise","text":"3 working days on the calendar of England and Wales","skipped":[{"date":"2026-11-28","why":"Saturday"},{"date":"2026-11-29","why":"Sunday"}]},` +
		`{"clock":"complaint_acknowledge_by","date":"2026-11-25","days":0,"working_days":0,"rule":"receipt","source":"DPA s.164A","text":"received on 25 November 2026; the day itself is not counted","skipped":[]},` +
		`{"clock":"complaint_acknowledge_by","date":"2026-12-25","days":30,"working_days":0,"rule":"thirty-days","source":"DPA s.164A","text":"30 days","skipped":[]},` +
		`{"clock":"complaint_acknowledge_by","date":"2026-12-29","days":4,"working_days":0,"rule":"roll","source":"Reg 1182/71 Art 3(4), by DPA s.205(2)","text":"25 December 2026 is no working day of England and Wales: on to the next","skipped":[{"date":"2026-12-25","why":"Christmas Day"},{"date":"2026-12-26","why":"Saturday"},{"date":"2026-12-27","why":"Sunday"},{"date":"2026-12-28","why":"Boxing Day"}]},` +
		`{"clock":"respond_by","date":"2026-11-25","days":0,"working_days":0,"rule":"receipt","source":"DPA s.164A","text":"received on 25 November 2026; the day itself is not counted","skipped":[]},` +
		`{"clock":"respond_by","date":"2026-12-23","days":28,"working_days":20,"rule":"house-target","source":"the body's own promise","text":"20 working days on the calendar of England and Wales; the Act asks for an outcome without undue delay","skipped":[` +
		`{"date":"2026-11-28","why":"Saturday"},{"date":"2026-11-29","why":"Sunday"},{"date":"2026-12-05","why":"Saturday"},{"date":"2026-12-06","why":"Sunday"},{"date":"2026-12-12","why":"Saturday"},{"date":"2026-12-13","why":"Sunday"},{"date":"2026-12-19","why":"Saturday"},{"date":"2026-12-20","why":"Sunday"}]}],"warnings":[]}`
	if got := string(Default().AppendAnswer(nil, []byte(line), DefaultRules())); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The record is written by hand, and must be what the standard library would
// write.
func TestRecordIsPlainJSON(t *testing.T) {
	r := compute(t, KindFOI, "", NewDay(2026, time.November, 20), Event{Extended, NewDay(2026, time.December, 29)})
	ledger, err := json.Marshal(r.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(string(ledger), `"skipped":null`, `"skipped":[]`)
	if !strings.Contains(string(text), `"ledger":`+want) {
		t.Errorf("the ledger in\n%s\nis not\n%s", text, want)
	}
}

func FuzzAppendAnswer(f *testing.F) {
	f.Add(`{"kind":"dsar","received":"2026-09-01","of":"","events":[{"name":"clarification-requested","date":"2026-09-10"},{"name":"clarification-received","date":"2026-09-21"}]}`)
	f.Add(`{"kind":"review","of":"unknown","received":"2099-12-31","events":[{"name":"extended","date":"2099-12-31"}]}`)
	f.Add(`{"kind":"foi","received":"2000-01-01","events":[{"name":"fee-requested","date":"2000-01-01"},{"name":"fee-received","date":"2099-12-31"}]}`)
	f.Add(`{"kind":"\u2028<foi>"}`)
	f.Fuzz(func(t *testing.T, line string) {
		text := Default().AppendAnswer(nil, []byte(line), DefaultRules())
		var got map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%q is answered by %q: %v", line, text, err)
		}
		if strings.ContainsAny(string(text), "\n\r") {
			t.Fatalf("%q is answered by more than a line: %q", line, text)
		}
		if _, failed := got["error"]; !failed && got["state"] == nil {
			t.Fatalf("%q is answered by %s", line, text)
		}
	})
}
