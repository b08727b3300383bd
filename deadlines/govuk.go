package deadlines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxHolidays is how many bank holidays a division may have in a year before a
// list is regarded as a mistake. There were never more than 12.
const maxHolidays = 20

// Merge reads a list in the form of GOV.UK's bank-holidays.json and returns a
// calendar that also has its holidays, and those that were not listed before.
// Nothing listed is ever removed, since the published list drops old years. A
// list with a wrong shape or without one of the three divisions is refused as a
// whole, with an error that names division, event and line; c does not change.
// The caller must limit the size of the list.
func (c *Calendar) Merge(govuk []byte) (*Calendar, []Holiday, error) {
	listed, err := parseHolidays(govuk)
	if err != nil {
		return nil, nil, fmt.Errorf("list of bank holidays: %w", err)
	}
	merged, added := c.with(listed)
	if err := merged.plausible(); err != nil {
		return nil, nil, fmt.Errorf("list of bank holidays: %w", err)
	}
	return merged, added, nil
}

// plausible refuses what cannot be true of any year.
func (c *Calendar) plausible() error {
	for _, div := range Divisions() {
		count := map[int]int{}
		for d := range c.data[div] {
			if count[d.Year()]++; count[d.Year()] > maxHolidays {
				return fmt.Errorf("%s: more than %d bank holidays in %d; correct the list", div, maxHolidays, d.Year())
			}
		}
	}
	return nil
}

// listReader walks through a list and knows the line it is on.
type listReader struct {
	*json.Decoder
	text []byte
}

func parseHolidays(text []byte) ([]Holiday, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	r := &listReader{json.NewDecoder(bytes.NewReader(text)), text}
	var all []Holiday
	seen := map[Division]bool{}
	err := r.object(func(key string) error {
		div := Division(key)
		if !slices.Contains(Divisions(), div) {
			return fmt.Errorf("line %d: unknown division %q; want %s, %s and %s", r.line(), key,
				DivisionEnglandAndWales, DivisionScotland, DivisionNorthernIreland)
		}
		if seen[div] {
			return fmt.Errorf("line %d: %s is listed twice; join the two", r.line(), div)
		}
		seen[div] = true
		hs, err := r.division(div)
		if err != nil {
			return fmt.Errorf("%s: %w", div, err)
		}
		all = append(all, hs...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, div := range Divisions() {
		if !seen[div] {
			return nil, fmt.Errorf("division %s is missing; all three must be there", div)
		}
	}
	if _, err := r.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: text after the end of the list; remove it", r.line())
	}
	return all, nil
}

// line returns the line of the value that is read next, counted from 1.
func (r *listReader) line() int {
	at := int(r.InputOffset())
	for at < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[at]) >= 0 {
		at++
	}
	return 1 + bytes.Count(r.text[:at], []byte("\n"))
}

// object reads an object, calling field once for each key.
func (r *listReader) object(field func(key string) error) error {
	if err := r.expect('{', "an object"); err != nil {
		return err
	}
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return r.broken(err)
		}
		if err := field(key.(string)); err != nil {
			return err
		}
	}
	if _, err := r.Token(); err != nil {
		return r.broken(err)
	}
	return nil
}

func (r *listReader) expect(want json.Delim, name string) error {
	line := r.line()
	got, err := r.Token()
	if err != nil {
		return r.broken(err)
	}
	if got != want {
		return fmt.Errorf("line %d: want %s here, as in GOV.UK's bank-holidays.json", line, name)
	}
	return nil
}

func (r *listReader) broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("line %d: the list breaks off; fetch it anew", r.line())
	}
	return fmt.Errorf("line %d: not JSON (%w); fetch the list anew", r.line(), err)
}

// division reads one division's part of the list.
func (r *listReader) division(div Division) ([]Holiday, error) {
	var hs []Holiday
	err := r.object(func(key string) error {
		line := r.line()
		switch key {
		case "division":
			var name string
			if err := r.Decode(&name); err != nil || name != string(div) {
				return fmt.Errorf("line %d: its name says %q; want %q", line, name, div)
			}
			return nil
		case "events":
			more, err := r.events(div)
			hs = append(hs, more...)
			return err
		}
		var ignored json.RawMessage
		if err := r.Decode(&ignored); err != nil {
			return r.broken(err)
		}
		return nil
	})
	if err == nil && len(hs) == 0 {
		err = errors.New("no events; all three divisions must have some")
	}
	return hs, err
}

func (r *listReader) events(div Division) ([]Holiday, error) {
	if err := r.expect('[', "a list of events"); err != nil {
		return nil, err
	}
	var hs []Holiday
	for n := 1; r.More(); n++ {
		line := r.line()
		var e struct {
			Title string
			Date  Day
		}
		err := r.Decode(&e)
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, r.broken(err)
		case err != nil:
			err = fmt.Errorf("want an object with title and date (%w)", err)
		case e.Title == "":
			err = errors.New("it has no title")
		case e.Date.IsZero():
			err = fmt.Errorf("%q has no date; want YYYY-MM-DD", e.Title)
		case e.Date.Year() < FirstYear || e.Date.Year() > LastYear:
			err = fmt.Errorf("%q is on %s; want a year from %d to %d", e.Title, e.Date, FirstYear, LastYear)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d, event %d: %w", line, n, err)
		}
		hs = append(hs, Holiday{div, e.Date, e.Title})
	}
	if _, err := r.Token(); err != nil {
		return nil, r.broken(err)
	}
	return hs, nil
}
