package deadlines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Answer checks a request strictly and computes its dates.
func (c *Calendar) Answer(r Request, rules Rules) (Result, error) {
	if err := c.Check(r); err != nil {
		return Result{}, err
	}
	return c.Compute(r, rules)
}

// AppendAnswer appends to b the answer to one line of a batch, without a line
// end: a result, or an object with an error.
func (c *Calendar) AppendAnswer(b, line []byte, rules Rules) []byte {
	r, err := ParseRequest(line)
	if err == nil {
		var res Result
		if res, err = c.Answer(r, rules); err == nil {
			return res.AppendJSON(b)
		}
	}
	return AppendError(b, err)
}

// AppendError appends the answer to a line that cannot be answered.
func AppendError(b []byte, err error) []byte {
	b = appendString(append(b, `{"error":`...), err.Error())
	return append(b, '}')
}

// lineEvent accepts the other fields of an event in a register; they move no
// date.
type lineEvent struct {
	Event
	Outcome string `json:"outcome"`
	Reason  string `json:"reason"`
	Note    string `json:"note"`
}

// ParseRequest parses a request in JSON. It refuses an unknown field, since a
// misspelt one would silently lead to a wrong date.
func ParseRequest(line []byte) (Request, error) {
	var in struct {
		Kind     string      `json:"kind"`
		Of       string      `json:"of"`
		Received Day         `json:"received"`
		Events   []lineEvent `json:"events"`
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return Request{}, errors.New("empty line: want a request as a JSON object")
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return Request{}, lineError(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Request{}, errors.New("text after the request: want one JSON object a line")
	}
	r := Request{Kind: in.Kind, Of: in.Of, Received: in.Received}
	for _, e := range in.Events {
		r.Events = append(r.Events, e.Event)
	}
	return r, nil
}

// lineError words a mistake of form for whoever wrote the line.
func lineError(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "":
		return fmt.Errorf("%s: want a JSON object", wrong.Value)
	case errors.As(err, &wrong):
		return fmt.Errorf("field %s: cannot be a %s", wrong.Field, wrong.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the line breaks off: want a whole JSON object")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}
