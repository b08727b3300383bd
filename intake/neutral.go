package intake

import (
	"slices"
	"time"
)

// neutralHour is the hour of the last day for acknowledging, in London, until
// which a person may decide before a neutral acknowledgement goes.
const neutralHour = 12

// NeutralAt is when the neutral acknowledgement of a case falls due, noon in
// London of the last day for acknowledging: the letter to a person whose mail
// is in doubt about its kind alone and that nobody has decided by then. It is
// the zero time where none may go, or one has been written.
func (v *View) NeutralAt() time.Time {
	o, a := v.Opening, v.Ack
	doubtAlone := slices.Equal(a.Held, []string{AckUndecided}) && a.Letter == 0
	if !o.Neutral || !v.Doubt || v.State != StateTriage || !doubtAlone || o.Urgent != "" || len(o.Hold) > 0 || v.AcknowledgeBy == 0 {
		return time.Time{}
	}
	return v.AcknowledgeBy.Time(neutralHour, 0)
}
