package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
)

// The encoding of a record. A struct is written as its fields that are not
// zero, each as a tag and a value. A tag is the field's number in fieldNames,
// shifted by one bit, which says whether bytes or a varint follow. A field
// without a number is written under its name, so that the domain may gain one
// without a change here. Text listed in words is written as its number. Every
// value is read back exactly as it was put, including nanoseconds, the zone's
// offset and the difference between nil and empty, since the hashes of a case's
// history are over its JSON form.
const (
	wireVarint = 0
	wireBytes  = 1
)

var errShort = errors.New("the record ends too early")

var timeType = reflect.TypeFor[time.Time]()

// field is one field of a domain struct.
type field struct {
	number int // from 1; 0 means that it is written under its name
	name   string
	index  []int
	inner  *plan // of the struct that it is, points to or lists; nil for other fields
}

// plan says how a struct type is written.
type plan struct {
	fields   []field
	byNumber []int // position in fields by number; -1 for none
	byName   map[string]int
}

// newPlan makes the plan of a type and of the types within it, without fields
// of the names in leaveOut.
func newPlan(t reflect.Type, plans map[reflect.Type]*plan, leaveOut ...string) *plan {
	if p := plans[t]; p != nil {
		return p
	}
	numbers := fieldNames[t]
	p := &plan{byName: map[string]int{}, byNumber: slices.Repeat([]int{-1}, len(numbers)+1)}
	plans[t] = p
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "-" || slices.Contains(leaveOut, name) {
			continue
		}
		number := slices.Index(numbers, name) + 1
		if number > 0 {
			p.byNumber[number] = len(p.fields)
		}
		elem := f.Type
		for elem.Kind() == reflect.Pointer || elem.Kind() == reflect.Slice {
			elem = elem.Elem()
		}
		var inner *plan
		if elem.Kind() == reflect.Struct && elem != timeType {
			inner = newPlan(elem, plans, leaveOut...)
		}
		p.byName[name] = len(p.fields)
		p.fields = append(p.fields, field{number, name, f.Index, inner})
	}
	return p
}

// encode appends the struct that v points to.
func encode(b []byte, v any) []byte {
	return appendStruct(b, reflect.ValueOf(v).Elem())
}

func appendStruct(b []byte, v reflect.Value) []byte {
	p := plans[v.Type()]
	if p == nil {
		panic("store: no plan for " + v.Type().String())
	}
	for i := range p.fields {
		f := &p.fields[i]
		fv := v.FieldByIndex(f.index)
		if isZero(fv) {
			continue
		}
		b = appendField(b, f, fv)
	}
	return b
}

func isZero(v reflect.Value) bool {
	switch {
	case v.Type() == timeType:
		return v.Interface().(time.Time).IsZero()
	case v.Kind() == reflect.Float64:
		return math.Float64bits(v.Float()) == 0
	}
	return v.IsZero()
}

func appendTag(b []byte, f *field, wire int) []byte {
	b = binary.AppendUvarint(b, uint64(f.number<<1|wire))
	if f.number == 0 {
		b = appendString(b, f.name)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendField(b []byte, f *field, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Bool:
		return append(appendTag(b, f, wireVarint), 1)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return binary.AppendVarint(appendTag(b, f, wireVarint), v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return binary.AppendUvarint(appendTag(b, f, wireVarint), v.Uint())
	case reflect.Float64:
		if n, ok := hundredths(v.Float()); ok {
			return binary.AppendVarint(appendTag(b, f, wireVarint), n)
		}
		b = append(appendTag(b, f, wireBytes), 8)
		return binary.BigEndian.AppendUint64(b, math.Float64bits(v.Float()))
	case reflect.String:
		if n, ok := numberOf(v.String()); ok {
			return binary.AppendUvarint(appendTag(b, f, wireVarint), n)
		}
		return appendString(appendTag(b, f, wireBytes), v.String())
	}
	b = appendTag(b, f, wireBytes)
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		b = binary.AppendUvarint(b, uint64(v.Len()))
		return append(b, v.Bytes()...)
	}
	start := len(b)
	b = appendBody(b, v)
	return sized(b, start)
}

// sized puts the length of b[start:] before it.
func sized(b []byte, start int) []byte {
	var head [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(len(b)-start))
	b = append(b, head[:n]...)
	copy(b[start+n:], b[start:len(b)-n])
	copy(b[start:], head[:n])
	return b
}

// appendBody appends a value after its length.
func appendBody(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Pointer:
		return appendStruct(b, v.Elem())
	case reflect.Struct:
		if v.Type() == timeType {
			return appendTime(b, v.Interface().(time.Time))
		}
		return appendStruct(b, v)
	case reflect.Slice:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			b = appendElement(b, v.Index(i))
		}
		return b
	}
	panic("store: cannot record a " + v.Type().String())
}

func appendElement(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.String:
		if n, ok := numberOf(v.String()); ok {
			return binary.AppendUvarint(b, n<<1|1)
		}
		b = binary.AppendUvarint(b, uint64(v.Len())<<1)
		return append(b, v.String()...)
	case reflect.Uint64, reflect.Uint32:
		return binary.AppendUvarint(b, v.Uint())
	}
	start := len(b)
	return sized(appendBody(b, v), start)
}

// hundredths returns x as a whole number of hundredths, if it is one. The
// points of evidence are.
func hundredths(x float64) (int64, bool) {
	if math.Abs(x) > 1e9 || math.Signbit(x) && x == 0 {
		return 0, false
	}
	n := math.Round(x * 100)
	return int64(n), n/100 == x
}

// Bits of a time's first number; the seconds are above them.
const (
	timeNanos = 1
	timeZone  = 2
)

// timeEpoch makes the seconds of present years short.
const timeEpoch = 1_700_000_000

func appendTime(b []byte, t time.Time) []byte {
	_, zone := t.Zone()
	head := (t.Unix() - timeEpoch) << 2
	if t.Nanosecond() != 0 {
		head |= timeNanos
	}
	if zone != 0 {
		head |= timeZone
	}
	b = binary.AppendVarint(b, head)
	if t.Nanosecond() != 0 {
		b = binary.AppendUvarint(b, uint64(t.Nanosecond()))
	}
	if zone != 0 {
		b = binary.AppendVarint(b, int64(zone))
	}
	return b
}

// badValue says which field of a record cannot be read.
func badValue(name string, err error) error { return fmt.Errorf("field %s: %w", name, err) }
