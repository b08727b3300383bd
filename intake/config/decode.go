package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"

	"requestd/deadlines"
)

// hook reads the values that YAML has no form for. It refuses where viper would
// guess: a bare number is no duration, and 1.9 is not 1.
func hook(from, to reflect.Value) (any, error) {
	in := from.Interface()
	s, isText := in.(string)
	switch to.Interface().(type) {
	case time.Duration:
		return duration(in, s, isText)
	case deadlines.Day:
		return civilDay(in, s, isText)
	case TimeOfDay:
		if isText {
			return parseTimeOfDay(s)
		}
		return nil, mistake{"is no time of day", `write it as "08:00", in quotes`}
	case Period:
		if isText {
			return parsePeriod(s)
		}
		return nil, mistake{"is no period", `write it as "3 years", "6 months" or "90 days"`}
	case SecretFile:
		if isText {
			return SecretFile{Path: Path(s)}, nil
		}
		return nil, mistake{"is no path", "name the file that holds the secret"}
	}
	return in, wrongKind(from, to)
}

func duration(in any, s string, isText bool) (any, error) {
	const mend = "write a number with its unit, such as 30s, 5m or 48h"
	if !isText {
		return nil, mistake{fmt.Sprintf("%v has no unit", in), mend}
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return nil, mistake{fmt.Sprintf("%q is no duration", s), mend}
	}
	return d, nil
}

func civilDay(in any, s string, isText bool) (any, error) {
	const mend = "write it as 2026-11-01"
	if t, ok := in.(time.Time); ok {
		if !t.Equal(t.Truncate(24 * time.Hour)) {
			return nil, mistake{t.Format(time.RFC3339) + " is a moment and no day", mend}
		}
		return deadlines.NewDay(t.UTC().Date()), nil
	}
	if !isText {
		return nil, mistake{fmt.Sprintf("%v is no date", in), mend}
	}
	d, err := deadlines.ParseDay(s)
	if err != nil {
		return nil, mistake{fmt.Sprintf("%q is no date", s), mend}
	}
	return d, nil
}

// wrongKind refuses a value that would have to be changed to fit.
func wrongKind(from, to reflect.Value) error {
	want, mend := "", ""
	switch to.Kind() {
	case reflect.String:
		if from.Kind() != reflect.String {
			want, mend = "a text", "put it in quotes"
		}
	case reflect.Bool:
		if from.Kind() != reflect.Bool {
			want, mend = "true or false", "write true or false, without quotes"
		}
	case reflect.Int:
		if !from.CanInt() {
			want, mend = "a whole number", "write digits alone, without quotes"
		}
	case reflect.Float64:
		if !from.CanInt() && !from.CanFloat() || from.CanFloat() && (math.IsNaN(from.Float()) || math.IsInf(from.Float(), 0)) {
			want, mend = "a number", "write a number without quotes"
		}
	case reflect.Slice:
		if from.Kind() != reflect.Slice {
			want, mend = "a list", "write [one, two], or one entry a line after a dash"
		}
	case reflect.Struct:
		if from.Kind() != reflect.Map {
			want, mend = "a section", "write its keys beneath it, indented"
		}
	}
	if want == "" {
		return nil
	}
	return mistake{show(from.Interface()) + " is not " + want, mend}
}

// show returns a value as it may be repeated in an error: short and on one
// line.
func show(v any) string {
	switch x := v.(type) {
	case map[string]any, map[any]any:
		return "a section"
	case []any:
		return "a list"
	case time.Time:
		return x.Format(time.DateOnly)
	case string:
		if r := []rune(x); len(r) > 60 {
			x = string(r[:60]) + "…"
		}
		return fmt.Sprintf("%q", x)
	}
	return fmt.Sprint(v)
}

// decodeErrors turns the decoder's errors into problems.
func (k *checker) decodeErrors(err error) {
	switch e := err.(type) { //nolint:errorlint // As would see only the first of several
	case nil:
	case *mapstructure.DecodeError:
		k.decodeError(e)
	case interface{ Unwrap() []error }:
		for _, x := range e.Unwrap() {
			k.decodeErrors(x)
		}
	default:
		if inner := errors.Unwrap(err); inner != nil {
			k.decodeErrors(inner)
			return
		}
		k.add("", firstLine(err), compareMend)
	}
}

const (
	unusedKeys  = "has invalid keys: "
	compareMend = "compare it with config.example.yaml"
)

func (k *checker) decodeError(e *mapstructure.DecodeError) {
	switch inner := e.Unwrap().(type) { //nolint:errorlint // each has a place of its own
	case mistake:
		k.add(e.Name(), inner.says, inner.mend)
	case *mapstructure.DecodeError, interface{ Unwrap() []error }:
		k.decodeErrors(e.Unwrap())
	default:
		says := firstLine(e.Unwrap())
		unknown, ok := strings.CutPrefix(says, unusedKeys)
		if !ok {
			k.add(e.Name(), says, compareMend)
			return
		}
		for key := range strings.SplitSeq(unknown, ", ") {
			k.unknown(e.Name(), key)
		}
	}
}
