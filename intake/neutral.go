package intake

import (
	"slices"
	"time"
)

// neutralHour is the hour, in London, of the last day for acknowledging, until
// which a person may decide before a neutral acknowledgement is sent.
const neutralHour = 12

// NeutralAt returns when the neutral acknowledgement is due: noon in London on
// the last day for acknowledging, if only the kind is in doubt and nobody has
// decided it. It is zero if none may be sent or one was already written.
func (v *View) NeutralAt() time.Time {
	o, a := v.Opening, v.Ack
	doubtAlone := slices.Equal(a.Held, []string{AckUndecided}) && a.Letter == 0
	if !o.Neutral || !v.Doubt || v.State != StateTriage || !doubtAlone || o.Urgent != "" || len(o.Hold) > 0 || v.AcknowledgeBy == 0 {
		return time.Time{}
	}
	return v.AcknowledgeBy.Time(neutralHour, 0)
}
