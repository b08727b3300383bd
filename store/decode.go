package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"
)

// reader takes a record apart. Whatever the bytes are, it never reads beyond
// their end, and allocates no more memory than they could fill.
type reader struct{ b []byte }

func (r *reader) uvarint() (uint64, error) {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		return 0, errShort
	}
	r.b = r.b[size:]
	return n, nil
}

func (r *reader) varint() (int64, error) {
	u, err := r.uvarint()
	return int64(u>>1) ^ -int64(u&1), err
}

func (r *reader) bytes() ([]byte, error) {
	n, err := r.uvarint()
	if err != nil {
		return nil, err
	}
	return r.take(n)
}

func (r *reader) take(n uint64) ([]byte, error) {
	if n > uint64(len(r.b)) {
		return nil, errShort
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b, nil
}

// decode reads a record into the struct that v points to, which must be zero.
// Nothing in v refers to b afterwards.
func decode(b []byte, v any) error {
	e := reflect.ValueOf(v).Elem()
	return readStruct(b, e, plans[e.Type()])
}

func readStruct(b []byte, v reflect.Value, p *plan) error {
	r := reader{b}
	for len(r.b) > 0 {
		tag, err := r.uvarint()
		if err != nil {
			return err
		}
		at, name := -1, ""
		switch number := tag >> 1; {
		case number == 0:
			n, err := r.bytes()
			if err != nil {
				return err
			}
			if i, ok := p.byName[string(n)]; ok {
				at = i
			}
		case number < uint64(len(p.byNumber)):
			at = p.byNumber[number]
		}
		fv, inner := reflect.Value{}, (*plan)(nil)
		if at >= 0 {
			name, fv, inner = p.fields[at].name, v.FieldByIndex(p.fields[at].index), p.fields[at].inner
		}
		if tag&1 == wireVarint {
			n, err := r.uvarint()
			if err != nil {
				return err
			}
			if err := setNumber(fv, n); err != nil {
				return badValue(name, err)
			}
			continue
		}
		body, err := r.bytes()
		if err != nil {
			return badValue(name, err)
		}
		if err := setBytes(fv, body, inner); err != nil {
			return badValue(name, err)
		}
	}
	return nil
}

// setNumber sets v, which is invalid if the field no longer exists.
func setNumber(v reflect.Value, n uint64) error {
	signed := int64(n>>1) ^ -int64(n&1)
	if !v.IsValid() {
		return nil
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(n != 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if v.OverflowInt(signed) {
			return fmt.Errorf("%d is out of range", signed)
		}
		v.SetInt(signed)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.OverflowUint(n) {
			return fmt.Errorf("%d is out of range", n)
		}
		v.SetUint(n)
	case reflect.Float64:
		v.SetFloat(float64(signed) / 100)
	case reflect.String:
		if n >= uint64(len(words)) {
			return fmt.Errorf("word %d is not known to this program", n)
		}
		v.SetString(words[n])
	default:
		return fmt.Errorf("a number stands where %s belongs", v.Type())
	}
	return nil
}

// setBytes sets v, which is invalid if the field no longer exists. inner is the
// plan of the structs in it.
func setBytes(v reflect.Value, b []byte, inner *plan) error {
	if !v.IsValid() {
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(string(b))
		return nil
	case reflect.Float64:
		if len(b) != 8 {
			return errShort
		}
		v.SetFloat(math.Float64frombits(binary.BigEndian.Uint64(b)))
		return nil
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return readStruct(b, v.Elem(), inner)
	case reflect.Struct:
		if v.Type() == timeType {
			t, err := readTime(b)
			v.Set(reflect.ValueOf(t))
			return err
		}
		return readStruct(b, v, inner)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(append([]byte{}, b...))
			return nil
		}
		return readSlice(b, v, inner)
	}
	return fmt.Errorf("bytes stand where %s belongs", v.Type())
}

func readSlice(b []byte, v reflect.Value, inner *plan) error {
	r := reader{b}
	n, err := r.uvarint()
	if err != nil {
		return err
	}
	if n > uint64(len(r.b)) { // an element takes at least one byte
		return errShort
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, int(min(n, 64))))
	for i := range int(n) {
		if i == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(i + 1)
		v.Index(i).SetZero()
		if err := readElement(&r, v.Index(i), inner); err != nil {
			return err
		}
	}
	return nil
}

func readElement(r *reader, v reflect.Value, inner *plan) error {
	n, err := r.uvarint()
	if err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.String:
		if n&1 == 1 {
			return setNumber(v, n>>1)
		}
		b, err := r.take(n >> 1)
		v.SetString(string(b))
		return err
	case reflect.Uint64, reflect.Uint32:
		return setNumber(v, n)
	}
	b, err := r.take(n)
	if err != nil {
		return err
	}
	return setBytes(v, b, inner)
}

func readTime(b []byte) (time.Time, error) {
	r := reader{b}
	head, err := r.varint()
	if err != nil {
		return time.Time{}, err
	}
	var nanos uint64
	if head&timeNanos != 0 {
		if nanos, err = r.uvarint(); err != nil {
			return time.Time{}, err
		}
		if nanos > 999_999_999 {
			return time.Time{}, fmt.Errorf("%d nanoseconds are more than a second", nanos)
		}
	}
	t := time.Unix(head>>2+timeEpoch, int64(nanos)).UTC()
	if head&timeZone != 0 {
		zone, err := r.varint()
		if err != nil {
			return time.Time{}, err
		}
		if zone < -86400 || zone > 86400 {
			return time.Time{}, fmt.Errorf("%d seconds are no zone's offset", zone)
		}
		t = t.In(time.FixedZone("", int(zone)))
	}
	return t, nil
}

// uvarints reads a value that consists of numbers.
func uvarints(b []byte) []uint64 {
	var ns []uint64
	for r := (reader{b}); len(r.b) > 0; {
		n, err := r.uvarint()
		if err != nil {
			return ns
		}
		ns = append(ns, n)
	}
	return ns
}

// putUvarints writes what uvarints reads.
func putUvarints(ns []uint64) []byte {
	var b []byte
	for _, n := range ns {
		b = binary.AppendUvarint(b, n)
	}
	return b
}

// with returns ns with n at its end, unless it is in ns already.
func with(ns []uint64, n uint64) []uint64 {
	if slices.Contains(ns, n) {
		return ns
	}
	return append(ns, n)
}

// without returns ns without n.
func without(ns []uint64, n uint64) []uint64 {
	return slices.DeleteFunc(ns, func(m uint64) bool { return m == n })
}
