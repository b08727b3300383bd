package intake

import "requestd/deadlines"

// Date is a day by which something is still owed on a case. It names nobody.
type Date struct {
	Ref     string        `json:"ref"`
	Mailbox string        `json:"mailbox"`
	Kind    Kind          `json:"kind"` // of the part
	What    DateName      `json:"what"`
	Day     deadlines.Day `json:"date"`
}

// DateName says what is owed by a day.
type DateName string

// The dates of a case. These names must not change: they are part of the UIDs
// in calendars, where a date that moves replaces itself.
const (
	OwedAcknowledgement          DateName = "acknowledge"
	OwedComplaintAcknowledgement DateName = "acknowledge-complaint" // DPA 2018 s.164A(2)
	OwedAnswer                   DateName = "answer"
	OwedCommissionerAnswer       DateName = "answer-commissioner"
)

// Dates returns every day by which something is still owed on the case. In
// triage they are the earliest plausible ones.
func (v *View) Dates() (list []Date) {
	add := func(kind Kind, what DateName, day deadlines.Day) {
		if day != 0 {
			list = append(list, Date{v.Ref, v.Mailbox, kind, what, day})
		}
	}
	if v.Commissioner.Awaited() {
		add(v.Kind, OwedCommissionerAnswer, v.Commissioner.Due)
	}
	if !v.IsOpen() {
		return list
	}
	owed := v.Ack.At.IsZero()
	if owed {
		add(v.Kind, OwedAcknowledgement, v.AcknowledgeBy)
	}
	for _, k := range v.Clocks {
		if k.Finished() {
			continue
		}
		if owed {
			add(k.Kind, OwedComplaintAcknowledgement, k.ComplaintAckBy)
		}
		add(k.Kind, OwedAnswer, k.Due())
	}
	return list
}
