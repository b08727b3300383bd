package store

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"requestd/intake"
)

// recorded are the types that have a record of their own.
var recorded = []reflect.Type{reflect.TypeFor[intake.Arrival](), reflect.TypeFor[intake.Case](), reflect.TypeFor[intake.Letter]()}

// fillValue puts something that is not zero into every field.
func fillValue(v reflect.Value, n int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(-n))
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(n))
	case reflect.Float64:
		v.SetFloat(float64(n) + 1.0/3)
	case reflect.String:
		v.SetString([]string{"text", "foi", "caf\xe9"}[n%3])
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(v.Elem(), n+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), n%3, n%3))
		for i := range v.Len() {
			if e := v.Index(i); e.Kind() == reflect.Uint8 {
				e.SetUint(uint64(i))
			} else {
				fillValue(e, n+i+1)
			}
		}
	case reflect.Struct:
		if v.Type() == timeType {
			zones := []*time.Location{time.UTC, time.FixedZone("", 3600), time.FixedZone("", -12600)}
			v.Set(reflect.ValueOf(time.Date(2026, 7, 1, 12, 0, n, n%2*123456789, zones[n%3])))
			return
		}
		for i := range v.NumField() {
			fillValue(v.Field(i), n+i+1)
		}
	default:
		panic("no value for " + v.Type().String())
	}
}

func TestEveryFieldComesBackAsItWasPut(t *testing.T) {
	for _, typ := range recorded {
		for n := range 7 {
			in, out := reflect.New(typ), reflect.New(typ)
			fillValue(in.Elem(), n)
			if err := decode(encode(nil, in.Interface()), out.Interface()); err != nil {
				t.Fatalf("%s: %v", typ, err)
			}
			want, _ := json.Marshal(in.Interface())
			got, _ := json.Marshal(out.Interface())
			if !bytes.Equal(want, got) {
				t.Errorf("%s:\n put  %s\n read %s", typ, want, got)
			}
		}
	}
}

func TestEveryFieldHasItsNumber(t *testing.T) {
	for typ, p := range plans {
		for _, f := range p.fields {
			if f.number == 0 {
				t.Errorf("%s: field %s is written under its name: append it to fieldNames", typ, f.name)
			}
		}
	}
}

func TestAFieldWithoutANumberIsKept(t *testing.T) {
	type later struct {
		Old string `json:"old"`
		New string `json:"new"`
		At  []int  `json:"-"`
	}
	typ := reflect.TypeFor[later]()
	fieldNames[typ] = []string{"old", "gone"}
	newPlan(typ, plans)
	t.Cleanup(func() { delete(plans, typ); delete(fieldNames, typ) })
	var out later
	if err := decode(encode(nil, &later{Old: "a", New: "b"}), &out); err != nil || out.Old != "a" || out.New != "b" {
		t.Errorf("read %+v, %v", out, err)
	}
	// A field that an earlier program wrote and this one has no place for.
	record := append(encode(nil, &later{Old: "a"}), 2<<1|wireBytes, 3, 'x', 'y', 'z', 0, 4, 'm', 'o', 'r', 'e', 9)
	out = later{}
	if err := decode(record, &out); err != nil || out.Old != "a" {
		t.Errorf("read %+v, %v", out, err)
	}
}

func TestWordsAreNumberedOnce(t *testing.T) {
	if len(wordNumber) != len(words) {
		t.Errorf("%d words, %d different ones", len(words), len(wordNumber))
	}
}

func TestNumbersAtTheirLimits(t *testing.T) {
	for _, x := range []float64{0, 0.01, 3.1, -2.5, 1e300, math.Pi, math.Inf(1), math.Copysign(0, -1), 92233720368547758.07} {
		in := intake.Evidence{Signal: "s", Points: x}
		var out intake.Evidence
		if err := decode(encode(nil, &in), &out); err != nil || math.Float64bits(out.Points) != math.Float64bits(x) {
			t.Errorf("%v came back as %v, %v", x, out.Points, err)
		}
	}
	for _, at := range []time.Time{time.Unix(0, 0).UTC(), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)} {
		got, err := readTime(appendTime(nil, at))
		if err != nil || !got.Equal(at) {
			t.Errorf("%v came back as %v, %v", at, got, err)
		}
	}
}

// FuzzDecode checks that no bytes make reading a record panic, and that what
// was read is the same after writing and reading it again.
func FuzzDecode(f *testing.F) {
	for _, typ := range recorded {
		in := reflect.New(typ)
		fillValue(in.Elem(), 2)
		f.Add(encode(nil, in.Interface()))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, typ := range recorded {
			first, second := reflect.New(typ), reflect.New(typ)
			if decode(b, first.Interface()) != nil {
				continue
			}
			again := encode(nil, first.Interface())
			if err := decode(again, second.Interface()); err != nil {
				t.Fatalf("%s: written anew it cannot be read: %v", typ, err)
			}
			if third := encode(nil, second.Interface()); !bytes.Equal(again, third) {
				t.Fatalf("%s: %x became %x", typ, again, third)
			}
		}
		_, _, _ = decodeCase([]byte("CAF26-00001"), b, true)
		_, _, _ = readLetter(1, b)
	})
}
