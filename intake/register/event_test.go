package register

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"requestd/deadlines"
	"requestd/intake"
)

// filled returns an event in which every field has a different value.
func filled(t *testing.T) intake.Event {
	t.Helper()
	var e intake.Event
	v := reflect.ValueOf(&e).Elem()
	for i := range v.NumField() {
		switch f, name := v.Field(i), v.Type().Field(i).Name; p := f.Addr().Interface().(type) {
		case *time.Time:
			*p = time.Date(2026, 9, 2, 9, 30, 0, 0, time.UTC)
		case *deadlines.Day:
			*p = deadlines.NewDay(2026, 10, i+1)
		case *int:
			*p = i + 1
		case *uint64:
			*p = uint64(i + 1)
		case *[]uint64:
			*p = []uint64{uint64(i + 1)}
		case *[]string:
			*p = []string{name, "b"}
		case *[]intake.Kind:
			*p = []intake.Kind{intake.Kind(name)}
		case *[]byte:
			*p = []byte(name)
		case **intake.Opening, **intake.Personal: // these are sent to nobody
		default:
			if f.Kind() != reflect.String {
				t.Fatalf("event: give field %s, a %s, a value here", name, f.Type())
			}
			f.SetString(fmt.Sprintf("%s %d", name, i))
		}
	}
	return e
}

// TestWhatIsSentOfAnEvent checks the names that scripts read: their names and
// order never change, and a new one comes after the existing ones.
func TestWhatIsSentOfAnEvent(t *testing.T) {
	c := &intake.Case{Events: []intake.Event{filled(t), {N: 2, Actor: "requestd", Name: intake.Note}}}
	for i, want := range []string{
		`{"n":1,"at":"2026-09-02T09:30:00Z","actor":"Actor 2","event":"Name 3","date":"2026-10-05","before":"2026-10-06","part":"Part 6","outcome":"Outcome 7","reason":"Reason 8","kind":"Kind 9","of":"Of 10","also":["Also"],"right":["Right","b"],"refers":14,"ref":"Ref 14","message":16,"messages":[17],"letter":18,"code":"Code 18","exemptions":["Exemptions","b"],"officer":"Officer 20","cover":"Cover 21","due":"2026-10-23","language":"Language 23","reply_language":"Reply 24","mailbox":"Mailbox 25","child":"Child 26","digest":"RGlnZXN0","chain":"Q2hhaW4=","struck":false,"note":""}`,
		`{"n":2,"at":"0001-01-01T00:00:00Z","actor":"requestd","event":"note","date":null,"struck":false,"note":""}`,
	} {
		got, err := json.Marshal(shown(c)[i])
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		var back ShownEvent
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(back); err != nil || string(again) != want {
			t.Errorf("read back it is %s, %v", again, err)
		}
	}
}
