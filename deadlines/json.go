package deadlines

import (
	"encoding/json"
	"strconv"
	"time"
)

// MarshalJSON writes the record of requestd deadlines --json.
func (r Result) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// AppendJSON appends that record to b, without a line end. It exists as well as
// MarshalJSON because a batch writes ledgers by the hundred thousand.
func (r Result) AppendJSON(b []byte) []byte {
	b = append(b, `{"kind":`...)
	b = appendString(b, r.Kind)
	if r.Kind == KindReview {
		b = appendString(append(b, `,"of":`...), r.Of)
	}
	b = appendDay(append(b, `,"received":`...), r.Received)
	b = appendDay(append(b, `,"acknowledge_by":`...), r.AcknowledgeBy)
	if r.Kind == KindReview && Complaint(r.Of) {
		b = appendDay(append(b, `,"complaint_acknowledge_by":`...), r.ComplaintAcknowledgeBy)
	}
	b = appendDay(append(b, `,"respond_by":`...), r.RespondBy)
	b = appendDay(append(b, `,"first_due":`...), r.FirstDue)
	if r.Kind != KindReview {
		b = appendDay(append(b, `,"extension_notice_by":`...), r.ExtensionNoticeBy)
	}
	b = appendString(append(b, `,"state":`...), string(r.State))
	b = append(b, `,"ledger":[`...)
	for i := range r.Ledger {
		b = appendStep(appendComma(b, i), &r.Ledger[i])
	}
	b = append(b, `],"warnings":[`...)
	for i, w := range r.Warnings {
		b = appendString(appendComma(b, i), w)
	}
	return append(b, `]}`...)
}

// MarshalJSON writes the step as the whole result does: no list is ever null.
func (s Step) MarshalJSON() ([]byte, error) { return appendStep(nil, &s), nil }

func appendStep(b []byte, s *Step) []byte {
	b = appendString(append(b, `{"clock":`...), string(s.Clock))
	b = appendDay(append(b, `,"date":`...), s.Date)
	b = strconv.AppendInt(append(b, `,"days":`...), int64(s.Days), 10)
	b = strconv.AppendInt(append(b, `,"working_days":`...), int64(s.WorkingDays), 10)
	b = appendString(append(b, `,"rule":`...), s.Rule)
	b = appendString(append(b, `,"source":`...), s.Source)
	b = appendString(append(b, `,"text":`...), s.Text)
	b = append(b, `,"skipped":[`...)
	for i, d := range s.Skipped {
		b = appendDay(append(appendComma(b, i), `{"date":`...), d.Date)
		b = append(appendString(append(b, `,"why":`...), d.Why), '}')
	}
	return append(b, `]}`...)
}

// appendComma separates the ith item of a list from the one before it.
func appendComma(b []byte, i int) []byte {
	if i == 0 {
		return b
	}
	return append(b, ',')
}

func appendDay(b []byte, d Day) []byte {
	if d == 0 {
		return append(b, "null"...)
	}
	return append(d.utc().AppendFormat(append(b, '"'), time.DateOnly), '"')
}

// appendString leaves everything except plain text to the standard library.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c >= 0x7f {
			quoted, err := json.Marshal(s)
			if err != nil { // no string fails to marshal
				return append(b, `""`...)
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
